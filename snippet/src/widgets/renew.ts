/** New content in place of the old. */
import type { Node, Show } from "../wire";
import type { Frame } from "./frame";

/** Nodes that fit stay, and with them focus, what was typed and running transitions. */
export function renew(frame: Frame, show: Show): void {
  const { root, box, body } = frame;
  const focused = root.activeElement;
  const { offsetTop: top } = box;
  const { offsetHeight: height } = body;
  frame.show = show;
  fill(frame, body, [show.tree]);
  frame.name();
  if (body.offsetHeight !== height) settle(box, body, top);
  // What had the focus is gone: it stays in the widget, whose new content a reader is told.
  if (!focused || root.activeElement) return;
  box.tabIndex = -1;
  box.focus({ preventScroll: true });
  frame.say(body.innerText);
}

/** A frame that has grown at its head stays where it was for as long as the browser looks for shifts, and its content
 *  is laid out anew rather than moved. */
function settle(box: HTMLElement, body: HTMLElement, top: number): void {
  const hold = (by: number): void => box.style.setProperty("--dg-held", `${by}px`);
  body.style.display = "none";
  void box.offsetHeight;
  body.style.display = "";
  hold(top - box.offsetTop);
  requestAnimationFrame(() => requestAnimationFrame(() => hold(0)));
}

/** Makes the children of `parent` what `nodes` say. */
function fill(frame: Frame, parent: Element, nodes: Node[]): void {
  const wanted = nodes.filter(frame.isAllowed);
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
      change(frame, old, node);
      old = old.nextSibling;
    } else {
      parent.insertBefore(frame.create(node), old);
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

function change(frame: Frame, old: ChildNode, node: Node): void {
  if (typeof node === "string") {
    if (old.nodeValue !== node) old.nodeValue = node;
  } else if (old instanceof Element) {
    const [, attributes, ...children] = node;
    for (const name of old.getAttributeNames()) if (name !== "open" && !(name in attributes)) old.removeAttribute(name);
    const other = Object.entries(attributes).filter(([name, value]) => old.getAttribute(name) !== value);
    frame.assign(old, Object.fromEntries(other));
    fill(frame, old, children);
  }
}
