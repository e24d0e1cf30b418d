"""Past orders as entries of the log: what recommenders learn from. Pure."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise, repeat
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dangol.orders.columns import EMPTY
from dangol.orders.standing import Repeated
from dangol.orders.sums import Places
from dangol.plugin import Product
from dangol.protocol.event import Entry, Event, Item

AT_ONCE: Final = 100


class Goods:
    """The products of a catalogue by their places, which are numbers for this one load."""

    def __init__(self, products: Iterable[Product]) -> None:
        known = list({product.id: product for product in products}.values())
        self.ids = [product.id for product in known]
        self.places = Places((id, place) for place, id in enumerate(self.ids))
        self._texts = [
            _array(self.ids),
            _array([each.category for each in known]),
            _array([each.brand for each in known]),
        ]

    def find(self, ids: Sequence[str]) -> NDArray[np.int64]:
        """The places of products; -1 for what the catalogue does not have."""
        return np.fromiter(map(self.places.__getitem__, ids), np.int64, len(ids))

    def items(self, places: NDArray[np.int64], prices: NDArray[np.int64], pieces: NDArray[np.int64]) -> list[Item]:
        """Items of the products at those places; a price may be EMPTY."""
        told = [None if price == EMPTY else price for price in prices.tolist()]
        ids, categories, brands = (column[places].tolist() for column in self._texts)
        return list(map(Item, ids, repeat(""), told, pieces.tolist(), categories, brands))


def _array(texts: list[str]) -> NDArray[np.object_]:
    array = np.empty(len(texts), object)
    array[:] = texts
    return array


def entries(share: Repeated, site: str, goods: Goods, profile_of: Callable[[str], str]) -> Iterator[list[Entry]]:
    """An entry with one purchase for each order, `AT_ONCE` at a time. `profile_of` is the profile of a customer by the
    shop's id."""
    lines, again, starts = share
    (numbers, orders), (names, customers) = lines.order, lines.customer
    profiles = [*((name, profile_of(name)) for name in names), ("", "")]

    def entry(start: int, items: list[Item], repeats: NDArray[np.int64]) -> Entry:
        member, profile = profiles[customers[start]]
        at, number = int(lines.at[start]) * 1000, numbers[orders[start]]
        same = tuple(items[place].id for place in repeats.tolist())
        return Entry(
            site, profile, member, at, [Event(f"order-{number}", "purchase", at, "", items, None, number, {}, same)]
        )

    for some in range(0, len(starts) - 1, AT_ONCE):
        bounds = starts[some : some + AT_ONCE + 1].tolist()
        rows = slice(bounds[0], bounds[-1])
        items = goods.items(lines.product[rows], lines.price[rows], lines.quantity[rows])
        yield [
            entry(start, items[start - bounds[0] : end - bounds[0]], np.flatnonzero(again[start:end]))
            for start, end in pairwise(bounds)
        ]
