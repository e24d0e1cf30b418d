"""What goes with what: how pairs of products are counted, and what is made of the counts."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from dangol.plugin import Count, Counts, Event, Query, Ranked, Total
from dangol_plugins.kernels import neighbours
from dangol_plugins.slots import Slots

TOTAL = "products"
"""The total in which each product's own orders, or views, are counted."""

MOST_SEEDS = 20


class Together:
    """Ranks what goes with products by the rows and totals that a recommender has counted."""

    def __init__(self) -> None:
        self._slots = Slots()

    async def ranked(self, seeds: dict[str, float], query: Query, counts: Counts, of: str = "") -> Ranked:
        """What goes with the seeds, each of which has a weight above 0."""
        rows = await counts.rows(list(seeds), of)
        totals = await counts.totals(TOTAL, of)
        places, weights = query.shelf.places(list(seeds)), np.array(list(seeds.values()), np.float32)
        slots = self._slots.of(query.shelf)
        return Ranked(*neighbours(rows.starts, rows.places, rows.sums, totals, places, weights, slots))


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
