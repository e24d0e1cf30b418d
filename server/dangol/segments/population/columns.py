"""Numbers by row, at the narrowest width that holds them all."""

from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

from dangol.segments.population.vectors import LANES

Array = npt.NDArray[Any]
"""Of any of the widths."""

Rows = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bytes = npt.NDArray[np.uint8]

WIDTHS: tuple[type[np.generic], ...] = (np.uint8, np.uint16, np.uint32, np.float64)

compiled = njit(nogil=True, cache=True)

signed: Any = np.int64
"""Widens in a kernel what a narrow column holds; unsigned and signed together would make doubles."""


def room(size: int) -> int:
    """How much is taken for `size` elements: a sixteenth more, and whole vectors."""
    return -(-(size + size // 16 + LANES) // LANES) * LANES


class Column:
    """Starts as bytes; a number that does not fit makes the whole column wider. NaN is the greatest integer of the
    width."""

    __slots__ = ("array",)

    def __init__(self) -> None:
        self.array: Array = np.zeros(room(0), WIDTHS[0])

    @property
    def unknown(self) -> float:
        """What NaN is written as; NaN itself where numbers are kept as doubles."""
        return unknown(self.array.dtype)

    def grow(self, size: int) -> None:
        """Make room for `size` rows; new ones are 0."""
        if size > len(self.array):
            larger = np.zeros(room(size), self.array.dtype)
            larger[: len(self.array)] = self.array
            self.array = larger

    def write(self, rows: Rows, values: Floats) -> None:
        """Set the numbers of some rows, for which there is room."""
        while self.array.dtype != np.float64:
            if _store(self.array, rows, values, self.unknown):
                return
            self._widen()
        self.array[rows] = values

    def fit(self, values: Floats) -> None:
        """Make the column as wide as some numbers need it."""
        while self.array.dtype != np.float64 and not _fits(values, self.unknown):
            self._widen()

    def cast(self, values: Floats) -> Bytes:
        """Numbers as the column holds them, byte by byte; it is as wide as they need it from now on."""
        self.fit(values)
        held = np.where(np.isnan(values), self.unknown, values).astype(self.array.dtype)
        return held.view(np.uint8).reshape(-1, held.itemsize)

    @property
    def raw(self) -> Bytes:
        """The numbers byte by byte, not copied."""
        return self.array.view(np.uint8).reshape(-1, self.array.itemsize)

    def read(self) -> Floats:
        """All numbers as doubles."""
        found = self.array.astype(np.float64)
        found[found == self.unknown] = np.nan
        return found

    def _widen(self) -> None:
        wider = WIDTHS[[np.dtype(width) for width in WIDTHS].index(self.array.dtype) + 1]
        if wider is np.float64:
            self.array = self.read()
            return
        widened = self.array.astype(wider)
        widened[self.array == self.unknown] = unknown(np.dtype(wider))
        self.array = widened


def unknown(width: np.dtype[np.generic]) -> float:
    """What a column of a width holds in NaN's place."""
    return float((1 << 8 * width.itemsize) - 1) if width.kind == "u" else np.nan


def bounds(width: np.dtype[np.generic], lows: Floats, highs: Floats) -> tuple[Array, Array]:
    """Ranges of numbers, both ends included, as what a column of a width holds. One that nothing lies in ends before it
    begins."""
    if width.kind != "u":
        return lows, highs
    least, most = np.ceil(np.maximum(lows, 0)), np.floor(np.minimum(highs, unknown(width) - 1))
    empty = least > most
    return np.where(empty, 1, least).astype(width), np.where(empty, 0, most).astype(width)


@compiled
def _fits(values: Floats, unknown: float) -> bool:
    for value in values:  # noqa: SIM110  # numba has no generators in `all`
        if value == value and not (0 <= value < unknown and value == np.floor(value)):
            return False
    return True


@compiled
def _store(array: Array, rows: Rows, values: Floats, unknown: float) -> bool:
    """False, with some rows written, where a number does not fit."""
    for place in range(len(rows)):
        value = values[place]
        if value != value:
            array[rows[place]] = unknown
        elif 0 <= value < unknown and value == np.floor(value):
            array[rows[place]] = value
        else:
            return False
    return True
