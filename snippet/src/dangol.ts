/** The core: collects what happens on the page, sees to its delivery, and calls the modules when needed. */
import { turn } from "./chunks";
import { allowed, full } from "./consent";
import { link, release, resume, send, tell, track } from "./delivery";
import { guarded, listen } from "./guard";
import { seed, type Seed } from "./id";
import { agree, login, logout } from "./identity";
import { readMall } from "./mall";
import { clear, recall } from "./outbox";
import { watchPages } from "./pages";
import { site } from "./script";
import type { Data } from "./wire";

type Call = [command: string, ...args: unknown[]];
type Dangol = ((...call: Call) => void) & Seed & { q?: Iterable<Call>; ready?: true };

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

const LONGEST_JWT = 2_000;

/** What the page itself has said since it was last turned; it goes before what is read from the mall. */
const explicit: [string, Data][] = [];

const commands: Record<string, (at: number, ...args: never[]) => void> = {
  track(at, name: string, data: Data = {}) {
    track(name, data, at);
    explicit.push([name, data]);
  },
  /** What the page knows of the shopper. The server takes the traits that the site has declared as public. */
  trait(at, traits: Data) {
    if (!traits || typeof traits !== "object") throw TypeError(`trait: ${traits}`);
    track("traits", { traits }, at);
  },
  member(_at, jwt: string) {
    if (!jwt || typeof jwt !== "string" || jwt.length > LONGEST_JWT) throw TypeError(`member: ${jwt}`);
    if (login(jwt)) tell();
  },
  logout: () => logout() && tell(),
};

function run(at: number, [command, ...args]: Call): void {
  const known = commands[command];
  if (!known) throw TypeError(`no ${command}`);
  known(at, ...(args as never[]));
}

/** `at`: when the page was opened, where the stub has seen it. */
function start(at: number | undefined): void {
  recall();
  watchPages((referrer) => {
    explicit.length = 0;
    track("page_view", referrer ? { page_referrer: referrer } : {}, at);
    at = undefined;
    turn();
  });
  const settle = (): void => void Promise.resolve(readMall(link, explicit)).finally(release);
  if (document.readyState === "loading") listen(window, "DOMContentLoaded", settle);
  else settle();
  listen(window, "online", resume);
  listen(document, "visibilitychange", () => document.hidden && send(true));
  listen(window, "pagehide", () => send(true));
}

/** Takes the place of the stub, and of nothing else: the script may be on the page twice. */
function main(): void {
  const stub: Partial<Dangol> = window.dangol ?? {};
  if (stub.ready) return;
  if (!site) throw Error("no data-site");
  seed(stub);
  let waiting: [at: number, call: Call][] | undefined = [];

  const go = guarded(() => {
    // A prerendered page counts when it is looked at.
    if (document.prerendering) return listen(document, "prerenderingchange", go);
    if (waiting && allowed()) {
      const early = waiting;
      waiting = undefined;
      start(stub.t);
      early.forEach(guarded(([at, call]) => run(at, call)));
    }
    tell();
  });

  const take = guarded((at: number, call: Call) => {
    if (call[0] === "consent") {
      if (!agree(call[1] as string)) return;
      if (!full()) {
        clear();
        if (waiting) waiting = [];
      }
      go();
    } else if (waiting) waiting.push([at, call]);
    else if (allowed()) run(at, call);
  });

  window.dangol = (...call) => take(Date.now(), call);
  window.dangol.ready = true;
  // What waits in the stub happened after its first moment, in this order: see `seed`.
  [...(stub.q ?? [])].forEach((call, place) => take((stub.t ?? Date.now()) + place + 1, [...call] as Call));
  go();
}

guarded(main)();
