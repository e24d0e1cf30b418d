/** Chooses the adapters by what the page shows, lets them read what is there, and lets them look again while it may change. */
import { attempt, guarded, listen } from "../guard";
import type { Explicit, Link } from "../link";
import { again, hear, provide, settle } from "./arbiter";
import { add, drop, has, remember } from "./memory";
import { get, lines, list, query, text } from "./reading";
import type { Adapter, Ear, Look } from "./source";
import { wrap } from "./wrapping";

/** Where a source shows by a global, an element or the path of the page. */
interface Source {
  /** The lower, the further it is trusted; 2 is what the page tells dangol itself. */
  rank: number;
  globals?: string;
  elements?: string;
  paths?: RegExp;
  load(): Promise<{ adapter: Adapter }>;
}

const MALL = 1;
const IFDO = 3;
const DATA_LAYER = 4;
const LAST_RESORT = 5;
const STRUCTURED_DATA = 6;

const SOURCES: Source[] = [
  { rank: MALL, globals: "sb|ShopbyExternalScript", load: () => import("./shopby") },
  {
    rank: MALL,
    globals: "EC_FRONT_EXTERNAL_SCRIPT_VARIABLE_DATA|CAFE24|CAFE24API",
    elements: "[name=path_role]",
    load: () => import("./cafe24"),
  },
  { rank: MALL, elements: "[data-dangol]", paths: /^\/(goods|order|member)\/\w+\.php$/, load: () => import("./godomall") },
  { rank: MALL, globals: "FB_PIXEL|SITE_SHOP_DETAIL", paths: /^\/shop_(view|payment)/, load: () => import("./imweb") },
  {
    rank: IFDO,
    globals: "_NB_gs|_NB_MKTCD|_NB_PC|_NB_PD|_NB_PM|_NB_kwd|_NB_ID|_NB_JN|_NB_APPVER",
    load: () => import("./ifdo"),
  },
  { rank: DATA_LAYER, globals: "dataLayer", load: () => import("./datalayer") },
  { rank: LAST_RESORT, globals: "wcs|_conv", load: () => import("./wcs") },
  { rank: LAST_RESORT, globals: "fbq", load: () => import("./fbq") },
  { rank: STRUCTURED_DATA, elements: "[type='application/ld+json']", load: () => import("./jsonld") },
];

/** How long a page that is known to say more may take, so that all travels with the page view. */
const PATIENCE = 800;
const STEP = 100;
/** After a page has come or turned, or the shopper has done something, it is looked at again for a while. */
const WAKE = 5_000;
const INTERVAL = 250;
const SIGNS = ["click", "change", "submit", "load", "popstate"];

/** Many pages show everybody as logged out, until a script of theirs knows better. */
const SURE = 1_000;

const started = new Set<Source>();
const looks: Look[] = [];
let watching = 0;
let until = 0;
let outSince = 0;

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
function wanted(source: Source): boolean {
  const better = (other: Source): boolean => other.rank < LAST_RESORT && shows(other);
  return shows(source) && (source.rank !== LAST_RESORT || !SOURCES.some(better));
}

const shows = ({ globals, elements, paths }: Source): boolean =>
  !!(globals && get(window, globals)) ||
  !!(elements && document.querySelector(elements)) ||
  !!paths?.test(location.pathname);

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
    loggedIn: (is) => (is ? inside(rank) : outside()),
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

function inside(rank: number): void {
  outSince = 0;
  if (has("in")) return;
  if (has("out")) hear(rank, "login", {});
  drop("out");
  add("in");
}

function outside(): void {
  outSince ||= Date.now();
  if (has("out") || Date.now() - outSince < SURE) return;
  drop("in");
  add("out");
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
  for (const sign of ["pagehide", "visibilitychange"]) window.addEventListener(sign, guarded(settle), true);
}
