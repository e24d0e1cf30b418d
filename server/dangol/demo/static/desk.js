// Asks for the segment's size while it is typed. Only the newest question's answer is shown.
import { ask, language, make } from "./told.js";

const bench = document.getElementById("bench");
const words = JSON.parse(bench.dataset.words);
const field = document.getElementById("segment");
const wrong = document.getElementById("segment-wrong");
const took = document.getElementById("took");
const sample = document.getElementById("sample");
const saved = document.getElementById("saved");
const tree = document.getElementById("tree");
const looking = document.getElementById("looking");
const AGAIN = 2000; // milliseconds after which what is being looked up is asked for again
const number = new Intl.NumberFormat(language);
let newest = 0;
let waiting;

async function measure() {
  const question = ++newest;
  clearTimeout(waiting);
  const started = performance.now();
  try {
    const size = await ask("/segments/size", { method: "POST", body: new URLSearchParams({ segment: field.value }) });
    if (question !== newest) return;
    wrong.textContent = "";
    bench.classList.remove("stale");
    for (const each of document.querySelectorAll("[data-size]")) each.textContent = number.format(size[each.dataset.size]);
    const isLooking = size.notes.some((note) => note.reason !== "request");
    looking.textContent = isLooking ? words.looking : "";
    if (isLooking) waiting = setTimeout(measure, AGAIN);
    took.textContent = isLooking ? "" : words.took.replace("{ms}", Math.round(performance.now() - started));
    const cards = size.sample.map((one) => make("li", one.member || one.profile));
    sample.replaceChildren(...(cards.length ? cards : [make("li", words.nobody, "nobody")]));
  } catch (error) {
    if (question !== newest) return;
    bench.classList.add("stale");
    looking.textContent = "";
    wrong.textContent = error.message;
  }
}

function typed() {
  clearTimeout(waiting);
  waiting = setTimeout(measure, 120);
}

function branch(node) {
  const item = make("li", "", node.held ? "held" : "failed");
  const said = node.sentence?.[language] ?? words[node.kind] ?? node.kind;
  item.append(make("span", words[node.held ? "held" : "failed"], "mark"), make("span", said));
  if (node.parts?.length) {
    const parts = make("ul", "");
    parts.append(...node.parts.map(branch));
    item.append(parts);
  }
  return item;
}

async function explain(id, button) {
  for (const each of saved.querySelectorAll("button")) each.setAttribute("aria-pressed", each === button);
  try {
    const told = await ask(`/segments/why?${new URLSearchParams({ segment: id })}`);
    const root = make("ul", "", "tree");
    root.append(...told.segments.map(branch));
    tree.replaceChildren(root);
  } catch (error) {
    tree.replaceChildren(make("p", error.message, "wrong"));
  }
}

async function list() {
  const { segments } = await ask("/segments/saved");
  const chips = segments.map((one) => {
    const item = make("li", "");
    const button = make("button", `${one.name?.[language] || one.name || one.id} · ${number.format(one.all)}`, "chip");
    button.type = "button";
    button.addEventListener("click", () => explain(one.id, button));
    item.append(button);
    return item;
  });
  saved.replaceChildren(...chips);
}

field.addEventListener("input", typed);
for (const chip of document.querySelectorAll("[data-text]")) {
  chip.addEventListener("click", () => {
    field.value = chip.dataset.text;
    measure();
  });
}
measure();
list().catch((error) => saved.replaceChildren(make("li", error.message, "wrong")));
