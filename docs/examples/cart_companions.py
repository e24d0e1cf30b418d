"""Products that are bought in the same order."""

from collections.abc import Iterable

import numpy as np

from dangol.plugin import Count, Counts, Entry, Query, Ranked, Recommender

DAY = 86_400


class CartCompanions(Recommender):
    """Counts pairs: under each product, how many orders held it together with each other one."""

    name = "cart_companions"
    version = "1.0"
    api = 1
    title = "Cart companions"
    reason = "Often bought together"
    reason_because = "Often bought with {product}"
    half_life = 90 * DAY
    keep = 50

    def learn(self, entry: Entry) -> Iterable[Count]:
        """An order's products, each with all others; a cancelled order's are taken back."""
        for event in entry.events:
            if event.name == "purchase":
                yield from self._pairs([each.id for each in event.items if each.id not in event.again], 1, event.at)
            if event.name == "refund":
                placed = event.props.get("placed")
                at = placed if isinstance(placed, int) else event.at
                yield from self._pairs([each.id for each in event.items], -1, at)

    def _pairs(self, products: list[str], by: int, at: int) -> Iterable[Count]:
        for one in products[:20]:  # a hostile order must not be costly
            others = [each for each in products[:20] if each != one]
            if others:
                yield Count(one, others, by, at / 1000)

    async def recommend(self, query: Query, counts: Counts) -> Ranked:
        """The sums over all seeds."""
        rows = await counts.rows(query.seeds)
        scores = np.bincount(rows.places, rows.sums, query.shelf.size).astype(np.float32)
        places = np.flatnonzero(scores).astype(np.int32)
        return Ranked(places, scores[places])
