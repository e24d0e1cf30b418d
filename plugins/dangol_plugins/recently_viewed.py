"""What the shopper looked at lately."""

import numpy as np

from dangol.plugin import Counts, Query, Ranked, Recommender


class RecentlyViewed(Recommender):
    """The shopper's own last views, the latest first. It counts nothing: the profile has them."""

    name = "recently_viewed"
    api = 1
    version = "1"
    title = {"ko": "최근 본 상품", "en": "Recently viewed"}  # noqa: RUF012
    reason = {"ko": "최근 본 상품", "en": "You viewed this recently"}  # noqa: RUF012

    async def recommend(self, query: Query, counts: Counts) -> Ranked:
        """Nothing of a shopper who is not known."""
        viewed = query.profile.viewed if query.profile else []
        places = query.shelf.places([seen.id for seen in viewed])
        scores = np.arange(len(places), 0, -1, dtype=np.float32)
        return Ranked(places[places >= 0], scores[places >= 0])
