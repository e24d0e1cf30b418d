/** Forms, and texts to copy: a module of its own, for the widgets that have such. */
import css from "./forms.css";
import type { Reactions } from "./frame";
import { dodge } from "./keyboard";
import type { construct } from "./sheet";

type Say = (text: string, seen?: boolean) => void;

const KOREAN = {
  sending: "보내는 중이에요.",
  failed: "보내지 못했어요. 인터넷 연결을 확인하고 다시 눌러 주세요.",
  copied: "복사했어요.",
  copy: "직접 복사해 주세요: ",
};

const ENGLISH: typeof KOREAN = {
  sending: "Sending…",
  failed: "That could not be sent. Check your connection and try again.",
  copied: "Copied.",
  copy: "Please copy it yourself: ",
};

const LONGEST = 2_000;
const equipped = new WeakSet<Element>();

/** Listens to what is in `box`, once. */
export function equip(box: HTMLElement, lang = "", say: Say, react: Reactions, sheet: typeof construct): void {
  if (equipped.has(box)) return;
  equipped.add(box);
  const words = lang.startsWith("ko") ? KOREAN : ENGLISH;
  const root = box.getRootNode() as ShadowRoot;
  root.adoptedStyleSheets = [sheet(css), ...root.adoptedStyleSheets];
  dodge(box);
  box.addEventListener("submit", ({ target, submitter }) => {
    send(target as HTMLFormElement, submitter, words, say, react).catch((error) => console.warn("dangol:", error));
  });
  box.addEventListener("invalid", (event) => blame(event.target as HTMLInputElement, box, say), true);
  box.addEventListener("input", ({ target }) => (target as Element).removeAttribute("aria-invalid"));
  box.addEventListener("click", ({ target }) => {
    const node = (target as Element).closest<HTMLElement>("[data-dg=copy]");
    if (node) void copy(node.dataset.for ?? "", box, words, say).then(() => react.click());
  });
}

async function send(form: HTMLFormElement, submitter: HTMLElement | null, words: typeof KOREAN, say: Say, react: Reactions): Promise<void> {
  const isBusy = (): boolean => form.isConnected && form.getAttribute("aria-busy") === "true";
  if (isBusy()) return;
  form.setAttribute("aria-busy", "true");
  say(words.sending);
  await react.submit(collect(new FormData(form, submitter)));
  // An answer has put other content in its place, and taken the mark away.
  if (!isBusy()) return;
  form.removeAttribute("aria-busy");
  say(words.failed, true);
}

/** Several values of one name, such as ticked boxes, are lines of one text. */
function collect(data: FormData): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const [name, value] of data) {
    fields[name] = (name in fields ? `${fields[name]}\n${value}` : `${value}`).slice(0, LONGEST);
  }
  return fields;
}

/** The browser shows what is wrong with the first field; readers are told, and all such fields are marked. */
function blame(field: HTMLInputElement, box: HTMLElement, say: Say): void {
  if (!box.querySelector("[aria-invalid=true]")) say(`${field.labels?.[0]?.innerText ?? ""} ${field.validationMessage}`);
  field.setAttribute("aria-invalid", "true");
}

async function copy(text: string, box: HTMLElement, words: typeof KOREAN, say: Say): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    if (!copySelected(text, box)) return say(words.copy + text, true);
  }
  say(words.copied, true);
}

/** Where there is no clipboard: not over plain http, and not where the page's policy forbids it. */
function copySelected(text: string, box: HTMLElement): boolean {
  const field = document.createElement("textarea");
  const focused = (box.getRootNode() as ShadowRoot).activeElement as HTMLElement | null;
  field.className = "dg-live";
  field.value = text;
  box.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  focused?.focus({ preventScroll: true });
  return done;
}
