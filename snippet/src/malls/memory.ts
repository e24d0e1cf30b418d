/** What this browser has told already: orders and sign-ups, which a reload shows again, and whether somebody was logged in. */
import { attempt } from "../guard";
import type { Link } from "../link";
import { list, text } from "./reading";

const KEY = "dg.t";
const MOST = 30;

let words: string[] = [];
let keeps = false;

/** Local storage is used only where the shopper's consent covers it. */
export function remember(link: Link): void {
  keeps = link.keeps();
  if (keeps) words = list(attempt(() => JSON.parse(localStorage[KEY]) as unknown)).map(text);
}

export const has = (word: string): boolean => words.includes(word);

export function add(word: string): void {
  keep([...words, word]);
}

export function drop(word: string): void {
  keep(words.filter((other) => other !== word));
}

function keep(now: string[]): void {
  words = now.slice(-MOST);
  if (keeps) attempt(() => (localStorage[KEY] = JSON.stringify(words)));
}
