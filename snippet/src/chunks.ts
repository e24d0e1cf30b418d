/** Modules that most pages do without: fetched when an answer, or the page, needs them. */
import { warn } from "./guard";
import type { Chunk, Link, Module } from "./link";
import { base } from "./script";
import type { Answer } from "./wire";

declare const VERSION: string;

const loading: Record<string, Promise<Chunk>> = {};
const loaded: Record<string, Chunk> = {};

/** `import()` and not a script element: an address given to an element is a sink that Trusted Types would refuse. */
export const load = <T>(name: string): Promise<T> => import(`${base}${name}.js?v=${VERSION}`);

/** Gives each module the answer that has something for it. */
export function hand(answer: Answer, path: string, link: Link): void {
  const to = (name: string): unknown =>
    (loading[name] ??= load<Module>(name).then((module) => (loaded[name] = module.start(link))))
      .then((chunk) => chunk.take(answer, path))
      .catch(warn);
  if (answer.show) to("widgets");
  if (answer.wait) to("moments");
  if (answer.why) to("inspector");
}

export const turn = (): void => Object.values(loaded).forEach((chunk) => chunk.turn?.());

export const openCampaigns = (): string[] | undefined => loaded.widgets?.open?.();
