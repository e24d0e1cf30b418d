"""The written form of segments, checked.

    {"all": [tree, …]}   every part holds; empty for every shopper
    {"any": [tree, …]}   at least one part holds
    {"not": tree}        the part does not hold
    {"segment": "vip"}   the shopper is in another segment of the site
    {"visits": {"gte": 2, "lt": 10}}             a leaf: a condition of the catalogue; all its operators hold
    {"views_of": {"key": "85123A", "gte": 3}}    a leaf of a keyed condition
    {"logged_in": true}                          a leaf of a yes-or-no condition
    {"did": {"event": "view_item", "gte": 3, "within": "7d"}}    a leaf of `dangol.segments.language.behaviour`

Numbers take eq, ne, lt, lte, gt, gte. Times take since (inclusive), before (exclusive), on (that day): YYYY-MM-DD or
YYYY-MM-DD HH:MM in the shop's time zone. Texts take is, in (one of a list), contains, starts, ends, glob (`*` is any
run of characters) and matches (a search for a regular expression of RE2's syntax). Sets take has_any, has_all,
has_none (lists), and contains, starts, ends, glob, matches, which hold when some element does. What an operator says of
a fact that is not known is told in `dangol.segments.twin`.

Pages are compared by their paths, without host, percent-encoding and a slash at the end. A page that is written with
a query (``/product?no=1``) is one that has these parameters, in any order and among others. The other operators look
at the path, and where their operand has a question mark (for matches ``\\?``) at path and query.
"""

from collections.abc import Callable, Mapping
from typing import Any

from dangol.definitions.model import ConditionTree, Segment
from dangol.definitions.shapes import nearest
from dangol.errors import Invalid, Problem
from dangol.segments.conditions.row import BEHAVIOUR, CONNECTIVES, Row
from dangol.segments.language import behaviour, operands
from dangol.segments.language.nodes import (
    NOTHING,
    All,
    AnyOf,
    Leaf,
    Named,
    Node,
    Not,
    extent,
)
from dangol.segments.language.scope import MAX_CHAIN, Scope

MAX_DEPTH = 32
MAX_NODES = 300
MAX_WHOLE_DEPTH = 64
MAX_WHOLE_NODES = 3_000
"""Of a segment together with those that it names."""


def parse(tree: object, scope: Scope, where: str = "") -> Node:
    """The checked form of a written tree. Raises Invalid with all its problems, their paths starting with `where`."""
    return _Reader(scope).whole(tree, where)


def parse_segment(segment: Segment, scope: Scope, where: str = "") -> Node:
    """`include` and not `exclude`, as one tree. Raises Invalid."""
    return _Reader(scope, segment).segment(segment, f"{where}." if where else "")


def parse_unsaved(include: ConditionTree, exclude: ConditionTree | None, scope: Scope) -> Node:
    """A definition that is no segment yet: it has no id, so none that it names can lead back to it. Raises Invalid."""
    return parse_segment(Segment("", include, exclude=exclude), scope)


def parse_segments(scope: Scope) -> list[Node]:
    """All segments of the scope. Raises Invalid with the problems of all, their paths starting with
    ``segments[<number>]``."""
    nodes, problems = [], []
    for number, segment in enumerate(scope.segments):
        try:
            nodes.append(parse_segment(segment, scope, f"segments[{number}]"))
        except Invalid as invalid:
            problems += invalid.problems
    if problems:
        raise Invalid(problems)
    return nodes


class _Reader:
    """Walks one segment's trees and gathers what is wrong with them. `id` is the segment's, where it has one."""

    def __init__(self, scope: Scope, own: Segment | None = None) -> None:
        self.scope = scope
        self.id = own.id if own else ""
        self.is_saved = own is not None and own is scope.by_id.get(own.id)
        self.circle_told = False
        self.problems: list[Problem] = []
        self.nodes = 0

    def whole(self, tree: object, where: str) -> Node:
        return self.checked(self.node(tree, where, MAX_DEPTH), tree, where)

    def segment(self, segment: Segment, prefix: str) -> Node:
        node = self.node(segment.include, f"{prefix}include", MAX_DEPTH)
        if segment.exclude is not None:
            node = All((node, Not(self.node(segment.exclude, f"{prefix}exclude", MAX_DEPTH))))
        return self.checked(node, segment.id, prefix.rstrip("."))

    def checked(self, node: Node, written: object, where: str) -> Node:
        if not self.problems:
            size, depth = extent(node)
            if size > MAX_WHOLE_NODES or depth > MAX_WHOLE_DEPTH:
                expected = f"at most {MAX_WHOLE_NODES} conditions and groups, nested at most {MAX_WHOLE_DEPTH} deep"
                self.refuse(where, written, f"{expected}, together with the segments it names")
        if self.problems:
            raise Invalid(self.problems)
        return node

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
        return self.named(body, place) if name == "segment" else self.leaf(name, body, where)

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

    def named(self, id: object, where: str) -> Node:
        """Another segment. What is wrong inside it is told where it stands itself."""
        if not isinstance(id, str) or not id or (id not in self.scope.by_id and id != self.id):
            hint = nearest(id, list(self.scope.by_id)) if isinstance(id, str) else ""
            return self.refuse(where, id, f"a segment of this site{hint}")
        if way := self.way_back(id):
            self.circle_told = True  # once; other ways back are refused as what leads into a circle
            return self.refuse(where, id, f"a segment that does not lead back here: {' -> '.join([self.id, *way])}")
        if self.scope.chains.get(id, MAX_CHAIN) >= MAX_CHAIN:
            return self.refuse(where, id, f"within a chain of at most {MAX_CHAIN} segments, none of them twice")
        node = _other(id, self.scope)
        return self.refuse(where, id, "a segment that is itself well written") if node is None else node

    def way_back(self, id: str) -> list[str]:
        """From a segment to the one that is read. Of a segment of the scope it is known whether there can be one."""
        if not self.id or self.circle_told or (self.is_saved and self.id in self.scope.chains):
            return []
        return self.scope.way(id, self.id)

    def leaf(self, name: object, body: object, where: str) -> Node:
        place = f"{where}.{name}" if where else str(name)
        if name in BEHAVIOUR:
            return self.read(lambda: behaviour.leaf(str(name), body, place, self.scope))
        row = self.scope.catalogue.get(name) if isinstance(name, str) else None
        if row is None:
            return self.refuse(where, name, _expected(name, self.scope))
        return self.read(lambda: _leaf(row, body, place, self.scope))

    def read(self, leaf: Callable[[], Leaf]) -> Node:
        try:
            return leaf()
        except Invalid as invalid:
            self.problems += invalid.problems
            return NOTHING


def _other(id: str, scope: Scope) -> Named | None:
    if id not in scope.read:
        try:
            node = parse_segment(scope.by_id[id], scope)
        except Invalid:
            scope.read[id] = None
        else:
            scope.read[id] = Named((node,), id, extent(node))
    return scope.read[id]


def _leaf(row: Row, body: object, where: str, scope: Scope) -> Leaf:
    if row.kind == "boolean" and isinstance(body, bool):
        body = {"is": body}
    if not isinstance(body, Mapping) or not body:
        expected = "true or false" if row.kind == "boolean" else f"operators with values, such as {row.example}"
        raise Invalid([Problem(where, body, expected)])
    asked: dict[Any, Any] = dict(body)
    if not row.keyed:
        return Leaf(row, operands.read(row, asked, where, scope), "", asked)
    key = operands.key(row, asked.get("key"), scope)
    rest = {operator: written for operator, written in asked.items() if operator != "key"}
    if key is None or not rest:
        raise Invalid([Problem(where, body, f"a key and an operator, such as {row.example}")])
    return Leaf(row, operands.read(row, rest, where, scope, key), key, asked)


def _expected(name: object, scope: Scope) -> str:
    """What should stand in place of a condition that there is not."""
    if not isinstance(name, str):
        return "a known condition"
    if scope.catalogue.get(trait := f"trait.{name}"):
        return f"a known condition{nearest(name, [trait])}"
    hint = nearest(name, [*CONNECTIVES, *BEHAVIOUR, *(row.id for row in scope.catalogue)])
    return f"{'a trait that site.traits declares' if name.startswith('trait.') else 'a known condition'}{hint}"
