"""The little language of marketers' texts: what stands in braces, read once. Pure.

    {name|friend}                        a variable, and what stands in its place where it is not known
    {cart_total:number}                  a variable in another of its formats
    {cart_count = 1 ? item : items}      a choice; its texts may hold variables, particles and choices
    {coupon ? Use {coupon}}              a choice by whether something is known
    {product}{을/를}                      the Korean particle that goes with the word before it
    {{ and }}                            braces

Total and bounded: any text is a phrase. What can't be read stays as it stands, and is told as a fault.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from dangol.segments.words.korean import PAIRS

DEPTH = 4
"""So many choices may stand in each other."""

PARTICLES = {f"{one}/{other}": form for form, pair in PAIRS.items() for one, other in (pair, pair[::-1])}

VARIABLE = re.compile(
    r"\{(trait\.[a-z0-9][a-z0-9_-]*|[a-z_][a-z0-9_]*)(?::([a-z]+))?(?:\}|\|([^{}]*)\}|(?P<more>\s*(?=[?=!<>])))"
)
TEST = re.compile(r"(?:(!=|<=|>=|=|<|>)\s*([^\s{}?=<>!][^{}?]*?)\s*)?\?(?=\s)")
PARTICLE = re.compile(r"\{([가-힣]+/[가-힣]+)\}")
SEPARATOR = re.compile(r"\s:\s")
LITERAL = re.compile(r"[^{}]+")


class Variable(NamedTuple):
    """``{name:format|substitute}``."""

    name: str
    format: str = ""
    substitute: str = ""


class Choice(NamedTuple):
    """``{name:format operator operand ? then : otherwise}``. Without an operator it asks whether there is a value."""

    name: str
    format: str
    operator: str
    operand: str
    then: "Pieces"
    otherwise: "Pieces"


class Particle(NamedTuple):
    """``{을/를}``; `form` is the one after a consonant."""

    form: str


Piece = str | Variable | Choice | Particle
Pieces = tuple[Piece, ...]


class Fault(NamedTuple):
    """What could not be read, and what was expected in its place."""

    written: str
    expected: str


class Phrase(NamedTuple):
    """A text that was read."""

    pieces: Pieces
    faults: tuple[Fault, ...] = ()


@lru_cache(4096)
def parse(text: str) -> Phrase:
    """The phrase that a text is. Never raises."""
    return _Reader(text).phrase()


def written(pieces: Pieces) -> str:
    """The text that reads as `pieces`."""
    return "".join(
        piece.replace("{", "{{").replace("}", "}}") if isinstance(piece, str) else _hole(piece) for piece in pieces
    )


def _hole(piece: Variable | Choice | Particle) -> str:
    if isinstance(piece, Particle):
        return "{" + "/".join(PAIRS[piece.form]) + "}"
    subject = f"{piece.name}:{piece.format}" if piece.format else piece.name
    if isinstance(piece, Variable):
        return "{" + subject + (f"|{piece.substitute}" if piece.substitute else "") + "}"
    test = f" {piece.operator} {piece.operand}" if piece.operator else ""
    otherwise = f" : {_inside(piece.otherwise)}" if piece.otherwise else ""
    return "{" + f"{subject}{test} ? {_inside(piece.then)}{otherwise}" + "}"


def _inside(pieces: Pieces) -> str:
    """The texts of a choice hold no braces of their own."""
    return "".join(piece if isinstance(piece, str) else _hole(piece) for piece in pieces)


class _Unreadable(Exception):
    """A brace that opens nothing; the text tells what was expected."""


class _Reader:
    """Goes through a text once, but for braces that open nothing: what follows those is read again."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def phrase(self) -> Phrase:
        pieces: list[Piece] = []
        faults: list[Fault] = []
        lone = 0  # opening braces that have opened nothing, each of which may have its closing one
        while self._at < len(self._text):
            start, brace = self._at, self._text[self._at]
            if brace not in "{}":
                piece: Piece = self._literal()
            elif self._text.startswith(brace * 2, start):
                self._at, piece = start + 2, brace
            else:
                try:
                    if brace == "}":
                        raise _Unreadable("free of a lone } (write }} for a brace)")
                    piece = self._opened(1)
                except _Unreadable as error:
                    if brace == "{" or not lone:
                        faults.append(Fault(self._text[start : start + 40], str(error)))
                    lone = lone + 1 if brace == "{" else max(lone - 1, 0)
                    self._at, piece = start + 1, brace
            _add(pieces, piece)
        return Phrase(tuple(pieces), tuple(faults))

    def _literal(self) -> str:
        found = LITERAL.match(self._text, self._at)
        assert found is not None
        self._at = found.end()
        return found[0]

    def _opened(self, depth: int) -> Piece:
        """What the brace at this place opens."""
        if particle := PARTICLE.match(self._text, self._at):
            if particle[1] not in PARTICLES:
                pairs = ", ".join("/".join(pair) for pair in PAIRS.values())
                raise _Unreadable(f"one of the particles {pairs}")
            self._at = particle.end()
            return Particle(PARTICLES[particle[1]])
        found = VARIABLE.match(self._text, self._at)
        if found is None:
            raise _Unreadable(
                "free of a lone { (write {{ for a brace, {name|friend} for a variable, {cart_count = 1 ? item : items}"
                " for a choice, {을/를} for a particle)"
            )
        self._at = found.end()
        name, format, substitute = found.group(1, 2, 3)
        if found["more"] is None:
            return Variable(name, format or "", substitute or "")
        if depth > DEPTH:
            raise _Unreadable(f"free of choices that are more than {DEPTH} deep in each other")
        return self._choice(name, format or "", depth)

    def _choice(self, name: str, format: str, depth: int) -> Choice:
        test = TEST.match(self._text, self._at)
        if test is None:
            raise _Unreadable("a choice such as {cart_count = 1 ? item : items}")
        self._at = test.end()
        then = self._branch(depth, is_first=True)
        otherwise: Pieces = ()
        if self._text[self._at] != "}":
            self._at += 3
            otherwise = self._branch(depth)
        self._at += 1
        return Choice(name, format, test[1] or "", test[2] or "", then, otherwise)

    def _branch(self, depth: int, is_first: bool = False) -> Pieces:
        """A text of a choice, up to the brace that closes it, or, of the first one, to what parts it from the other."""
        pieces: list[Piece] = []
        while self._at < len(self._text) and self._text[self._at] != "}":
            if self._text[self._at] == "{":
                _add(pieces, self._opened(depth + 1))
                continue
            start, literal = self._at, self._literal()
            if is_first and (end := SEPARATOR.search(self._text, start, self._at)):
                self._at = end.start()
                _add(pieces, self._text[start : end.start()])
                return _trimmed(pieces)
            _add(pieces, literal)
        if self._at == len(self._text):
            raise _Unreadable("a choice that is closed by }")
        return _trimmed(pieces)


def _add(pieces: list[Piece], piece: Piece) -> None:
    if isinstance(piece, str) and pieces and isinstance(pieces[-1], str):
        pieces[-1] += piece
    else:
        pieces.append(piece)


def _trimmed(pieces: list[Piece]) -> Pieces:
    """Without blanks at the ends."""
    if pieces and isinstance(pieces[0], str):
        pieces[0] = pieces[0].lstrip()
    if pieces and isinstance(pieces[-1], str):
        pieces[-1] = pieces[-1].rstrip()
    return tuple(piece for piece in pieces if piece != "")
