/** One widget on the page: a host with a closed shadow root, around it nothing that the page could see or style. */
import { guarded } from "../guard";
import type { Choice, Show } from "../wire";
import { button, make } from "./controls";
import { fill } from "./nodes";
import { isKorean } from "./texts";

/** What a shopper may do with a widget. */
export interface Reactions {
  click(): void;
  close(): void;
  later(choice: Choice): void;
  /** True when the server has answered. */
  submit(fields: Record<string, string>): Promise<boolean>;
}

export interface Frame {
  show: Show;
  readonly host: HTMLElement;
  readonly box: HTMLElement;
  /** What is needed besides: the module for forms. */
  ready?: Promise<void> | null;
  /** Shows the content of `show` in place of what is there. */
  update(show: Show): void;
  /** The host is on the page now, for the first time or again. Only a dialog takes the focus. */
  open(): void;
  remove(): void;
}

/** Screen readers tell of a live region's change only when the region was there before. */
const ANNOUNCE_AFTER = 200;
/** Then it is taken out again, or those who read on would meet it twice. */
const ANNOUNCED = 4_000;

const FORMS = "form,[data-dg=copy]";

/** How a widget comes in when its campaign does not say. */
const EFFECTS: Partial<Record<Show["slot"], string>> = { corner: "slide", bar: "slide", dialog: "zoom", float: "fade" };

/** `menu`: the choice to see it later, which a widget with such buttons of its own does not get. */
export function build(first: Show, sheets: CSSStyleSheet[], react: Reactions, menu?: Element): Frame {
  const { slot, position = "", effect = EFFECTS[slot], lang } = first;
  const host = document.createElement("dangol-widget");
  const root = host.attachShadow({ mode: "closed" });
  const dialog = slot === "dialog" ? make("dialog", "") : null;
  const box = dialog ?? make("div", "");
  const body = make("div", "dg-body");
  const live = make("div", "dg-live");
  let focusBefore: HTMLElement | null = null;
  let silence = 0;
  let opened = false;

  /** Tells screen readers, and with `seen` everybody. */
  function say(text: string, seen = false): void {
    clearTimeout(silence);
    live.className = seen ? "dg-note" : "dg-live";
    live.textContent = text;
    silence = setTimeout(say, ANNOUNCED, "");
  }

  function update(show: Show): void {
    const focused = root.activeElement;
    frame.show = show;
    box.setAttribute("aria-label", show.label ?? "");
    const { offsetTop: top } = box;
    const { offsetHeight: height } = body;
    fill(body, [show.tree]);
    if (body.offsetHeight !== height) settle(top);
    if (focused && !root.activeElement) {
      // What had the focus is gone: it stays in the widget, whose new content a reader is told.
      box.tabIndex = -1;
      box.focus({ preventScroll: true });
      say(body.innerText);
    }
    frame.ready = body.querySelector(FORMS) && import("./forms").then(({ equip }) => equip(box, lang, say, react));
  }

  /** A frame that has grown at its head stays where it was for as long as the browser looks for shifts, and its
   *  content is laid out anew rather than moved. */
  function settle(top: number): void {
    body.style.display = "none";
    void box.offsetHeight;
    body.style.display = "";
    hold(top - box.offsetTop);
    requestAnimationFrame(() => requestAnimationFrame(() => hold(0)));
  }

  const hold = (by: number): void => box.style.setProperty("--dg-held", `${by}px`);

  function open(): void {
    if (opened) box.classList.remove(`dg-in-${effect}`);
    opened = true;
    if (dialog) {
      dialog.open = false; // a page that has thrown it away has left it open
      dialog.showModal();
      dialog.focus({ preventScroll: true });
    } else if ((slot === "corner" || slot === "bar") && !body.querySelector("[role=status]")) {
      setTimeout(() => say(box.getAttribute("aria-label")!), ANNOUNCE_AFTER);
    }
  }

  function remove(): void {
    const focused = root.activeElement;
    dialog?.close(); // gives the focus back by itself
    host.remove();
    if (focused && !dialog) focusBefore?.focus({ preventScroll: true });
  }

  let outside = false;
  const isOutside = ({ target, clientX: x, clientY: y }: MouseEvent): boolean => {
    const { left, right, top, bottom } = box.getBoundingClientRect();
    return target === dialog && (x < left || x > right || y < top || y > bottom);
  };

  function act(event: MouseEvent): void {
    // A press that began inside, such as one that selects text, closes nothing.
    if (outside && isOutside(event)) return react.close();
    const { dg: action, for: choice = "session" } = (event.target as Element).closest<HTMLElement>("[data-dg]")?.dataset ?? {};
    if (action === "click") react.click();
    if (action === "close") react.close();
    if (action === "later") react.later(choice as Choice);
  }

  const on = <T extends Event>(name: string, f: (event: T) => void): void => box.addEventListener(name, guarded(f) as EventListener);
  on<MouseEvent>("pointerdown", (event) => (outside = isOutside(event)));
  on("click", act);
  on<MouseEvent>("auxclick", (event) => event.button === 1 && act(event));
  on("submit", (event) => event.preventDefault());
  on("close", react.close);
  on<KeyboardEvent>("keydown", ({ key }) => key === "Escape" && !dialog && react.close());
  on<FocusEvent>("focusin", ({ relatedTarget: from }) => {
    if (from instanceof HTMLElement && !root.contains(from)) focusBefore = from;
  });

  const frame: Frame = { show: first, host, box, update, open, remove };
  box.className = `dg-frame dg-${slot} ${position.replace(/\w+/g, "dg-$&").replace("-dg", " dg")} dg-in-${effect}`;
  box.lang = lang ?? "";
  root.adoptedStyleSheets = sheets;
  root.append(box);
  update(first);
  if (slot !== "inline" && slot !== "float") {
    const close = button("dg-close", "close");
    close.setAttribute("aria-label", isKorean(lang) ? "닫기" : "Close");
    box.append(close);
  }
  box.append(body);
  if (menu && !body.querySelector("[data-dg=later]")) box.append(menu);
  live.setAttribute("role", "status");
  box.append(live);
  // A dialog itself takes the focus, so a reader hears its name and no button looks chosen.
  if (dialog) dialog.tabIndex = -1;
  else box.setAttribute("role", "region");
  return frame;
}
