"""What sells and is looked at, lately more than long ago."""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence

from dangol.plugin import Count, Counts, Entry, Query, Recommender, Scored

WEIGHTS = {"purchase": 10.0, "add_to_cart": 3.0, "view_item": 1.0}
HALF_LIFE = 7 * 86_400.0
"""Seconds after which something counts half."""

SPAN = 64
"""Half-lives that one counter covers."""

KEPT = 300
MOST_ITEMS = 100


class Popular(Recommender):
    """The sum of every event's weight times 2 ** (-age / HALF_LIFE), for each product.

    It is counted as forward decay (Cormode, Shkapenyuk, Srivastava and Xu, "Forward decay: a practical time decay
    model for streaming systems", ICDE 2009): an event adds weight * 2 ** (time since a landmark / HALF_LIFE), and
    reading divides by the same at the time of the question, so nothing stored ever has to be aged. So that the numbers
    stay small, each SPAN half-lives have a counter and a landmark of their own: no increment exceeds 10 * 2 ** 64,
    and a reader adds up the newest two counters, since older ones weigh less than 2 ** -64.
    """

    name = "popular"
    api = 1
    version = "1"
    title = {"ko": "인기 상품", "en": "Popular"}  # noqa: RUF012

    def learn(self, entry: Entry) -> Iterable[Count]:
        """One for each product of an order, a cart addition or a product view."""
        at = entry.at / 1000
        span = span_of(at)
        for event in entry.events:
            weight = WEIGHTS.get(event.name)
            if weight:
                for product in dict.fromkeys(item.id for item in event.items[:MOST_ITEMS] if item.id):
                    yield Count(f"span:{span}", product, weight * growth(at, span), keep=KEPT)

    async def recommend(self, query: Query, counts: Counts) -> Sequence[Scored]:
        """The same for every seed."""
        spans = [span_of(query.now), span_of(query.now) - 1]
        scores: defaultdict[str, float] = defaultdict(float)
        rows = await counts.top([f"span:{span}" for span in spans], KEPT)
        for span, row in zip(spans, rows, strict=True):
            for product, total in row:
                scores[product] += total / growth(query.now, span)
        return [Scored(name, score) for name, score in sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))]


def span_of(at: float) -> int:
    """The counter that the unix time falls into."""
    return int(at // (HALF_LIFE * SPAN))


def growth(at: float, span: int) -> float:
    """How much more than at the landmark of `span` something counts at unix time `at`."""
    return math.exp2(at / HALF_LIFE - span * SPAN)
