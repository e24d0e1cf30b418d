// A message as a phone shows it. All texts go in as text nodes, and only http(s) addresses become links.

export function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

const isAddress = (text) => /^https?:\/\//i.test(text || "");
const LINK = /(https?:\/\/[^\s<>"']+)/g;

function linked(text) {
  return text.split(LINK).map((part, place) => (place % 2 ? anchor(part, {}, part) : part));
}

function anchor(address, attributes, ...children) {
  if (!isAddress(address)) return el("span", attributes, ...children);
  return el("a", { ...attributes, href: address, target: "_blank", rel: "noopener noreferrer" }, ...children);
}

function picture(image, words, link = "") {
  if (!image) return null;
  const standIn = () => el("span", { class: "stand-in" }, words.picture, el("small", {}, image));
  const src = isAddress(image) ? image : `/files/${encodeURIComponent(image)}`;  // an uploaded one goes by its id
  const inside = el("img", { src, alt: words.picture, referrerpolicy: "no-referrer" });
  inside.addEventListener("error", () => inside.replaceWith(standIn()));
  return link ? anchor(link, { class: "picture" }, inside) : el("span", { class: "picture" }, inside);
}

const won = (amount, language) => (language === "ko" ? `${amount.toLocaleString("ko")}원` : `₩${amount.toLocaleString("en")}`);

function price(given, words, language) {
  if (!given) return null;
  const off = given.rate ? `${given.rate}%` : given.off ? `−${won(given.off, language)}` : "";
  const now = given.sale ?? given.regular;
  return el("div", { class: "price" },
    el("p", { class: "name" }, given.title),
    el("p", {},
      off ? el("b", {}, off) : null,
      el("strong", { "aria-label": given.sale === null ? undefined : `${words.sale} ${won(now, language)}` }, won(now, language)),
      given.sale === null ? null : el("s", { "aria-label": `${words.regular} ${won(given.regular, language)}` }, won(given.regular, language)),
    ));
}

function list(card) {
  if (!card.items.length) return null;
  const rows = card.items.map((row) => el("div", {}, el("dt", {}, row.title), el("dd", {}, row.text)));
  const sum = card.summary && el("div", { class: "sum" }, el("dt", {}, card.summary.title), el("dd", {}, card.summary.text));
  return el("dl", { class: "items" }, ...rows, sum);
}

function wide(card, words) {
  return card.wide.map((row, place) => anchor(row.link, { class: place ? "wide" : "wide first" },
    picture(row.image, words), el("span", {}, row.title)));
}

function buttons(given, kind) {
  if (!given.length) return null;
  return el("div", { class: kind }, ...given.map((each) => anchor(each.link, { class: "button" }, each.name)));
}

function coupon(given) {
  return given && anchor(given.link, { class: "coupon" }, el("strong", {}, given.title), el("span", {}, given.text));
}

function body(card, text, words, language, link = "") {
  return [
    picture(card.image, words, link),
    card.video ? anchor(card.video, { class: "video" }, `▶ ${words.video}`) : null,
    card.header ? el("p", { class: "header" }, card.header) : null,
    card.highlight ? el("p", { class: "highlight" }, el("strong", {}, card.highlight.title), el("span", {}, card.highlight.text)) : null,
    card.subtitle ? el("p", { class: "subtitle" }, card.subtitle) : null,
    card.title ? el("p", { class: "emphasis" }, card.title) : null,
    ...wide(card, words),
    list(card),
    text ? el("p", { class: "text" }, ...linked(text)) : null,
    price(card.price, words, language),
    card.extra ? el("p", { class: "extra" }, card.extra) : null,
    buttons(card.buttons, "buttons"),
    coupon(card.coupon),
  ];
}

const EMPTY = { header: "", title: "", subtitle: "", text: "", image: "", video: "", extra: "", items: [], wide: [], buttons: [], replies: [], cards: [], more: "" };

function talk(arrival, words, language) {
  const card = { ...EMPTY, ...arrival.card };
  const head = el("p", { class: "kind" }, arrival.kind === "brand" ? words.brand : words.alimtalk,
    arrival.ad ? el("span", { class: "ad" }, words.ad) : null);
  const shown = el("div", { class: `card ${arrival.kind}` }, head, ...body(card, arrival.text, words, language));
  if (!card.cards.length) return el("div", { class: "talk" }, shown, buttons(card.replies, "replies"));
  const cards = card.cards.map((each) => el("li", { class: "card" }, ...body({ ...EMPTY, ...each }, each.text, words, language)));
  const more = card.more ? el("li", { class: "card last" }, anchor(card.more, { class: "button" }, words.more)) : null;
  const carousel = el("ul", { class: "carousel", tabindex: "0", "aria-label": words.cards }, ...cards, more);
  return el("div", { class: "talk" }, head, arrival.text ? el("div", { class: "card" }, el("p", { class: "text" }, ...linked(arrival.text))) : null, carousel);
}

function text(arrival, words) {
  return el("div", { class: "sms" },
    arrival.title ? el("p", { class: "subject" }, arrival.title) : null,
    picture(arrival.card && arrival.card.image, words),
    el("p", { class: "text" }, ...linked(arrival.text)));
}

function notice(arrival, words) {
  const image = arrival.card && arrival.card.image;
  return anchor(arrival.link, { class: "notice" },
    el("span", { class: "icon", "aria-hidden": true }, "단"),
    el("span", { class: "said" },
      el("span", { class: "where" }, words.device[arrival.form] || arrival.form),
      el("strong", {}, arrival.title), el("span", { class: "text" }, arrival.text)),
    image ? picture(image, words) : null);
}

export function shape(arrival, words, language) {
  if (arrival.kind === "push") return notice(arrival, words);
  return arrival.kind === "alimtalk" || arrival.kind === "brand" ? talk(arrival, words, language) : text(arrival, words);
}
