/** Event ids: sorted by time, and unique as the stub before us has begun it. */

/** What the stub has kept of the page's first moment: its time, and 64 random bits as text. */
export interface Seed {
  t?: number;
  r?: string;
}

let tail = "";
let latest = 0;

/** Goes on where the stub began, so that what it may have sent by itself has the same ids here. */
export function seed({ r }: Seed): void {
  tail = r ?? crypto.getRandomValues(new Uint32Array(2)).join("");
}

/** Milliseconds in base 36, never the same twice, and what tells this page from all others. */
export function newId(at: number): string {
  return (latest = Math.max(at, latest + 1)).toString(36) + tail;
}
