/** One widget on the page: a host with a closed shadow root, around it nothing that the page could see or style. */
import { guarded } from "../guard";
import type { Choice, Show } from "../wire";
import { closeButton, laterMenu, make } from "./controls";
import { fill } from "./nodes";
import { texts } from "./texts";

/** What a shopper may do with a widget. */
export interface Reactions {
  click(): void;
  close(): void;
  later(choice: Choice): void;
}

/** Screen readers tell of a live region's change only when the region was there before. */
const ANNOUNCE_AFTER = 200;

export class Frame {
  readonly host = document.createElement("dangol-widget");
  readonly box: HTMLElement;
  private readonly root = this.host.attachShadow({ mode: "closed" });
  private readonly body = make("div", "dg-body");
  private readonly live = make("div", "dg-live");
  private focusBefore: HTMLElement | null = null;

  constructor(
    private show: Show,
    sheets: CSSStyleSheet[],
    private readonly react: Reactions,
  ) {
    this.box = make(show.slot === "dialog" ? "dialog" : "div", `dg-frame dg-${show.slot}`);
    this.root.adoptedStyleSheets = sheets;
    this.root.append(this.box);
    this.live.setAttribute("role", "status");
    this.update(show);
    this.furnish();
    this.listen();
  }

  /** Shows the content of `show` in place of what is there. */
  update(show: Show): void {
    this.show = show;
    this.box.lang = show.lang ?? "";
    this.box.setAttribute("aria-label", show.label || texts(show.lang).label);
    fill(this.body, [show.tree]);
  }

  /** The host is on the page now. Only a dialog takes the focus. */
  open(): void {
    if (this.box instanceof HTMLDialogElement) {
      this.box.showModal();
      this.box.focus({ preventScroll: true });
    } else if (!this.body.querySelector('[role="status"]')) setTimeout(() => this.announce(), ANNOUNCE_AFTER);
  }

  private announce(): void {
    this.live.textContent = this.box.getAttribute("aria-label");
  }

  remove(): void {
    const modal = this.box instanceof HTMLDialogElement;
    // Escape has closed a dialog before we hear of it, and the focus fell to the page.
    const focused = this.root.activeElement || (modal && document.activeElement === document.body);
    if (this.box instanceof HTMLDialogElement) this.box.close();
    this.host.remove();
    if (focused) this.focusBefore?.focus({ preventScroll: true });
  }

  private furnish(): void {
    const { slot, lang, later = [] } = this.show;
    const words = texts(lang);
    this.box.append(this.body);
    if (slot !== "inline") this.box.prepend(closeButton(words));
    const ownMenu = this.body.querySelector('[data-dg="later"]');
    if ((slot === "corner" || slot === "dialog") && later.length && !ownMenu) this.box.append(laterMenu(words, later));
    if (slot === "corner" || slot === "bar") this.box.append(this.live);
    // A dialog itself takes the focus, so a reader hears its name and no button looks chosen.
    if (slot === "dialog") this.box.tabIndex = -1;
    else this.box.setAttribute("role", "region");
  }

  private listen(): void {
    const on = <T extends Event>(name: string, f: (event: T) => void): void =>
      this.box.addEventListener(name, guarded(f) as EventListener);
    on<MouseEvent>("click", (event) => this.act(event));
    on<MouseEvent>("auxclick", (event) => event.button === 1 && this.act(event));
    on("submit", (event) => event.preventDefault());
    on("close", () => this.react.close());
    on<KeyboardEvent>("keydown", (event) => {
      if (event.key === "Escape" && this.show.slot !== "dialog") this.react.close();
    });
    on<FocusEvent>("focusin", ({ relatedTarget: from }) => {
      if (from instanceof HTMLElement && !this.root.contains(from)) this.focusBefore = from;
    });
  }

  private act(event: MouseEvent): void {
    const target = event.target as HTMLElement;
    if (target === this.box && this.show.slot === "dialog") return this.react.close(); // the backdrop
    const node = target.closest<HTMLElement>("[data-dg]");
    const action = node?.dataset.dg;
    if (action === "click") this.react.click();
    if (action === "close") this.react.close();
    if (action === "later") this.react.later((node?.dataset.for ?? "session") as Choice);
  }
}
