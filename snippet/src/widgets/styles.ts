/** Constructed stylesheets: the runtime's own and one per widget kind. They need no leave from `style-src`. */
import css from "./base.css";

const sheets = new Map<string, Promise<CSSStyleSheet>>();

function construct(rules: string): CSSStyleSheet {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(rules);
  return sheet;
}

async function load(address: string): Promise<CSSStyleSheet> {
  const response = await fetch(address);
  if (!response.ok) throw Error(`${address}: ${response.status}`);
  return construct(await response.text());
}

function once(key: string, make: () => Promise<CSSStyleSheet>): Promise<CSSStyleSheet> {
  const made = sheets.get(key) ?? make();
  sheets.set(key, made);
  made.catch(() => sheets.delete(key));
  return made;
}

/** The sheets for a widget. `style` is an address under `/v1/`, which the server may be reached at by another path. */
export function styles(origin: string, style?: string): Promise<CSSStyleSheet[]> {
  const own = once("", async () => construct(css));
  return Promise.all(style ? [own, once(style, () => load(origin + style.replace("/v1/", "")))] : [own]);
}
