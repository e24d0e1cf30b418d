/** What the core and the widget runtime know of each other; the runtime is a module of its own, loaded on demand. */
import type { Data, Show } from "./wire";

/** Handed to the runtime. `base` is the address that `dangol.js` came from, up to its last slash. */
export interface Link {
  base: string;
  track(name: string, data: Data): void;
  flush(): void;
}

/** Handed back by it. */
export interface Runtime {
  /** Shows widgets that were decided for the page at `path`. */
  show(shows: Show[], path: string): void;
  /** Campaigns on the page now. */
  open(): string[];
  /** The address has changed without a page load. */
  turn(): void;
}
