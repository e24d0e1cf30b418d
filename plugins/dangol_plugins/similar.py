"""What could stand in for a product: of the same category, at a like price, of the same brand."""

import numpy as np

from dangol.plugin import Counts, Query, Ranked, Recommender
from dangol_plugins.kernels import alike
from dangol_plugins.offerable import best
from dangol_plugins.slots import Slots

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

    def __init__(self) -> None:
        self._slots = Slots()

    async def recommend(self, query: Query, counts: Counts) -> Ranked:
        """What is like the first of the seeds that the catalogue has a category of."""
        shelf = query.shelf
        seeds = shelf.places(list(dict.fromkeys(query.seeds)))
        seeds = seeds[seeds >= 0]
        seeds = seeds[shelf.categories[seeds, 0] >= 0][:MOST_SEEDS]
        members = [shelf.in_category(int(code)) for code in shelf.categories[seeds, 0]]
        starts = np.cumsum([0, *map(len, members)], dtype=np.int32)
        places = np.concatenate([np.empty(0, np.int32), *members])
        weights = np.reciprocal(np.arange(1, len(seeds) + 1, dtype=np.float32))
        columns = (shelf.prices, shelf.categories, shelf.brands, shelf.offerable)
        return best(*alike(seeds, weights, starts, places, *columns, self._slots.of(shelf)))
