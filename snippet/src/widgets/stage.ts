/** Which widgets are on the page: one per slot, the next in line when the shopper has done with the one before. */
import { guarded } from "../guard";
import type { Link, Runtime } from "../link";
import type { Choice, Show } from "../wire";
import { find, whenStill } from "./anchor";
import { Frame } from "./frame";
import { whenSeen } from "./seen";
import { styles } from "./styles";

/** A widget from the answer that brought it until it leaves the page. */
interface Act {
  show: Show;
  state: "delayed" | "waiting" | "opening" | "open";
  frame?: Frame;
  unwatch?: () => void;
}

export class Stage implements Runtime {
  private acts: Act[] = [];
  private path = location.pathname;

  constructor(private readonly link: Link) {}

  show(shows: Show[], path: string): void {
    if (path !== location.pathname) return;
    for (const show of shows) this.take(show);
  }

  open(): string[] {
    return this.acts.filter(({ frame }) => frame?.host.isConnected).map((act) => act.show.campaign);
  }

  /** Another path is another page: it ends what the page before showed, as a page load would. */
  turn(): void {
    if (this.path === location.pathname) return;
    this.path = location.pathname;
    for (const act of this.acts.splice(0)) this.clear(act);
  }

  private take(show: Show): void {
    const known = this.acts.find((act) => act.show.campaign === show.campaign);
    if (known?.state === "open" && !known.frame?.host.isConnected) {
      this.end(known); // the page has thrown it away
    } else if (known) {
      known.show = show;
      return known.frame?.update(show);
    }
    const act: Act = { show, state: "delayed" };
    this.acts.push(act);
    const due = guarded(() => {
      act.state = "waiting";
      this.next(show);
    });
    if (show.delay) setTimeout(due, show.delay * 1_000);
    else due();
  }

  /** Opens the first that waits for the place of `show`, if that place is free. */
  private next({ slot, at }: Show): void {
    const here = this.acts.filter((act) => act.show.slot === slot && act.show.at === at);
    if (here.some((act) => act.state === "opening" || act.state === "open")) return;
    const first = here.find((act) => act.state === "waiting");
    if (!first) return;
    first.state = "opening";
    this.present(first).catch((error) => {
      console.warn("dangol:", error);
      this.end(first);
    });
  }

  private async present(act: Act): Promise<void> {
    const { show } = act;
    const anchor = show.slot === "inline" ? await find(show.at ?? "") : document.body;
    const sheets = await styles(this.link.base, show.style);
    if (!this.acts.includes(act)) return;
    if (!anchor) throw Error(`${show.campaign}: nothing on the page matches ${show.at}`);
    const frame = new Frame(act.show, sheets, {
      click: () => this.tell(act, "widget_click"),
      close: () => this.leave(act, "widget_close"),
      later: (choice) => this.leave(act, "widget_later", choice),
    });
    act.frame = frame;
    const place = (): void => {
      if (!this.acts.includes(act)) return;
      anchor.append(frame.host);
      frame.open();
      act.state = "open";
      act.unwatch = whenSeen(frame.box, guarded(() => this.track(act, "widget_view")));
      this.lift();
    };
    if (show.slot === "inline") whenStill(frame.host, anchor, guarded(place));
    else place();
  }

  private tell(act: Act, name: string, choice?: Choice): void {
    this.track(act, name, choice);
    this.link.flush();
  }

  private track({ show: { campaign, exposure } }: Act, name: string, choice?: Choice): void {
    this.link.track(name, { campaign, exposure, choice });
  }

  /** The shopper has done with it. A dialog's own close event comes after ours and finds it gone. */
  private leave(act: Act, name: string, choice?: Choice): void {
    if (!this.acts.includes(act)) return;
    this.end(act);
    this.tell(act, name, choice);
  }

  private end(act: Act): void {
    this.acts = this.acts.filter((other) => other !== act);
    this.clear(act);
    this.lift();
    this.next(act.show);
  }

  private clear({ unwatch, frame }: Act): void {
    unwatch?.();
    frame?.remove();
  }

  /** A corner message stands above an open bar. */
  private lift(): void {
    const bar = this.acts.find((act) => act.show.slot === "bar")?.frame?.box.offsetHeight ?? 0;
    for (const { frame } of this.acts) frame?.host.style.setProperty("--dg-lift", `${bar && bar + 12}px`);
  }
}
