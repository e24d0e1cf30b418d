/** Constructed stylesheets, which need no leave from `style-src`. */

const LIGHT_DARK = /light-dark\(([^,]+),(?:[^()]|\([^()]*\))+\)/g;

/** Browsers that know no `light-dark()` get the light look. */
export function known(rules: string): string {
  return CSS.supports("color", "light-dark(red,red)") ? rules : rules.replace(LIGHT_DARK, "$1");
}

export function construct(rules: string): CSSStyleSheet {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(known(rules));
  return sheet;
}
