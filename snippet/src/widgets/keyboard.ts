/** A phone's keyboard covers the foot of the screen without telling the layout: fields in a widget move out of its way. */

/** Less than this is a bar of the browser's own. */
const LEAST = 80;

export function dodge(box: HTMLElement): void {
  const screen = window.visualViewport;
  const look = (): void => {
    if (!screen) return;
    const covered = innerHeight - screen.height - screen.offsetTop;
    // A page that was zoomed by fingers shows less of itself, too.
    const isKeyboard = covered > LEAST && screen.scale < 1.1 && box.matches(":focus-within");
    box.style.setProperty("--dg-keys", `${isKeyboard ? covered : 0}px`);
  };
  for (const name of ["resize", "scroll"]) screen?.addEventListener(name, look);
  box.addEventListener("focusin", look);
  box.addEventListener("focusout", look);
}
