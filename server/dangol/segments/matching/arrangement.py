"""All segments' alternatives, arranged: each at a place, its literals in the tables of the facts and entries.

Never changed; a few changed segments make a new arrangement that shares all tables they don't touch.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dangol.segments.conditions.row import Row
from dangol.segments.matching.alternatives import Alternative
from dangol.segments.matching.dense import Dense
from dangol.segments.matching.entries import Entries
from dangol.segments.matching.parts import NONE, Part, Parts
from dangol.segments.matching.places import WORD, Places, arranged
from dangol.segments.matching.ranges import Allowed

Ints = npt.NDArray[np.int64]
Placed = tuple[int, Alternative]

SHARE = 4
"""Where more than a fourth of the segments changed since, all are arranged anew."""


@dataclass(frozen=True, eq=False)
class Arrangement:
    """`taken` are the places of each segment's alternatives; by place, `groups` tells how many groups of tokens stand
    there (-1: none, the place is free) and `owners` the segment's number. `age` counts the segments that changed since
    all were arranged: each may leave behind an entry or a code that nobody asks for any more."""

    parts: Parts
    places: Places
    taken: Mapping[str, tuple[int, ...]]
    groups: Ints
    owners: Ints
    facts: Mapping[Row, Dense]
    entries: Entries
    age: int = 0

    @classmethod
    def build(cls, parts: Parts) -> "Arrangement":
        """All anew."""
        parts = parts._replace(left=(), new=dict(enumerate(parts.by_id.values())))
        places, taken = arranged([len(each.some) for each in _alternatives(parts.new.values())])
        size = places.words * WORD
        nothing = np.full(size, -1), np.zeros(size, np.int64)
        return cls(NONE, places, {}, *nothing, {}, Entries(), -len(parts.new))._edited(parts, places, taken)

    def changed(self, parts: Parts) -> "Arrangement":
        """Of segments that were read with those that are arranged here as the former ones."""
        if self.age + len(parts.new) <= len(parts.by_id) // SHARE:
            room = self.places.taking(
                [len(each.some) for each in _alternatives(parts.new.values())], self._freed(parts)
            )
            if room is not None:
                return self._edited(parts, *room)
        return self.build(parts)

    def _freed(self, parts: Parts) -> list[int]:
        return [place for part in parts.left for place in self.taken[part.segment.id]]

    def _edited(self, parts: Parts, places: Places, places_taken: Sequence[int]) -> "Arrangement":
        left, freed = _alternatives(parts.left), self._freed(parts)
        added = list(zip(places_taken, _alternatives(parts.new.values()), strict=True))
        groups = self.groups.copy()
        groups[freed] = -1
        groups[list(places_taken)] = [len(each.some) for _, each in added]
        taken = dict(self.taken)
        for part in parts.left:
            del taken[part.segment.id]
        rest = iter(places_taken)
        taken.update({part.segment.id: tuple(next(rest) for _ in part.alternatives) for part in parts.new.values()})
        return Arrangement(
            parts,
            places,
            taken,
            groups,
            self._owners(parts, taken),
            self._facts(left, freed, added, places.words),
            self.entries.changed(
                (token for each in left for token in each.tokens()),
                {bit for place in freed for bit in places.all_bits(place)},
                (bit for place, each in added for bit in places.bits(place, each)),
            ),
            self.age + len(parts.new),
        )

    def _owners(self, parts: Parts, taken: Mapping[str, tuple[int, ...]]) -> Ints:
        owners = self.owners.copy()
        for number, part in enumerate(parts.by_id.values()) if parts.moved else parts.new.items():
            owners[list(taken[part.segment.id])] = number
        return owners

    def _facts(
        self, left: Iterable[Alternative], freed: Sequence[int], added: Iterable[Placed], words: int
    ) -> dict[Row, Dense]:
        """Those that no literal asks for are left out."""
        literals: dict[Row, list[tuple[int, Allowed]]] = {row: [] for each in left for row, _ in each.allowed}
        for place, each in added:
            for row, allowed in each.allowed:
                literals.setdefault(row, []).append((place, allowed))
        gone = np.array(freed, np.int64)
        facts = dict(self.facts)
        for row, those in literals.items():
            facts[row] = fact = facts.get(row, Dense.empty(row, words)).changed(gone, those)
            if not len(fact.places):
                del facts[row]
        return facts


def _alternatives(parts: Iterable[Part]) -> list[Alternative]:
    return [each for part in parts for each in part.alternatives]
