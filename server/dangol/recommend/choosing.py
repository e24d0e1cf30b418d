"""What may be offered at all: over the shelf's columns, and of a product as the catalogue has it. Pure."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from dangol.products.product import Filters, Product
from dangol.recommend.kernels import Scores, best
from dangol.recommend.places import Places
from dangol.recommend.shelf import Shelf
from dangol.recommend.wish import Wish
from dangol.render.money import MOST

NONE = np.zeros(0, np.int32)
UNKNOWN = -2
"""The code of a name that no product of the shelf has; -1 is that of products without one."""


class Sieve:
    """What of a shelf may answer a wish. `repurchase_days` are the site's."""

    __slots__ = (
        "_barred",
        "_bought",
        "_bought_at",
        "_brands",
        "_categories",
        "_columns",
        "_held",
        "_limits",
        "_margin",
    )

    def __init__(self, shelf: Shelf, wish: Wish, repurchase_days: int) -> None:
        filters, bought = wish.filters, wish.profile.bought if wish.profile else []
        held = [*wish.products, *wish.cart]
        places = shelf.places([*held, *filters.exclude, *(each.id for each in bought)])
        self._held, others = places[: len(held)], places[len(held) :]
        self._barred, self._bought = others[: len(filters.exclude)], others[len(filters.exclude) :]
        self._bought_at = np.array([each.at for each in bought], np.int64)
        offerable = _linked(shelf) if wish.linked else shelf.offerable
        self._columns = (
            offerable, shelf.prices, shelf.categories, shelf.brands, shelf.groups, shelf.costs, shelf.repurchase,
        )  # fmt: skip
        self._categories = _codes(map(shelf.category, filters.categories)) if filters.categories else NONE
        self._brands = _codes(map(shelf.brand, filters.brands)) if filters.brands else NONE
        price_to = MOST if filters.price_to is None else min(filters.price_to, MOST)
        self._limits = (min(filters.price_from, MOST + 1), price_to, int(wish.now), repurchase_days)
        self._margin = filters.margin

    def best(self, places: Places, scores: Scores, most: int, taken: Places = NONE, refused: Places = NONE) -> Places:
        """Which of the candidates are the `most` best that may be offered, the best first and one of each group. None
        of those `taken` are among them, nor any of their groups, and none of those `refused`."""
        return best(
            places,
            scores,
            self._columns,
            np.concatenate((self._held, taken)) if len(taken) else self._held,
            np.concatenate((self._barred, refused)) if len(refused) else self._barred,
            self._bought,
            self._bought_at,
            self._categories,
            self._brands,
            self._limits,
            self._margin,
            most,
        )


def _linked(shelf: Shelf) -> NDArray[np.bool_]:
    linked = shelf.offerable & shelf.linked
    linked.flags.writeable = False  # the kernel is compiled for such arrays alone
    return linked


def _codes(codes: Iterable[int]) -> Places:
    return np.array([code if code >= 0 else UNKNOWN for code in codes], np.int32)


def fits(product: Product, filters: Filters, now: float) -> bool:
    """Whether a product as the catalogue has it may be offered at that price and to these filters, whoever asks."""
    price = product.price_at(now)
    return (
        product.is_buyable
        and price > 0
        and filters.price_from <= price
        and (filters.price_to is None or price <= filters.price_to)
        and (not filters.brands or product.brand in filters.brands)
        and (not filters.categories or not {product.category, *product.categories}.isdisjoint(filters.categories))
        and product.id not in filters.exclude
        and (filters.margin <= 0 or _keeps(product, price, filters.margin))
    )


def _keeps(product: Product, price: int, margin: float) -> bool:
    """Whether the shop keeps that share of the price, in percent, as far as is known."""
    return product.cost is not None and 100.0 * (price - product.cost) >= margin * price
