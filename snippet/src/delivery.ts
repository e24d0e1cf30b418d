/** Sends what the outbox holds, in batches, until the collector has it. */
import { address } from "./address";
import { hand, openCampaigns } from "./chunks";
import { full, keeps, preview } from "./consent";
import { newId } from "./id";
import { identity, learn, type Identity } from "./identity";
import type { Link } from "./link";
import { done, giveBack, keep, take } from "./outbox";
import { base, site } from "./script";
import type { Answer, Data, Extra, Kept } from "./wire";

/** The collector refuses a whole request for a name that is not like this. */
const NAME = /^[a-z][a-z0-9_]{0,39}$/;

const TOGETHER = 50;
/** While the document is parsed and the mall is asked, more may be said that belongs to the page view; but not for long. */
const PATIENCE = 1_000;
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 300_000;
const TIMEOUT = 15_000;

let timer = 0;
let held = Date.now() + PATIENCE;
let busy = false;
let failures = 0;
let news = false;
/** What the page is about, as the server told, and the path it was told for. */
let now: object | undefined;
let told = "";

export const link: Link = { base, track, flush: () => send(true), ask: (extra) => send(true, extra), keeps };

export function track(name: string, data: Data = {}, at = Date.now()): void {
  if (typeof name !== "string" || !NAME.test(name) || typeof data !== "object") throw TypeError(`track: ${name}, ${data}`);
  const stored = keep({ id: newId(at), name, at, data, page: address() });
  if (stored) soon();
  else send(true);
}

/** Sends after a moment, so that what is said together travels together. A running back-off is not cut short. */
function soon(): void {
  if (!failures) plan(Math.max(TOGETHER, held - Date.now()));
}

function plan(wait: number): void {
  clearTimeout(timer);
  timer = setTimeout(send, wait);
}

/** All has been said that belongs to the first page view. */
export function release(): void {
  held = 0;
  soon();
}

/** The collector shall hear who is here, also when there is no event to tell. */
export function tell(): void {
  news = true;
  soon();
}

/** The network is back: no need to wait. */
export function resume(): void {
  failures = 0;
  plan(0);
}

/** Sends now what no request carries yet, and `extra`. `force`: not to wait for a request that is under way. */
export async function send(force?: boolean, extra?: Extra): Promise<boolean> {
  const who = identity();
  if (!who || (busy && force !== true)) return false;
  const events = who.forget ? [] : take();
  if (!(events[0] || news || extra)) return false;
  busy = true;
  news = false;
  const path = location.pathname;
  try {
    const response = await post(compose(events, who, path, extra), who);
    if (response.status > 499 || response.status === 429) throw response.headers.get("Retry-After");
    const answer: Answer | false = response.ok && (await response.json());
    done(events);
    busy = false;
    failures = 0;
    if (answer && learn(who, answer.visitor) && path === location.pathname) {
      if (answer.now) [now, told] = [answer.now, path];
      hand(answer, link);
    }
    send();
    return response.ok;
  } catch (reason) {
    // What was withdrawn meanwhile is gone.
    if (full() === !who.anonymous) giveBack(events);
    busy = false;
    pause(reason);
    return false;
  }
}

function compose(events: Kept[], who: Identity, path: string, extra?: Extra): string {
  const here = address();
  return JSON.stringify({
    site,
    ...who,
    sent: Date.now(),
    page: here,
    lang: /^[a-z]+/i.exec(document.documentElement.lang || navigator.language)?.[0],
    open: openCampaigns(),
    now: told === path ? now : undefined,
    preview,
    app: link.app,
    ...extra,
    events: events.map(({ page, data, ...event }) => ({
      ...event,
      data: page === here ? data : { page_location: page, ...data },
    })),
  });
}

// A string body is text/plain, which needs no preflight.
function post(body: string, { anonymous }: Identity): Promise<Response> {
  return fetch(base + "events", {
    method: "POST",
    body,
    keepalive: true,
    credentials: anonymous ? "omit" : "include",
    signal: AbortSignal.timeout?.(TIMEOUT),
  });
}

/** Tries again when the collector said, or else after a time that doubles; spread, so that browsers do not return in step. */
function pause(seconds: unknown): void {
  news = true;
  const doubling = Math.min(FIRST_PAUSE * 2 ** failures++, LONGEST_PAUSE);
  plan(((seconds as number) * 1_000 || doubling) * (1 + Math.random() / 2));
}
