// The page: asks every second what has arrived, shows the phone of one recipient, switches faults.

import { el, shape } from "./cards.js";
import { ENDINGS, GROUPS, PROVIDERS, WORDS } from "./words.js";

const EVERY = 1000;
const find = (id) => document.getElementById(id);
const APPS = { everything: () => true, texts: (a) => ["sms", "lms", "mms"].includes(a.kind), talk: (a) => ["alimtalk", "brand"].includes(a.kind), notices: (a) => a.kind === "push" };

let language = new URLSearchParams(location.search).get("lang") || localStorage.getItem("language") || (navigator.language.startsWith("ko") ? "ko" : "en");
if (!WORDS[language]) language = "en";
let words = WORDS[language];
let arrived = [];
let counts = {};
let whose = "";
let app = "everything";
let before = "";
const drawn = new Map();

const time = (at) => new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" }).format(at * 1000);
const number = (to) => to.replace(/^(01\d)(\d{3,4})(\d{4})$/, "$1-$2-$3");
const sender = (from) => from.replace(/^(02|0\d{2})(\d{3,4})(\d{4})$/, "$1-$2-$3").replace(/^(1\d{3})(\d{4})$/, "$1-$2");

// A device has a token, which nobody can read: its kind and the end of it will do.
function name({ to, kind, form }) {
  return kind === "push" ? `${words.device[form] || form} ${to.slice(-4)}` : number(to);
}

function write() {
  document.documentElement.lang = language;
  document.title = words.title;
  for (const each of document.querySelectorAll("[data-say]")) each.textContent = words[each.dataset.say];
  for (const each of document.querySelectorAll("[data-name]")) each.setAttribute("aria-label", words[each.dataset.name]);
  for (const each of document.querySelectorAll("[data-language]")) each.setAttribute("aria-pressed", each.dataset.language === language);
  find("providers").replaceChildren(el("option", { value: "" }, words.every), ...Object.entries(PROVIDERS).map(([id, name]) => el("option", { value: id }, name)));
  find("kinds").replaceChildren(...Object.entries(GROUPS).map(([group, names]) => el("optgroup", { label: words.groups[group] },
    ...names.map((name) => el("option", { value: name }, words.faults[name][0])))));
  find("numbers").replaceChildren(...Object.entries(ENDINGS).map(([ending, name]) => el("div", {}, el("dt", {}, `…${ending}`), el("dd", {}, words.faults[name][0]))));
  explain();
  drawn.clear();
  find("stream").replaceChildren();
  draw();
  document.body.classList.remove("blank");
}

function explain() {
  find("meaning").textContent = words.faults[find("kinds").value][1];
}

function people() {
  const known = new Map();
  for (const { arrival } of arrived) {
    const count = known.has(arrival.to) ? known.get(arrival.to)[1] + 1 : 1;
    known.set(arrival.to, [name(arrival), count]);
  }
  if (!known.has(whose)) whose = "";
  find("whose").textContent = whose ? known.get(whose)[0] : words.everybody;
  const rows = [["", [words.everybody, arrived.length]], ...[...known].reverse()];
  find("people").replaceChildren(...rows.map(([to, [said, count]]) => {
    const row = el("button", { type: "button", "aria-current": to === whose ? "true" : undefined },
      el("span", {}, said), el("span", { class: "count" }, String(count)));
    row.addEventListener("click", () => { whose = to; draw(); });
    return el("li", {}, row);
  }));
}

function tabs() {
  find("apps").replaceChildren(...Object.keys(APPS).map((name) => {
    const button = el("button", { type: "button", "aria-pressed": name === app ? "true" : "false" }, words[name]);
    button.addEventListener("click", () => { app = name; draw(); });
    return button;
  }));
}

function message({ arrival, state }) {
  const failed = state === "failed" && words.faults[arrival.fate];
  const what = arrival.kind === "push" ? PROVIDERS[arrival.provider] : words[APPS.talk(arrival) ? arrival.kind : "texts"];
  const meta = el("p", { class: "meta" },
    el("time", { datetime: new Date(arrival.at * 1000).toISOString() }, time(arrival.at)),
    el("span", { class: `state ${state}` }, failed ? failed[0] : words.state[state]),
    el("span", {}, PROVIDERS[arrival.provider]),
    arrival.replaces ? el("span", { class: "instead" }, words.inPlace) : null,
    arrival.code && state !== "accepted" ? el("code", {}, arrival.code) : null);
  const to = whose ? null : el("p", { class: "to" }, name(arrival));
  const from = arrival.sender && arrival.kind !== "push" ? el("p", { class: "from" }, el("span", { class: "unseen" }, words.from("")), sender(arrival.sender)) : null;
  return el("li", { class: `message ${state}` },
    el("article", { "aria-label": `${what}, ${name(arrival)}` }, to, from, shape(arrival, words, language), meta));
}

function draw() {
  // What is under the focus is made anew: the same button gets it back.
  const focused = document.activeElement;
  const group = focused && focused.closest ? ["people", "apps"].find((id) => find(id).contains(focused)) : undefined;
  const place = group && [...find(group).querySelectorAll("button")].indexOf(focused);
  people();
  tabs();
  if (group) find(group).querySelectorAll("button")[place]?.focus();
  find("counts").textContent = words.arrived(Object.values(counts).reduce((a, b) => a + b, 0));
  stream();
}

function stream() {
  const list = find("stream");
  const shown = arrived.filter(({ arrival }) => (!whose || arrival.to === whose) && APPS[app](arrival));
  const keep = new Set();
  let last = null;
  for (const each of shown) {
    const key = `${each.arrival.provider} ${each.arrival.id} ${each.state} ${whose ? 1 : 0}`;
    keep.add(key);
    const item = drawn.get(key) || message(each);
    drawn.set(key, item);
    if (last ? last.nextElementSibling !== item : list.firstElementChild !== item) last ? last.after(item) : list.prepend(item);
    last = item;
  }
  for (const [key, item] of drawn) if (!keep.has(key)) { item.remove(); drawn.delete(key); }
  list.querySelector(".nothing")?.remove();
  if (!shown.length) list.append(el("li", { class: "nothing" }, el("strong", {}, words.nothing), el("span", {}, words.nothingHint)));
  follow();
}

// Who has scrolled up to read is left there; else the newest stays in sight, also when a picture comes late.
let atEnd = true;
function follow() {
  if (atEnd) find("stream").scrollTop = find("stream").scrollHeight;
}

async function look() {
  try {
    const [told, many, on] = await Promise.all(["/arrived?limit=200", "/counts", "/faults"].map((path) => fetch(path).then((answer) => answer.text())));
    document.body.classList.remove("away");
    if (told + many + on !== before) {
      before = told + many + on;
      arrived = JSON.parse(told);
      counts = JSON.parse(many);
      active(JSON.parse(on));
      draw();
    }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    document.body.classList.add("away");
    find("counts").textContent = words.away;
    before = "";
  }
}

function active(faults) {
  find("on").replaceChildren(...faults.map((fault) => el("li", {},
    el("strong", {}, words.faults[fault.fault][0]),
    el("span", {}, PROVIDERS[fault.provider] || words.every),
    el("span", {}, fault.times !== null ? words.left(fault.times) : fault.share !== null ? words.percent(Math.round(fault.share * 100)) : words.always))));
  find("off").hidden = !faults.length;
}

async function ask(method, path, body) {
  const answer = await fetch(path, { method, headers: body && { "Content-Type": "application/json" }, body: body && JSON.stringify(body) });
  await look();
  return answer.ok;
}

find("kinds").addEventListener("change", explain);
find("stream").addEventListener("scroll", ({ target }) => { atEnd = target.scrollHeight - target.scrollTop - target.clientHeight < 60; });
for (const late of ["load", "error"]) find("stream").addEventListener(late, () => requestAnimationFrame(follow), true);
find("faults").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = new FormData(event.target);
  const fault = { provider: form.get("provider"), fault: form.get("fault") };
  if (form.get("often") === "times") fault.times = Number(form.get("times"));
  if (form.get("often") === "share") fault.share = Number(form.get("share")) / 100;
  const done = await ask("POST", "/faults", fault);
  find("said").textContent = done ? words.switched : words.refused;
});
find("off").addEventListener("click", async () => { await ask("DELETE", "/faults"); find("said").textContent = words.cleared; });
find("forget").addEventListener("click", () => ask("DELETE", "/arrived"));
for (const each of document.querySelectorAll("[data-language]")) {
  each.addEventListener("click", () => {
    language = each.dataset.language;
    words = WORDS[language];
    localStorage.setItem("language", language);
    before = "";
    write();
    look();
  });
}

function tick() {
  find("clock").textContent = time(Date.now() / 1000);
}

write();
tick();
setInterval(tick, 10_000);
(async () => {
  for (;;) {
    await look();
    await new Promise((over) => setTimeout(over, EVERY));
  }
})();
