/** The core: collects what happens on the page, sees to its delivery, and calls the widget runtime when needed. */
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

/** While the document is still being parsed, calls further down in it are waited for, but not for long. */
const PARSING = 1_000;

function track(name: string, data: Data = {}): void {
  if (typeof name !== "string" || typeof data !== "object") throw TypeError("track takes a name and an object");
  const at = Date.now();
  keep({ id: uuid7(at), name, at, data, page: location.href });
  soon(document.readyState === "loading" ? PARSING : undefined);
}

function viewPage(referrer: string): void {
  track("page_view", { page_location: location.href, page_referrer: referrer, page_title: document.title });
}

const commands: Record<string, (...args: never[]) => void> = {
  track,
  member: (jwt: string) => login(jwt) && tell(),
  logout: () => logout() && tell(),
};

function run([command, ...args]: Call): void {
  const known = commands[command];
  if (!known) throw TypeError(`no call ${command}; there are ${Object.keys(commands)}`);
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
  else if (!site) throw Error("the script line needs data-site");
  // A prerendered page counts when it is looked at.
  else if (document.prerendering) document.addEventListener("prerenderingchange", go, { once: true });
  else go();
}

guarded(main)();
