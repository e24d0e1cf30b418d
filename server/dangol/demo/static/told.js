// What the desks' scripts share: how they ask, and how they write down what is answered.
export const language = document.documentElement.lang;

export function make(name, text, className = "") {
  const made = document.createElement(name);
  made.textContent = text;
  made.className = className;
  return made;
}

// A marketer's text, which is one text or one a language.
export function spoken(text) {
  return typeof text === "string" ? text : (text?.[language] ?? Object.values(text ?? {})[0]);
}

// A button for each of what is saved, by its name; the first is pressed to begin with.
export function offer(list, saved, load) {
  const press = (one, pressed) => {
    for (const button of list.querySelectorAll("button")) button.setAttribute("aria-pressed", button === pressed);
    load(one);
  };
  const items = saved.map((one) => {
    const item = make("li", "");
    const button = make("button", spoken(one.name) || one.id, "chip");
    button.type = "button";
    button.addEventListener("click", () => press(one, button));
    item.append(button);
    return item;
  });
  list.replaceChildren(...items);
  list.querySelector("button")?.click();
}

export async function ask(path, options) {
  const answer = await fetch(path, options);
  const told = await answer.json();
  if (!answer.ok) throw Error(told.error);
  return told;
}
