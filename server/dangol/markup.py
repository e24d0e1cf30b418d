"""A few elements of a page that anybody may have written, found in one go. Pure.

The standard library's parser looks through the rest of a page again and again where tags and comments don't end: half a
megabyte of ``<!--`` keeps it busy for minutes. So it is given single tags alone.
"""

import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from typing import NamedTuple

WANTED = re.compile(r"<!--|<(?P<tag>script|title|link)(?=[\s/>])", re.IGNORECASE)
REST = re.compile(r"""(?:[^>"']|"[^"]*"|'[^']*')*>""")
"""What follows a tag's name."""

END = {tag: re.compile(rf"</{tag}(?=[\s/>])", re.IGNORECASE) for tag in ("script", "title")}
CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([a-zA-Z0-9_-]{1,40})", re.IGNORECASE)
LONGEST_TAG = 4000
MOST = 2000
"""Elements that are looked at."""


class Element(NamedTuple):
    """A `script`, `title` or `link` with its attributes and, as it stands there, what is in it."""

    tag: str
    attributes: Mapping[str, str]
    text: str = ""


def text_of(body: bytes, charset: str) -> str:
    """A page as text, in the charset that the answer or the page names. Korean malls still write EUC-KR; browsers take
    it as CP949."""
    if not charset and (named := CHARSET.search(body[:1024])):
        charset = named[1].decode("ascii")
    charset = "cp949" if charset.lower() in ("euc-kr", "ks_c_5601-1987") else charset or "utf-8"
    try:
        return body.decode(charset, "replace")
    except LookupError:
        return body.decode("utf-8", "replace")


def elements(page: str) -> Iterator[Element]:
    """The elements of a page in their order, those in comments left out. One that does not end is the last."""
    at = 0
    for _ in range(MOST):
        if not (begun := WANTED.search(page, at)):
            return
        if not begun["tag"]:
            if (end := page.find("-->", begun.end())) < 0:
                return
            at = end + 3
            continue
        tag, at = begun["tag"].lower(), begun.end()
        if not (rest := REST.match(page, at, at + LONGEST_TAG)):
            continue
        at = rest.end()
        closed = END[tag].search(page, at) if tag in END else None
        inside = page[at : closed.start() if closed else None] if tag in END else ""
        yield Element(tag, _attributes(page[begun.start() : at]), inside)
        if tag in END:
            if not closed:
                return
            at = closed.end()


def _attributes(tag: str) -> Mapping[str, str]:
    reader = _Tag()
    reader.feed(tag)
    return reader.found


class _Tag(HTMLParser):
    """Keeps the attributes of the first tag."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found = {name: value or "" for name, value in reversed(attrs)}  # of two alike browsers take the first
