"""Marketers' texts: the right language, and what stands in braces filled in. Pure.

A text is data, never a template: `dangol.render.phrase` is all that its braces can say, and what comes out is text.
"""

import operator
import re
from collections.abc import Callable, Mapping
from typing import cast
from unicodedata import normalize

from dangol.errors import Invalid
from dangol.plugin import Text
from dangol.render.formats import ANYBODY, Reader, Time, Value, shown
from dangol.render.money import Money, to_minor
from dangol.render.phrase import Choice, Particle, Pieces, Variable, parse
from dangol.segments.words.korean import particle

MAX_FILLED = 4000
"""Characters of a text with its variables filled in; a product's name may be long and stand there often."""

# C0 and C1 controls but tab and newline, marks that turn the direction of text around, lone surrogates, noncharacters.
UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
NUMBER = re.compile(r"-?[0-9][0-9,]{0,17}(\.[0-9]{1,9})?")

Look = Callable[[str], Value | None]
"""The value of a variable; None where it is not known."""

Put = Callable[[str], str]


def choose(text: Text, language: str, default: str) -> str:
    """The text in `language`, else in `default`, else in whichever there is; "" for none."""
    if isinstance(text, str):
        return text
    languages = cast(Mapping[str, str], text)
    return languages.get(language) or languages.get(default) or next(iter(languages.values()), "")


def fill(text: str, look: Look, reader: Reader = ANYBODY, most: int = MAX_FILLED, put: Put = str) -> str:
    """Plain text, at most `most` characters. Never fails: what `proof` would report stays as it stands. `put` is how a
    value is written into the text around it."""
    if "{" in text or "}" in text:
        text = _filled(parse(text).pieces, look, reader, "", most, put)
    return clean(text[:most])


def clean(text: str) -> str:
    """Without control characters and without marks that could turn the text around them."""
    return UNPRINTABLE.sub("", text)


def _filled(pieces: Pieces, look: Look, reader: Reader, before: str, most: int, put: Put) -> str:
    """What pieces say; `before` is what a particle at their beginning follows."""
    said = ""
    for piece in pieces:
        if isinstance(piece, str):
            said += piece
        elif isinstance(piece, Particle):
            said += particle(before + said, piece.form)
        elif isinstance(piece, Variable):
            told = look(piece.name)
            said += (put(shown(told, piece.format, reader)) if told is not None else "") or piece.substitute
        else:
            holds = _holds(look(piece.name), piece, reader)
            said += _filled(piece.then if holds else piece.otherwise, look, reader, before + said, most, put)
        if len(said) > most:
            break
    return said


def _holds(value: Value | None, choice: Choice, reader: Reader) -> bool:
    """Whether the test of a choice holds. Of what is not known no test holds."""
    if isinstance(value, Time) and choice.format == "days":
        value = reader.days(value)
    if value is None or not choice.operator:
        return bool(value)
    if isinstance(value, str | list):
        values = [value] if isinstance(value, str) else value
        return (_folded(choice.operand) in map(_folded, values)) is (choice.operator == "=")
    operand = operand_of(choice.operand, reader.currency if isinstance(value, Money) else "")
    return operand is not None and COMPARE[choice.operator](value, operand)


COMPARE: dict[str, Callable[[float, float], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _folded(text: str) -> str:
    return normalize("NFC", normalize("NFC", text).casefold())


def operand_of(written: str, currency: str = "") -> float | None:
    """The number that a test names, 30,000 or 30000; money in minor units of its currency. None for no number."""
    if not NUMBER.fullmatch(written):
        return None
    plain = written.replace(",", "")
    try:
        return to_minor(plain, currency) if currency else float(plain)
    except Invalid:
        return None
