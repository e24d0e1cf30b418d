/** The core: collects what happens on the page, sees to its delivery, and calls the modules when needed. */
import { short } from "./address";
import { load, turn } from "./chunks";
import { choose, full, mode } from "./consent";
import { hurry, link, send, tell, track } from "./delivery";
import { expect, guarded, listen, warn } from "./guard";
import { login, logout, withdraw } from "./identity";
import { explicit, readMall } from "./mall";
import { clear, recall, rekeep } from "./outbox";
import { watchPages } from "./pages";
import type {} from "./stub";
import type { Data } from "./wire";

export type Call = [command: string, first?: unknown, second?: unknown];

declare global {
  interface Navigator {
    globalPrivacyControl?: boolean;
  }
  interface Document {
    prerendering?: boolean;
  }
}

const LONGEST_JWT = 2_000;

const commands: Record<string, (first: never, second: never, at?: number) => void> = {
  track(name: string, data: Data = {}, at) {
    track(name, data, at);
    explicit.push([name, data]);
  },
  /** What the page knows of the shopper. The server takes traits that the site has declared as public, and nothing else. */
  trait(traits: Data, _, at) {
    track("traits", { traits }, at);
  },
  member(jwt: string) {
    expect(jwt.length <= LONGEST_JWT, jwt);
    if (login(jwt)) tell();
  },
  logout() {
    if (logout()) tell();
  },
  consent(chosen: string) {
    if (chosen === mode) return;
    if (full() || chosen === "off") {
      withdraw();
      clear();
    }
    choose(chosen);
    login();
    rekeep();
    tell();
    settle();
  },
};

const settle = (): void => void readMall(link).then(hurry);

const run = guarded(([command, first, second]: Call, at?: number) =>
  commands[command]!(first as never, second as never, at),
);

/** Takes the place of the stub, and of nothing else: the script may be on the page twice. */
function main(): void {
  const stub: Partial<NonNullable<Window["dangol"]>> = window.dangol ?? {};
  if (stub.ready) return;
  window.dangol = (...call) => run(call);
  window.dangol.ready = true;
  const opened = stub.t ?? Date.now();
  let at: number | undefined = opened;
  recall();
  watchPages((referrer) => {
    explicit.length = 0;
    track("page_view", { page_referrer: short(referrer) || undefined }, at);
    at = undefined;
    turn();
  });
  // In the order in which they were called, and under the ids that the stub gives them.
  stub.q?.forEach((call, place) => run(call, opened + place + 1));
  if (document.readyState === "loading") listen(document, "DOMContentLoaded", settle);
  else settle();
  listen(window, "online", hurry);
  for (const name of ["pagehide", "visibilitychange"]) listen(window, name, () => send(true));
}

if (/[?&]dg_preview=/.test(location.search)) load("inspector").catch(warn);
// A prerendered page counts when it is looked at.
else if (document.prerendering) listen(document, "prerenderingchange", main);
else guarded(main)();
