"""JSON made into a shape, or refused with the place and what was expected, but never with what was sent."""

import re
from collections.abc import Callable
from typing import TypeVar

import msgspec

from dangol.errors import Invalid, Problem

T = TypeVar("T")

PLACE = re.compile(r" - at (?:`key` in )?`\$\.?(.*)`\Z")


def decode(decoder: Callable[[bytes], T], body: bytes) -> T:
    """What `decoder` makes of `body`. Raises `Invalid`."""
    try:
        return decoder(body)
    except msgspec.ValidationError as error:
        text = str(error)
        place = PLACE.search(text)
        where = place[1] if place else ""
        raise Invalid([Problem(where or "body", "the value", _expected(PLACE.sub("", text)))]) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Invalid([Problem("body", body[:40], f"JSON ({error})")]) from None


def _expected(text: str) -> str:
    """msgspec's sentence, without the names and values of the sender's that it quotes."""
    if "unknown field" in text:
        return "an object of known fields only"
    if "enum value" in text:
        return "one of the known values"
    return text.removeprefix("Expected ") if text.startswith("Expected ") else f"valid ({text})"
