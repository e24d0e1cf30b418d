"""What is looked at in the same visits."""

from collections.abc import Iterable

from dangol.plugin import Count, Counts, Entry, Query, Ranked, Recommender, Total
from dangol_plugins.together import TOTAL, Together, new_lines, weighed

DAY = 86_400.0
MOST_VIEWS = 20
"""Views of one entry that are learned from."""


class ViewedTogether(Recommender):
    """The same as `BoughtTogether` for product views: a shopper's first view of a product on a day goes with the ten
    products that were viewed last before it in the same visit."""

    name = "viewed_together"
    api = 1
    version = "1"
    title = {"ko": "함께 본 상품", "en": "Viewed together"}  # noqa: RUF012
    reason = {"ko": "함께 많이 본 상품", "en": "Often viewed together"}  # noqa: RUF012
    reason_because = {"ko": "{product}{과/와} 함께 많이 본 상품", "en": "Often viewed with {product}"}  # noqa: RUF012
    half_life = 60 * DAY
    totals = {TOTAL: 60 * DAY}  # noqa: RUF012

    def __init__(self) -> None:
        self.together = Together()

    def warm(self) -> None:
        """Load the kernels."""
        self.together.warm()

    def learn(self, entry: Entry) -> Iterable[Count | Total]:
        """One view of a product, with each product viewed before it, both ways."""
        views = [event for event in entry.events if event.name == "view_item"]
        for view in views[:MOST_VIEWS]:
            at = view.at / 1000
            for product in new_lines(view, 1):
                yield Total(TOTAL, (product,), 1.0, at)
                before = [each for each in view.before if each != product]
                if before:
                    yield Count(product, before, 1.0, at)
                for other in before:
                    yield Count(other, (product,), 1.0, at)

    async def recommend(self, query: Query, counts: Counts) -> Ranked:
        """What goes with the seeds."""
        return await self.together.ranked(weighed(query), query, counts)
