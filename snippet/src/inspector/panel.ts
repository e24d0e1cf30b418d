/** The overlay: a panel at the side of a desk, a sheet at the top of a phone, where no widget stands. */
import { guarded } from "../guard";
import type { Link } from "../link";
import css from "./inspector.css";
import { h } from "./dom";
import { audience, campaigns, events, lookOf, segments, sign } from "./lists";
import { choose, forgetTold, keepStance, leave, stance, told, type Tab } from "./memory";
import { texts } from "./texts";
import type { Campaign, Over, Preview } from "./why";

const TABS: Tab[] = ["campaigns", "segments", "events"];
const PHONE = "(max-width: 640px)";
/** Screen readers tell of a live region's change only when the region was there before. */
const ANNOUNCE_AFTER = 200;

export class Panel {
  private readonly host = document.createElement("dangol-inspector");
  private readonly root = this.host.attachShadow({ mode: "closed" });
  private readonly live = h("div", { class: "live", role: "status" });
  private readonly box = h("section", { class: "panel" });
  private why: Preview | Over | undefined;
  private said = "";

  constructor(private readonly link: Link) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    this.root.adoptedStyleSheets = [sheet];
    this.root.append(this.box, this.live);
    this.box.addEventListener("keydown", guarded((event) => this.key(event as KeyboardEvent)));
  }

  /** Shows what is known now. What was open or had the focus stays so. */
  show(why: Preview | Over): void {
    this.why = why;
    this.draw();
    if (!this.host.isConnected) document.body.append(this.host);
  }

  private draw(): void {
    const { why } = this;
    if (!why) return;
    const opened = [...this.box.querySelectorAll("details[open]")].map((each) => (each as HTMLElement).dataset.key);
    const focused = (this.root.activeElement as HTMLElement | null)?.closest<HTMLElement>("[data-key]")?.dataset.key;
    const scrolled = this.box.querySelector(".body")?.scrollTop ?? 0;
    const language = why.state === "on" ? why.language : document.documentElement.lang || navigator.language;
    const words = texts(language);
    this.box.lang = language.slice(0, 2);
    this.box.setAttribute("aria-label", `dangol ${words.title}`);
    this.box.replaceChildren(...(why.state === "on" ? this.on(why) : this.over()));
    for (const details of this.box.querySelectorAll("details")) details.open = opened.includes(details.dataset.key);
    const body = this.box.querySelector(".body");
    if (body) body.scrollTop = scrolled;
    if (focused) this.find(focused)?.focus({ preventScroll: true });
  }

  private find(key: string): HTMLElement | null {
    const found = this.box.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`);
    return found instanceof HTMLDetailsElement ? found.querySelector("summary") : found;
  }

  private on(why: Preview): HTMLElement[] {
    const words = texts(why.language);
    const { folded = matchMedia(PHONE).matches, tab } = stance();
    const subject = why.campaigns.find((each) => each.previewed);
    this.box.classList.toggle("folded", folded);
    this.announce(subject ? `${subject.name}: ${subject.words}` : "");
    return [
      this.head(words.title, folded, subject && sign(lookOf(subject)), subject?.name),
      h(
        "div",
        { class: "body", id: "body", hidden: folded },
        subject ? this.card(why, subject) : false,
        this.tabs(why, tab),
        h("p", { class: "foot" }, `${words.foot} `, this.until(why)),
      ),
    ];
  }

  private over(): HTMLElement[] {
    const words = texts(this.box.lang);
    this.announce(words.over);
    return [
      h("header", {}, h("span", { class: "mark", "aria-hidden": "true" }), h("h2", {}, words.over)),
      h("div", { class: "body" }, h("p", {}, words.overText), h("div", { class: "actions" }, this.button("end", words.leave, end, "main"))),
    ];
  }

  private head(title: string, folded: boolean, look?: HTMLElement, name = ""): HTMLElement {
    const words = texts(this.box.lang);
    const turn = (): void => {
      keepStance({ ...stance(), folded: !folded });
      this.draw();
    };
    return h(
      "header",
      {},
      h("span", { class: "mark", "aria-hidden": "true" }),
      h("h2", {}, title),
      folded ? h("span", { class: "short" }, look, name) : h("span", { class: "chip" }, words.uncounted),
      h("button", {
        type: "button",
        class: "fold",
        onclick: guarded(turn),
        "data-key": "fold",
        "aria-controls": "body",
        "aria-expanded": String(!folded),
        "aria-label": folded ? words.unfold : words.fold,
      }),
    );
  }

  private card(why: Preview, subject: Campaign): HTMLElement {
    const words = texts(why.language);
    const look = lookOf(subject);
    const headline = look === "yes" ? words.would : look === "wait" ? words.wait : words.not;
    return h(
      "div",
      { class: "card" },
      h("p", { class: "label" }, words.subject),
      h("h3", {}, subject.name),
      h("p", { class: "forced" }, subject.shown ? words.forced : subject.silent ? words.empty : ""),
      h("div", { class: `verdict ${look}` }, h("p", {}, sign(look), h("b", {}, headline)), look !== "yes" && h("p", {}, subject.words)),
      h("details", { "data-key": "subject" }, h("summary", { class: "plain" }, words.conditions), audience(subject, why)),
      why.variants.length > 1 && this.variants(why),
      h(
        "div",
        { class: "actions" },
        this.button("again", words.again, () => void this.link.ask({ due: [subject.campaign] }), "main"),
        this.button("phone", words.phone, narrow, "", words.phoneHint),
        this.button("end", words.end, end),
      ),
    );
  }

  private variants({ variants, variant, language }: Preview): HTMLElement {
    const turn = (id: string) => (): void => {
      choose(id);
      location.reload();
    };
    return h(
      "div",
      { class: "variants", role: "group", "aria-label": texts(language).variant },
      ...variants.map(({ id, name }) =>
        h("button", { type: "button", "aria-pressed": String(id === variant), onclick: guarded(turn(id)), "data-key": `v:${id}` }, name),
      ),
    );
  }

  private button(key: string, text: string, act: () => void, className = "", title?: string): HTMLElement {
    return h("button", { type: "button", class: className || false, title, onclick: guarded(act), "data-key": key }, text);
  }

  private tabs(why: Preview, now: Tab): HTMLElement {
    const words = texts(why.language);
    const clear = (): void => {
      forgetTold();
      this.draw();
    };
    const lists = { campaigns: () => campaigns(why), segments: () => segments(why), events: () => events(why, told(), guarded(clear)) };
    const held = why.segments.filter((each) => each.held).length;
    const counts = { campaigns: why.campaigns.filter((each) => !each.previewed).length, segments: held, events: told().length };
    return h(
      "div",
      { class: "lists" },
      h(
        "div",
        { role: "tablist", "aria-label": words.here },
        ...TABS.map((tab) =>
          h(
            "button",
            {
              type: "button",
              role: "tab",
              id: `tab-${tab}`,
              "aria-selected": String(tab === now),
              "aria-controls": "list",
              tabindex: tab === now ? "0" : "-1",
              onclick: guarded(() => this.turn(tab)),
              "data-key": `t:${tab}`,
            },
            words[tab],
            h("span", { class: "count" }, String(counts[tab])),
          ),
        ),
      ),
      h("div", { role: "tabpanel", id: "list", "aria-labelledby": `tab-${now}` }, lists[now]()),
    );
  }

  private turn(tab: Tab): void {
    keepStance({ ...stance(), tab });
    this.draw();
    this.find(`t:${tab}`)?.focus({ preventScroll: true });
  }

  private key(event: KeyboardEvent): void {
    const tab = TABS.indexOf(stance().tab);
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step && (event.target as Element).getAttribute("role") === "tab") {
      event.preventDefault();
      this.turn(TABS[(tab + step + TABS.length) % TABS.length] ?? "campaigns");
    }
    if (event.key === "Escape" && !this.box.classList.contains("folded") && this.why?.state === "on") {
      keepStance({ ...stance(), folded: true });
      this.draw();
      this.find("fold")?.focus({ preventScroll: true });
    }
  }

  private until({ until, language }: Preview): string {
    const time = new Date(until * 1_000).toLocaleString(language, { dateStyle: "medium", timeStyle: "short" });
    return texts(language).until.replace("{}", time);
  }

  private announce(text: string): void {
    if (text === this.said) return;
    this.said = text;
    setTimeout(() => (this.live.textContent = text), ANNOUNCE_AFTER);
  }
}

/** Nothing of the preview stays in the tab. */
function end(): void {
  leave();
  location.reload();
}

/** A window of its own takes the tab's session along, and with it the preview. */
function narrow(): void {
  open(location.href, "dangol-phone", "width=390,height=844");
}
