/** Which widgets are on the page: one in each place, the next in line when the shopper has done with the one before. */
import { guarded, warn } from "../guard";
import type { Chunk, Link } from "../link";
import type { Answer, Data, Show } from "../wire";
import { build, type Frame } from "./frame";
import { decoded } from "./media";
import { visible, whenSeen } from "./seen";
import { dress, styles } from "./styles";

/** A widget from the answer that brought it until it leaves the page. */
interface Act {
  show: Show;
  /** When it was decided, in ms. */
  since: number;
  /** It has its place to itself, though it may not be on the page yet. */
  chosen?: boolean;
  frame?: Frame;
  open?: boolean;
  unwatch?: () => void;
  /** How often the page has thrown it away. */
  lost: number;
}

/** What was decided longer ago is decided again: the promised view may have lapsed, and much may have happened. */
const FRESH = 20_000;
/** A page that throws a widget away more often does not want it. */
const LOST = 5;
/** As many as the server judges in one request. */
const AT_ONCE = 10;

export function stage(link: Link): Chunk {
  let acts: Act[] = [];
  let path = location.pathname;
  const late: string[] = [];
  /** What all widgets but a first popup need, once one of them was shown. */
  let around: typeof import("./around") | undefined;

  const isHere = (act: Act): boolean => acts.includes(act);
  const isStale = ({ since, unwatch }: Act): boolean => !unwatch && Date.now() - since > FRESH;
  const opened = (): Act[] => acts.filter(({ open }) => open);
  const frames = (): Frame[] => opened().map(({ frame }) => frame!);
  const settle = (): void => around?.arrange(frames());

  function take({ show = [], theme }: Answer, at: string): void {
    if (at !== location.pathname) return;
    if (theme) dress(theme);
    show.forEach(guarded(admit));
    next();
  }

  function admit(show: Show): void {
    const act = acts.find((known) => known.show.campaign === show.campaign);
    if (!act) return void acts.push({ show, since: Date.now(), lost: 0 });
    Object.assign(act, { show, since: Date.now() });
    if (act.frame) void renew(act, act.frame);
  }

  async function renew(act: Act, frame: Frame): Promise<void> {
    const { renew: put, change } = await load();
    const { show } = frame;
    const now = (): void => put(frame, act.show);
    if (act.open && show.slot === "inline") change(frame.box, now, () => put(frame, show));
    else now();
    settle();
  }

  /** Opens the first that waits for each place. */
  function next(): void {
    for (const act of acts) {
      if (acts.some((other) => other.chosen && place(other.show) === place(act.show))) continue;
      if (isStale(act)) {
        askAgain(act);
        continue;
      }
      act.chosen = true;
      present(act).catch((error) => {
        warn(error);
        end(act);
      });
    }
  }

  /** What has waited too long is asked for again, together. */
  function askAgain(act: Act): void {
    acts = acts.filter((other) => other !== act);
    if (!late.length) setTimeout(() => void link.ask({ due: late.splice(0, AT_ONCE) }));
    late.push(act.show.campaign);
  }

  async function load(): Promise<typeof import("./around")> {
    const page = await import("./around");
    if (!around) page.follow(frames, () => opened().filter(({ frame }) => !frame!.host.isConnected).forEach(restore));
    return (around = page);
  }

  async function present(act: Act): Promise<void> {
    const { slot, effect, style, later = [], lang } = act.show;
    const menu = later.length && interrupts(act.show);
    const more = slot !== "dialog" || effect || menu ? load() : undefined;
    const sheets = await styles(link.base, style, more);
    const page = await more;
    if (!isHere(act)) return;
    act.frame = build(act.show, sheets, {
      click: (item) => tell(act, "widget_click", { item }),
      close: () => leave(act, "widget_close"),
      later: (choice) => leave(act, "widget_later", { choice }),
      submit: (fields) => {
        const { campaign, exposure } = act.show;
        return link.ask({ submit: { campaign, exposure, fields } });
      },
    }, menu && page?.menu(later, lang));
    await Promise.all([decoded(act.frame.box), act.frame.name()]);
    await put(act, act.frame);
  }

  /** Puts the widget where it belongs, at the first moment that it may. */
  async function put(act: Act, frame: Frame): Promise<void> {
    const { slot, at = "" } = act.show;
    const anchor = slot === "inline" ? await around!.find(at, () => isHere(act)) : document.body;
    await visible();
    if (!isHere(act) || !anchor) return;
    const enter = guarded(() => {
      if (!isHere(act)) return;
      if (!anchor.isConnected) return void put(act, frame);
      if (isStale(act)) {
        askAgain(act);
        return next();
      }
      anchor.append(frame.host);
      frame.open();
      act.open = true;
      act.unwatch ??= whenSeen(frame.box, guarded(() => track(act, "widget_view")));
      settle();
    });
    if (slot === "inline") around!.whenRoom(frame.host, anchor, enter);
    else enter();
  }

  /** The page has thrown it away: it comes back where it belongs, unless the page means it. */
  function restore(act: Act): void {
    act.open = false;
    if (++act.lost > LOST) end(act);
    else void put(act, act.frame!);
  }

  function track({ show: { campaign, exposure } }: Act, name: string, data?: Data): void {
    link.track(name, { campaign, exposure, ...data });
  }

  function tell(act: Act, name: string, data?: Data): void {
    track(act, name, data);
    link.flush();
  }

  /** The shopper has done with it. A dialog's own close event comes after ours and finds it gone. */
  function leave(act: Act, name: string, data?: Data): void {
    if (!isHere(act)) return;
    end(act);
    tell(act, name, data);
  }

  function end(act: Act): void {
    acts = acts.filter((other) => other !== act);
    clear(act);
    settle();
    next();
  }

  function clear({ unwatch, frame }: Act): void {
    unwatch?.();
    if (frame?.host === document.activeElement) around?.giveBack();
    frame?.remove();
  }

  /** Another path is another page: it ends what the page before showed, as a page load would. */
  function turn(): void {
    if (path === location.pathname) return;
    path = location.pathname;
    for (const act of acts.splice(0)) {
      const go = (): void => clear(act);
      act.unwatch?.();
      // What stands in the page keeps its room until nobody sees it go.
      if (act.open && act.show.slot === "inline") around!.vanish(act.frame!.box, go);
      else go();
    }
  }

  return { take, turn, open: () => opened().map(({ show }) => show.campaign) };
}

const interrupts = ({ slot }: Show): boolean => /corner|dialog/.test(slot);

/** Corner and dialog are one place: a shopper is interrupted by one thing at a time. */
const place = (show: Show): string => (interrupts(show) ? "" : [show.slot, show.position, show.at].join());
