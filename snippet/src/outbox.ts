/** Events on their way to the collector, in order, and a copy in local storage until it has them: one key per event, so tabs never overwrite each other. */
import { keeps } from "./consent";
import { attempt } from "./guard";
import { erase, keys, write } from "./storage";
import type { Kept } from "./wire";

const PREFIX = "dg.e.";
const MAX_EVENTS = 200;
const MAX_CHARACTERS = 64_000;
const MAX_AGE = 7 * 86_400_000;
const BATCH_EVENTS = 50;
/** A batch must stay below 60 KB also where every character takes three bytes. */
const BATCH_CHARACTERS = 19_000;

let queue: Kept[] = [];

const size = (event: Kept): number => JSON.stringify(event).length;

/** What pages before could not deliver. */
export function recall(): void {
  if (!keeps()) return;
  for (const key of keys()) {
    if (!key.startsWith(PREFIX)) continue;
    const event = attempt(() => JSON.parse(localStorage[key] as string) as Kept);
    queue.push({ ...(event as Kept), id: key.slice(PREFIX.length) });
  }
  bound();
}

/** False when it lives in memory only, though it should not. */
export function keep(event: Kept): boolean {
  if (size(event) > BATCH_CHARACTERS) throw RangeError(event.name + ": too large");
  queue.push(event);
  bound();
  return !keeps() || !!write(PREFIX + event.id, JSON.stringify(event));
}

/** What is over a limit is given up, the oldest first. */
function bound(): void {
  let room = MAX_CHARACTERS;
  let count = 0;
  const since = Date.now() - MAX_AGE;
  queue = queue
    .reverse()
    .filter((event) => (event.at > since && (room -= size(event)) >= 0 && count++ < MAX_EVENTS) || done([event]))
    .reverse();
}

/** The oldest events, as many as one request may carry. */
export function take(): Kept[] {
  let room = BATCH_CHARACTERS;
  let count = 0;
  while (count < BATCH_EVENTS && queue[count] && (room -= size(queue[count]!)) >= 0) count++;
  return queue.splice(0, count);
}

/** They did not arrive. */
export function giveBack(events: Kept[]): void {
  queue = [...events, ...queue];
}

export function done(events: Kept[]): void {
  for (const { id } of events) erase(PREFIX + id);
}

export function clear(): void {
  queue = [];
}
