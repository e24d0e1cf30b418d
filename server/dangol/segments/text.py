"""How texts are compared: both sides are brought to the condition's form, then compared character by character."""

from collections.abc import Callable, Mapping
from unicodedata import normalize

from dangol.campaigns.pages import normal_path


def exact(text: str) -> str:
    """Unicode NFC; case counts. For ids and codes."""
    return normalize("NFC", text)


def folded(text: str) -> str:
    """Unicode NFC without regard to case. For words that people or other systems typed."""
    return normalize("NFC", normalize("NFC", text).casefold())


def path(text: str) -> str:
    """The path of a page, as campaigns' page rules compare it: no query, fragment or trailing slash."""
    return normalize("NFC", normal_path(text))


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


PATTERNS: Mapping[str, Callable[[str, str], bool]] = {
    "contains": lambda part, text: part in text,
    "starts": lambda part, text: text.startswith(part),
    "glob": glob,
}
"""Operators that look into a text: operand and text to whether it holds."""
