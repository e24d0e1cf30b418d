/** Waits for the moments of campaigns: seconds looked at the page, a share of it scrolled, no input for a while, the
 *  shopper about to leave. A moment that has come is asked about; the server decides then. */
import { guarded, listen } from "./guard";
import type { Chunk, Link } from "./link";
import { falling } from "./falling";
import type { Answer, Wait } from "./wire";

const TICK = 200;
/** As many as the server judges in one request. */
const AT_ONCE = 10;
/** Nobody is about to leave who has just come; in seconds. */
const ARRIVED = 3;
/** The pointer on its way to the tabs, a thumb on its way to the address bar; in px per ms. */
const POINTER_SPEED = 0.5;
const SCROLL_SPEED = 2;
const INPUT = ["pointermove", "pointerdown", "keydown", "scroll", "wheel", "touchmove"];

/** A wait and how many seconds of it somebody looked. */
type Waiting = Wait & { looked: number };

export function start(link: Link): Chunk {
  let waiting: Waiting[] = [];
  let path = location.pathname;
  let looked = 0;
  let quiet = 0;
  let share = 0;
  let deepest = 0;
  let last = 0;
  let timer = 0;

  /** Those whose moment is now travel together. */
  const judge = guarded((leaving: boolean) => {
    if (document.hidden) return;
    const isDue = ({ delay = 0, scroll = 0, idle = 0, exit, looked }: Waiting): boolean =>
      looked >= delay && share >= scroll && quiet >= idle && (!exit || leaving);
    const due = waiting.filter(isDue).slice(0, AT_ONCE);
    if (!due.length) return;
    waiting = waiting.filter((wait) => !due.includes(wait));
    void link.ask({ due: due.map(({ campaign }) => campaign) });
  });

  function tick(): void {
    const now = performance.now();
    // A tab that nobody looks at ages nothing; neither does a computer that sleeps.
    const seconds = document.hidden ? 0 : Math.min(now - last, 2 * TICK) / 1_000;
    last = now;
    looked += seconds;
    quiet += seconds;
    for (const wait of waiting) wait.looked += seconds;
    judge(false);
    if (waiting.length) return;
    clearInterval(timer);
    timer = 0;
  }

  /** What waits already goes on waiting from where it was. */
  function take({ wait = [] }: Answer, at: string): void {
    if (at !== location.pathname) return;
    for (const each of wait) {
      const known = waiting.find(({ campaign }) => campaign === each.campaign);
      if (known) Object.assign(known, each);
      else waiting.push({ ...each, looked: 0 });
    }
    measure(document);
    last = performance.now();
    timer ||= setInterval(tick, TICK);
    judge(false);
  }

  function turn(): void {
    if (path === location.pathname) return;
    path = location.pathname;
    waiting = [];
    looked = quiet = share = deepest = 0;
  }

  /** The page itself, or the part of it that scrolls in its place. */
  function measure(target: EventTarget | null): number | undefined {
    const element = target === document ? document.scrollingElement : target;
    if (!(element instanceof Element) || element.clientHeight < innerHeight / 2) return;
    const { scrollTop: top, scrollHeight: whole, clientHeight: height } = element;
    if (whole > height) share = (100 * top) / (whole - height);
    deepest = Math.max(deepest, top);
    return top;
  }

  const leave = (): void => {
    if (looked >= ARRIVED) judge(true);
  };

  const pointerFalls = falling(POINTER_SPEED);
  const scrollFalls = falling(SCROLL_SPEED);
  let touched = false;

  for (const name of INPUT) {
    addEventListener(name, () => (quiet = 0), { capture: true, passive: true });
  }
  listen(document, "pointermove", (event) => {
    const { pointerType, clientY } = event as PointerEvent;
    touched = pointerType === "touch";
    if (!touched) pointerFalls(clientY);
  });
  listen(document, "pointerdown", (event) => (touched = (event as PointerEvent).pointerType === "touch"));
  // Out of the window through its upper edge, where tabs and address are.
  listen(document, "mouseout", (event) => {
    const { relatedTarget, clientY } = event as MouseEvent;
    if (!relatedTarget && clientY <= 0 && pointerFalls(clientY)) leave();
  });
  document.addEventListener(
    "scroll",
    guarded(({ target }) => {
      const top = measure(target);
      judge(false);
      if (top === undefined) return;
      // Back up at speed, by a finger, from at least a screen down.
      if (scrollFalls(top) && touched && deepest > innerHeight) leave();
    }),
    { capture: true, passive: true },
  );

  return { take, turn };
}
