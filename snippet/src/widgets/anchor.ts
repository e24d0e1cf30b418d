/** Where an inline widget goes, and when it may, so that nothing the shopper looks at is moved. */

/** Pages that build themselves change often; so often we look. */
const PAUSE = 100;

/** The element that matches, now or whenever it comes; null when it is not `wanted` any more. */
export function find(selector: string, wanted: () => boolean): Promise<Element | null> {
  return new Promise((resolve) => {
    let timer = 0;
    const look = (): void => {
      timer = 0;
      const found = wanted() && document.querySelector(selector);
      if (found === null) return;
      observer.disconnect();
      resolve(found || null);
    };
    const observer = new MutationObserver(() => {
      timer ||= setTimeout(look, PAUSE);
    });
    observer.observe(document.documentElement, { childList: true, subtree: true });
    look();
  });
}

const MOMENTS = ["scroll", "click", "keydown"];

/**
 * Calls `change`, which moves what comes after the end of `edge`: at once where that end is below the screen or the
 * change is `free`; else when it has been scrolled below the screen, or with the shopper's next click or key press,
 * which may move things.
 */
function whenStill(edge: Element, free: () => boolean, change: () => void): void {
  const below = (): boolean => edge.getBoundingClientRect().bottom >= innerHeight;
  if (below() || free()) return change();
  const look = (event: Event): void => {
    if (event.type === "scroll" && !below()) return;
    for (const name of MOMENTS) removeEventListener(name, look, true);
    change();
  };
  for (const name of MOMENTS) addEventListener(name, look, { capture: true, passive: true });
}

/** Calls `place`, which puts `host` at the end of `anchor`: tried and measured before the browser paints. */
export function whenRoom(host: Element, anchor: Element, place: () => void): void {
  const fits = (): boolean => {
    const height = anchor.clientHeight;
    anchor.append(host);
    const grown = anchor.clientHeight - height;
    host.remove();
    return grown <= 0;
  };
  whenStill(anchor, fits, place);
}

/** Changes what is in `box` so that nothing after it moves: it gets no lower, and higher only when nobody sees it. */
export function change(box: HTMLElement, renew: () => void, undo: () => void): void {
  const height = box.offsetHeight;
  box.style.minHeight = `${height}px`;
  const fits = (): boolean => {
    renew();
    const grown = box.offsetHeight > height;
    if (grown) undo();
    return !grown;
  };
  whenStill(box, fits, renew);
}

/** Lets `box` go: what it held at once, its room when nobody sees it. */
export function vanish(box: HTMLElement, go: () => void): void {
  box.style.visibility = "hidden";
  whenStill(box, () => false, go);
}
