/** What outlives a page of the preview, for the tab: the token, how the panel stands, and what pages told. */
import { attempt } from "../guard";
import type { Told } from "./why";

const TOKEN = "dg.p";
const STANCE = "dg.pi";
const TOLD = "dg.pe";
const MOST = 40;

export type Tab = "campaigns" | "segments" | "events";

export interface Stance {
  folded?: boolean;
  tab: Tab;
}

const read = <T>(key: string): T | undefined => attempt(() => JSON.parse(sessionStorage.getItem(key) ?? "null") as T) ?? undefined;

const write = (key: string, value: unknown): void => void attempt(() => sessionStorage.setItem(key, JSON.stringify(value)));

/** A preview's link: the token is kept for the tab, and the page is opened again under its own address. A reload keeps
 * the referrer, where another navigation would make it this very address. */
export function enter(): void {
  const address = new URL(location.href);
  const token = address.searchParams.get("dg_preview");
  if (!token) return;
  attempt(() => sessionStorage.setItem(TOKEN, token));
  if (window.dangol) window.dangol.ready = true; // or the stub would tell of a page view that is none
  address.searchParams.delete("dg_preview");
  history.replaceState(history.state, "", address);
  location.reload();
}

export const stance = (): Stance => read<Stance>(STANCE) ?? { tab: "campaigns" };

export const keepStance = (now: Stance): void => write(STANCE, now);

/** What was told so far, the latest first. */
export const told = (): Told[] => read<Told[]>(TOLD) ?? [];

export function tell(events: Told[]): void {
  if (events.length) write(TOLD, [...[...events].reverse(), ...told()].slice(0, MOST));
}

export const forgetTold = (): void => write(TOLD, []);

/** The page shall show this variant from its next load on. */
export function choose(variant: string): void {
  attempt(() => sessionStorage.setItem(TOKEN, `${sessionStorage.getItem(TOKEN)?.split("~")[0]}~${variant}`));
}

export function leave(): void {
  for (const key of [TOKEN, STANCE, TOLD]) attempt(() => sessionStorage.removeItem(key));
}
