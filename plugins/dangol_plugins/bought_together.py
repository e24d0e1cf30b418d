"""What is bought together, from the orders that the log reports."""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence

from dangol.plugin import Count, Counts, Entry, Query, Recommender, Scored

MOST_ITEMS = 30
"""Products of one order that are paired: the work grows with its square."""

MOST_ORDERS = 5
"""Orders of one entry that are learned from: a browser may report any number, and an entry has a limit of counts."""

NEIGHBOURS = 100
"""Products that are remembered for each product."""

SHRINK = 2.0
"""Orders that a pair needs to be believed half."""


class BoughtTogether(Recommender):
    """Item-to-item similarity: the cosine between two products' orders,

        c(a, b) / sqrt(c(a, a) * c(b, b)) * c(a, b) / (c(a, b) + SHRINK)

    where c(a, b) is the number of orders with both and c(a, a) the number with a. The cosine is that of Linden, Smith
    and York, "Amazon.com recommendations" (IEEE Internet Computing 7(1), 2003): its denominator keeps what everybody
    buys from going with everything. The last factor is the shrinkage of Koren, "Factorization meets the neighborhood"
    (KDD 2008): a pair that was bought once proves little. The i-th seed, from 0, weighs 1 / (1 + i).
    """

    name = "bought_together"
    api = 1
    version = "1"
    title = {"ko": "함께 구매한 상품", "en": "Bought together"}  # noqa: RUF012

    def learn(self, entry: Entry) -> Iterable[Count]:
        """One for every pair of different products of an order, in both directions, and one for each with itself."""
        orders = [event for event in entry.events if event.name == "purchase"]
        for order in orders[:MOST_ORDERS]:
            products = list(dict.fromkeys(item.id for item in order.items if item.id))[:MOST_ITEMS]
            for product in products:
                for other in products:
                    yield Count(product, other, keep=NEIGHBOURS + 1)

    async def recommend(self, query: Query, counts: Counts) -> Sequence[Scored]:
        """The neighbours of the seeds by the weighted sum of their similarities."""
        seeds = list(dict.fromkeys(query.seeds))[:MOST_ITEMS]
        together = await counts.top(seeds, NEIGHBOURS + 1)
        others = list(dict.fromkeys(name for row in together for name, _ in row if name not in seeds))
        # No product is bought with another more often than it is bought, so the highest count is its own.
        own = {name: row[0][1] for name, row in zip(others, await counts.top(others, 1), strict=True) if row}
        scores: defaultdict[str, float] = defaultdict(float)
        for place, row in enumerate(together):
            for other, both in row:
                if other in own:
                    scores[other] += similarity(both, row[0][1], own[other]) / (1 + place)
        return [Scored(name, score) for name, score in sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))]


def similarity(both: float, first: float, second: float) -> float:
    """How much two products go together, 0 to 1, from the numbers of orders with both and with each."""
    return both / math.sqrt(first * second) * both / (both + SHRINK)
