/** Builds the page's nodes from a node tree. The server has checked the tree; what is not on this list is left out. */
import type { Node } from "../wire";

const ELEMENT =
  /^(a|b|br|button|dd|del|div|dl|dt|em|figcaption|figure|footer|form|h2|h3|header|hr|i|img|input|ins|label|li|mark|ol|option|p|progress|s|section|select|small|span|strong|time|u|ul)$/;
const ATTRIBUTE =
  /^(class|id|title|lang|dir|role|hidden|data-dg|data-for|aria-[a-z]+|href|rel|target|type|name|value|src|alt|width|height|loading|placeholder|min|max|step|for|datetime)$/;
const SCHEME: Record<string, RegExp> = { href: /^(https?|mailto|tel):$/, src: /^https?:$/ };

/** Makes the children of `parent` what `nodes` say. Nodes that fit stay, and with them focus and running transitions. */
export function fill(parent: Element, nodes: Node[]): void {
  const wanted = nodes.filter((node) => typeof node === "string" || ELEMENT.test(node[0]));
  wanted.forEach((node, index) => {
    const old = parent.childNodes[index];
    const now = typeof node === "string" ? text(node, old) : element(node, old);
    if (!old) parent.append(now);
    else if (old !== now) old.replaceWith(now);
  });
  while (parent.childNodes.length > wanted.length) parent.lastChild?.remove();
}

function text(data: string, old?: ChildNode): Text {
  if (!(old instanceof Text)) return new Text(data);
  if (old.data !== data) old.data = data;
  return old;
}

function element([name, attributes, ...children]: Exclude<Node, string>, old?: ChildNode): Element {
  const node = old instanceof Element && old.localName === name ? old : document.createElement(name);
  for (const attribute of node.getAttributeNames()) if (!(attribute in attributes)) node.removeAttribute(attribute);
  for (const [attribute, value] of Object.entries(attributes)) {
    if (safe(attribute, value) && node.getAttribute(attribute) !== value) node.setAttribute(attribute, value);
  }
  fill(node, children);
  return node;
}

function safe(attribute: string, value: string): boolean {
  const scheme = SCHEME[attribute];
  return ATTRIBUTE.test(attribute) && (!scheme || scheme.test(new URL(value, document.baseURI).protocol));
}
