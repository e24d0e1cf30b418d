/** The widget runtime as the core sees it: not there until an answer has something to show. */
import type { Link, Runtime } from "./link";
import { base } from "./script";
import type { Show } from "./wire";

declare const WIDGETS_HASH: string;

let loading: Promise<Runtime> | undefined;
let runtime: Runtime | undefined;
let link: Link;

export function provide(given: Link): void {
  link = given;
}

/** `import()` and not a script element: an address given to an element is a sink that Trusted Types would refuse. */
export function show(shows: Show[]): void {
  const path = location.pathname;
  loading ??= import(`${base}widgets.js?v=${WIDGETS_HASH}`).then((module) => (runtime = module.start(link) as Runtime));
  loading.then((loaded) => loaded.show(shows, path)).catch((error) => console.warn("dangol:", error));
}

export function openCampaigns(): string[] | undefined {
  const open = runtime?.open();
  return open?.length ? open : undefined;
}

export function turn(): void {
  runtime?.turn();
}
