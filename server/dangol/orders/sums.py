"""What one recommender counts of past orders, in memory: the same sums as in the store, as of one moment for all.

A row may for a while have many more members than the recommender keeps, so that who rises late rises all the same;
still the memory is bounded by the catalogue and not by the orders.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from math import exp2
from typing import Final, NamedTuple

import numpy as np

from dangol.orders.kernels import Members, Sums, add
from dangol.plugin import Count, Recommender, Total

WAITING: Final = 2_000_000
"""Members that are added at once."""

SLACK: Final = 4
"""So many times the members that are kept a row has at least, where it was cut before the end."""


class Places(dict[str, int]):
    """The places of the catalogue's products by id; -1 for what it does not have."""

    def __missing__(self, id: str) -> int:
        return -1


class Row(NamedTuple):
    """The highest members of a row and their sums, all above zero."""

    key: str
    places: Members
    sums: Sums


class Waiting:
    """Members that are still to be added: numbers of rows, with which members, by how much."""

    def __init__(self) -> None:
        self.rows: list[int] = []
        self.members: list[Sequence[str]] = []
        self.by: list[float] = []

    def put(self, row: int, members: Sequence[str], by: float) -> None:
        """One more count."""
        self.rows.append(row)
        self.members.append(members)
        self.by.append(by)

    def arrays(self, places: Places) -> tuple[Members, Members, Sums]:
        """The row, the member's place and the sum of each, and nothing waits any more."""
        sizes = np.fromiter(map(len, self.members), np.int64, len(self.members))
        rows, by = np.array(self.rows, np.int32), np.array(self.by, np.float32)
        found = np.fromiter(map(places.__getitem__, chain.from_iterable(self.members)), np.int32, sizes.sum())
        self.__init__()  # type: ignore[misc]
        return np.repeat(rows, sizes), found, np.repeat(by, sizes)


class Added:
    """Sums of one recommender. `until` is the unix time as of which they are: nothing is later."""

    def __init__(self, plugin: Recommender, places: Places, until: float) -> None:
        self.plugin = plugin
        self._places = places
        self._until = until
        self._rows: dict[str, int] = {}
        self._starts = np.zeros(1, np.int64)
        self._members, self._sums = np.empty(0, np.int32), np.empty(0, np.float32)
        self._waiting = Waiting()
        self._totals = np.zeros((len(plugin.totals), len(places)))
        self._waiting_totals = Waiting()
        self._size = 0

    def take(self, counts: Iterable[Count | Total]) -> None:
        """What orders taught, checked."""
        for each in counts:
            if isinstance(each, Count):
                row = self._rows.setdefault(each.key, len(self._rows))
                self._waiting.put(row, each.members, each.by * self._left(each.at, self.plugin.half_life))
            else:
                row, half_life = list(self.plugin.totals).index(each.name), self.plugin.totals[each.name]
                self._waiting_totals.put(row, each.members, each.by * self._left(each.at, half_life))
            self._size += len(each.members)
        if self._size >= WAITING:
            self._add_up()

    def _left(self, at: float, half_life: float) -> float:
        """What is left of 1 of the unix time `at`; all of it of what a file puts ahead."""
        return exp2(min(at - self._until, 0.0) / half_life) if half_life else 1.0

    def _add_up(self) -> None:
        made = add(
            self._starts,
            self._members,
            self._sums,
            *self._waiting.arrays(self._places),
            len(self._rows),
            len(self._places),
            SLACK * self.plugin.keep,
        )
        self._starts, self._members, self._sums = made
        rows, members, by = self._waiting_totals.arrays(self._places)
        known = members >= 0
        np.add.at(self._totals, (rows[known], members[known]), by[known])
        self._size = 0

    def rows(self) -> Iterator[Row]:
        """The rows that have anything in them, each with the `keep` highest members."""
        self._add_up()
        starts = self._starts.tolist()
        for key, row in self._rows.items():
            places, sums = self._members[starts[row] : starts[row + 1]], self._sums[starts[row] : starts[row + 1]]
            best = np.argsort(-sums, kind="stable")[: self.plugin.keep]
            best = best[sums[best] > 0]
            if len(best):
                yield Row(key, places[best], sums[best])

    def totals(self) -> Iterator[Row]:
        """The totals by name, with all members above zero."""
        self._add_up()
        for name, total in zip(self.plugin.totals, self._totals, strict=True):
            sums = total.astype(np.float32)
            places = np.flatnonzero(sums > 0).astype(np.int32)
            yield Row(name, places, sums[places])
