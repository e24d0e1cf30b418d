"""What is bought together, from orders."""

from collections.abc import Iterable
from math import sqrt

from dangol.plugin import Count, Counts, Entry, Query, Ranked, Recommender, Total
from dangol_plugins.orders import orders
from dangol_plugins.together import TOTAL, Together, new_lines, pairs, weighed

DAY = 86_400.0
MOST_ITEMS = 30
"""Products of one order that are paired: the work grows with its square, and what lies in a wholesaler's order of
hundreds goes together by chance."""


class BoughtTogether(Recommender):
    """Each seed s adds to the score of each product j of its row

        b(s, j) + PLAIN * c(s, j) ** 2 / (c(s, s) * c(j, j))

    where c(i, j) is the weight of the orders with both and c(j, j) that of those with j: 1 / sqrt(n) for an order of n
    products, fading with a half-life of 180 days, so that an order says no more for being long.

    b is what the seed says for j once the neighbours of both are allowed for, fitted by ridge regression of j on them:
    "EASE" restricted to neighbours (Steck, "Embarrassingly shallow autoencoders for sparse data", WWW 2019; Ning and
    Karypis, "SLIM: sparse linear methods for top-n recommender systems", ICDM 2011, its fsSLIM). It is made beside the
    queries and kept for minutes. The square of the cosine (Linden, Smith and York, "Amazon.com recommendations", IEEE
    Internet Computing 7(1), 2003) is of this very second: an order counts at once, and what has no fit yet is ranked by
    it.

    The constants (half-life, exponent, MOST_ITEMS, RIDGE, NEIGHBOURS, PLAIN) were chosen by the hits of two windows of
    real orders that lie before the one that `loadtests/bench/recommendations.py` reports.
    """

    name = "bought_together"
    api = 1
    version = "2"
    title = {"ko": "함께 구매한 상품", "en": "Bought together"}  # noqa: RUF012
    reason = {"ko": "함께 많이 구매한 상품", "en": "Often bought together"}  # noqa: RUF012
    reason_because = {"ko": "{product}{과/와} 함께 많이 구매한 상품", "en": "Often bought with {product}"}  # noqa: RUF012
    half_life = 180 * DAY
    totals = {TOTAL: 180 * DAY}  # noqa: RUF012

    def __init__(self) -> None:
        self.together = Together(fits=True)

    def warm(self) -> None:
        """Load the kernels."""
        self.together.warm()

    def learn(self, entry: Entry) -> Iterable[Count | Total]:
        """An order's products, each with all others. The more there are, the less each pair tells."""
        for order, sign, at in orders(entry):
            products = new_lines(order, MOST_ITEMS)
            yield from pairs(products, sign / sqrt(max(len(products), 1)), at)

    async def settle(self) -> None:
        """Wait until all fits are made that queries have asked for: for tests and benches, which then ask again."""
        await self.together.settle()

    async def recommend(self, query: Query, counts: Counts) -> Ranked:
        """What goes with the seeds."""
        return await self.together.ranked(weighed(query), query, counts)
