/** The choice to see a widget later. */
import type { Choice } from "../wire";
import { button, make } from "./controls";
import { isKorean } from "./texts";

const KOREAN: Record<Choice | "title", string> = {
  title: "다음에 볼게요",
  session: "이번 방문 동안",
  "1h": "1시간",
  "1d": "1일",
  "7d": "7일",
  "30d": "30일",
  never: "다시 보지 않기",
};

const ENGLISH: typeof KOREAN = {
  title: "Not now",
  session: "For this visit",
  "1h": "1 hour",
  "1d": "1 day",
  "7d": "7 days",
  "30d": "30 days",
  never: "Never again",
};

/** Opened, it makes the frame longer or lets it scroll; nothing above it is covered. */
export function menu(choices: Choice[], language?: string): HTMLDetailsElement {
  const words = isKorean(language) ? KOREAN : ENGLISH;
  const made = make("details", "dg-later");
  const list = make("div", "dg-choices");
  for (const choice of choices) {
    const pill = button("dg-choice", "later", words[choice]);
    pill.dataset.for = choice;
    list.append(pill);
  }
  made.append(make("summary", "", words.title), list);
  made.addEventListener("toggle", () => made.open && list.scrollIntoView({ block: "nearest" }));
  return made;
}
