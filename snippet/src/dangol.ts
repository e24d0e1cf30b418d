/** The core: collects what happens on the page, sees to its delivery, and calls the widget runtime when needed. */
import { address, short } from "./address";
import { resume, send, soon, tell } from "./delivery";
import { guarded, listen } from "./guard";
import { uuid7 } from "./id";
import { login, logout } from "./identity";
import { keep } from "./outbox";
import { watchPages } from "./pages";
import { provide } from "./runtime";
import { base, site } from "./script";
import type { Data } from "./wire";

type Call = [command: string, ...args: unknown[]];
type Dangol = ((...call: Call) => void) & { q?: Iterable<Call>; ready?: true };

declare global {
  interface Window {
    dangol?: Dangol;
  }
  interface Navigator {
    globalPrivacyControl?: boolean;
  }
  interface Document {
    prerendering?: boolean;
  }
}

/** The collector refuses a whole request for a name that is not like this. */
const NAME = /^[a-z][a-z0-9_]{0,39}$/;
const LONGEST_JWT = 2_000;

/** While the document is still being parsed, calls further down in it are waited for, but not for long. */
const PARSING = 1_000;

function track(name: string, data: Data = {}): void {
  if (typeof name !== "string" || !NAME.test(name) || typeof data !== "object") throw TypeError(`track: ${name}, ${data}`);
  const at = Date.now();
  keep({ id: uuid7(at), name, at, data, page: address() });
  soon(document.readyState === "loading" ? PARSING : undefined);
}

function viewPage(referrer: string): void {
  track("page_view", { page_location: address(), page_referrer: short(referrer), page_title: document.title });
}

/** What the page knows of the shopper. The server takes the traits that the site has declared as public. */
function trait(traits: Data): void {
  if (!traits || typeof traits !== "object") throw TypeError(`trait: ${traits}`);
  track("traits", { traits });
}

const commands: Record<string, (...args: never[]) => void> = {
  track,
  trait,
  member(jwt: string) {
    if (!jwt || typeof jwt !== "string" || jwt.length > LONGEST_JWT) throw TypeError(`member: ${jwt}`);
    if (login(jwt)) tell();
  },
  logout: () => logout() && tell(),
};

function run([command, ...args]: Call): void {
  const known = commands[command];
  if (!known) throw TypeError(`no ${command}`);
  known(...(args as never[]));
}

function start(): void {
  provide({ base, track, flush: send });
  watchPages(viewPage);
  listen(window, "DOMContentLoaded", () => soon());
  listen(window, "online", resume);
  listen(document, "visibilitychange", () => document.hidden && send(true));
  listen(window, "pagehide", () => send(true));
}

/** Takes the place of the stub, and of nothing else: the script may be on the page twice. */
function main(): void {
  const early = window.dangol;
  if (early?.ready) return;
  const waiting: Call[] = [...(early?.q ?? [])];
  let take = (call: Call): unknown => waiting.push(call);
  window.dangol = guarded((...call) => void take(call));
  window.dangol.ready = true;
  const go = guarded(() => {
    start();
    take = run;
    waiting.forEach(guarded(run));
  });
  // Global Privacy Control: the shopper has said no.
  if (navigator.globalPrivacyControl) take = () => 0;
  else if (!site) throw Error("no data-site");
  // A prerendered page counts when it is looked at.
  else if (document.prerendering) document.addEventListener("prerenderingchange", go, { once: true });
  else go();
}

guarded(main)();
