"""What goes with what the shopper has shown interest in."""

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from dangol.plugin import Counts, Profile, Query, Ranked, Recommender
from dangol_plugins.offerable import best, full, in_categories, summed
from dangol_plugins.popular import WEEK
from dangol_plugins.together import Together

DAY = 86_400.0
NEIGHBOURS = ("bought_together", "viewed_together")
MOST_SEEDS = 10
MOST_CATEGORIES = 3

CARTED, BOUGHT, WISHED, VIEWED = 1.0, 0.8, 0.6, 0.3
"""What a product tells that is in the cart, was bought, is wished for or was looked at, at the time it happens."""

BOUGHT_FADES, WISHED_FADES, VIEWED_FADES = 60 * DAY, 30 * DAY, 7 * DAY
"""Seconds after which each tells half as much."""

LEAST = 0.01
"""What is left of it however long ago it was."""

AGAIN, AGAIN_FADES = 0.2, 180 * DAY
"""How much a former purchase counts for buying the same again, beside its neighbours' similarities."""


class Personal(Recommender):
    """The neighbours, by `BoughtTogether` and `ViewedTogether` alike, of the products that tell most of the shopper:
    each weighs by what was done with it and how long ago. With them comes what the shopper bought before, by AGAIN
    times the logarithm of how often; the core leaves out what was bought just now. Where these are few, what is popular
    in the shopper's favourite categories follows. It counts nothing itself."""

    name = "personal"
    api = 1
    version = "1"
    title = {"ko": "고객님을 위한 추천", "en": "Picked for you"}  # noqa: RUF012
    reason = {"ko": "고객님을 위한 추천", "en": "Picked for you"}  # noqa: RUF012
    reason_because = {"ko": "{product}{과/와} 잘 어울리는 상품", "en": "Goes with {product}"}  # noqa: RUF012

    def __init__(self) -> None:
        self.together = Together()

    def warm(self) -> None:
        """Load the kernels."""
        self.together.warm()

    async def recommend(self, query: Query, counts: Counts) -> Ranked:
        """Nothing of a shopper who is not known."""
        own = interests(query.profile, query.now) if query.profile else {}
        seeds = dict(sorted(own.items(), key=lambda each: -each[1])[:MOST_SEEDS])
        neighbours = [await self.together.ranked(seeds, query, counts, of) for of in NEIGHBOURS]
        found = summed([*neighbours, _again(query)])
        if len(found.places) >= query.count:
            return found
        return _followed(found, await _favourites(own, query, counts))


def interests(profile: Profile, now: float) -> dict[str, float]:
    """How much each product of the shopper's history tells, above 0."""
    told: defaultdict[str, float] = defaultdict(float)
    for product, weight, age, fades in _history(profile, now):
        told[product] += weight * max(2 ** (-max(age, 0) / fades), LEAST)
    return dict(told)


def _history(profile: Profile, now: float) -> Iterator[tuple[str, float, float, float]]:
    yield from ((line.id, CARTED, now - line.at, VIEWED_FADES) for line in profile.cart)
    yield from ((each.id, BOUGHT, now - each.at, BOUGHT_FADES) for each in profile.bought)
    yield from ((each.id, WISHED, now - each.at, WISHED_FADES) for each in profile.wishlist)
    yield from ((each.id, VIEWED, now - each.at, VIEWED_FADES) for each in profile.viewed)


def _again(query: Query) -> Ranked:
    """What the shopper bought before."""
    bought = query.profile.bought if query.profile else []
    places = query.shelf.places([each.id for each in bought])
    times = [each.times * 2 ** (-max(query.now - each.at, 0) / AGAIN_FADES) for each in bought]
    scores = AGAIN * np.log1p(times)
    return Ranked(places[places >= 0], scores[places >= 0].astype(np.float32))


async def _favourites(own: dict[str, float], query: Query, counts: Counts) -> Ranked:
    """What is popular in the categories that the shopper's products are most of, less those products."""
    shelf = query.shelf
    mine = shelf.places(list(own))
    known = mine >= 0
    codes = shelf.categories[mine[known], 0]
    told = np.bincount(codes[codes >= 0], np.fromiter(own.values(), np.float32)[known][codes >= 0])
    popular = full(await counts.totals(WEEK, "popular"), shelf.size)
    answers = []
    for code in np.argsort(-told, kind="stable")[: min(MOST_CATEGORIES, np.count_nonzero(told))]:
        places = np.setdiff1d(in_categories(shelf, [int(code)]), mine)
        answers.append(best(places, told[code] * (1 + np.log1p(popular[places]))))
    return summed(answers)


def _followed(first: Ranked, then: Ranked) -> Ranked:
    """The first answer, and behind all of it what the other one adds."""
    new = ~np.isin(then.places, first.places)
    highest = then.scores.max(initial=0) * 1.01
    below = then.scores[new] * (first.scores.min(initial=1) / highest) if highest else then.scores[new]
    places = np.concatenate([first.places, then.places[new]])
    because = np.full(len(places), -1, np.int32)
    because[: len(first.places)] = first.because if first.because is not None else -1
    return Ranked(places, np.concatenate([first.scores, below.astype(np.float32)]), because)
