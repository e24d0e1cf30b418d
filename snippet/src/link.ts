/** What the core and the modules that it loads on demand know of each other. */
import type { Answer, Data, Extra } from "./wire";

/** Handed to a module's `start`. `base` is the address that `dangol.js` came from, up to its last slash. */
export interface Link {
  base: string;
  track(name: string, data: Data): void;
  /** Sends now what waits. */
  flush(): void;
  /** Sends `extra` at once, with what waits; false when no answer came, and nothing is tried again. */
  ask(extra: Extra): Promise<boolean>;
  /** What happens may be stored in this browser. */
  keeps(): boolean;
  /** The version of the shop's own app, where the page runs inside it; told with every request. */
  app?: string;
}

/** Handed back by widgets.js, moments.js and inspector.js. */
export interface Chunk {
  /** An answer for the page at `path`, which may be another by now: the module was still loading. */
  take(answer: Answer, path: string): void;
  /** The path or query has changed without a page load. */
  turn?(): void;
  /** Campaigns on the page now (widgets.js). */
  open?(): string[];
}

/** What the page's own `dangol('track')` calls have said since it was last turned: name and data. */
export type Explicit = readonly (readonly [name: string, data: Data])[];

export interface Module {
  start(link: Link): Chunk;
}

/** malls.js: `start` resolves when the adapter has said what the page shows; the first request waits for it, at most a second. */
export interface Malls {
  start(link: Link, explicit: Explicit): Promise<void>;
}
