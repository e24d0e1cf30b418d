"""A widget's stylesheet: what it may not say, and the address that it is served at."""

import hashlib
import re

from dangol.errors import Invalid, Problem

MAX_STYLE = 64 * 1024

STRING = r""""(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'"""
SPARE = re.compile(rf"({STRING}|url\([^)]*\))|/\*.*?\*/|\s*([{{}};,])\s*|\s+", re.DOTALL | re.IGNORECASE)
"""What may be left out, and, first, what must stay as it is."""
ESCAPE = re.compile(r"\\([0-9a-fA-F]{1,6})[ \t\n]?|\\(.)")
# Whatever makes the shopper's browser call a third party, or ends a style element.
FORBIDDEN = re.compile(r"""@import|</style|image-set\(|\bsrc\(|url\((?!\s*["']?\s*(?:data:|\#))[^)]*""", re.IGNORECASE)


def check_style(name: str, css: str) -> bytes:
    """The stylesheet in the file `name` as it is served, without what only its author reads. Raises `Invalid` for
    imports and for addresses other than ``data:``."""
    if len(css) > MAX_STYLE:
        raise Invalid([Problem(name, len(css), f"a length of at most {MAX_STYLE} characters")])
    lean = SPARE.sub(_without, css).strip()
    found = FORBIDDEN.search(ESCAPE.sub(_unescaped, lean))
    if found:
        line = css.count("\n", 0, max(css.find(found[0].strip()), 0)) + 1
        raise Invalid([Problem(f"{name}, about line {line}", found[0], "allowed; only url(data:…) is")])
    return lean.encode()


def style_address(css: bytes) -> str:
    """Its path on this server, by the content alone: another style has another address, and the same one the same."""
    return f"/v1/style/{hashlib.sha256(css).hexdigest()[:16]}.css"


def _without(match: re.Match[str]) -> str:
    if match[0].startswith("/*"):
        return ""
    return match[1] or match[2] or " "


def _unescaped(match: re.Match[str]) -> str:
    code = int(match[1], 16) if match[1] else 0
    return match[2] or (chr(code) if 0 < code < 0x110000 else "\ufffd")
