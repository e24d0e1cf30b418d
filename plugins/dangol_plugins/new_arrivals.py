"""What came into the catalogue lately."""

import numpy as np

from dangol.plugin import Counts, Query, Ranked, Recommender, Shelf
from dangol_plugins.offerable import Numbers, best, full, in_categories, named
from dangol_plugins.popular import WEEK
from dangol_plugins.remembered import Remembered

DAY = 86_400.0
FADING = 30 * DAY
"""Seconds after which a product is half as new."""

LONGEST = 90 * DAY
"""Age from which on a product is not new."""

NUDGE = 0.5
"""How much newer the most popular product counts than one that nobody looks at."""


class NewArrivals(Recommender):
    """The newest products first: 2 ** (-age / FADING), times up to 1 + NUDGE by how popular each is, on a scale of
    logarithms. It counts nothing itself."""

    name = "new_arrivals"
    api = 1
    version = "1"
    title = {"ko": "신상품", "en": "New arrivals"}  # noqa: RUF012
    reason = {"ko": "새로 들어온 상품", "en": "New in"}  # noqa: RUF012

    def __init__(self) -> None:
        self._ranked: Remembered[Ranked] = Remembered()

    async def recommend(self, query: Query, counts: Counts) -> Ranked:
        """Of the filters' categories where they name some."""
        week = await counts.totals(WEEK, "popular")
        shelf, only = query.shelf, named(query.shelf, query.filters)
        detail = (shelf.size, only)
        return self._ranked.get(week, detail, lambda: _rank(shelf, week, only, query.now))


def _rank(shelf: Shelf, week: Numbers, only: tuple[int, ...], now: float) -> Ranked:
    places = in_categories(shelf, only)
    age = np.maximum(now - shelf.added[places], 0)
    places, age = places[age < LONGEST], age[age < LONGEST]
    sold = np.log1p(full(week, shelf.size)[places])
    popularity = sold / max(float(sold.max(initial=0)), 1.0)
    return best(places, np.exp2(-age / FADING) * (1 + NUDGE * popularity))
