/** Where an inline widget goes, and when it may, so that nothing the shopper looks at is moved. */

const PATIENCE = 10_000;

/** The element that matches, now or within ten seconds. */
export function find(selector: string): Promise<Element | null> {
  return new Promise((resolve) => {
    const look = (): void => {
      const found = document.querySelector(selector);
      if (found) finish(found);
    };
    const finish = (found: Element | null): void => {
      clearTimeout(timer);
      observer.disconnect();
      resolve(found);
    };
    const observer = new MutationObserver(look);
    const timer = setTimeout(finish, PATIENCE, null);
    observer.observe(document.documentElement, { childList: true, subtree: true });
    look();
  });
}

const MOMENTS = ["scroll", "click", "keydown"];

/**
 * Calls `place`, which puts `host` at the end of `anchor`: at once where the anchor's end is below the screen, or the
 * anchor has room to spare (`min-height`); else when it has been scrolled below the screen, or with the shopper's next
 * click or key press, which may move things.
 */
export function whenStill(host: Element, anchor: Element, place: () => void): void {
  const below = (): boolean => anchor.getBoundingClientRect().bottom >= innerHeight;
  if (below() || hasRoom(host, anchor)) return place();
  const look = (event: Event): void => {
    if (event.type === "scroll" && !below()) return;
    for (const name of MOMENTS) removeEventListener(name, look, true);
    if (anchor.isConnected) place();
  };
  for (const name of MOMENTS) addEventListener(name, look, { capture: true, passive: true });
}

/** Tried and measured before the browser paints. */
function hasRoom(host: Element, anchor: Element): boolean {
  const height = anchor.clientHeight;
  anchor.append(host);
  const fits = anchor.clientHeight <= height;
  host.remove();
  return fits;
}
