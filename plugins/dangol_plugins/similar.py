"""What could stand in for a product: of the same category, at a like price, of the same brand."""

from importlib import import_module

import numpy as np

from dangol.plugin import Counts, Query, Ranked, Recommender, Shelf
from dangol_plugins.offerable import best, summed

MOST_SEEDS = 3


class Similar(Recommender):
    """The products of the seed's main category by how near their prices are: the smaller over the larger, and more for
    the same brand and for other categories in common. It counts nothing, so that it knows new products as well as
    others. The i-th seed, from 0, weighs 1 / (1 + i)."""

    name = "similar"
    api = 1
    version = "1"
    title = {"ko": "비슷한 상품", "en": "Similar products"}  # noqa: RUF012
    reason = {"ko": "비슷한 상품", "en": "Similar"}  # noqa: RUF012
    reason_because = {"ko": "{product}{과/와} 비슷한 상품", "en": "Similar to {product}"}  # noqa: RUF012

    def warm(self) -> None:
        """Load the kernel."""
        import_module("dangol_plugins.likeness")

    async def recommend(self, query: Query, counts: Counts) -> Ranked:
        """What is like the first seeds that have a category, and none of these."""
        shelf = query.shelf
        seeds = shelf.places(list(dict.fromkeys(query.seeds)))
        seeds = seeds[seeds >= 0]
        seeds = seeds[shelf.categories[seeds, 0] >= 0][:MOST_SEEDS]
        answers = [_like(shelf, seed, 1 / (1 + number)) for number, seed in enumerate(seeds.tolist())]
        return answers[0] if len(answers) == 1 else summed(answers)


def _like(shelf: Shelf, seed: int, weight: float) -> Ranked:
    from dangol_plugins.likeness import alike

    members = shelf.in_category(int(shelf.categories[seed, 0]))
    found = best(*alike(seed, members, shelf.prices, shelf.categories, shelf.brands, shelf.offerable))
    return Ranked(found.places, found.scores * np.float32(weight), np.full(len(found.places), seed, np.int32))
