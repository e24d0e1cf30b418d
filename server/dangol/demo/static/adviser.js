// A basket is put together, and every recommender's answer stands beside the others'. Only the newest is shown.
import { ask, language, make, spoken } from "./told.js";

const words = JSON.parse(document.getElementById("adviser").dataset.words);
const basket = document.getElementById("basket");
const gap = document.getElementById("gap");
const wrong = document.getElementById("adviser-wrong");
const offered = document.getElementById("offered");
const changed = document.getElementById("changed");
const strip = document.getElementById("strip");
const number = new Intl.NumberFormat(language);
const percent = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 });
const pounds = new Intl.NumberFormat(language, { style: "currency", currency: "GBP" });
const STATES = ["usual", "sold_out", "hidden", "sale"];
const CATCH_UP = 1000; // milliseconds: what goes is gone at once, what comes back has to be seen by every server first
const chosen = new Set();
let newest = 0;

const post = (path, fields) => ask(path, { method: "POST", body: new URLSearchParams(fields) });

function choose(button) {
  const { id } = button.dataset;
  if (!chosen.delete(id)) chosen.add(id);
  button.setAttribute("aria-pressed", chosen.has(id));
  answer();
}

function states(id, name, state) {
  const choice = make("select", "");
  choice.setAttribute("aria-label", `${words.state}: ${name}`);
  choice.append(...STATES.map((each) => new Option(words[each], each, false, each === state)));
  choice.addEventListener("change", async () => {
    try {
      await post("/recommendations/change", { product: id, what: choice.value });
      await Promise.all([answer(), list()]);
      setTimeout(answer, CATCH_UP);
    } catch (error) {
      wrong.textContent = error.message;
    }
  });
  return choice;
}

function row({ product, price, reason }) {
  const isSale = price !== product.price;
  const item = make("li", "");
  const picture = make("img", "");
  Object.assign(picture, { src: product.image, alt: "", width: 56, height: 56, loading: "lazy" });
  const said = make("div", "");
  const link = make("a", product.name);
  Object.assign(link, { href: product.url, lang: "en" });
  const cost = make("span", pounds.format(price), "price");
  if (isSale) cost.append(" ", make("s", pounds.format(product.price)));
  said.append(link, cost, make("span", reason, "hint"), states(product.id, product.name, isSale ? "sale" : "usual"));
  item.append(picture, said);
  return item;
}

function column(name, items) {
  const part = make("section", "", "offer");
  const list = make("ol", "");
  list.append(...items.map(row));
  part.append(make("h3", words[name]), items.length ? list : make("p", words.nothing, "hint"));
  return part;
}

async function answer() {
  const turn = ++newest;
  try {
    const told = await post("/recommendations/ask", { products: [...chosen].join(" "), gap: gap.checked ? "1" : "" });
    if (turn !== newest) return;
    wrong.textContent = "";
    document.getElementById("goods").textContent = told.goods
      ? `${pounds.format(told.goods / 100)} · ${told.gap ? `${words.gap} ${pounds.format(told.gap / 100)}` : words.free}`
      : "";
    offered.replaceChildren(...Object.entries(told.offered).map(([name, items]) => column(name, items)));
  } catch (error) {
    if (turn === newest) wrong.textContent = error.message;
  }
}

async function list() {
  const items = (await ask("/recommendations/changed")).map(({ id, name, state }) => {
    const item = make("li", "");
    item.append(make("span", name), states(id, name, state));
    return item;
  });
  changed.replaceChildren(...(items.length ? items : [make("li", words.none_yet, "hint")]));
}

// One line for each recommender of an arm, and what can be said of the difference.
function earned({ arms, sentences }) {
  const table = make("table", "");
  const head = table.createTHead().insertRow();
  head.append(...["arm", "exposures", "clicks", "rate", "orders", "revenue"].map((each) => make("th", words[each])));
  for (const each of head.cells) each.scope = "col";
  const body = table.createTBody();
  for (const each of arms.flatMap((arm) => arm.recommenders.map((one) => ({ ...one, name: spoken(arm.name) || arm.arm })))) {
    const line = body.insertRow();
    const named = make("th", `${each.name} · ${words[each.recommender] ?? each.recommender}`);
    named.scope = "row";
    const counts = [number.format(each.views), number.format(each.clicks), percent.format(each.click_rate), number.format(each.orders), pounds.format(each.revenue)];
    line.append(named, ...counts.map((count) => make("td", count)));
  }
  return [body.rows.length ? table : make("p", words.none_yet, "hint"), ...sentences[language].map((each) => make("p", each, "hint"))];
}

async function tell() {
  if (!document.hidden) strip.replaceChildren(...earned(await ask("/recommendations/strip")));
}

const told = () => tell().catch((error) => strip.replaceChildren(make("p", error.message, "wrong")));
told();
setInterval(told, 2000);
gap.addEventListener("change", answer);
for (const button of basket.querySelectorAll("button")) button.addEventListener("click", () => choose(button));
choose(basket.querySelector("button"));
list().catch((error) => (wrong.textContent = error.message));
