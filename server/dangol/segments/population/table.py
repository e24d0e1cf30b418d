"""The profiles that are kept alike: one row each, a column or bags for each holder."""

from collections.abc import Iterable

import numpy as np

from dangol.segments.population.bags import Bags
from dangol.segments.population.columns import Column, Floats, Rows, room
from dangol.segments.population.directory import Words
from dangol.segments.population.holders import Bag, Holder
from dangol.segments.population.schema import Facts


class Table:
    """Rows that are free are over since 1970. `seen` and `until` are unix seconds: last seen, and from when the profile
    is no more; `member` is 1 for members."""

    def __init__(self, holders: Iterable[Holder]) -> None:
        self.ids: Words = np.zeros((room(0), 2), np.uint64)
        self.seen, self.until, self.member = Column(), Column(), Column()
        self.columns: dict[Holder, Column] = {}
        self.bags: dict[Holder, Bags] = {}
        for holder in holders:
            if holder.kind == "bag":
                self.bags[holder] = Bags(holder.counted)
            else:
                self.columns[holder] = Column()
        self.size = 0
        self._free: list[int] = []

    def __len__(self) -> int:
        return self.size - len(self._free)

    def take(self, ids: Words) -> Rows:
        """Rows for new profiles."""
        reused = [self._free.pop() for _ in range(min(len(ids), len(self._free)))]
        fresh = len(ids) - len(reused)
        rows = np.array([*reused, *range(self.size, self.size + fresh)], np.int64)
        self.size += fresh
        self._grow()
        self.ids[rows] = ids
        return rows

    def _grow(self) -> None:
        if self.size > len(self.ids):
            larger = np.zeros((room(self.size), 2), np.uint64)
            larger[: len(self.ids)] = self.ids
            self.ids = larger
        for column in (self.seen, self.until, self.member, *self.columns.values()):
            column.grow(self.size)
        for bags in self.bags.values():
            bags.grow(self.size)

    def give_back(self, rows: Rows) -> None:
        """Profiles that are no more, or no more here."""
        none = np.zeros(len(rows), np.int64)
        self.until.write(rows, none.astype(np.float64))
        for bags in self.bags.values():
            bags.write(rows, none, np.zeros(0), np.zeros(0))
        self._free += rows.tolist()

    def write(self, rows: Rows, picked: Rows, facts: Facts) -> None:
        """Set what is kept of the profiles that are `picked` among those of `facts`."""
        for holder, column in self.columns.items():
            column.write(rows, facts.numbers[holder][picked])
        for holder, bags in self.bags.items():
            bags.write(rows, *_picked(facts.bags[holder], picked))

    @property
    def bytes(self) -> int:
        """The memory of all rows."""
        columns = [self.seen, self.until, self.member, *self.columns.values()]
        held = sum(column.array.nbytes for column in columns) + sum(bags.bytes for bags in self.bags.values())
        return int(self.ids.nbytes) + held


def _picked(bag: Bag, picked: Rows) -> tuple[Rows, Floats, Floats]:
    if len(picked) == len(bag.lengths):
        return bag
    flags = np.zeros(len(bag.lengths), np.bool_)
    flags[picked] = True
    elements = np.repeat(flags, bag.lengths)
    return bag.lengths[picked], bag.codes[elements], bag.numbers[elements] if len(bag.numbers) else bag.numbers
