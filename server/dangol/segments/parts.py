"""The segments of a scope, each read and multiplied out once and kept for as long as it means the same."""

import marshal
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from dangol.definitions.model import Segment
from dangol.errors import Invalid, Problem
from dangol.segments.alternatives import MAX_ALTERNATIVES, Alternative, TooMany, alternatives
from dangol.segments.language import Named, Node, Scope, parse_segment
from dangol.segments.nodes import below


class Part(NamedTuple):
    """One segment; the same object in two indexes when nothing about it changed. `written` tells its trees apart,
    `names` are the segments that it names itself."""

    id: str
    written: bytes
    names: frozenset[str]
    alternatives: tuple[Alternative, ...]
    literals: int


Parts = Mapping[str, Part]

MAX_LITERALS = 2_000_000
"""Of a site's segments together, which bounds the memory of an index to about half a gigabyte."""


def read_parts(scope: Scope, former: Parts, where: str = "segments") -> dict[str, Part]:
    """All segments by id, in their order; `former` are those of a scope with the same conditions. Raises Invalid with
    the problems of all, those that name a refused one and those that branch too much among them."""
    written = {segment.id: _written(segment) for segment in scope.segments}
    kept = former.keys() - _stale(former, written)
    room = MAX_LITERALS - sum(former[id].literals for id in kept)
    parts: dict[str, Part] = {}
    problems: list[Problem] = []
    for number, segment in enumerate(scope.segments):
        place = f"{where}[{number}]"
        if segment.id in parts:
            problems.append(Problem(f"{place}.id", segment.id, "an id that no other of the segments has"))
        if segment.id in kept:
            parts[segment.id] = former[segment.id]
            continue
        try:
            parts[segment.id] = part = _read(segment, written[segment.id], scope, place)
        except Invalid as invalid:
            problems += invalid.problems
            continue
        room -= part.literals
        if room < 0:
            expected = f"within the {MAX_LITERALS} literals that all segments may have once they are multiplied out"
            problems.append(Problem(place, segment.id, expected))
            break
    if problems:
        raise Invalid(problems)
    return parts


def _read(segment: Segment, written: bytes, scope: Scope, where: str) -> Part:
    node = parse_segment(segment, scope, where)
    try:
        found = tuple(alternatives(node))
    except TooMany as error:
        expected = f"within {MAX_ALTERNATIVES} alternatives once its any-groups are multiplied out; split the segment"
        raise Invalid([Problem(where, f"{error.args[0]} alternatives", expected)]) from None
    return Part(segment.id, written, frozenset(_named(node)), found, sum(each.size() for each in found))


def _written(segment: Segment) -> bytes:
    """Equal only for equal trees: ``==`` takes 1 for true. Version 2 looks at values alone."""
    return marshal.dumps((segment.include, segment.exclude), 2)


def _stale(former: Parts, written: Mapping[str, bytes]) -> set[str]:
    """The former segments that are gone or written anew, and those that name one of them."""
    stale = {id for id, part in former.items() if written.get(id) != part.written}
    naming = [part for part in former.values() if part.names]
    found = True
    while found:
        found = False
        for part in naming:
            if part.id not in stale and not stale.isdisjoint(part.names):
                stale.add(part.id)
                found = True
    return stale


def _named(node: Node) -> Iterator[str]:
    if isinstance(node, Named):
        yield node.segment
    else:
        for part in below(node):
            yield from _named(part)


def differing(former: Parts, new: Parts) -> tuple[list[Part], list[Part]]:
    """The parts that are in one only."""
    return _without(former.values(), new), _without(new.values(), former)


def _without(parts: Iterable[Part], others: Parts) -> list[Part]:
    return [part for part in parts if others.get(part.id) is not part]
