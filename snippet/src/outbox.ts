/** Events on their way to the collector, and a copy of each in local storage until it has them: one key per event, so
 * tabs never overwrite each other. */
import { keeps } from "./consent";
import { attempt } from "./guard";
import { erase, keys, read, write } from "./storage";
import type { Kept } from "./wire";

const PREFIX = "dg.e.";
const MAX_EVENTS = 200;
const MAX_CHARACTERS = 64_000;
const MAX_AGE = 7 * 86_400_000;
const BATCH_EVENTS = 50;
/** A batch must stay below 60 KB also where every character takes three bytes. */
const BATCH_CHARACTERS = 19_000;
const EVENT_CHARACTERS = 18_000;

const queue: Kept[] = [];

const longer = (value: Kept | Kept[], most: number): boolean => JSON.stringify(value).length > most;

/** What pages before could not deliver. */
export function recall(): void {
  if (!keeps()) return;
  for (const key of keys(PREFIX)) {
    const event = attempt(() => JSON.parse(read(key)!) as Kept);
    if (event && event.at > Date.now() - MAX_AGE) queue.push(event);
    else erase(key);
  }
}

/** False when it should outlive the page and does not. What is over a limit is given up, the oldest first. */
export function keep(event: Kept): boolean | undefined {
  if (longer(event, EVENT_CHARACTERS)) throw RangeError(event.name);
  queue.push(event);
  while (queue[MAX_EVENTS] || longer(queue, MAX_CHARACTERS)) done([queue.shift()!]);
  return !keeps() || write(PREFIX + event.id, JSON.stringify(event));
}

/** The shopper has agreed: what lived in memory may be stored. */
export const rekeep = (): void => queue.splice(0).forEach(keep);

export const clear = (): void => void queue.splice(0);

/** The oldest events, as many as one request may carry. */
export function take(): Kept[] {
  const events = queue.splice(0, BATCH_EVENTS);
  while (longer(events, BATCH_CHARACTERS)) queue.unshift(events.pop()!);
  return events;
}

/** They did not arrive. */
export const giveBack = (events: Kept[]): unknown => queue.unshift(...events);

export function done(events: Kept[]): void {
  for (const { id } of events) erase(PREFIX + id);
}
