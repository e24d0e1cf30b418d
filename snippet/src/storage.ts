/** Local storage that never refuses: what the browser will not keep lives in memory until the page ends. */
import { attempt } from "./guard";

/** All keys of ours start with it. */
export const OURS = "dg.";

const memory = new Map<string, string>();

export const read = (key: string): string | undefined =>
  memory.get(key) ?? attempt(() => localStorage[key] as string | undefined);

/** True when it will outlive the page. */
export function write(key: string, text: string): boolean | undefined {
  memory.set(key, text);
  return attempt(() => {
    localStorage[key] = text;
    return memory.delete(key);
  });
}

export function erase(key: string): void {
  memory.delete(key);
  attempt(() => delete localStorage[key]);
}

/** Our keys that outlive the page. */
export const keys = (): string[] =>
  attempt(() => Object.keys(localStorage).filter((key) => key.startsWith(OURS)).sort()) ?? [];

export function wipe(): void {
  memory.clear();
  keys().forEach(erase);
}
