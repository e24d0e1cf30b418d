// A campaign is loaded, changed, and looked at in a preview. What the campaigns have done is told below.
import { ask, language, make, offer, spoken } from "./told.js";

const board = document.getElementById("board");
const words = JSON.parse(board.dataset.words);
const field = document.getElementById("campaign");
const wrong = document.getElementById("campaign-wrong");
const opened = document.getElementById("opened");
const campaigns = document.getElementById("campaigns");

function load(one) {
  field.value = one.text;
  changed();
}

// A link shows what was written when it was made.
function changed() {
  opened.hidden = true;
  wrong.textContent = "";
}

async function list() {
  offer(campaigns, await ask("/campaigns/saved"), load);
}

board.addEventListener("input", changed);
board.addEventListener("submit", async (event) => {
  event.preventDefault();
  changed();
  try {
    const made = await ask("/campaigns/preview", { method: "POST", body: new URLSearchParams(new FormData(board)) });
    opened.href = made.link;
    opened.hidden = false;
    opened.focus();
  } catch (error) {
    wrong.textContent = error.message;
  }
});

const number = new Intl.NumberFormat(language);
const COLUMNS = { entered: "shoppers", seen: "seen", clicked: "clicks", orders: "orders", revenue: "revenue" };

function cell(arm, column, currency) {
  if (column !== "revenue") return make("td", number.format(arm[column]));
  return make("td", new Intl.NumberFormat(language, { style: "currency", currency }).format(arm.revenue));
}

// One table a campaign, and below it what may be said of it.
function result({ campaign, name, arms, currency, sentences }) {
  const table = make("table", "");
  table.append(make("caption", spoken(name) || campaign));
  const head = table.createTHead().insertRow();
  head.append(...[words.arm, ...Object.keys(COLUMNS).map((each) => words[each])].map((each) => make("th", each)));
  const body = table.createTBody();
  for (const arm of arms) {
    const row = body.insertRow();
    const named = make("th", spoken(arm.name) || words[`arm_${arm.arm}`] || arm.arm);
    named.scope = "row";
    row.append(named, ...Object.values(COLUMNS).map((column) => cell(arm, column, currency)));
  }
  return [table, ...sentences[language].map((each) => make("p", each, "hint"))];
}

async function tell() {
  const told = (await ask("/campaigns/results")).campaigns.filter(({ arms }) => arms.some((arm) => arm.shoppers));
  document.getElementById("results").replaceChildren(...(told.length ? told.flatMap(result) : [make("p", words.nothing)]));
}

tell().catch((error) => document.getElementById("results").replaceChildren(make("p", error.message, "wrong")));
list().catch((error) => campaigns.replaceChildren(make("li", error.message, "wrong")));
