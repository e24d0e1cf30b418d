"""What was looked at last."""

from collections.abc import Iterable, Sequence

import numpy as np

from dangol.plugin import Counts, Entry, Query, Recommender, Scored, Total


class Newest(Recommender):
    """Views fade within minutes, so that the newest weigh most."""

    name = "newest"
    version = "1.2"
    api = 1
    totals = {"views": 60.0}  # noqa: RUF012

    def learn(self, entry: Entry) -> Iterable[Total]:
        """One for each view of a product."""
        for event in entry.events:
            if event.name == "view_item" and event.items:
                yield Total("views", [item.id for item in event.items], 1, event.at / 1000)

    async def recommend(self, query: Query, counts: Counts) -> Sequence[Scored]:
        """The highest sums."""
        views = await counts.totals("views")
        best = np.argsort(-views)[: query.count]
        return [Scored(query.shelf.ids[place], float(views[place])) for place in best if views[place] > 0]
