/** One widget on the page: a host with a closed shadow root, around it nothing that the page could see or style. */
import { guarded } from "../guard";
import type { Choice, Show } from "../wire";
import { button, make } from "./controls";
import { assign, create, isAllowed } from "./nodes";
import { construct } from "./sheet";
import { isKorean } from "./texts";

/** What a shopper may do with a widget. */
export interface Reactions {
  /** `item`: the product, where the node tells one. */
  click(item?: string): void;
  close(): void;
  later(choice: Choice): void;
  /** True when the server has answered. */
  submit(fields: Record<string, string>): Promise<boolean>;
}

export interface Frame {
  /** What it shows. */
  show: Show;
  readonly host: HTMLElement;
  readonly root: ShadowRoot;
  readonly box: HTMLElement;
  readonly body: HTMLElement;
  /** Tells screen readers, and with `seen` everybody. */
  say(text: string, seen?: boolean): void;
  /** Names the widget as what it shows is named, and makes the forms in it work. */
  name(): Promise<void> | null;
  /** The host is on the page now, for the first time or again. Only a dialog takes the focus. */
  open(): void;
  remove(): void;
  /** For modules that change what is in it. */
  readonly isAllowed: typeof isAllowed;
  readonly create: typeof create;
  readonly assign: typeof assign;
}

/** Screen readers tell of a live region's change only when the region was there before. */
const ANNOUNCE_AFTER = 200;
/** Then it is taken out again, or those who read on would meet it twice. */
const ANNOUNCED = 4_000;

/** `menu`: the choice to see it later, which a widget with such buttons of its own does not get. */
export function build(show: Show, sheets: CSSStyleSheet[], react: Reactions, menu?: Element | 0 | false): Frame {
  const { slot, position = "", effect = slot === "dialog" ? "zoom" : slot !== "inline" && "slide", lang } = show;
  const host = document.createElement("dangol-widget");
  const root = host.attachShadow({ mode: "closed" });
  const dialog = slot === "dialog" && make("dialog", "");
  const box = dialog || make("div", "");
  const body = make("div", "dg-body");
  const live = make("div", "dg-live");
  let outside = false;
  let silence = 0;

  function say(text: string, seen = false): void {
    clearTimeout(silence);
    live.className = seen ? "dg-note" : "dg-live";
    live.textContent = text;
    silence = setTimeout(say, ANNOUNCED, "");
  }

  function name(): Promise<void> | null {
    box.setAttribute("aria-label", frame.show.label ?? "");
    return body.querySelector("form,[data-dg=copy]") && import("./forms").then(({ equip }) => equip(box, lang, say, react, construct));
  }

  function open(): void {
    if (dialog) {
      dialog.open = false; // a page that has thrown it away has left it open
      dialog.showModal();
      dialog.focus({ preventScroll: true });
    } else if (/corner|bar/.test(slot) && !body.querySelector("[role=status]")) {
      setTimeout(() => say(frame.show.label ?? ""), ANNOUNCE_AFTER);
    }
  }

  function remove(): void {
    if (dialog) dialog.close(); // gives the focus back by itself
    host.remove();
  }

  function isOutside({ target, clientX: x, clientY: y }: MouseEvent): boolean {
    const { left, right, top, bottom } = box.getBoundingClientRect();
    return target === dialog && (x < left || x > right || y < top || y > bottom);
  }

  function act(event: MouseEvent): void {
    // A press that began inside, such as one that selects text, closes nothing.
    if (outside && isOutside(event)) return react.close();
    const { dg: action, for: what } = (event.target as Element).closest<HTMLElement>("[data-dg]")?.dataset ?? {};
    if (action === "click") react.click(what);
    if (action === "close") react.close();
    if (action === "later") react.later((what ?? "session") as Choice);
  }

  /** Closes what came by itself, and folds what was unfolded in what stays. A dialog does so by its own. */
  function escape(): void {
    if (/corner|bar/.test(slot)) return react.close();
    const unfolded = !dialog && body.querySelector<HTMLDetailsElement>("details[open]");
    if (!unfolded) return;
    unfolded.open = false;
    unfolded.querySelector("summary")?.focus();
  }

  const on = <T extends Event>(event: string, f: (event: T) => void): void =>
    box.addEventListener(event, guarded(f) as EventListener);
  on<MouseEvent>("pointerdown", (event) => (outside = isOutside(event)));
  on("click", act);
  on<MouseEvent>("auxclick", (event) => event.button === 1 && act(event));
  on("submit", (event) => event.preventDefault());
  on("close", react.close);
  on<KeyboardEvent>("keydown", ({ key }) => key === "Escape" && escape());

  box.className = `dg-frame dg-${slot} dg-in-${effect}`;
  box.dataset.position = position;
  box.lang = lang ?? "";
  if (isAllowed(show.tree)) body.append(create(show.tree));
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
  root.adoptedStyleSheets = sheets;
  root.append(box);
  const frame: Frame = { show, host, root, box, body, say, name, open, remove, isAllowed, create, assign };
  return frame;
}
