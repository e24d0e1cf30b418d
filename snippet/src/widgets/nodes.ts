/** Builds the page's nodes from a node tree. The server has checked the tree; what is not on this list is left out.
 *  The list is that of server/dangol/render/nodes.py. */
import type { Node } from "../wire";

const ELEMENT =
  /^(a|b|br|button|dd|del|details|div|dl|dt|em|fieldset|figcaption|figure|footer|form|h2|h3|header|hr|i|img|input|ins|label|legend|li|mark|ol|option|p|progress|s|section|select|small|span|strong|summary|textarea|time|u|ul|video)$/;
const ATTRIBUTE =
  /^(class|id|title|lang|dir|role|hidden|data-dg|data-for|aria-[a-z]+|href|rel|target|type|name|value|src|alt|width|height|loading|placeholder|min|max|step|for|datetime|required|minlength|maxlength|pattern|autocomplete|inputmode|checked|selected|disabled|rows|poster|controls|muted|loop|playsinline)$/;
/** Of an address its scheme; of the others the value. */
const VALUE: Record<string, RegExp> = {
  href: /^(https?|mailto|tel):$/,
  src: /^https?:$/,
  poster: /^https?:$/,
  type: /^(text|email|tel|number|date|checkbox|radio|url|search|hidden|button|submit|reset)$/,
  target: /^_blank$/,
};

export const isAllowed = (node: Node): boolean => typeof node === "string" || ELEMENT.test(node[0]);

export function create(node: Node): Text | Element {
  if (typeof node === "string") return new Text(node);
  const [name, attributes, ...children] = node;
  const element = document.createElement(name);
  assign(element, attributes);
  element.append(...children.filter(isAllowed).map(create));
  return element;
}

export function assign(element: Element, attributes: Record<string, string>): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (ATTRIBUTE.test(name) && isSafe(name, value)) element.setAttribute(name, value);
  }
}

function isSafe(name: string, value: string): boolean {
  const allowed = VALUE[name];
  // An anchor tells how the browser would read an address, and throws at none.
  const { protocol } = Object.assign(document.createElement("a"), { href: value });
  return !allowed || allowed.test(/type|target/.test(name) ? value : protocol);
}
