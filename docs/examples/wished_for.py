"""How many people wish for a product."""

from collections.abc import Iterable

from dangol.plugin import Entry, Mark, Marks, Tally, TallyQuery


class WishedFor(Tally):
    """In a ticker: ``source: wished_for``, ``action: wished``."""

    name = "wished_for"
    version = "1.0"
    api = 1
    title = "Wished for"

    def learn(self, entry: Entry) -> Iterable[Mark]:
        """A hostile list must not be costly, so only 20 products are looked at."""
        for event in entry.events:
            if event.name == "add_to_wishlist":
                for item in event.items[:20]:
                    yield Mark(f"wished:{item.id}", entry.profile, event.at / 1000)

    async def count(self, query: TallyQuery, marks: Marks) -> int:
        """Each person counts once, however often it was wished for."""
        return await marks.people(f"{query.action}:{query.product}", query.since)
