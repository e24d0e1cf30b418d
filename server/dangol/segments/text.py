"""How texts are compared: both sides are brought to the condition's form, then compared character by character."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from unicodedata import normalize
from urllib.parse import unquote, unquote_plus

import re2

from dangol.campaigns.pages import LONGEST_PATH, normal_path

REMEMBERED = 1024
MAX_PROGRAM = 1 << 17
"""Bytes of a compiled pattern. A pattern costs at most its size for every character of a text, so this bounds both."""


def exact(text: str) -> str:
    """Unicode NFC; case counts. For ids and codes."""
    return normalize("NFC", text)


def folded(text: str) -> str:
    """Unicode NFC without regard to case. For words that people or other systems typed."""
    return normalize("NFC", normalize("NFC", text).casefold())


def path(text: str) -> str:
    """The path of a page, as campaigns' page rules compare it: no query, fragment or trailing slash."""
    return normalize("NFC", normal_path(text))


def page(text: str) -> str:
    """The path of a page and its query, percent-encoding undone in both but where it keeps the parts apart."""
    place, _, query = text[:LONGEST_PATH].partition("#")[0].partition("?")
    found = path(place).replace("?", "%3F")
    return (f"{found}?{parameters(query)}" if query else found).replace("\n", "%0A")


def parameters(query: str) -> str:
    """A query as it is compared: its parameters as they are read, in their order."""
    pieces = [piece.partition("=") for piece in query.split("&") if piece]
    return "&".join(f"{_decoded(name).replace('=', '%3D')}{sign}{_decoded(value)}" for name, sign, value in pieces)


def _decoded(piece: str) -> str:
    return normalize("NFC", unquote_plus(piece)).replace("&", "%26")


def decoded(part: str) -> str:
    """A part of a page's path, or of its path and query, as it is looked for in those."""
    if "?" not in part:
        return normalize("NFC", unquote(part))
    place, _, query = part.partition("?")
    return f"{normalize('NFC', unquote(place))}?{parameters(query)}"


def glob(pattern: str, text: str) -> bool:
    """Whether the whole text fits a pattern in which `*` stands for any run of characters and all else for
    itself. Each part is taken where it occurs first, so the time is bounded by the two lengths' product."""
    first, *rest = pattern.split("*")
    if not rest:
        return text == pattern
    *middle, last = rest
    place, end = len(first), len(text) - len(last)
    if place > end or not text.startswith(first) or not text.endswith(last):
        return False
    for part in middle:
        found = text.find(part, place, end)
        if found < 0:
            return False
        place = found + len(part)
    return True


@lru_cache(REMEMBERED)
def regex(pattern: str) -> Callable[[str], bool]:
    """A search for a pattern of RE2's syntax, which takes time in proportion to the text's length, whatever the
    pattern. ValueError with RE2's reason for one that it can't compile."""
    options = re2.Options()
    options.max_mem = MAX_PROGRAM
    options.log_errors = False
    options.never_capture = True
    try:
        search = re2.compile(pattern, options=options).search
    except (re2.error, UnicodeEncodeError) as error:
        reason = error.args[0].decode() if isinstance(error, re2.error) else "text that can be written in UTF-8"
        raise ValueError(reason) from None
    return lambda text: search(text.encode("utf-8", "replace").decode()) is not None


def on_page(wanted: str, text: str) -> bool:
    """Whether a page (as `page` writes it) is one of those wanted, a line each: their paths are the same, and it has
    every parameter that the wanted one names, in any order; one named without a value may have any."""
    place, _, query = text.partition("?")
    given = query.split("&")
    return any(place == path and all(_has(given, name) for name in named) for path, named in _wanted(wanted))


@lru_cache(REMEMBERED)
def _wanted(pages: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    parts = [line.partition("?") for line in pages.split("\n")]
    return tuple((place, tuple(filter(None, query.split("&")))) for place, _, query in parts)


def _has(given: list[str], wanted: str) -> bool:
    return wanted in given or ("=" not in wanted and any(each.startswith(f"{wanted}=") for each in given))


PATTERNS: Mapping[str, Callable[[str, str], bool]] = {
    "contains": lambda part, text: part in text,
    "starts": lambda part, text: text.startswith(part),
    "ends": lambda part, text: text.endswith(part),
    "glob": glob,
    "matches": lambda pattern, text: regex(pattern)(text),
    "page": on_page,
}
"""Operators that look into a text: operand and text to whether it holds. `page` is what an exact operator becomes for
pages with a query."""
