"""The segments of a scope, each read and multiplied out once and kept for as long as it means the same."""

import marshal
from collections.abc import Iterator, Mapping, Sequence, Set
from itertools import zip_longest
from typing import NamedTuple

from dangol.definitions.model import Segment
from dangol.errors import Invalid, Problem
from dangol.segments.language.nodes import Named, Node, below
from dangol.segments.language.reader import parse_segment
from dangol.segments.language.scope import Scope
from dangol.segments.matching.alternatives import Alternative, TooMany, alternatives


class Part(NamedTuple):
    """One segment; the same object in two indexes when nothing about it changed. `names` are the segments that it
    names itself, `literals` counts those of its alternatives."""

    segment: Segment
    written: bytes
    names: frozenset[str]
    alternatives: tuple[Alternative, ...]
    literals: int


class Parts(NamedTuple):
    """All segments by id, in their order, and how they differ from those read before: which parts `left`, which are
    `new` (by their numbers), and whether others stand where they did not. `naming` are those that name others,
    `literals` counts those of all."""

    segments: Sequence[Segment] = ()
    by_id: Mapping[str, Part] = {}
    left: Sequence[Part] = ()
    new: Mapping[int, Part] = {}
    moved: bool = True
    naming: Sequence[Part] = ()
    literals: int = 0


NONE = Parts()
MAX_LITERALS = 2_000_000
"""Of a site's segments together, which bounds the memory of an index to about half a gigabyte."""


def read_parts(scope: Scope, former: Parts = NONE) -> Parts:
    """`former` are those of a scope with the same conditions. Raises Invalid with the problems of all, those that name
    a refused one and those that branch too much among them."""
    stale, moved = _stale(former, scope)
    left = [part for id in stale if (part := former.by_id.get(id))]
    kept = former.literals - sum(part.literals for part in left)
    new = _read_stale(scope, stale, MAX_LITERALS - kept)
    naming = [part for part in former.naming if part.segment.id not in stale]
    naming += [part for part in new.values() if part.names]
    by_id = {**former.by_id, **{part.segment.id: part for part in new.values()}}
    if moved:
        by_id = {segment.id: by_id[segment.id] for segment in scope.segments}
    if len(by_id) < len(scope.segments):
        raise Invalid([Problem("segments", len(scope.segments), f"as many different ids, which are {len(by_id)}")])
    literals = kept + sum(part.literals for part in new.values())
    return Parts(scope.segments, by_id, left, new, moved, naming, literals)


def _read_stale(scope: Scope, stale: Set[str], room: int) -> dict[int, Part]:
    """The segments that are `stale`, by their numbers, which may have `room` literals together. Raises Invalid."""
    new: dict[int, Part] = {}
    problems: list[Problem] = []
    for number, segment in enumerate(scope.segments):
        if segment.id not in stale:
            continue
        where = f"segments[{number}]"
        try:
            new[number] = part = _read(segment, scope, where)
        except Invalid as invalid:
            problems += invalid.problems
            continue
        room -= part.literals
        if room < 0:
            expected = f"within the {MAX_LITERALS} literals that all segments may have once they are multiplied out"
            problems.append(Problem(where, segment.id, expected))
            break
    if problems:
        raise Invalid(problems)
    return new


def _stale(former: Parts, scope: Scope) -> tuple[set[str], bool]:
    """The segments that are new, gone or written anew, and those that name one of them; and whether any stands where
    another one stood. Most are the very objects that they were, at the same place."""
    pairs = [pair for pair in zip_longest(scope.segments, former.segments) if pair[0] is not pair[1]]
    moved = any(new is None or old is None or new.id != old.id for new, old in pairs)
    stale = {new.id for new, _ in pairs if new and not _same(new, former.by_id.get(new.id))}
    if moved:
        stale |= {old.id for _, old in pairs if old} - {new.id for new, _ in pairs if new}
    more = stale
    while more:
        more = {part.segment.id for part in former.naming if not stale.isdisjoint(part.names)} - stale
        stale |= more
    return stale, moved


def _same(segment: Segment, part: Part | None) -> bool:
    return part is not None and (part.segment is segment or part.written == _written(segment))


def _written(segment: Segment) -> bytes:
    """Equal only for equal trees: ``==`` takes 1 for true. Version 2 looks at values alone."""
    return marshal.dumps((segment.include, segment.exclude), 2)


def _read(segment: Segment, scope: Scope, where: str) -> Part:
    node = parse_segment(segment, scope, where)
    try:
        found = tuple(alternatives(node))
    except TooMany as error:
        raise Invalid([error.problem(where)]) from None
    literals = sum(each.size() for each in found)
    return Part(segment, _written(segment), frozenset(_named(node)), found, literals)


def _named(node: Node) -> Iterator[str]:
    if isinstance(node, Named):
        yield node.segment
    else:
        for part in below(node):
            yield from _named(part)
