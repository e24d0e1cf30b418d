"""What sells and is looked at, lately more than long ago."""

from collections.abc import Iterable

import numpy as np

from dangol.plugin import Count, Counts, Entry, Event, Query, Ranked, Recommender, Shelf, Total
from dangol_plugins.offerable import Numbers, best, full, in_categories, named
from dangol_plugins.orders import orders
from dangol_plugins.remembered import Remembered
from dangol_plugins.together import new_lines

PURCHASE = 10.0
OTHERS = {"view_item": 1.0, "add_to_cart": 3.0}
MOST_ITEMS = 30
MOST_EVENTS = 40
"""Views and cart additions of one entry that are learned from."""

WEEK, HOURS = "week", "hours"
TREND = 4.0
"""How much more something counts in the hours in which it happens."""

NEWEST = 1e-3
"""What being the newest product is worth: less than a view of ten weeks ago."""


class Popular(Recommender):
    """The sum of what happened to each product, fading with a half-life of a week, and TREND times the same with one of
    three hours: what goes right now rises at once, and does not stay for it.

    The newest products follow at the end, so that a shop of which nothing is known yet is answered as well. Where the
    filters name categories it keeps to them; else those of the first seed's go before all others.
    """

    name = "popular"
    api = 1
    version = "2"
    title = {"ko": "인기 상품", "en": "Popular"}  # noqa: RUF012
    reason = {"ko": "지금 인기 있는 상품", "en": "Popular right now"}  # noqa: RUF012
    totals = {WEEK: 7 * 86_400.0, HOURS: 3 * 3_600.0}  # noqa: RUF012

    def __init__(self) -> None:
        self._ranked: Remembered[Ranked] = Remembered()

    def learn(self, entry: Entry) -> Iterable[Count | Total]:
        """The products of an order, a cart addition or a view; a cancelled order's are taken back."""
        for order, sign, at in orders(entry):
            yield from _totals(order, sign * PURCHASE, at)
        others = [event for event in entry.events if event.name in OTHERS]
        for event in others[:MOST_EVENTS]:
            yield from _totals(event, OTHERS[event.name], event.at / 1000)

    async def recommend(self, query: Query, counts: Counts) -> Ranked:
        """The best, worked out once for as long as the totals stay what they are."""
        week, hours = await counts.totals(WEEK), await counts.totals(HOURS)
        shelf, only = query.shelf, named(query.shelf, query.filters)
        first = -1 if only else _category(query)
        detail = (shelf.size, only, first)
        return self._ranked.get(week, detail, lambda: _rank(shelf, week, hours, only, first))


def _totals(event: Event, by: float, at: float) -> Iterable[Total]:
    if products := new_lines(event, MOST_ITEMS):
        yield Total(WEEK, products, by, at)
        yield Total(HOURS, products, by, at)


def _category(query: Query) -> int:
    """The main category of the first seed; -1 where there is none."""
    place = query.shelf.places(query.seeds[:1])
    return int(query.shelf.categories[place[0], 0]) if len(place) and place[0] >= 0 else -1


def _rank(shelf: Shelf, week: Numbers, hours: Numbers, only: tuple[int, ...], first: int) -> Ranked:
    scores = full(week, shelf.size) + TREND * full(hours, shelf.size) + NEWEST * _newness(shelf)
    if first >= 0:
        scores[shelf.in_category(first)] += scores.max()
    places = in_categories(shelf, only)
    return best(places, scores[places])


def _newness(shelf: Shelf) -> Numbers:
    """From 0, the oldest product of the catalogue, to 1."""
    since: Numbers = (shelf.added - shelf.added.min(initial=np.iinfo(np.int64).max)).astype(np.float32)
    return since / np.float32(max(since.max(initial=0), 1))
