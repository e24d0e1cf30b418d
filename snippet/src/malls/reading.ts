/** Reading what a page left lying about. Getters throw, types are anything, lists are endless: all that is `undefined`
 * here, or cut off. */
import { attempt } from "../guard";
import type { Fields } from "./source";

/** As many as the collector takes in one event. */
const MOST_LINES = 200;
const LONGEST = 100;

/** The value at a path such as `price.salePrice`; of alternatives, separated by |, the first that says something. */
export function get(from: unknown, paths: string): unknown {
  for (const path of paths.split("|")) {
    const value = attempt(() => path.split(".").reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], from));
    if (value != null && value !== "") return value;
  }
  return undefined;
}

/** A text or number as one line of text; anything else is none. */
export function text(value: unknown): string {
  const said = typeof value === "string" || Number.isFinite(value) ? String(value) : "";
  return said.slice(0, 1_000).replace(/\s+/g, " ").trim().slice(0, LONGEST);
}

/** An amount in decimal units: a number, or a text with one number in it, such as `₩12,000` or `12.50 EUR`. */
export function amount(value: unknown): number | undefined {
  const plain = text(value).replace(/,(?=\d{3}(?!\d))/g, "").replace(",", ".");
  const [, digits] = /^[^\d-]*(\d+(?:\.\d+)?)\D*$/.exec(plain) ?? [];
  return digits ? +digits : undefined;
}

/** The first members of an array, or of an object that is used as one. */
export function list(value: unknown): unknown[] {
  const all = attempt(() => (Array.isArray(value) ? [].slice.call(value, 0, MOST_LINES) : Object.values(Object(value))));
  return typeof value === "object" ? (all ?? []).slice(0, MOST_LINES) : [];
}

/** Product lines in the names of GA4. */
export function lines(products: unknown, fields: Fields): unknown[] {
  return list(products).map((raw) =>
    Object.fromEntries(
      Object.entries(fields).map(([name, at]) => [name, typeof at === "string" ? get(raw, at) : attempt(() => at(raw))]),
    ),
  );
}

export function query(names: string): string {
  const given = new URLSearchParams(location.search);
  return names.split("|").reduce((found, name) => found || text(given.get(name)), "");
}
