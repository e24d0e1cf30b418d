/** Modules that most pages do without: fetched when an answer, or the page, needs them. */
import type { Chunk, Link, Module } from "./link";
import { base } from "./script";
import type { Answer } from "./wire";

declare const VERSION: string;

/** Which part of an answer is whose. */
const TAKERS = { show: "widgets", wait: "moments", why: "inspector" } as const;

const loading: Record<string, Promise<Chunk>> = {};
const loaded: Chunk[] = [];

/** `import()` and not a script element: an address given to an element is a sink that Trusted Types would refuse. */
export const fetchModule = (name: string): Promise<unknown> => import(`${base}${name}.js?v=${VERSION}`);

export function hand(answer: Answer, link: Link): void {
  const path = location.pathname;
  for (const [part, name] of Object.entries(TAKERS)) {
    if (!answer[part as keyof Answer]) continue;
    loading[name] ??= fetchModule(name).then((module) => {
      const chunk = (module as Module).start(link);
      loaded.push(chunk);
      return chunk;
    });
    loading[name].then((chunk) => chunk.take(answer, path)).catch((error) => console.warn("dangol:", error));
  }
}

export const turn = (): void => loaded.forEach((chunk) => chunk.turn?.());

export function openCampaigns(): string[] | undefined {
  const open = loaded.flatMap((chunk) => chunk.open?.() ?? []);
  return open[0] ? open : undefined;
}
