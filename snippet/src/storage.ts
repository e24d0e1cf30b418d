/** Local storage that never refuses: what the browser will not keep lives in memory until the page ends. */
import { attempt } from "./guard";

type Texts = Record<string, string>;

const store: Texts = attempt(() => localStorage as unknown as Texts) ?? {};
let memory: Texts = {};

export const read = (key: string): string | undefined => memory[key] ?? store[key];

/** True when the browser has room for it. */
export function write(key: string, text: string): boolean | undefined {
  memory[key] = text;
  return attempt(() => {
    store[key] = text;
    return delete memory[key];
  });
}

export function erase(key: string): void {
  delete memory[key];
  delete store[key];
}

/** What is stored of the keys that start so, in their order. */
export const keys = (prefix: string): string[] =>
  Object.keys(store)
    .filter((key) => key.startsWith(prefix))
    .sort();

/** Nothing of ours is left. */
export function wipe(): void {
  memory = {};
  keys("dg.").forEach(erase);
}
