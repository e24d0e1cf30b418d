/** Local storage that never refuses: what the browser will not keep lives in memory until the page ends. */
import { attempt } from "./guard";

const memory = new Map<string, string>();

export function read(key: string): string | undefined {
  return memory.get(key) ?? attempt(() => localStorage.getItem(key) ?? undefined);
}

export function write(key: string, text: string): void {
  memory.set(key, text);
  attempt(() => {
    localStorage.setItem(key, text);
    memory.delete(key);
  });
}

export function erase(key: string): void {
  memory.delete(key);
  attempt(() => localStorage.removeItem(key));
}

export function keys(): string[] {
  return [...memory.keys(), ...(attempt(() => Object.keys(localStorage)) ?? [])];
}
