"""Marketers' texts: the right language, and variables with a substitute. A text is data, never a template.

``{name|friend}`` is the variable, or "friend" where it has no value. ``{{`` and ``}}`` stand for braces.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, cast, get_args, get_type_hints

from msgspec import Struct

from dangol.errors import Problem
from dangol.plugin import Text

VARIABLES = frozenset({"name", "grade", "cart_total", "cart_count", "product"})
"""What every text may use. A widget may add its own."""

MAX_TEXT = 1000

PIECE = re.compile(r"\{\{|\}\}|\{([a-z_]+)(?:\|([^{}]*))?\}|[{}]")
# C0 and C1 controls but tab and newline, marks that turn the direction of text around, lone surrogates, noncharacters.
UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


def choose(text: Text, language: str, default: str) -> str:
    """The text in `language`, else in `default`, else in whichever there is; "" for none."""
    if isinstance(text, str):
        return text
    languages = cast(Mapping[str, str], text)
    return languages.get(language) or languages.get(default) or next(iter(languages.values()), "")


def fill(text: str, values: Mapping[str, str]) -> str:
    """Plain text with the variables filled in. Never fails: what `problems` would report stays as it stands."""

    def piece(match: re.Match[str]) -> str:
        name, substitute = match.groups()
        if name is None:
            return match[0][0]
        return values.get(name) or substitute or ""

    return clean(PIECE.sub(piece, text) if "{" in text or "}" in text else text)


def clean(text: str) -> str:
    """Without control characters and without marks that could turn the text around them."""
    return UNPRINTABLE.sub("", text)


def problems(text: Text, own: Collection[str] = ()) -> list[Problem]:
    """What is wrong with a text as written: unknown variables and lone braces. `own` are the widget's variables."""
    if isinstance(text, str):
        return list(_problems("", text, VARIABLES.union(own)))
    found = [_problems(language, one, VARIABLES.union(own)) for language, one in text.items()]
    return [problem for some in found for problem in some]


def params_problems(params: Any, own: Collection[str] = (), where: str = "params") -> list[Problem]:
    """What is wrong with the texts of a plugin's parameters, found by their type: each field that takes a `Text`."""
    found: list[Problem] = []
    if isinstance(params, Struct):
        hints = get_type_hints(type(params))
        for name in params.__struct_fields__:
            found += _field_problems(getattr(params, name), hints[name], own, f"{where}.{name}")
    elif isinstance(params, Sequence) and not isinstance(params, str):
        for number, one in enumerate(params):
            found += params_problems(one, own, f"{where}[{number}]")
    return found


def _field_problems(value: Any, hint: Any, own: Collection[str], where: str) -> list[Problem]:
    if value is None or not set(get_args(Text)) <= set(get_args(hint)):
        return params_problems(value, own, where)
    return [
        problem._replace(where=f"{where}.{problem.where}" if problem.where else where)
        for problem in problems(value, own)
    ]


def _problems(where: str, text: str, known: Collection[str]) -> Iterator[Problem]:
    if len(text) > MAX_TEXT:
        yield Problem(where, text, f"at most {MAX_TEXT} characters (it has {len(text)})")
    for match in PIECE.finditer(text):
        if match[1] is not None and match[1] not in known:
            yield Problem(where, match[0], f"a known variable: {', '.join(sorted(known))}")
        elif len(match[0]) == 1:
            yield Problem(where, text, f"free of a lone {match[0]} (write {match[0] * 2} for a brace)")
