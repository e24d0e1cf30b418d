/** Sends what the outbox holds, in batches, until the collector has it. */
import { address } from "./address";
import { hand, openCampaigns } from "./chunks";
import { full, keeps, refused } from "./consent";
import { expect } from "./guard";
import { identity, learn, parting } from "./identity";
import type { Link } from "./link";
import { done, giveBack, keep, take } from "./outbox";
import { base, site } from "./script";
import type { Answer, Data, Extra } from "./wire";

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
let latest = 0;
/** What a page is about, as the server told, by its path. */
let about: Record<string, object> = {};

export const link: Link = { base, track, flush: () => send(true), ask: (extra) => send(true, extra), keeps };

/** Begins where the stub has begun, so that an event which it may have sent by itself has the same id here. */
const tail = window.dangol?.r ?? Math.random().toString(36).slice(2);

export function track(name: string, data: Data = {}, at = Date.now()): void {
  expect(name.match(NAME) && Object(data) === data, name);
  if (refused()) return;
  latest = Math.max(at, latest + 1);
  // Milliseconds in base 36, never the same twice, and what tells this page from all others.
  const id = latest.toString(36) + tail;
  const safe = keep({ id, name, at, data: { page_location: address(), ...data } });
  soon(safe ? held : 0);
}

/** Sends after a moment, so that what is said together travels together, and not before `from`. A running back-off is
 * not cut short. */
function soon(from = held): void {
  if (!failures) plan(Math.max(TOGETHER, from - Date.now()));
}

function plan(wait: number): void {
  clearTimeout(timer);
  timer = setTimeout(send, wait);
}

/** All has been said that belongs to the first page view, or the network is back: no need to wait. */
export function hurry(): void {
  held = failures = 0;
  soon();
}

/** The collector shall hear who is here, also when there is no event to tell. */
export function tell(): void {
  news = true;
  soon();
}

/** Sends now what no request carries yet, and `extra`. `force`: not to wait for a request that is under way. */
export async function send(force?: boolean, extra?: Extra): Promise<boolean> {
  const left = parting();
  const who = identity(left);
  if (!who || (busy && !force)) return false;
  const events = who.forget ? [] : take();
  if (!(events[0] || news || extra || (who.forget && !busy))) return false;
  news = false;
  busy = true;
  const path = location.pathname;
  try {
    // A string body is text/plain, which needs no preflight.
    const response = await fetch(base + "events", {
      method: "POST",
      body: compose({ ...who, ...extra, now: about[path], events }),
      keepalive: true,
      credentials: who.anonymous ? "omit" : "include",
      signal: AbortSignal.timeout?.(TIMEOUT),
    });
    const { ok, status } = response;
    // Too fast, or a server or proxy that can't; any lower refusal would come again.
    if (status > 428) throw response.headers.get("Retry-After");
    const answer: Answer = ok ? await response.json() : {};
    done(events);
    busy = false;
    failures = 0;
    if (ok && learn(left, answer.visitor) && path === location.pathname) {
      if (answer.now) about = { [path]: answer.now };
      hand(answer, path, link);
    }
    send();
    return ok;
  } catch (seconds) {
    // What was withdrawn meanwhile is gone.
    if (full() === !who.anonymous) giveBack(events);
    busy = false;
    news = true;
    // When the collector said, or after a time that doubles; spread, so that browsers do not return in step.
    const doubling = Math.min(FIRST_PAUSE * 2 ** failures++, LONGEST_PAUSE);
    plan(((seconds as number) * 1_000 || doubling) * (1 + Math.random() / 2));
    return false;
  }
}

/** What happened on the page that the request comes from does not repeat its address. */
function compose(said: object): string {
  const page = address();
  const language = document.documentElement.lang || navigator.language;
  const body = {
    site,
    sent: Date.now(),
    page,
    lang: /^[a-z]+/i.exec(language)?.[0],
    open: openCampaigns(),
    app: link.app,
    ...said,
  };
  return JSON.stringify(body, (key, value: unknown) => (key === "page_location" && value === page ? undefined : value));
}
