"""Proofreading: what is wrong with marketers' texts, before they are saved. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_args, get_type_hints

from msgspec import Struct

from dangol.errors import Problem
from dangol.plugin import Text
from dangol.render.formats import FORMATS
from dangol.render.phrase import Choice, Pieces, Variable, parse
from dangol.render.text import operand_of
from dangol.render.variables import kinds

MAX_TEXT = 1000


def problems(text: Text, known: Mapping[str, str] | None = None, most: int = MAX_TEXT) -> list[Problem]:
    """What is wrong with a text as written, of at most `most` characters. `known` are the variables that it may name
    and their kinds, as `variables.kinds` has them."""
    known = kinds() if known is None else known
    if isinstance(text, str):
        return list(_problems("", text, known, most))
    return [problem for language, one in text.items() for problem in _problems(language, one, known, most)]


def params_problems(params: Any, known: Mapping[str, str] | None = None, where: str = "params") -> list[Problem]:
    """What is wrong with the texts of a plugin's parameters, found by their type: each field that takes a `Text`."""
    found: list[Problem] = []
    if isinstance(params, Struct):
        hints = get_type_hints(type(params))
        for name in params.__struct_fields__:
            found += _field_problems(getattr(params, name), hints[name], known, f"{where}.{name}")
    elif isinstance(params, Sequence) and not isinstance(params, str):
        for number, one in enumerate(params):
            found += params_problems(one, known, f"{where}[{number}]")
    return found


def _field_problems(value: Any, hint: Any, known: Mapping[str, str] | None, where: str) -> list[Problem]:
    if value is None or not set(get_args(Text)) <= set(get_args(hint)):
        return params_problems(value, known, where)
    return [
        problem._replace(where=f"{where}.{problem.where}" if problem.where else where)
        for problem in problems(value, known)
    ]


def _problems(where: str, text: str, known: Mapping[str, str], most: int) -> Iterator[Problem]:
    if len(text) > most:
        yield Problem(where, text, f"at most {most} characters (it has {len(text)})")
        return
    phrase = parse(text)
    yield from (Problem(where, fault.written, fault.expected) for fault in phrase.faults)
    yield from (problem._replace(where=where) for problem in _piece_problems(phrase.pieces, known))


def _piece_problems(pieces: Pieces, known: Mapping[str, str]) -> Iterator[Problem]:
    for piece in pieces:
        if isinstance(piece, Variable | Choice):
            yield from _hole_problems(piece, known)
        if isinstance(piece, Choice):
            yield from _piece_problems(piece.then, known)
            yield from _piece_problems(piece.otherwise, known)


def _hole_problems(piece: Variable | Choice, known: Mapping[str, str]) -> Iterator[Problem]:
    kind = known.get(piece.name)
    formats = FORMATS[kind] if kind else ()
    if kind is None:
        yield Problem("", "{" + piece.name + "}", f"a known variable: {', '.join(sorted(known))}")
    elif piece.format and piece.format not in formats:
        expected = f"one of the formats {', '.join(formats)}" if formats else "left out"
        yield Problem("", f"{piece.name}:{piece.format}", f"{expected}: {piece.name} is {_a(kind)}")
    elif isinstance(piece, Choice):
        if piece.operator:
            yield from _test_problems(piece, "number" if piece.format == "days" else kind)
    elif kind == "boolean":
        yield Problem("", "{" + piece.name + "}", f"a choice, such as {{{piece.name} ? text : other text}}")


def _test_problems(choice: Choice, kind: str) -> Iterator[Problem]:
    if kind in ("time", "boolean"):
        days = f", or {choice.name}:days compared with a number" if kind == "time" else ""
        expected = f"{{{choice.name} ? text : other text}}{days}"
    elif kind in ("text", "list") and choice.operator not in ("=", "!="):
        expected = "a test with = or !="
    elif kind in ("number", "money") and operand_of(choice.operand) is None:
        expected = "a test with a number"
    else:
        return
    test = f"{choice.name} {choice.operator} {choice.operand}"
    yield Problem("", test, f"{expected}: {choice.name} is {_a(kind)}")


def _a(kind: str) -> str:
    return kind if kind == "money" else f"a {kind}"
