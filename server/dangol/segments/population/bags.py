"""Sets and counts by row: a run of elements each, all in one pool."""

import numpy as np
import numpy.typing as npt

from dangol.segments.population.columns import Array, Bytes, Column, Floats, Rows, compiled, signed

Places = npt.NDArray[np.uint32]

GROUP = 32
"""Rows whose runs stand side by side, so that one place is kept for all of them."""

LEAST = 4096
"""Elements of room that go unused before a pool is made anew."""


class Bags:
    """Each row has a run of element numbers, and beside each of them a number where the fact counts. The runs of a
    group of rows follow each other; a group that outgrows its room goes to the pool's end."""

    __slots__ = ("codes", "lengths", "numbers", "rooms", "spare", "starts", "used")

    def __init__(self, counted: bool) -> None:
        self.lengths, self.codes = Column(), Column()
        self.numbers = Column() if counted else None
        self.starts: Places = np.zeros(0, np.uint32)
        self.rooms: Places = np.zeros(0, np.uint32)
        self.used = 0
        self.spare = 0

    @property
    def bytes(self) -> int:
        """The memory of it."""
        columns = [self.lengths, self.codes] if self.numbers is None else [self.lengths, self.codes, self.numbers]
        return sum(column.array.nbytes for column in columns) + self.starts.nbytes + self.rooms.nbytes

    def grow(self, size: int) -> None:
        """Make room for `size` rows; new ones are empty."""
        self.lengths.grow(size)
        missing = len(self.lengths.array) // GROUP - len(self.starts)
        if missing > 0:
            self.starts = np.concatenate([self.starts, np.zeros(missing, np.uint32)])
            self.rooms = np.concatenate([self.rooms, np.zeros(missing, np.uint32)])

    def write(self, rows: Rows, lengths: Rows, codes: Floats, numbers: Floats) -> None:
        """Set the elements of some rows: `lengths` by row, all else one row after the other."""
        self.lengths.fit(lengths.astype(np.float64))
        firsts = np.cumsum(lengths) - lengths
        new = self.codes.cast(codes), np.zeros((0, 1), np.uint8) if self.numbers is None else self.numbers.cast(numbers)
        done = 0
        while done < len(rows):
            pools = self.codes.raw, new[1][:0] if self.numbers is None else self.numbers.raw
            done, self.used, self.spare = _splice(
                self.lengths.array, self.starts, self.rooms, done, self.used, self.spare, rows, lengths, firsts,
                *pools, *new,
            )  # fmt: skip
            if done < len(rows):
                self._widen_pool(int(lengths[done]))
        if self.spare > max(LEAST, self.used // 4):
            self._compact()

    def _widen_pool(self, more: int) -> None:
        size = self.used + GROUP * (more + 64)
        self.codes.grow(size)
        if self.numbers is not None:
            self.numbers.grow(size)

    def _compact(self) -> None:
        places, starts = _live(self.lengths.array, self.starts)
        for column in [self.codes] if self.numbers is None else [self.codes, self.numbers]:
            kept = column.array[places]
            column.array = np.zeros(0, column.array.dtype)
            column.grow(len(kept))
            column.array[: len(kept)] = kept
        self.rooms, self.starts = np.diff(starts).astype(np.uint32), starts[:-1].astype(np.uint32)
        self.used, self.spare = len(places), 0

    def live(self) -> Array:
        """The elements that some row has, one after the other."""
        return self.codes.array[_live(self.lengths.array, self.starts)[0]]


@compiled
def _live(lengths: Array, starts: Places) -> tuple[Rows, Rows]:
    """The places of all elements, group by group, and where among them each group starts and the last one ends."""
    total = 0
    for row in range(len(lengths)):
        total += signed(lengths[row])
    places, ends, end = np.empty(total, np.int64), np.zeros(len(starts) + 1, np.int64), 0
    for group in range(len(starts)):
        size = 0
        for row in range(group * GROUP, (group + 1) * GROUP):
            size += signed(lengths[row])
        for place in range(size):
            places[end + place] = signed(starts[group]) + place
        end += size
        ends[group + 1] = end
    return places, ends


@compiled
def _splice(
    lengths: Array, starts: Places, rooms: Places, done: int, used: int, spare: int, rows: Rows, news: Rows,
    firsts: Rows, codes: Bytes, numbers: Bytes, new_codes: Bytes, new_numbers: Bytes,
) -> tuple[int, int, int]:  # fmt: skip
    """Put new runs in place of old ones, row by row, as far as the pool has room. Returns how many rows are done, where
    the pool's used part ends, and how much of that is spare."""
    counted = len(numbers) > 0
    while done < len(rows):
        row, new = rows[done], news[done]
        group = row // GROUP
        before, after = signed(0), signed(0)
        for other in range(group * GROUP, (group + 1) * GROUP):
            if other < row:
                before += signed(lengths[other])
            elif other > row:
                after += signed(lengths[other])
        former, start, size = signed(lengths[row]), signed(starts[group]), before + new + after
        target = start
        if size > signed(rooms[group]):
            room = size + size // 8 + 1
            if used + room > len(codes):
                break
            target, used, spare = used, used + room, spare + signed(rooms[group])
            rooms[group] = room
            _move(codes, start, target, before)
            if counted:
                _move(numbers, start, target, before)
        _move(codes, start + before + former, target + before + new, after)
        if counted:
            _move(numbers, start + before + former, target + before + new, after)
        for place in range(new):
            codes[target + before + place] = new_codes[firsts[done] + place]
            if counted:
                numbers[target + before + place] = new_numbers[firsts[done] + place]
        starts[group] = target
        lengths[row] = new
        done += 1
    return done, used, spare


@compiled
def _move(pool: Bytes, source: int, target: int, size: int) -> None:
    """A run to another place, which may overlap its own."""
    if target < source:
        for place in range(size):
            pool[target + place] = pool[source + place]
    elif target > source:
        for place in range(size - 1, -1, -1):
            pool[target + place] = pool[source + place]
