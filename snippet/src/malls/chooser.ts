/** Chooses the adapters by what the page shows, lets them read what is there, and lets them look again while it may change. */
import { attempt, guarded, listen } from "../guard";
import type { Explicit, Link } from "../link";
import { again, hear, provide, settle } from "./arbiter";
import { add, drop, has, remember } from "./memory";
import { get, lines, list, query, text } from "./reading";
import type { Adapter, Ear, Look } from "./source";
import { wrap } from "./wrapping";

interface Source {
  /** The lower, the further it is trusted; 2 is what the page tells dangol itself. */
  rank: number;
  there(): unknown;
  load(): Promise<{ adapter: Adapter }>;
}

const MALL = 1;
const IFDO = 3;
const DATA_LAYER = 4;
const LAST_RESORT = 5;
const STRUCTURED_DATA = 6;

const global = (paths: string) => (): unknown => get(window, paths);
const element = (selector: string): unknown => document.querySelector(selector);
const path = (pattern: RegExp): boolean => pattern.test(location.pathname);

const SOURCES: Source[] = [
  { rank: MALL, there: global("sb|ShopbyExternalScript"), load: () => import("./shopby") },
  {
    rank: MALL,
    there: () => get(window, "EC_FRONT_EXTERNAL_SCRIPT_VARIABLE_DATA|CAFE24|CAFE24API|iProductNo") ?? element("meta[name=path_role]"),
    load: () => import("./cafe24"),
  },
  { rank: MALL, there: () => path(/^\/(goods|order|member)\/\w+\.php$/) || element("[data-dangol]"), load: () => import("./godomall") },
  { rank: MALL, there: () => get(window, "FB_PIXEL|SITE_SHOP_DETAIL") ?? path(/^\/shop_(view|payment)/), load: () => import("./imweb") },
  { rank: IFDO, there: () => Object.keys(window).some((name) => name.startsWith("_NB_")), load: () => import("./ifdo") },
  { rank: DATA_LAYER, there: global("dataLayer"), load: () => import("./datalayer") },
  { rank: LAST_RESORT, there: global("wcs|_conv"), load: () => import("./wcs") },
  { rank: LAST_RESORT, there: global("fbq"), load: () => import("./fbq") },
  { rank: STRUCTURED_DATA, there: () => element("script[type='application/ld+json']"), load: () => import("./jsonld") },
];

/** How long a page that is known to say more may take, so that all travels with the page view. */
const PATIENCE = 800;
const STEP = 100;
/** After a page has come or turned, or the shopper has done something, it is looked at again for a while. */
const WAKE = 5_000;
const INTERVAL = 250;
const SIGNS = ["click", "change", "submit", "load", "popstate"];

const started = new Set<Source>();
const looks: Look[] = [];
let watching = 0;
let until = 0;

/** Resolves when all has been told that the page shows. */
export async function start(link: Link, explicit: Explicit): Promise<void> {
  remember(link);
  provide(link, explicit);
  const end = Date.now() + PATIENCE;
  while ((await look(link)) && Date.now() < end) await new Promise((done) => setTimeout(done, STEP));
  settle();
  watch(link);
}

/** True while some source is known to say more. */
async function look(link: Link): Promise<boolean> {
  const found = SOURCES.filter((source) => !started.has(source) && wanted(source));
  await Promise.all(found.map((source) => listenTo(source, link)));
  return looks.map(looked).some(Boolean);
}

/** The last resorts are not heard where somebody better speaks. */
function wanted({ rank, there }: Source): boolean {
  return !!there() && (rank !== LAST_RESORT || !SOURCES.some((other) => other.rank < rank && other.there()));
}

async function listenTo(source: Source, link: Link): Promise<void> {
  started.add(source);
  try {
    looks.push((await source.load()).adapter(ear(source.rank, link)));
  } catch (error) {
    console.warn("dangol:", error);
  }
}

function looked(one: Look): boolean {
  let more = false;
  guarded(() => void (more = !!one()))();
  return more;
}

function ear(rank: number, link: Link): Ear {
  return {
    say: (name, told) => hear(rank, name, told),
    loggedIn(is) {
      const [now, before] = is ? ["in", "out"] : ["out", "in"];
      if (is && has(before)) hear(rank, "login", {});
      if (has(before)) drop(before);
      if (!has(now)) add(now);
    },
    app: (version) => void (link.app = version),
    attempt,
    get,
    text,
    list,
    lines,
    query,
    wrap,
  };
}

function watch(link: Link): void {
  const wake = guarded(() => {
    until = Date.now() + WAKE;
    watching ||= setInterval(() => {
      if (Date.now() > until) {
        clearInterval(watching);
        watching = 0;
      }
      void look(link);
    }, INTERVAL);
  });
  wake();
  for (const sign of SIGNS) window.addEventListener(sign, wake, { capture: true, passive: true });
  const navigation = window.navigation as EventTarget | undefined;
  navigation?.addEventListener("currententrychange", wake);
  listen(window, "pageshow", (event) => (event as PageTransitionEvent).persisted && again());
  // Before the core sends what it has, which it does on the same events.
  window.addEventListener("pagehide", guarded(settle), true);
  window.addEventListener("visibilitychange", guarded(settle), true);
}
