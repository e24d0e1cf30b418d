"""What is bought together, from orders."""

from collections.abc import Iterable

from dangol.plugin import Count, Counts, Entry, Query, Ranked, Recommender, Total
from dangol_plugins.orders import orders
from dangol_plugins.together import TOTAL, Together, new_lines, pairs, weighed

DAY = 86_400.0
MOST_ITEMS = 30
"""Products of one order that are paired: the work grows with its square, and what lies in a wholesaler's order of
hundreds goes together by chance."""


class BoughtTogether(Recommender):
    """..."""

    name = "bought_together"
    api = 1
    version = "2"
    title = {"ko": "함께 구매한 상품", "en": "Bought together"}  # noqa: RUF012
    reason = {"ko": "함께 많이 구매해요", "en": "Often bought together"}  # noqa: RUF012
    reason_because = {"ko": "{product}{과/와} 함께 많이 구매해요", "en": "Often bought with {product}"}  # noqa: RUF012
    half_life = 180 * DAY
    totals = {TOTAL: 180 * DAY}  # noqa: RUF012

    def __init__(self) -> None:
        self.together = Together()

    def learn(self, entry: Entry) -> Iterable[Count | Total]:
        """An order's products, each with all others. The more there are, the less each pair tells."""
        for order, sign, at in orders(entry):
            products = new_lines(order, MOST_ITEMS)
            yield from pairs(products, sign / max(len(products), 1), at)

    async def recommend(self, query: Query, counts: Counts) -> Ranked:
        """What goes with the seeds."""
        return await self.together.ranked(weighed(query), query, counts)
