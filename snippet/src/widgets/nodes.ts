/** Builds the page's nodes from a node tree. The server has checked the tree; what is not on this list is left out.
 *  The list is that of server/dangol/render/nodes.py. */
import { attempt } from "../guard";
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

/** Makes the children of `parent` what `nodes` say. Nodes that fit stay, and with them focus, what was typed and
 *  running transitions. */
export function fill(parent: Element, nodes: Node[]): void {
  const wanted = nodes.filter((node) => typeof node === "string" || ELEMENT.test(node[0]));
  let old = parent.firstChild;
  let surplus = parent.childNodes.length - wanted.length;
  const drop = (): void => {
    const next = old!.nextSibling;
    old!.remove();
    old = next;
  };
  for (const node of wanted) {
    while (old && surplus > 0 && !fits(old, node)) {
      drop();
      surplus--;
    }
    if (old && fits(old, node)) {
      renew(old, node);
      old = old.nextSibling;
    } else {
      parent.insertBefore(renew(typeof node === "string" ? new Text() : document.createElement(node[0]), node), old);
      if (surplus < 0) surplus++;
      else if (old) drop();
    }
  }
  while (old) drop();
}

/** A field of another name is another field. */
function fits(old: ChildNode, node: Node): boolean {
  if (typeof node === "string") return old instanceof Text;
  return old instanceof Element && old.localName === node[0] && old.getAttribute("name") === (node[1].name ?? null);
}

function renew<T extends ChildNode>(old: T, node: Node): T {
  if (typeof node === "string") {
    if (old.nodeValue !== node) old.nodeValue = node;
  } else if (old instanceof Element) {
    const [, attributes, ...children] = node;
    for (const name of old.getAttributeNames()) if (name !== "open" && !(name in attributes)) old.removeAttribute(name);
    for (const [name, value] of Object.entries(attributes)) {
      if (old.getAttribute(name) !== value && safe(name, value)) old.setAttribute(name, value);
    }
    fill(old, children);
  }
  return old;
}

function safe(name: string, value: string): boolean | undefined {
  const allowed = VALUE[name];
  const isAddress = allowed?.source.endsWith(":$");
  return ATTRIBUTE.test(name) && (!allowed || attempt(() => allowed.test(isAddress ? new URL(value, document.baseURI).protocol : value)));
}
