/** Sends what the outbox holds, in batches, until the collector has it. */
import { address } from "./address";
import { identity, learn } from "./identity";
import { done, kept, BATCH_CHARACTERS } from "./outbox";
import { openCampaigns, show } from "./runtime";
import { base, site } from "./script";
import type { Answer, Kept } from "./wire";

const TOGETHER = 50;
const BATCH_EVENTS = 50;
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 300_000;
const PATIENCE = 15_000;

const flying = new Set<string>();
let timer = 0;
let busy = false;
let failures = 0;
let news = false;

/** Sends after a moment, so that what is said together travels together. A running back-off is not cut short. */
export function soon(wait = TOGETHER): void {
  if (!failures) plan(wait);
}

/** The collector shall hear who is here, also when there is no event to tell. */
export function tell(): void {
  news = true;
  soon();
}

function plan(wait: number): void {
  clearTimeout(timer);
  timer = setTimeout(send, wait);
}

/** Sends now what no request carries yet. `leaving`: the page may be gone before the answer. */
export function send(leaving = false): void {
  const events = batch();
  // A page that leaves does not wait for a running request, but neither does it press a collector that is away.
  if ((leaving ? failures : busy) || !(events.length || news)) return;
  const who = identity();
  const body = compose(events, who);
  news = false;
  for (const event of events) flying.add(event.id);
  // Browsers that drop a fetch with its page get a beacon: no answer, so the next page sends these events again.
  if (leaving && !("keepalive" in Request.prototype)) return void navigator.sendBeacon(base + "events", body);
  busy = true;
  const path = location.pathname;
  post(body)
    .then(async (response) => {
      const { status, headers } = response;
      if (status > 499 || status === 429) return pause(events, Number(headers.get("Retry-After")));
      const answer: Answer | null = response.ok ? await response.json() : null;
      done(events);
      settle(events);
      failures = 0;
      if (answer && learn(who, answer.visitor) && answer.show && path === location.pathname) show(answer.show);
      send();
    })
    .catch(() => pause(events, 0));
}

function batch(): Kept[] {
  let room = BATCH_CHARACTERS;
  return kept()
    .filter((event) => !flying.has(event.id))
    .slice(0, BATCH_EVENTS)
    .filter((event) => (room -= JSON.stringify(event).length) >= 0);
}

function compose(events: Kept[], who: object): string {
  const here = address();
  const language = document.documentElement.lang || navigator.language;
  return JSON.stringify({
    site,
    ...who,
    sent: Date.now(),
    page: here,
    lang: /^[a-z]+/i.exec(language)?.[0],
    open: openCampaigns(),
    events: events.map(({ page, data, ...event }) => ({
      ...event,
      data: page === here ? data : { page_location: page, ...data },
    })),
  });
}

// A string body is text/plain, which needs no preflight.
function post(body: string): Promise<Response> {
  const signal = AbortSignal.timeout?.(PATIENCE) ?? null;
  return fetch(base + "events", { method: "POST", body, keepalive: true, credentials: "include", signal });
}

function settle(events: Kept[]): void {
  busy = false;
  for (const event of events) flying.delete(event.id);
}

/** Tries again after `seconds`, or else after a time that doubles; spread, so that browsers do not return in step. */
function pause(events: Kept[], seconds: number): void {
  settle(events);
  news = true;
  const doubling = Math.min(FIRST_PAUSE * 2 ** failures++, LONGEST_PAUSE);
  plan((seconds * 1_000 || doubling) * (1 + Math.random() / 2));
}

/** The network is back: no need to wait. */
export function resume(): void {
  failures = 0;
  plan(0);
}
