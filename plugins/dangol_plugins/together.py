"""What goes with what: how pairs of products are counted, and what is made of the counts."""

from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from itertools import accumulate

import numpy as np

from dangol.plugin import Count, Counts, Event, Query, Ranked, Total
from dangol_plugins.fitted import NO_FIT, Fitted
from dangol_plugins.slots import Slots

TOTAL = "products"
"""The total in which each product's own orders, or views, are counted."""

MOST_SEEDS = 100


class Together:
    """Ranks what goes with products by the rows and totals that a recommender has counted, and where it has `fits` by
    them as well."""

    def __init__(self, *, fits: bool = False) -> None:
        self._slots = Slots()
        self._fitted = Fitted(TOTAL) if fits else None

    def warm(self) -> None:
        """Load the kernels."""
        import_module("dangol_plugins.fitting")  # which are built on those of `kernels`

    async def ranked(self, seeds: dict[str, float], query: Query, counts: Counts, of: str = "") -> Ranked:
        """What goes with the seeds, each of which has a weight above 0."""
        from dangol_plugins.kernels import neighbours

        shelf, ids = query.shelf, list(seeds)
        rows, totals = await counts.rows(ids, of), await counts.totals(TOTAL, of)
        places, weights = shelf.places(ids), np.array(list(seeds.values()), np.float32)
        slots, fits = self._slots.of(shelf), [NO_FIT] * len(ids)
        if self._fitted:
            fits = self._fitted.of(ids, places, totals, counts, shelf, query.now)
        starts = np.array([0, *accumulate(len(each.parts) for each in fits)], np.int32)
        fitted = (
            starts,
            np.concatenate([NO_FIT.places, *(each.places for each in fits)]),
            np.concatenate([NO_FIT.parts, *(each.parts for each in fits)]),
        )
        return Ranked(*neighbours(rows.starts, rows.places, rows.sums, totals, *fitted, places, weights, slots))

    async def settle(self) -> None:
        """Wait until all fits are made that queries have asked for."""
        if self._fitted:
            await self._fitted.settle()


def weighed(query: Query) -> dict[str, float]:
    """The seeds and how much each counts: what lies in the cart and what is on screen in full, what was merely looked
    at the less the longer ago."""
    cart = set(query.cart)
    seeds = list(dict.fromkeys(query.seeds))[:MOST_SEEDS]
    return {seed: 1.0 if seed in cart else 1 / (1 + place) for place, seed in enumerate(seeds)}


def pairs(products: Sequence[str], by: float, at: float) -> Iterator[Count | Total]:
    """Each of the products with all others, and each by itself."""
    if products:
        yield Total(TOTAL, products, by, at)
    for place, product in enumerate(products):
        if others := [*products[:place], *products[place + 1 :]]:
            yield Count(product, others, by, at)


def new_lines(event: Event, most: int) -> list[str]:
    """The first products of an event, less those with which the shopper did the same today before."""
    return [each for each in products(event) if each not in event.again][:most]


def products(event: Event) -> Iterable[str]:
    """The different products of an event."""
    return dict.fromkeys(item.id for item in event.items if item.id)
