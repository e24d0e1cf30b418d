"""What a tree of conditions may name: the catalogue's rows, the site's other segments, and the shop's own time."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from dangol.definitions.model import Segment, Site
from dangol.segments.calendar import Calendar, calendar
from dangol.segments.conditions.catalogue import Catalogue
from dangol.segments.language.nodes import Named

GROUPING = ("all", "any", "not")

MAX_CHAIN = 8
"""Segments that may name each other in a row."""

LOOKED_AT = 200
"""Segments that are looked through for a circle to tell of."""


class Scope:
    """One site's conditions and segments. Its definitions don't change; what was read of them is remembered, so one
    scope should serve all that is read of one version of the definitions.

    `segments` keeps the order of definition; `read` holds the segments that others name and that were read already,
    None for those that are not well written. ValueError for an unknown time zone.
    """

    def __init__(self, catalogue: Catalogue, site: Site, segments: Sequence[Segment] = ()) -> None:
        self._shared = catalogue
        self.catalogue = catalogue.with_traits(site.traits)
        self.site = site
        self.segments = tuple(segments)
        self.by_id: dict[str, Segment] = {}
        for segment in self.segments:
            self.by_id.setdefault(segment.id, segment)
        self.calendar: Calendar = calendar(site.timezone)
        self.read: dict[str, Named | None] = {}
        self._names: dict[str, tuple[str, ...]] = {}

    def of(self, site: Site, segments: Sequence[Segment]) -> "Scope":
        """The same conditions, those of plugins included, for other definitions."""
        return Scope(self._shared, site, segments)

    def way(self, start: str, goal: str) -> list[str]:
        """The segments from `start` to `goal`, each of which names the next; empty where there is no way, or none
        among the LOOKED_AT nearest."""
        came: dict[str, str] = {start: ""}
        ahead = deque([start])
        while ahead and goal not in came and len(came) <= LOOKED_AT:
            id = ahead.popleft()
            for name in self.names(id):
                if name not in came:
                    came[name] = id
                    ahead.append(name)
        return _back(came, goal) if goal in came else []

    @cached_property
    def chains(self) -> Mapping[str, int]:
        """For each segment how many others it names in a row, at most; those that lead into a circle are not there."""
        waiting = {id: len([name for name in self.names(id) if name in self.by_id]) for id in self.by_id}
        named_by: dict[str, list[str]] = {id: [] for id in self.by_id}
        for id in self.by_id:
            for name in self.names(id):
                named_by.setdefault(name, []).append(id)
        found = {id: 0 for id, names in waiting.items() if not names}
        ahead = deque(found)
        while ahead:
            id = ahead.popleft()
            for other in named_by[id]:
                waiting[other] -= 1
                if not waiting[other]:
                    found[other] = found[id] + 1
                    ahead.append(other)
        return found

    def names(self, id: str) -> tuple[str, ...]:
        """The segments that a segment names, as far as its trees can be followed."""
        if id not in self._names:
            segment = self.by_id.get(id)
            self._names[id] = tuple(dict.fromkeys(_named(segment))) if segment else ()
        return self._names[id]


def _back(came: Mapping[str, str], id: str) -> list[str]:
    way = [id]
    while came[way[-1]]:
        way.append(came[way[-1]])
    return way[::-1]


def _named(segment: Segment) -> Iterator[str]:
    return (body for name, body in written_in(segment) if name == "segment" and isinstance(body, str))


def written_in(segment: Segment) -> Iterator[tuple[Any, Any]]:
    """What stands in a segment's trees as they are written, checked or not: the names and right sides of leaves and of
    other segments. Much quicker than to read the trees, and without recursion, since they may be nested at will."""
    trees: list[Any] = [segment.include, segment.exclude]
    while trees:
        tree = trees.pop()
        if isinstance(tree, list):
            trees += tree
        elif isinstance(tree, Mapping):
            trees += [tree[name] for name in GROUPING if name in tree]
            yield from ((name, body) for name, body in tree.items() if name not in GROUPING)
