/** The sheets of a widget: the runtime's own, one per widget kind, the theme. */
import css from "./base.css";
import { construct, known } from "./sheet";

const sheets = new Map<string, Promise<CSSStyleSheet>>();
const theme = construct(":host{}");

async function load(address: string): Promise<CSSStyleSheet> {
  const response = await fetch(address);
  if (!response.ok) throw Error(`${address}: ${response.status}`);
  return construct(await response.text());
}

function once(key: string, make: (key: string) => Promise<CSSStyleSheet> | CSSStyleSheet): Promise<CSSStyleSheet> {
  const made = sheets.get(key) ?? Promise.resolve(make(key));
  sheets.set(key, made);
  made.catch(() => sheets.delete(key));
  return made;
}

/** The sheets for a widget. `style` is an address under `/v1/`, which the server may be reached at by another path;
 *  `more` are rules for it that not every widget needs. */
export async function styles(origin: string, style: string | undefined, more: (string | 0 | false | undefined)[]): Promise<CSSStyleSheet[]> {
  const ours = [css, ...more].map((rules) => rules && once(rules, construct));
  const all = await Promise.all([...ours, style && once(origin + style.replace("/v1/", ""), load)]);
  return [...all.filter((sheet) => sheet instanceof CSSStyleSheet), theme];
}

/** Sets the site's tokens, before which only the shop's own rules for `dangol-widget` go. */
export function dress(tokens: Record<string, string>): void {
  const { style } = theme.cssRules[0] as CSSStyleRule;
  for (const [name, value] of Object.entries(tokens)) if (name.startsWith("--dg-")) style.setProperty(name, known(value));
}
