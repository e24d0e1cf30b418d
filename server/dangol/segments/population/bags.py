"""Sets and counts by row: a run of elements each, all in one pool."""

import numpy as np

from dangol.segments.population.columns import Array, Column, Floats, Rows, compiled

LEAST = 4096
"""Elements that are dead before a pool is made anew."""


class Bags:
    """Each row has a run of element numbers, and beside each of them a number where the fact counts. A run that does
    not fit where it was goes to the pool's end."""

    __slots__ = ("codes", "dead", "lengths", "numbers", "starts", "used")

    def __init__(self, counted: bool) -> None:
        self.starts, self.lengths, self.codes = Column(), Column(), Column()
        self.numbers = Column() if counted else None
        self.used = 0
        self.dead = 0

    @property
    def columns(self) -> list[Column]:
        """All that takes memory."""
        found = [self.starts, self.lengths, self.codes]
        return found if self.numbers is None else [*found, self.numbers]

    def grow(self, size: int) -> None:
        """Make room for `size` rows; new ones are empty."""
        self.starts.grow(size)
        self.lengths.grow(size)

    def write(self, rows: Rows, lengths: Rows, codes: Floats, numbers: Floats) -> None:
        """Set the elements of some distinct rows: `lengths` by row, all else one row after the other."""
        former = self.lengths.array[rows].astype(np.int64)
        moved = lengths > former
        starts = self.starts.array[rows].astype(np.int64)
        ends = self.used + np.cumsum(np.where(moved, lengths, 0))
        starts = np.where(moved, ends - lengths, starts)
        self.dead += int(np.where(moved, former, former - lengths).sum())
        self.used = int(ends[-1]) if len(ends) else self.used
        self.starts.write(rows, starts.astype(np.float64))
        self.lengths.write(rows, lengths.astype(np.float64))
        within = np.arange(len(codes)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        self._fill(np.repeat(starts, lengths) + within, codes, numbers)
        if self.dead > max(LEAST, self.used // 4):
            self._compact()

    def _fill(self, places: Rows, codes: Floats, numbers: Floats) -> None:
        self.codes.grow(self.used)
        self.codes.write(places, codes)
        if self.numbers is not None:
            self.numbers.grow(self.used)
            self.numbers.write(places, numbers)

    def _compact(self) -> None:
        lengths = self.lengths.array.astype(np.int64)
        places = _live(self.starts.array, lengths)
        self.used, self.dead = len(places), 0
        starts = np.cumsum(lengths) - lengths
        self.starts.write(np.arange(len(starts)), np.where(lengths > 0, starts, 0).astype(np.float64))
        for column in [self.codes] if self.numbers is None else [self.codes, self.numbers]:
            kept = column.array[places]
            column.array = np.zeros(0, column.array.dtype)
            column.grow(self.used)
            column.array[: self.used] = kept

    def live(self) -> Array:
        """The elements that some row has, one after the other."""
        return self.codes.array[_live(self.starts.array, self.lengths.array.astype(np.int64))]


@compiled
def _live(starts: Array, lengths: Rows) -> Rows:
    places = np.empty(lengths.sum(), np.int64)
    end = 0
    for row in range(len(lengths)):
        for place in range(lengths[row]):
            places[end] = np.int64(starts[row]) + place
            end += 1
    return places
