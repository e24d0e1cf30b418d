/** Local storage that never refuses: what the browser will not keep lives in memory until the page ends. */
import { attempt } from "./guard";

const PREFIX = "dg.";
const memory = new Map<string, string>();

export function read(key: string): string | undefined {
  return memory.get(key) ?? attempt(() => localStorage.getItem(PREFIX + key)) ?? undefined;
}

export function write(key: string, text: string): void {
  memory.set(key, text);
  attempt(() => {
    localStorage.setItem(PREFIX + key, text);
    memory.delete(key);
  });
}

export function erase(key: string): void {
  memory.delete(key);
  attempt(() => localStorage.removeItem(PREFIX + key));
}

export function keys(): string[] {
  const stored = attempt(() => Object.keys(localStorage)) ?? [];
  return [...memory.keys(), ...stored.filter((key) => key.startsWith(PREFIX)).map((key) => key.slice(PREFIX.length))];
}
