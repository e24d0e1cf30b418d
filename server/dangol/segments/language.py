"""The written form of segments, checked.

    {"all": [tree, …]}   every part holds; empty for every shopper
    {"any": [tree, …]}   at least one part holds
    {"not": tree}        the part does not hold
    {"visits": {"gte": 2, "lt": 10}}             a leaf: a condition of the catalogue; all its operators hold
    {"views_of": {"key": "85123A", "gte": 3}}    a leaf of a keyed condition
    {"logged_in": true}                          a leaf of a yes-or-no condition

Numbers take eq, ne, lt, lte, gt, gte. Texts take is, in (one of a list), contains, starts, glob (`*` is any run of
characters). Sets take has_any, has_all, has_none (lists), and contains, starts, glob, which hold when some element
does. What an operator says of a fact that is not known is told in `dangol.segments.twin`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dangol.definitions.model import Segment
from dangol.errors import Invalid, Problem
from dangol.segments import text
from dangol.segments.catalogue import Catalogue
from dangol.segments.row import Row

MAX_DEPTH = 12
MAX_NODES = 300
MAX_VALUES = 200
MAX_LENGTH = 200
MAX_NUMBER = 2**53 - 1  # beyond it neighbouring integers look alike as doubles

LISTS = ("in", "has_any", "has_all", "has_none")


@dataclass(frozen=True, slots=True, eq=False)
class Test:
    """One operator of a leaf. `operand` is a float, a bool, a text or a tuple of texts, in the row's form."""

    row: Row
    operator: str
    operand: Any
    key: str = ""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One condition; all of its tests hold."""

    row: Row
    tests: tuple[Test, ...]
    key: str = ""


@dataclass(frozen=True, slots=True)
class All:
    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: "Node"


Node = Leaf | All | AnyOf | Not


def parse(tree: object, catalogue: Catalogue, where: str = "") -> Node:
    """The checked form of a written tree. Raises Invalid with all its problems, their paths starting with `where`."""
    reader = _Reader(catalogue)
    node = reader.node(tree, where, MAX_DEPTH)
    if reader.problems:
        raise Invalid(reader.problems)
    return node


def parse_segment(segment: Segment, catalogue: Catalogue, where: str = "") -> Node:
    """`include` and not `exclude`, as one tree. Raises Invalid."""
    reader = _Reader(catalogue)
    prefix = f"{where}." if where else ""
    node = reader.node(segment.include, f"{prefix}include", MAX_DEPTH)
    if segment.exclude is not None:
        node = All((node, Not(reader.node(segment.exclude, f"{prefix}exclude", MAX_DEPTH))))
    if reader.problems:
        raise Invalid(reader.problems)
    return node


def parse_segments(segments: Sequence[Segment], catalogue: Catalogue, where: str = "segments") -> list[Node]:
    """All segments of a site. Raises Invalid with the problems of all."""
    nodes, problems = [], []
    for number, segment in enumerate(segments):
        try:
            nodes.append(parse_segment(segment, catalogue, f"{where}[{number}]"))
        except Invalid as invalid:
            problems += invalid.problems
    if problems:
        raise Invalid(problems)
    return nodes


NOTHING = All(())
"""Stands where a tree was refused; never leaves this module."""


class _Reader:
    """Walks one segment's trees and gathers what is wrong with them."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.problems: list[Problem] = []
        self.nodes = 0

    def refuse(self, where: str, value: object, expected: str) -> Node:
        self.problems.append(Problem(where, value, expected))
        return NOTHING

    def node(self, tree: object, where: str, depth: int) -> Node:
        self.nodes += 1
        if self.nodes == MAX_NODES + 1:
            return self.refuse(where, tree, f"within a segment of at most {MAX_NODES} conditions and groups")
        if self.nodes > MAX_NODES:
            return NOTHING
        if depth == 0:
            return self.refuse(where, tree, f"nested at most {MAX_DEPTH} deep")
        if not isinstance(tree, Mapping) or len(tree) != 1:
            return self.refuse(where, tree, "one condition such as {visits: {gte: 2}}, or one of all, any, not")
        [(name, body)] = tree.items()
        place = f"{where}.{name}" if where else str(name)
        if name == "all":
            return All(self.parts(body, place, depth))
        if name == "any":
            return AnyOf(self.parts(body, place, depth)) if body != [] else self.refuse(place, body, "a filled list")
        if name == "not":
            return Not(self.node(body, place, depth - 1))
        return self.leaf(name, body, where)

    def parts(self, body: object, where: str, depth: int) -> tuple[Node, ...]:
        if not isinstance(body, list):
            self.refuse(where, body, "a list of conditions")
            return ()
        parts = []
        for number, part in enumerate(body):
            if self.nodes > MAX_NODES:
                break
            parts.append(self.node(part, f"{where}[{number}]", depth - 1))
        return tuple(parts)

    def leaf(self, name: object, body: object, where: str) -> Node:
        row = self.catalogue.get(name) if isinstance(name, str) else None
        if row is None:
            nearest = self.catalogue.nearest(name) if isinstance(name, str) else ""
            return self.refuse(where, name, f"a known condition{_hint(nearest)}")
        place = f"{where}.{row.id}" if where else row.id
        if row.kind == "boolean" and isinstance(body, bool):
            body = {"is": body}
        if not isinstance(body, Mapping) or not body:
            expected = "true or false" if row.kind == "boolean" else f"operators with values, such as {row.example}"
            return self.refuse(place, body, expected)
        return self.tests(row, dict(body), place)

    def tests(self, row: Row, body: dict[Any, Any], where: str) -> Node:
        key = ""
        if row.keyed:
            found = _text(row, body.pop("key", None))
            if found is None or not body:
                return self.refuse(where, body, f"a key and an operator, such as {row.example}")
            key = row.form(found)
        tests = []
        for operator, written in body.items():
            if operator not in row.operators:
                self.refuse(where, operator, f"one of {', '.join(row.operators)}")
                continue
            read, expected = _operand_of(row, operator)
            operand = read(row, written)
            if operand is None:
                self.refuse(f"{where}.{operator}", written, expected)
            tests.append(Test(row, operator, operand, key))
        return Leaf(row, tuple(tests), key)


def _operand_of(row: Row, operator: str) -> tuple[Callable[[Row, object], Any], str]:
    """How an operator's value is read, and what is expected of it."""
    if row.kind in ("number", "keyed number"):
        return _number, f"a number from -{MAX_NUMBER} to {MAX_NUMBER}"
    if row.kind == "boolean":
        return _boolean, "true or false"
    kinds = f"of {', '.join(row.choices)}" if row.choices else f"of 1 to {MAX_LENGTH} characters"
    if row.form is text.path and operator not in ("contains", "starts", "glob"):
        kinds = f"that starts with /, {kinds}"
    if operator in LISTS:
        return _texts(operator), f"a list of 1 to {MAX_VALUES} texts {kinds}"
    read = {"is": _choice, "glob": _glob}.get(operator, _part)
    return read, f"a text {kinds}"


def _number(row: Row, value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) + 0.0 if -MAX_NUMBER <= value <= MAX_NUMBER else None  # refuses NaN; -0.0 becomes 0.0


def _boolean(row: Row, value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _text(row: Row, value: object) -> str | None:
    return value if isinstance(value, str) and 0 < len(value) <= MAX_LENGTH else None


def _choice(row: Row, value: object) -> str | None:
    """A whole text; one that the condition can never have is refused, since it is a slip."""
    found = _text(row, value)
    if found is None or (row.choices and found not in row.choices) or not _rooted(row, found):
        return None
    return row.form(found)


def _glob(row: Row, value: object) -> str | None:
    found = _text(row, value)
    return found and row.form(found)


def _part(row: Row, value: object) -> str | None:
    """A part of a text; a slash at its end counts, which a whole path's does not."""
    found = _text(row, value)
    return found and (text.exact if row.form is text.path else row.form)(found)


def _texts(operator: str) -> Callable[[Row, object], tuple[str, ...] | None]:
    def read(row: Row, value: object) -> tuple[str, ...] | None:
        if not isinstance(value, list) or not 0 < len(value) <= MAX_VALUES:
            return None
        found = [_choice(row, each) for each in value]
        return tuple(dict.fromkeys(each for each in found if each)) if all(found) else None

    return read


def _rooted(row: Row, value: str) -> bool:
    return row.form is not text.path or value.startswith("/")


def _hint(nearest: str) -> str:
    return f"; did you mean {nearest!r}?" if nearest else ""


def tests_of(nodes: Iterable[Node]) -> Iterable[Test]:
    """Every test that stands in the trees."""
    for node in nodes:
        if isinstance(node, Leaf):
            yield from node.tests
        elif isinstance(node, Not):
            yield from tests_of((node.part,))
        else:
            yield from tests_of(node.parts)
