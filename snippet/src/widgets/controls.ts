/** Elements that the runtime itself makes. */

export function make<K extends keyof HTMLElementTagNameMap>(name: K, className: string, text = ""): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  element.className = className;
  element.textContent = text;
  return element;
}

export function button(className: string, action: string, text?: string): HTMLButtonElement {
  const made = make("button", className, text);
  made.type = "button";
  made.dataset.dg = action;
  return made;
}
