/** Events on their way to the collector, kept until it has them. One key per event, so tabs never overwrite each other. */
import { attempt } from "./guard";
import { madeAt } from "./id";
import { erase, keys, read, write } from "./storage";
import type { Kept } from "./wire";

const PREFIX = "dg.e.";
const MAX_EVENTS = 200;
const MAX_CHARACTERS = 64_000;
const MAX_AGE = 7 * 86_400_000;
/** A batch must stay below 60 KB also where every character takes three bytes. */
export const BATCH_CHARACTERS = 19_000;

export function keep(event: Kept): void {
  const text = JSON.stringify(event);
  if (text.length > BATCH_CHARACTERS) throw RangeError(event.name + ": too large");
  write(PREFIX + event.id, text);
  kept();
}

export function done(events: Kept[]): void {
  for (const event of events) erase(PREFIX + event.id);
}

/** All events that wait, oldest first. What is over a limit is given up, the oldest first. */
export function kept(): Kept[] {
  const events: Kept[] = [];
  let room = MAX_CHARACTERS;
  const newestFirst = keys().filter((key) => key.startsWith(PREFIX)).sort().reverse();
  for (const key of newestFirst) {
    const text = read(key) ?? "";
    room -= text.length;
    const id = key.slice(PREFIX.length);
    const event = attempt(() => ({ ...(JSON.parse(text) as Kept), id }));
    const recent = madeAt(id) > Date.now() - MAX_AGE;
    if (event && recent && room >= 0 && events.length < MAX_EVENTS) events.unshift(event);
    else erase(key);
  }
  return events;
}
