/** The three lists: campaigns with their reasons, segments with their conditions, and what pages told. */
import { h } from "./dom";
import { eventName, reasonName, texts } from "./texts";
import type { Branch, Campaign, Item, Preview, Segment, Told } from "./why";

type Look = "yes" | "wait" | "no";

const SIGNS: Record<Look, string> = { yes: "✓", wait: "…", no: "✕" };

export const sign = (look: Look): HTMLElement => h("span", { class: `sign ${look}`, "aria-hidden": "true" }, SIGNS[look]);

export function lookOf({ verdict, shown, previewed }: Campaign): Look {
  if (verdict === "wait") return "wait";
  if (verdict === "message") return "yes";
  return (verdict === "show" || verdict === "update") && (shown || previewed) ? "yes" : "no";
}

export function campaigns(why: Preview): HTMLElement {
  const words = texts(why.language);
  const others = why.campaigns.filter((each) => !each.previewed);
  if (!others.length) return h("p", { class: "none" }, words.none);
  return h("ul", { class: "list" }, ...others.map((each) => campaign(each, why)));
}

function campaign(each: Campaign, why: Preview): HTMLElement {
  return h(
    "li",
    {},
    h(
      "details",
      { "data-key": `c:${each.campaign}` },
      h("summary", {}, sign(lookOf(each)), h("span", { class: "names" }, h("b", {}, each.name), h("span", { class: "quiet" }, each.words))),
      audience(each, why),
    ),
  );
}

/** Whom a campaign is for, with what holds of each segment. */
export function audience({ campaign, priority, segments: ids }: Campaign, why: Preview): HTMLElement {
  const words = texts(why.language);
  const named = ids.map((id) => why.segments.find((each) => each.id === id)).filter((each): each is Segment => !!each);
  return h(
    "div",
    { class: "inside" },
    h("p", { class: "facts" }, h("span", {}, h("code", {}, campaign)), h("span", {}, `${words.priority} ${priority}`)),
    h("p", { class: "label" }, words.audience),
    ...(ids.length ? named.map((each) => h("div", { class: "who" }, held(each, why), because(each))) : [h("p", {}, words.everyone)]),
  );
}

const held = ({ name, held }: Segment, why: Preview): HTMLElement =>
  h("p", {}, sign(held ? "yes" : "no"), h("b", {}, name), h("span", { class: "quiet" }, texts(why.language)[held ? "in" : "out"]));

const because = ({ because = [] }: Segment): HTMLElement => h("ul", { class: "tree" }, ...because.map(branch));

function branch([holds, sentence, ...parts]: Branch): HTMLElement {
  const below = parts.length > 0 && h("ul", { class: "tree" }, ...parts.map(branch));
  return h("li", {}, h("p", {}, sign(holds ? "yes" : "no"), h("span", {}, sentence)), below);
}

export function segments(why: Preview): HTMLElement {
  if (!why.segments.length) return h("p", { class: "none" }, texts(why.language).none);
  const ordered = [...why.segments].sort((a, b) => Number(b.held) - Number(a.held));
  return h("ul", { class: "list" }, ...ordered.map((each) => segment(each, why)));
}

function segment(each: Segment, why: Preview): HTMLElement {
  const state = texts(why.language)[each.held ? "in" : "out"];
  const names = [sign(each.held ? "yes" : "no"), h("span", { class: "names" }, h("b", {}, each.name), h("span", { class: "quiet" }, state))];
  if (!each.because?.length) return h("li", {}, h("div", { class: "row" }, ...names));
  return h("li", {}, h("details", { "data-key": `s:${each.id}` }, h("summary", {}, ...names), h("div", { class: "inside" }, because(each))));
}

export function events(why: Preview, told: Told[], clear: () => void): HTMLElement {
  const words = texts(why.language);
  return h(
    "div",
    {},
    page(why),
    dropped(why),
    told.length
      ? h("ol", { class: "list told" }, ...told.map((each) => event(each, why.language)))
      : h("p", { class: "none" }, words.noEvents),
    told.length > 0 && h("button", { type: "button", class: "text", onclick: clear, "data-key": "clear" }, words.clear),
  );
}

function page(why: Preview): HTMLElement {
  const words = texts(why.language);
  const facts = [why.member ? words.member : words.guest, ...Object.values(why.page)];
  return h("div", { class: "page" }, h("p", { class: "label" }, words.page), h("p", { class: "facts" }, ...facts.map((fact) => h("span", {}, String(fact)))));
}

function dropped(why: Preview): HTMLElement | false {
  const found = Object.entries(why.dropped).filter(([, count]) => count);
  const words = texts(why.language);
  return found.length > 0 && h("p", { class: "warning" }, sign("no"), `${words.dropped}: ${found.map(([reason, count]) => `${reasonName(reason, why.language)} ${count}`).join(", ")}`);
}

function event(each: Told, language: string): HTMLElement {
  const { name, page = "", value, key, items = [], more, props = {} } = each;
  const time = new Date(each.at).toLocaleTimeString(language);
  const facts = [value, key, ...Object.entries(props).map(([field, fact]) => `${field}: ${fact}`)].filter((fact): fact is string => !!fact);
  return h(
    "li",
    { class: "event" },
    h("p", { class: "head" }, h("b", {}, eventName(name, language)), h("code", {}, name), h("time", {}, time)),
    h("p", { class: "quiet path" }, page),
    facts.length > 0 && h("p", { class: "facts" }, ...facts.map((fact) => h("span", {}, fact))),
    items.length > 0 && h("ul", { class: "items" }, ...items.map(item)),
    !!more && h("p", { class: "quiet" }, language === "ko" ? `${more}${texts(language).more}` : `${more} ${texts(language).more}`),
  );
}

function item({ id, name, price, quantity = 1, category, brand }: Item): HTMLElement {
  const facts = [category, brand].filter((fact): fact is string => !!fact).join(" · ");
  return h(
    "li",
    {},
    h("span", { class: "names" }, h("span", {}, name || id), h("span", { class: "quiet" }, h("code", {}, id), facts && ` ${facts}`)),
    h("span", { class: "price" }, price ?? "", quantity > 1 && h("span", { class: "quiet" }, ` × ${quantity}`)),
  );
}
