// The page's own calls first, then what can be done without leaving the page. Without this file the shop still sells.
const calls = JSON.parse(document.getElementById("dg-events").textContent);
for (const call of calls) dangol(...call);

// On a phone the categories are a row to swipe through: the one that is shown is in view.
const shelves = document.querySelector(".shelves ul");
const shelf = shelves.querySelector("[aria-current]");
if (shelf) shelves.scrollLeft = shelf.offsetLeft - 100;

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
