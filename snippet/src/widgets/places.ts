/** Frames over the page: where each stands, so that none covers another, the page's header or what has the focus. */
import { guarded } from "../guard";
import type { Frame } from "./frame";

const GAP = 12;
/** Nearest to the edge of the screen first. */
const ORDER = ["bar", "float", "corner"];

/** Moves frames away from the edge by as much as those take that stand there already. Moved by transform: no shift. */
export function arrange(frames: Frame[]): void {
  for (const top of [true, false]) {
    const taken: [left: number, right: number, depth: number][] = [];
    const here = frames.filter(({ show }) => top === !!show.position?.startsWith("top"));
    for (const slot of ORDER) {
      for (const { host, box } of here.filter(({ show }) => show.slot === slot)) {
        const { offsetLeft: left, offsetWidth: width, offsetHeight: height } = box;
        const beside = taken.filter((other) => other[0] < left + width && left < other[1]).map((other) => other[2]);
        const room = Math.max(innerHeight - height - 2 * GAP, 0);
        const depth = Math.min(Math.max(top ? header() : 0, ...beside), room);
        host.style.setProperty("--dg-lift", `${top ? depth : -depth}px`);
        taken.push([left, left + width, depth + height + GAP]);
      }
    }
  }
}

/** Where the page's header ends: what is fixed at the top of the screen now, or calls itself one. */
function header(): number {
  let end = 0;
  let node = document.elementsFromPoint(innerWidth / 2, 1).find((node) => !isOurs(node));
  for (; node; node = node.parentElement ?? undefined) {
    const { bottom, height } = node.getBoundingClientRect();
    const isHeader = node.matches("header,[role=banner]") || /fixed|sticky/.test(getComputedStyle(node).position);
    if (isHeader && height < innerHeight / 3) end = Math.max(end, bottom);
  }
  return end;
}

/** Where the focus was before it went into a widget. A dialog sees to that by itself. */
let before: HTMLElement | null = null;

const isOurs = (target: EventTarget | null): boolean => (target as Element | null)?.localName === "dangol-widget";

export function giveBack(): void {
  before?.focus({ preventScroll: true });
}

/** A frame that would wholly cover the page's element with the focus is not seen until the focus has moved on. */
function stepAside(frames: Frame[], { target, relatedTarget: from }: FocusEvent): void {
  if (isOurs(target) && !isOurs(from)) before = from as HTMLElement | null;
  const focused = (target as Element).getBoundingClientRect();
  for (const { box, host, show } of frames) {
    const { top, bottom, left, right } = box.getBoundingClientRect();
    const covers = top <= focused.top && bottom >= focused.bottom && left <= focused.left && right >= focused.right;
    box.classList.toggle("dg-aside", covers && target !== host && ORDER.includes(show.slot));
  }
}

/** Keeps them so while the page scrolls, the screen turns and the focus moves; `lost` may look for what the page has
 *  thrown away. */
export function follow(frames: () => Frame[], lost: () => void): void {
  for (const name of ["scroll", "resize"]) addEventListener(name, guarded(() => arrange(frames())), { passive: true });
  document.addEventListener("focusin", guarded((event) => stepAside(frames(), event)));
  new MutationObserver(guarded(lost)).observe(document.documentElement, { childList: true, subtree: true });
}
