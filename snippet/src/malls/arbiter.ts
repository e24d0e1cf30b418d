/** Who is believed. Several sources tell of the same product, cart or order; what a page shows, what a shopper does and
 * what is ordered counts once, as the source tells it that knows it best. */
import { address } from "../address";
import { guarded } from "../guard";
import type { Explicit, Link } from "../link";
import type { Data } from "../wire";
import { claim, type Claim } from "./event";
import { add, has } from "./memory";
import { get, list } from "./reading";
import type { Told } from "./source";

interface Heard extends Claim {
  /** How far its source is trusted: the lower, the further. */
  rank: number;
  at: number;
  page: string;
}

/** How long one that knows better may take, and for how long after that the others tell of the same act. */
const GRACE = 250;
const SAME_ACT = 1_500;
/** What is heard at once, and remembered of a page; one that pushes without end is not followed. */
const MOST_TOLD = 100;
/** What the page still shows when it comes back from the back/forward cache; the cart may have changed since. */
const SHOWN = /^(view_item|view_item_list|search)$/;

let link: Link;
let explicit: Explicit;
let heard: Heard[] = [];
let told: Heard[] = [];
let here = "";
let timer = 0;
let opened = false;

export function provide(given: Link, calls: Explicit): void {
  link = given;
  explicit = calls;
}

/** Takes in what a source tells. Pages tell the same again and again, so most of it is nothing new. */
export function hear(rank: number, name: string, said: Told): void {
  turn();
  const made = claim(name, said);
  if (!made || heard.length === MOST_TOLD || known(made, rank)) return;
  heard.push({ ...made, rank, at: Date.now(), page: address() });
  if (opened) timer ||= setTimeout(guarded(settle), GRACE);
}

/** Tells what was heard. Of one name the best source that told it is believed, and the others add what it leaves out. */
export function settle(): void {
  opened = true;
  clearTimeout(timer);
  timer = 0;
  const all = heard;
  heard = [];
  for (const one of all) {
    const others = all.filter((other) => other.name === one.name && other.page === one.page);
    if (others.some((other) => other.rank < one.rank) || known(one, one.rank)) continue;
    const same = others.filter((other) => other.key === one.key).sort((a, b) => b.rank - a.rank);
    tell(one, same.reduce((data, other) => merged(data, other.data), {}));
  }
}

/** The page has come back from the back/forward cache, which is another view of it. */
export function again(): void {
  for (const { name, data } of told) if (SHOWN.test(name)) link.track(name, data);
}

function tell(one: Heard, data: Data): void {
  told = [...told, { ...one, data }].slice(-MOST_TOLD);
  if (one.kind === "once") add(word(one));
  link.track(one.name, one.page === address() ? data : { ...data, page_location: one.page });
}

/** Told already: by this source, by another, or by the page's own call. */
function known({ name, kind, key }: Claim, rank: number): boolean {
  const called = explicit.filter(([said]) => said === name);
  if (kind === "act") {
    const said = called.some(([, data]) => products(claim(name, data)?.key) === products(key));
    return said || told.some((one) => repeats(one) && Date.now() - one.at < SAME_ACT);
  }
  return called.length > 0 || told.some(repeats) || (kind === "once" && has(word({ name, key })));

  function repeats(one: Heard): boolean {
    return one.name === name && (one.rank !== rank || one.key === key);
  }
}

/** Of a key, without how many of each. */
const products = (key = ""): string => key.replace(/\*\d+/g, "");

/** How it is remembered; what has no number of its own, such as a sign-up, may happen again another day. */
const word = ({ name, key }: Pick<Claim, "name" | "key">): string => name + (key || new Date().toDateString());

/** Another address is another page. */
function turn(): void {
  const now = location.pathname + location.search;
  if (now === here) return;
  if (opened) settle();
  here = now;
  told = [];
}

function merged(worse: Data, better: Data): Data {
  const items = list(better.items).map((line) => {
    const same = list(worse.items).find((other) => get(other, "item_id") === get(line, "item_id"));
    return { ...(same as Data | undefined), ...(line as Data) };
  });
  return { ...worse, ...better, ...(items.length ? { items } : {}) };
}
