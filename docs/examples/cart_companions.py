"""Products that lie in the same cart."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from dangol.plugin import Count, Counts, Entry, Query, Recommender, Scored


class CartCompanions(Recommender):
    """Counts pairs; each product has a counter of its own, which holds the 50 that were met with it most often."""

    name = "cart_companions"
    version = "1.0"
    api = 1
    title = "Cart companions"

    def learn(self, entry: Entry) -> Iterable[Count]:
        """A cart's products, each with each. A hostile cart must not be costly, so only 20 are looked at."""
        for event in entry.events:
            if event.name == "view_cart":
                products = {item.id for item in event.items[:20]}
                for one in products:
                    yield from (Count(f"with:{one}", other, keep=50) for other in products - {one})

    async def recommend(self, query: Query, counts: Counts) -> Sequence[Scored]:
        """The sums over all seeds; the first, which is the product on screen, counts double."""
        scores: defaultdict[str, float] = defaultdict(float)
        companions = await counts.top([f"with:{seed}" for seed in query.seeds], query.count)
        for place, found in enumerate(companions):
            for product, times in found:
                scores[product] += times * (2 if place == 0 else 1)
        return sorted((Scored(*each) for each in scores.items()), key=lambda each: each.score, reverse=True)
