"""The columns of a catalogue, filled and kept: what a shelf is a view of. Pure."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import DTypeLike, NDArray

from dangol.plugin import Product
from dangol.recommend.marks import mark, numbers
from dangol.recommend.places import FREE, enter, move, take_out

NO_SALE: Final = 1 << 62
MOST_CATEGORIES: Final = 4
SMALLEST: Final = 64
GROWTH: Final = 1.25

TYPES: Final[dict[str, tuple[DTypeLike, tuple[int, ...]]]] = {
    "prices": (np.int64, ()),
    "categories": (np.int32, (MOST_CATEGORIES,)),
    "brands": (np.int32, ()),
    "groups": (np.int32, ()),
    "added": (np.int64, ()),
    "offerable": (np.bool_, ()),
    "costs": (np.int64, ()),
    "repurchase": (np.int32, ()),
    "linked": (np.bool_, ()),
    # What the prices of the moment are made of.
    "regular": (np.int64, ()),
    "sale": (np.int64, ()),
    "sale_from": (np.int64, ()),
    "sale_until": (np.int64, ()),
    "buyable": (np.bool_, ()),
}


class Codes(dict[str, int]):
    """Names by number: a name that is new gets the next one. "" is -1."""

    def __init__(self) -> None:
        super().__init__({"": -1})
        self.names: list[str] = []

    def __missing__(self, name: str) -> int:
        self[name] = len(self.names)
        self.names.append(name)
        return self[name]


class Columns:
    """All products that the catalogue has or had; a product's place is its row for good. Arrays have room to spare:
    only the first `size` rows mean something. They are written in place, and exchanged for larger ones when full."""

    def __init__(self) -> None:
        self.size = 0
        self.ids: list[str] = []
        self.category_codes, self.brand_codes, self.group_codes = Codes(), Codes(), Codes()
        self.of: dict[str, NDArray[Any]] = {name: np.empty((0, *each), kind) for name, (kind, each) in TYPES.items()}
        self.marks, self.slots = _table(2 * SMALLEST)
        self.next_change = float("inf")

    def put(self, products: Sequence[Product], now: float) -> NDArray[np.int32]:
        """Add products or replace them, with their prices at the unix time; their places."""
        if not products:
            return np.empty(0, np.int32)
        places = self._places([each.id for each in products])
        for name, values in self._rows(products).items():
            self.of[name][places] = values
        self._price(places, now)
        return places

    def remove(self, ids: Iterable[str]) -> None:
        """Take products out: none of them is found or offered."""
        found = take_out(self.marks, self.slots, numbers(b"".join(map(mark, ids))))
        gone = found[found >= 0]
        self.of["buyable"][gone] = self.of["offerable"][gone] = False

    def follow_clock(self, now: float) -> None:
        """Let the sales begin and end that do so until the unix time."""
        if now >= self.next_change:
            self.next_change = float("inf")
            self._price(slice(0, self.size), now)

    def _rows(self, products: Sequence[Product]) -> dict[str, Any]:
        return {
            "categories": [self._categories(each) for each in products],
            "brands": [self.brand_codes[each.brand] for each in products],
            "groups": [self.group_codes[each.group] for each in products],
            "added": [each.added for each in products],
            "costs": [-1 if each.cost is None else each.cost for each in products],
            "repurchase": [-1 if each.repurchase_days is None else each.repurchase_days for each in products],
            "linked": [bool(each.url) for each in products],
            "regular": [each.price for each in products],
            "sale": [NO_SALE if each.sale_price is None else each.sale_price for each in products],
            "sale_from": [each.sale_from for each in products],
            "sale_until": [each.sale_until for each in products],
            "buyable": [each.is_buyable for each in products],
        }

    def _categories(self, product: Product) -> list[int]:
        names = dict.fromkeys(name for name in (product.category, *product.categories) if name)
        codes = [self.category_codes[name] for name in list(names)[:MOST_CATEGORIES]]
        return codes + [-1] * (MOST_CATEGORIES - len(codes))

    def _price(self, rows: NDArray[np.int32] | slice, now: float) -> None:
        """`Product.price_at` for many, and when it will be another."""
        start, end = self.of["sale_from"][rows], self.of["sale_until"][rows]
        on_sale = (start <= now) & ~((end > 0) & (end <= now))
        regular = self.of["regular"][rows]
        prices = np.where(on_sale, np.minimum(regular, self.of["sale"][rows]), regular)
        self.of["prices"][rows] = prices
        self.of["offerable"][rows] = self.of["buyable"][rows] & (prices > 0)
        for moments in (start, end):
            self.next_change = min(self.next_change, moments.min(initial=NO_SALE, where=moments > now))

    def reserve(self, products: int) -> None:
        """Make room for so many in all, so that arrays needn't grow and be copied while they come."""
        self._make_room(max(0, products - self.size))

    def _places(self, ids: list[str]) -> NDArray[np.int32]:
        self._make_room(len(ids))
        found = enter(self.marks, self.slots, numbers(b"".join(map(mark, ids))), self.size)
        for id, place in zip(ids, found.tolist(), strict=True):
            if place == self.size:
                self.ids.append(id)
                self.size += 1
        return found

    def _make_room(self, more: int) -> None:
        needed = self.size + more
        if needed > len(self.of["prices"]):
            rows = max(SMALLEST, needed, int(self.size * GROWTH))
            self.of = {name: _grown(array, rows) for name, array in self.of.items()}
        if 2 * needed > len(self.marks):
            marks, slots = _table(2 * needed)
            move(self.marks, self.slots, marks, slots)
            self.marks, self.slots = marks, slots


def _grown(array: NDArray[Any], rows: int) -> NDArray[Any]:
    grown = np.zeros((rows, *array.shape[1:]), array.dtype)
    grown[: len(array)] = array
    return grown


def _table(least: int) -> tuple[NDArray[np.uint64], NDArray[np.int32]]:
    length = 1 << (least - 1).bit_length()
    return np.zeros(length, np.uint64), np.full(length, FREE, np.int32)
