"""A widget's HTML, checked against an allow-list and turned into the node tree that travels to the page.

What is not on the list is refused and named, never taken out in silence: the author shall see it, and a page
shall not show half a widget. Nesting must be explicit (every element closed), so the tree means the same to
this parser and to the browser, which never parses HTML of ours.
"""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any, NoReturn

from dangol.errors import Invalid, Problem

Node = str | list[Any]
"""Text, or ``[element, {attribute: value}, ...children]``."""

MAX_HTML = 32 * 1024
MAX_NODES = 1000
MAX_DEPTH = 32

VOID = frozenset({"br", "hr", "img", "input"})
ELEMENTS = VOID | {
    *("div", "span", "section", "header", "footer", "p", "h2", "h3", "ul", "ol", "li", "dl", "dt", "dd"),
    *("strong", "em", "small", "b", "i", "u", "s", "del", "ins", "mark", "time", "a", "figure", "figcaption"),
    *("button", "form", "label", "select", "option", "progress", "textarea", "fieldset", "legend", "video"),
    *("details", "summary"),
}
EVERYWHERE = frozenset({"class", "id", "title", "lang", "dir", "role", "hidden", "data-dg", "data-for"})
FIELD = frozenset({"name", "required", "disabled", "autocomplete", "placeholder", "minlength", "maxlength"})
OWN = {
    "a": frozenset({"href", "rel", "target"}),
    "button": frozenset({"type", "name", "value", "disabled"}),
    "fieldset": frozenset({"disabled"}),
    "form": frozenset({"name"}),
    "img": frozenset({"src", "alt", "width", "height", "loading"}),
    "input": FIELD | {"type", "value", "min", "max", "step", "pattern", "inputmode", "checked"},
    "label": frozenset({"for"}),
    "option": frozenset({"value", "selected"}),
    "progress": frozenset({"value", "max"}),
    "select": FIELD,
    "textarea": FIELD | {"rows"},
    "time": frozenset({"datetime"}),
    "video": frozenset({"src", "poster", "width", "height", "controls", "muted", "loop", "playsinline"}),
}
ARIA = re.compile(r"aria-[a-z]+")
ADDRESS = re.compile(r"https?://[^\s\\\x00-\x20]+|/(?![/\\])[^\s\\\x00-\x20]*")
CONTACT = re.compile(r"(tel|mailto):[^\s\\\x00-\x20]+")
ACTIONS = ("close", "later", "click", "copy")
TYPES = {
    "button": ("button", "submit", "reset"),
    "input": ("text", "email", "tel", "number", "date", "checkbox", "radio", "url", "search", "hidden"),
}


def check(html: str) -> Node:
    """The node tree of `html`, which must hold exactly one root element.

    Raises `Invalid` with line, column and the value for anything that is not on the allow-list.
    """
    if len(html) > MAX_HTML:
        raise Invalid([Problem("template.html", html, f"at most {MAX_HTML} characters (it has {len(html)})")])
    parser = _Parser()
    parser.feed(html)
    parser.close()
    return parser.root()


def told_by_clicks(node: Node) -> Iterator[str]:
    """What clicks in a checked tree tell (`data-for`), from its beginning to its end."""
    if isinstance(node, str):
        return
    _, attributes, *children = node
    if attributes.get("data-dg") == "click" and attributes.get("data-for"):
        yield attributes["data-for"]
    for child in children:
        yield from told_by_clicks(child)


def _expected(element: str, name: str, value: str) -> str:
    """What is expected of an attribute, or "" when it is fine."""
    if name not in EVERYWHERE and name not in OWN.get(element, ()) and not ARIA.fullmatch(name):
        return "an attribute that widgets may use"
    if name == "href" and not (ADDRESS.fullmatch(value) or CONTACT.fullmatch(value)):
        return "an http(s), tel or mailto address or a path on the site (/…)"
    if name in ("src", "poster") and not ADDRESS.fullmatch(value):
        return "an http(s) address or a path on the site (/…)"
    if name == "target" and value != "_blank":
        return "_blank"
    if name == "data-dg" and value not in ACTIONS:
        return f"one of {', '.join(ACTIONS)}"
    if name == "type" and value not in TYPES[element]:
        return f"one of {', '.join(TYPES[element])}"
    return ""


class _Parser(HTMLParser):
    """Builds the tree; `_open` holds the elements that are not closed yet, below them the list of roots."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[list[Any]] = [["", {}]]
        self._nodes = 0

    def root(self) -> Node:
        if len(self._open) > 1:
            self._refuse(f"<{self._open[-1][0]}>", "", "closed")
        roots = self._open[0][2:]
        if len(roots) != 1 or isinstance(roots[0], str):
            self._refuse("the widget", [node if isinstance(node, str) else node[0] for node in roots], "one element")
        tree: list[Any] = roots[0]
        return tree

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = [tag, self._attributes(tag, attrs)]
        self._add(element)
        if tag not in VOID:
            self._open.append(element)
        if len(self._open) > MAX_DEPTH:
            self._refuse(f"<{tag}>", len(self._open), f"nested at most {MAX_DEPTH} deep")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self._refuse(f"<{tag}/>", tag, f"closed by </{tag}>")
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if self._open[-1][0] != tag:
            self._refuse(f"</{tag}>", tag, f"the end of <{self._open[-1][0]}>")
        self._open.pop()

    def handle_data(self, data: str) -> None:
        if data.isspace() and "\n" in data:  # the template's indentation
            return
        parent = self._open[-1]
        if len(parent) > 2 and isinstance(parent[-1], str):
            parent[-1] += data
        else:
            self._add(data)

    def handle_comment(self, data: str) -> None:
        self._refuse("<!-- -->", data, "part of a widget; write {# … #}")

    def handle_decl(self, decl: str) -> None:
        self._refuse("<!…>", decl, "part of a widget")

    def handle_pi(self, data: str) -> None:
        self._refuse("<?…>", data, "part of a widget")

    def unknown_decl(self, data: str) -> None:
        self._refuse("<![…]>", data, "part of a widget")

    def _attributes(self, tag: str, attrs: list[tuple[str, str | None]]) -> dict[str, str]:
        if tag not in ELEMENTS:
            self._refuse(f"<{tag}>", tag, "an element that widgets may use")
        checked: dict[str, str] = {}
        for name, given in attrs:
            value = given or ""
            expected = "given once" if name in checked else _expected(tag, name, value)
            if expected:
                self._refuse(f"<{tag} {name}>", value, expected)
            checked[name] = value
        if "target" in checked and "noopener" not in checked.get("rel", "").split():
            self._refuse(f"<{tag} rel>", checked.get("rel", ""), "noopener, which target needs")
        return checked

    def _add(self, node: Node) -> None:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            self._refuse("the widget", self._nodes, f"at most {MAX_NODES} nodes")
        self._open[-1].append(node)

    def _refuse(self, what: str, value: Any, expected: str) -> NoReturn:
        line, column = self.getpos()
        raise Invalid([Problem(f"line {line}, column {column + 1}, {what}", value, expected)])
