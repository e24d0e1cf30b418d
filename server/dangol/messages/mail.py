"""E-mail: one line of subject, and HTML that is cleaned by an allow-list. Pure.

Cleaned by nh3 (Mozilla's ammonia, in Rust, MIT), not by the widgets' own list in `dangol.render.nodes`: that one is for
our templates and refuses what it does not know, while an e-mail comes from an editor, with tables, styles at the
elements and tags left open. It is parsed as a browser parses it and written anew, so nothing ambiguous is left.
"""

import re
from collections.abc import Callable, Iterator
from html import escape

import nh3

from dangol.definitions.templates import EmailTemplate
from dangol.errors import Problem
from dangol.messages.limits import Limit
from dangol.messages.limits import problems as limit_problems

LIMITS = {
    "subject": Limit(200, breaks=0),
    "text": Limit(100_000),
    "html": Limit(100_000),
}
"""RFC 5322 allows lines of 998 characters; programs show about 60 of a subject. Gmail cuts messages at 102 KB."""

STYLES = {
    "background", "background-color", "border", "border-bottom", "border-collapse", "border-color", "border-left",
    "border-radius", "border-right", "border-spacing", "border-top", "border-width", "color", "direction", "display",
    "font", "font-family", "font-size", "font-style", "font-weight", "height", "letter-spacing", "line-height",
    "list-style", "margin", "margin-bottom", "margin-left", "margin-right", "margin-top", "max-height", "max-width",
    "min-width", "opacity", "overflow", "padding", "padding-bottom", "padding-left", "padding-right", "padding-top",
    "table-layout", "text-align", "text-decoration", "text-indent", "text-transform", "vertical-align", "white-space",
    "width", "word-break", "word-spacing",
}  # fmt: skip
OLD = {"align", "bgcolor", "border", "cellpadding", "cellspacing", "height", "style", "valign", "width"}
TAGS = nh3.ALLOWED_TAGS | {"font", "section", "main", "u"}
ATTRIBUTES = {
    **{tag: nh3.ALLOWED_ATTRIBUTES.get(tag, set()) | OLD | {"dir", "lang", "title"} for tag in TAGS},
    "a": {"href", "style", "title", "target"},
    "img": {"src", "alt", "width", "height", "style", "title", "border"},
    "font": {"color", "face", "size"},
}
SCHEMES = {"http", "https", "mailto", "tel"}
REFUSED = re.compile(r"<\s*(script|style|iframe|object|embed|form|input|link|meta|base|svg|math)\b", re.IGNORECASE)

Lead = Callable[[str], str]
"""An address as it is written to the address that goes out."""


def cleaned(html: str, lead: Lead, place: Lead) -> str:
    """HTML with nothing that is not on the list, its links as `lead` has them and its pictures where `place` says."""

    def attribute(tag: str, name: str, value: str) -> str:
        if (tag, name) == ("img", "src"):
            return place(value)
        return lead(value) if (tag, name) == ("a", "href") and not value.startswith(("mailto:", "tel:")) else value

    return nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=attribute,
        url_schemes=SCHEMES,
        filter_style_properties=STYLES,
        link_rel=None,
    )


def escaped(value: str) -> str:
    """A value as it goes into HTML, into an attribute as well."""
    return escape(value, quote=True)


def problems(template: EmailTemplate) -> Iterator[Problem]:
    """What is wrong with an e-mail, in one language."""
    yield from limit_problems(template, LIMITS)
    if found := REFUSED.search(template.html):
        yield Problem(
            "html", found[0], "HTML without it; mail programs run and load nothing, styles go to the elements"
        )
