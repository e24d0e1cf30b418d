// A template is changed and seen filled, and sent to a phone. Below stands what became of all messages.
import { ask, language, make, offer, spoken } from "./told.js";

const words = JSON.parse(document.getElementById("post").dataset.words);
const field = document.getElementById("template");
const chips = document.getElementById("templates");
const wrong = document.getElementById("template-wrong");
const measure = document.getElementById("measure");
const tested = document.getElementById("tested");
const number = new Intl.NumberFormat(language);
const money = (amount, currency) => new Intl.NumberFormat(language, { style: "currency", currency }).format(amount);

let chosen = {};
let waiting = 0;
let asked = 0;

function load(one) {
  chosen = one;
  field.value = one.text;
  tested.textContent = "";
  preview();
}

// The parts of a filled template that a phone shows, in their order.
function parts({ kind, title, subtitle, subject, header, text, coupon, buttons = [] }) {
  const shown = [header, title, subtitle, subject].filter(Boolean).map((each) => make("strong", each));
  shown.push(make("p", text ?? ""));
  if (coupon) shown.push(make("p", coupon.title, "coupon"));
  shown.push(...buttons.map((each) => make("span", each.name, "press")));
  document.getElementById("bubble").dataset.kind = kind;
  return shown;
}

async function preview() {
  const turn = ++asked;
  const body = new URLSearchParams({ template: field.value, sender: chosen.sender ?? "" });
  try {
    const told = await ask("/messages/preview", { method: "POST", body });
    if (turn !== asked) return;
    document.getElementById("bubble").replaceChildren(...parts(told.content));
    const unit = "bytes" in told.size ? "bytes" : "characters";
    const size = [told.size[unit], told.size.most].filter(Boolean).map((each) => number.format(each)).join(" / ");
    const price = told.price && `${words.price} ${money(told.price, chosen.currency)}`;
    measure.textContent = [words[told.form] ?? told.form.toUpperCase(), words[unit].replace("{size}", size), price].filter(Boolean).join(" · ");
    wrong.replaceChildren(...told.problems.map((each) => make("li", each.message)));
  } catch (error) {
    if (turn === asked) wrong.replaceChildren(make("li", error.message));
  }
}

field.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(preview, 200);
});

document.getElementById("test").addEventListener("submit", async (event) => {
  event.preventDefault();
  const body = new URLSearchParams({ campaign: chosen.campaign ?? "", to: new FormData(event.target).get("to") });
  try {
    await ask("/messages/test", { method: "POST", body });
    tested.textContent = words.tested;
  } catch (error) {
    tested.textContent = error.message;
  }
});

// One line a campaign and channel.
function results({ campaigns, names }) {
  const told = campaigns.flatMap((each) => each.channels.map((channel) => ({ ...channel, campaign: each.campaign, currency: each.currency })));
  if (!told.length) return [make("p", words.nothing)];
  const states = ["queued", "held", "accepted", "delivered", "failed", "refused", "unknown", "parked"].filter((state) =>
    told.some((each) => each.states[state]),
  );
  const table = make("table", "");
  const head = table.createTHead().insertRow();
  head.append(...["campaign", "asked", ...states, "clicks", "spent"].map((each) => make("th", words[each])));
  for (const each of head.cells) each.scope = "col";
  const body = table.createTBody();
  for (const each of told) {
    const row = body.insertRow();
    const named = make("th", [spoken(names[each.campaign]) || (words[each.campaign] ?? each.campaign), each.channel].filter(Boolean).join(" · "));
    named.scope = "row";
    const counts = [each.requests, ...states.map((state) => each.states[state] ?? 0), each.clicks];
    row.append(named, ...counts.map((count) => make("td", number.format(count))), make("td", money(each.spent, each.currency)));
  }
  return [table];
}

function line(row, names) {
  const item = make("li", "");
  const at = new Date(row.updated * 1000).toLocaleTimeString(language);
  const to = row.to ? ` → …${row.to.slice(-4)}` : "";
  item.append(make("span", words[row.state] ?? words.sending, `mark ${row.state}`), make("span", `${[spoken(names[row.campaign]), words[row.origin]].filter(Boolean).join(" · ") || row.campaign}${to}`));
  item.append(make("span", [row.reason?.[language], at].filter(Boolean).join(" · "), "hint"));
  return item;
}

async function tell() {
  if (document.hidden) return;
  const [told, { messages }] = await Promise.all([ask("/messages/results"), ask("/messages/latest")]);
  document.getElementById("results").replaceChildren(...results(told));
  messages.sort((one, other) => other.updated - one.updated);
  document.getElementById("latest").replaceChildren(...messages.map((row) => line(row, told.names)));
}

const told = () => tell().catch((error) => document.getElementById("results").replaceChildren(make("p", error.message, "wrong")));
told();
setInterval(told, 2000);
ask("/messages/templates")
  .then((saved) => offer(chips, saved, load))
  .catch((error) => chips.replaceChildren(make("li", error.message, "wrong")));
