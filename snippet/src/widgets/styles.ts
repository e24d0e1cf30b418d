/** The sheets of a widget: the runtime's own, those of its kind, the theme. */
import css from "./base.css";
import { construct, known } from "./sheet";

const made: Record<string, CSSStyleSheet | Promise<CSSStyleSheet>> = {};
const theme = construct(":host{}");

async function load(origin: string, address: string): Promise<CSSStyleSheet> {
  try {
    const response = await fetch(origin + address.replace("/v1/", ""));
    if (!response.ok) throw Error(`${address}: ${response.status}`);
    return construct(await response.text());
  } catch (error) {
    delete made[address]; // the next widget may have more luck
    throw error;
  }
}

/** The sheets for a widget, which come while the module with `more` rules does, where there is one. `style` are addresses
 *  under `/v1/`, which the server may be reached at by another path. */
export async function styles(origin: string, style: string[] = [], more?: Promise<{ css: string }>): Promise<CSSStyleSheet[]> {
  const sheets = style.map((address) => (made[address] ??= load(origin, address)));
  const [module, ...kinds] = await Promise.all([more, ...sheets]);
  const own = [css, module?.css].flatMap((rules) => (rules ? (made[rules] ??= construct(rules)) : []));
  return [...(await Promise.all(own)), ...kinds, theme];
}

/** Sets the site's tokens, before which only the shop's own rules for `dangol-widget` go. Whatever is no custom property
 *  has no effect: the base sheet has set it, importantly. */
export function dress(tokens: Record<string, string>): void {
  const { style } = theme.cssRules[0] as CSSStyleRule;
  for (const name in tokens) style.setProperty(name, known(tokens[name]!));
}
