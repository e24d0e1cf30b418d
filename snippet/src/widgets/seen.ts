/** Really seen: half of it in view, in a tab that is looked at, for a second (the advertising trade's measure). */

const SHARE = 0.5;
const LONG_ENOUGH = 1_000;

/** When somebody looks at the tab. */
export async function visible(): Promise<void> {
  while (document.hidden) {
    await new Promise((resolve) => document.addEventListener("visibilitychange", resolve, { once: true }));
  }
}

/** Calls `tell` once; the function returned stops the watch. */
export function whenSeen(element: Element, tell: () => void): () => void {
  let inView = false;
  let timer = 0;
  const look = (): void => {
    clearTimeout(timer);
    if (inView && !document.hidden) timer = setTimeout(seen, LONG_ENOUGH);
  };
  const observer = new IntersectionObserver(
    (entries) => {
      inView = entries[entries.length - 1]!.intersectionRatio >= SHARE;
      look();
    },
    { threshold: SHARE },
  );
  const stop = (): void => {
    clearTimeout(timer);
    observer.disconnect();
    document.removeEventListener("visibilitychange", look);
  };
  const seen = (): void => {
    stop();
    tell();
  };
  observer.observe(element);
  document.addEventListener("visibilitychange", look);
  return stop;
}
