// What the desks' scripts share: how they ask, and how they write down what is answered.
export const language = document.documentElement.lang;

export function make(name, text, className = "") {
  const made = document.createElement(name);
  made.textContent = text;
  made.className = className;
  return made;
}

export async function ask(path, options) {
  const answer = await fetch(path, options);
  const told = await answer.json();
  if (!answer.ok) throw Error(told.error);
  return told;
}
