// The page's own calls first, then what can be done without leaving the page. Without this file the shop still sells.
const calls = JSON.parse(document.getElementById("dg-events").textContent);
for (const call of calls) dangol(...call);

const bag = document.querySelector(".bag");
const toast = document.querySelector(".toast");
let hiding;

function say(text, link) {
  const parts = [document.createTextNode(text)];
  if (link) {
    const a = document.createElement("a");
    a.href = "/cart";
    a.textContent = link;
    parts.push(a);
  }
  toast.replaceChildren(...parts);
  toast.classList.add("shown");
  clearTimeout(hiding);
  hiding = setTimeout(() => toast.classList.remove("shown"), 5000);
}

async function add(form) {
  const body = new URLSearchParams(new FormData(form));
  const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
  if (!answer.ok) throw Error(`adding to the cart: ${answer.status}`);
  const { calls, count, badge, said } = await answer.json();
  for (const call of calls) dangol(...call);
  bag.setAttribute("aria-label", badge);
  bag.lastElementChild.textContent = count;
  bag.lastElementChild.hidden = !count;
  say(said, toast.dataset.link);
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-add]")) return;
  event.preventDefault();
  const button = form.querySelector("button");
  button.disabled = true;
  add(form)
    .catch((error) => {
      console.error(error);
      say(toast.dataset.failed);
    })
    .finally(() => {
      button.disabled = false;
      button.focus();
    });
});

// The message inbox looks for new messages.
const bubbles = document.getElementById("bubbles");

function element(name, text, className = "") {
  const made = document.createElement(name);
  made.textContent = text;
  made.className = className;
  return made;
}

function bubble({ key, to, at, title, text, link, button }) {
  const item = element("li", "");
  item.dataset.key = key;
  const box = element("div", "", "bubble");
  box.append(element("strong", title), element("p", text));
  if (link && button) {
    const a = element("a", button);
    a.href = link;
    box.append(a);
  }
  item.append(element("p", bubbles.dataset.to.replace("{name}", () => to), "bubble-to"), box, element("time", at));
  return item;
}

async function refresh() {
  if (document.hidden) return;
  const answer = await fetch("/inbox/bubbles");
  if (!answer.ok) throw Error(`the inbox: ${answer.status}`);
  const known = new Set([...bubbles.children].map((item) => item.dataset.key));
  const fresh = (await answer.json()).bubbles.filter(({ key }) => !known.has(key));
  bubbles.append(...fresh.map(bubble));
  if (fresh.length) document.querySelector(".phone-empty").hidden = true;
}

if (bubbles) setInterval(() => refresh().catch(console.error), 2000);
