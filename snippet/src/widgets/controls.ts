/** What the runtime adds to a widget: a close button, and the choice to see it later. */
import type { Choice } from "../wire";
import { texts } from "./texts";

export function make<K extends keyof HTMLElementTagNameMap>(name: K, className: string, text = ""): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  element.className = className;
  element.textContent = text;
  return element;
}

function button(className: string, action: string, text?: string): HTMLButtonElement {
  const made = make("button", className, text);
  made.type = "button";
  made.dataset.dg = action;
  return made;
}

export function closeButton(language?: string): HTMLButtonElement {
  const made = button("dg-close", "close");
  made.setAttribute("aria-label", texts(language).close);
  return made;
}

/** Opened, it is brought into view; what stands above it stays as large as it was. */
export function laterMenu(choices: Choice[], language?: string): HTMLDetailsElement {
  const words = texts(language);
  const menu = make("details", "dg-later");
  const list = make("div", "dg-choices");
  for (const choice of choices) {
    const pill = button("dg-choice", "later", words.choices[choice]);
    pill.dataset.for = choice;
    list.append(pill);
  }
  menu.append(make("summary", "", words.later), list);
  return menu;
}
