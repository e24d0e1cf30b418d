"""All segments' alternatives, arranged: each at a place, its literals in the tables of the facts and entries.

Never changed; a few changed segments make a new arrangement that shares all tables they don't touch.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dangol.segments.alternatives import Alternative
from dangol.segments.dense import Dense
from dangol.segments.entries import Entries
from dangol.segments.parts import Part, Parts, differing
from dangol.segments.places import WORD, Places, arranged
from dangol.segments.ranges import Allowed
from dangol.segments.row import Row

Ints = npt.NDArray[np.int64]
Placed = tuple[int, Alternative]

SHARE = 4
"""Where more than a fourth of the segments changed since, all are arranged anew."""


@dataclass(frozen=True, eq=False)
class Arrangement:
    """`taken` are the places of each segment's alternatives; `groups` tells by place how many groups of tokens stand
    there, -1 for none. `age` counts the segments that changed since all were arranged: each may leave behind an entry
    or a code that nobody asks for any more."""

    parts: Parts
    places: Places
    taken: Mapping[str, tuple[int, ...]]
    groups: Ints
    facts: Mapping[Row, Dense]
    entries: Entries
    age: int = 0

    @classmethod
    def build(cls, parts: Parts) -> "Arrangement":
        """All anew."""
        places, taken = arranged([len(each.some) for each in _alternatives(parts.values())])
        empty = cls({}, places, {}, np.full(places.words * WORD, -1), {}, Entries(), -len(parts))
        return empty._edited(parts, [], list(parts.values()), places, taken)

    def changed(self, parts: Parts) -> "Arrangement":
        """Of the segments `parts`, which share their unchanged ones with those that are arranged here."""
        left, new = differing(self.parts, parts)
        freed = [place for part in left for place in self.taken[part.id]]
        if self.age + len(new) <= len(parts) // SHARE:
            room = self.places.taking([len(each.some) for each in _alternatives(new)], freed)
            if room is not None:
                return self._edited(parts, left, new, *room)
        return self.build(parts)

    def _edited(
        self, parts: Parts, left: Sequence[Part], new: Sequence[Part], places: Places, places_taken: Sequence[int]
    ) -> "Arrangement":
        freed = [place for part in left for place in self.taken[part.id]]
        added = list(zip(places_taken, _alternatives(new), strict=True))
        groups = self.groups.copy()
        groups[freed] = -1
        groups[list(places_taken)] = [len(each.some) for _, each in added]
        taken = {id: where for id, where in self.taken.items() if id in parts}
        rest = iter(places_taken)
        taken.update({part.id: tuple(next(rest) for _ in part.alternatives) for part in new})
        return Arrangement(
            parts,
            places,
            taken,
            groups,
            self._facts(_alternatives(left), freed, added, places.words),
            self.entries.changed(
                (token for each in _alternatives(left) for token in each.tokens()),
                {bit for place in freed for bit in places.all_bits(place)},
                (bit for place, each in added for bit in places.bits(place, each)),
            ),
            self.age + len(new),
        )

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

    def owners(self) -> Ints:
        """By place the number of the segment, in the order of `parts`."""
        owners = np.zeros(len(self.groups), np.int64)
        wheres = [self.taken[id] for id in self.parts]
        places = [place for where in wheres for place in where]
        owners[places] = np.repeat(np.arange(len(wheres)), [len(where) for where in wheres])
        return owners


def _alternatives(parts: Collection[Part]) -> list[Alternative]:
    return [each for part in parts for each in part.alternatives]
