"""What was looked at last."""

from collections.abc import Iterable, Sequence

from dangol.plugin import Count, Counts, Entry, Query, Recommender, Scored


class Newest(Recommender):
    """Scores grow with time, so the newest views weigh most."""

    name = "newest"
    version = "1.2"
    api = 1

    def learn(self, entry: Entry) -> Iterable[Count]:
        """The time of a view, as the amount that it adds."""
        for event in entry.events:
            if event.name == "view_item":
                for item in event.items:
                    yield Count("views", item.id, event.at / 1000)

    async def recommend(self, query: Query, counts: Counts) -> Sequence[Scored]:
        """The highest sums."""
        (top,) = await counts.top(["views"], query.count)
        return [Scored(product, score) for product, score in top]
