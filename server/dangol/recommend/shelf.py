"""A catalogue as columns, as recommenders and the choosing see it. Pure."""

from collections.abc import Iterable, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from dangol.plugin import Product
from dangol.recommend.columns import Columns
from dangol.recommend.marks import mark_of, numbers
from dangol.recommend.places import look_up


class Shelf:
    """The products that a catalogue had a moment ago: `dangol.plugin.Shelf`, and what the core needs besides.

    It has its `size` for good. Values in it follow the catalogue; products that are new since are on the next shelf
    alone, under places from this one's size on: an array of one entry for each place, made for an older shelf, is
    shorter than the newer one's. All arrays are read-only.
    """

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self._in_category: dict[int, NDArray[np.int32]] = {}
        self.size = columns.size
        self.ids: Sequence[str] = columns.ids
        self.prices: NDArray[np.int64] = self._view("prices")
        self.categories: NDArray[np.int32] = self._view("categories")
        self.brands: NDArray[np.int32] = self._view("brands")
        self.groups: NDArray[np.int32] = self._view("groups")
        self.added: NDArray[np.int64] = self._view("added")
        self.offerable: NDArray[np.bool_] = self._view("offerable")
        self.costs: NDArray[np.int64] = self._view("costs")
        """Minor units; -1: not known."""
        self.repurchase: NDArray[np.int32] = self._view("repurchase")
        """Days; -1: as the site says."""
        self.linked: NDArray[np.bool_] = self._view("linked")
        """Whether there is a page of it."""
        self.marks: NDArray[np.uint64] = _read_only(columns.marks)
        """With `slots` the table that `recommend.places` reads. Newer products may be in it: places from `size` on."""
        self.slots: NDArray[np.int32] = _read_only(columns.slots)

    @classmethod
    def of(cls, products: Iterable[Product], now: float) -> Self:
        """A shelf of these alone, with their prices at the unix time."""
        columns = Columns()
        columns.put(list(products), now)
        return cls(columns)

    def places(self, ids: Sequence[str]) -> NDArray[np.int32]:
        """The places of products; -1 for what the catalogue does not have."""
        wanted = numbers(b"".join(map(mark_of, ids)))
        found: NDArray[np.int32] = look_up(self.marks, self.slots, wanted, self.size)
        return found

    def in_category(self, code: int) -> NDArray[np.int32]:
        """The places of all products of one category."""
        if code < 0:
            return np.empty(0, np.int32)  # what fills up the rows of products of less than four
        if (found := self._in_category.get(code)) is None:
            # A shelf of thousands of categories is asked about few of them until the next one takes its place.
            # The four answers of a product are looked at as one number: tens of times quicker than any(axis=1).
            found = np.flatnonzero((self.categories == code).view(np.uint32)).astype(np.int32)
            self._in_category[code] = found = _read_only(found)
        return found

    def category(self, name: str) -> int:
        """The code of a category; -1 where no product is in it."""
        return self._columns.category_codes.get(name, -1)

    def brand(self, name: str) -> int:
        """The code of a brand; -1 where no product is of it."""
        return self._columns.brand_codes.get(name, -1)

    def group(self, name: str) -> int:
        """The code of a group of variants; -1 where there is none."""
        return self._columns.group_codes.get(name, -1)

    @property
    def category_names(self) -> Sequence[str]:
        """The names of categories by their codes."""
        return self._columns.category_codes.names

    def _view(self, name: str) -> NDArray[Any]:
        return _read_only(self._columns.of[name][: self.size])


def _read_only(array: NDArray[Any]) -> NDArray[Any]:
    view = array.view()
    view.flags.writeable = False
    return view
