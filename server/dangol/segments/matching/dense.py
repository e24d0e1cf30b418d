"""One fact's literals as a table: for each bucket of its values a row of bits, one for every alternative that it does
not violate.

The buckets are cut where some literal's answer changes. Rows are kept only every STEP changes, and between them the
changes themselves, so a table takes memory in proportion to the literals, not to the different values they name.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from dangol.segments.conditions.row import Row
from dangol.segments.matching.ranges import Allowed, Ranges, Values

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Words = npt.NDArray[np.uint64]

WORD = 64
LEAST_STEP = 8
NO_CODES: Mapping[str, int] = {}


def step(words: int) -> int:
    """Changes between two rows that are kept: to apply half of them takes about as long as to read a row."""
    return max(LEAST_STEP, words // 4)


@dataclass(frozen=True, eq=False)
class Dense:
    """The literals on one row's fact, by the place of their alternative. A text's values have codes, from 1 on; every
    other text is 0. `cuts` are sorted, and at each of them the alternative at the same place of `changing` changes."""

    row: Row
    codes: Mapping[str, int]
    places: Ints
    unknown: Flags
    low: Flags
    cuts: Floats
    changing: Ints
    words: int

    @classmethod
    def empty(cls, row: Row, words: int) -> "Dense":
        """Without a literal yet, for alternatives whose places take so many words."""
        none, no = np.zeros(0, np.int64), np.zeros(0, np.bool_)
        return cls(row, NO_CODES, none, no, no, np.zeros(0), none, words)

    def changed(self, removed: Ints, added: Sequence[tuple[int, Allowed]]) -> "Dense":
        """Without the literals at the places `removed`, and with those `added`."""
        codes = _coded(self.codes, [allowed for _, allowed in added if isinstance(allowed, Values)])
        literals = [(place, _ranges(allowed, codes)) for place, allowed in added]
        cuts = [(cut, place) for place, ranges in literals for cut in ranges.cuts]
        kept, stay = ~np.isin(self.places, removed), ~np.isin(self.changing, removed)
        all_cuts = np.append(self.cuts[stay], [cut for cut, _ in cuts])
        order = np.argsort(all_cuts, kind="stable")
        return Dense(
            self.row,
            codes,
            np.append(self.places[kept], np.array([place for place, _ in literals], np.int64)),
            np.append(self.unknown[kept], np.array([ranges.unknown for _, ranges in literals], np.bool_)),
            np.append(self.low[kept], np.array([ranges.low for _, ranges in literals], np.bool_)),
            all_cuts[order],
            np.append(self.changing[stay], np.array([place for _, place in cuts], np.int64))[order],
            self.words,
        )

    @cached_property
    def _distinct(self) -> tuple[Floats, Ints]:
        cuts, first = np.unique(self.cuts, return_index=True)
        return cuts, np.append(first, len(self.cuts)).astype(np.int64)

    @property
    def buckets(self) -> Floats:
        """The least number of each bucket but the lowest."""
        return self._distinct[0]

    @property
    def counts(self) -> Ints:
        """For each bucket how many changes lie below it."""
        return self._distinct[1]

    @cached_property
    def rows(self) -> Words:
        """First the row for what is not known, then those after 0, STEP, twice STEP … changes."""
        every = step(self.words)
        rows = np.zeros((2 + len(self.cuts) // every, self.words), np.uint64)
        rows[0] = self._allowing(self.unknown)
        rows[1] = self._allowing(self.low)
        passed = self.changing[: len(self.cuts) // every * every]
        bits = np.uint64(1) << (passed % WORD).astype(np.uint64)
        np.bitwise_xor.at(rows, (2 + np.arange(len(passed)) // every, passed // WORD), bits)
        np.bitwise_xor.accumulate(rows[1:], axis=0, out=rows[1:])
        return rows.ravel()

    def _allowing(self, allowed: Flags) -> Words:
        """A row of all alternatives but those whose literal here does not allow it."""
        flags = np.ones(self.words * WORD, np.bool_)
        flags[self.places[~allowed]] = False
        return np.packbits(flags, bitorder="little").view(np.uint64)


def _coded(codes: Mapping[str, int], added: Iterable[Values]) -> Mapping[str, int]:
    """The codes of all values, the former ones as they were."""
    new = [name for values in added for name in sorted(values.named) if name not in codes]
    if not new:
        return codes
    grown = dict(codes)
    for name in new:
        grown.setdefault(name, len(grown) + 1)
    return grown


def _ranges(allowed: Allowed, codes: Mapping[str, int]) -> Ranges:
    """Values as ranges of their codes."""
    if isinstance(allowed, Ranges):
        return allowed
    cuts: set[float] = set()
    for name in allowed.named:
        cuts ^= {float(codes[name]), float(codes[name] + 1)}
    return Ranges(allowed.others, allowed.others, tuple(cuts))
