"""How many people viewed, bought or put something into their cart lately."""

from collections.abc import Iterable

from dangol.plugin import Entry, Mark, Marks, Tally, TallyQuery

ACTIONS = {"view_item": "viewed", "add_to_cart": "carted", "purchase": "bought"}
MOST_ITEMS = 100


class People(Tally):
    """Actions ``viewed``, ``carted`` and ``bought``. A person is a profile: who did something as a guest and does it
    again as a member counts as two, until the former is too long ago."""

    name = "people"
    api = 1
    version = "1"
    title = {"ko": "사람 수", "en": "People"}  # noqa: RUF012

    def learn(self, entry: Entry) -> Iterable[Mark]:
        """One for each product, and one for the shop as a whole."""
        for event in entry.events:
            action = ACTIONS.get(event.name)
            if action:
                products = dict.fromkeys(item.id for item in event.items[:MOST_ITEMS] if item.id)
                for product in ("", *products):
                    yield Mark(f"{action}:{product}", entry.profile, event.at / 1000)

    async def count(self, query: TallyQuery, marks: Marks) -> int:
        """Exact up to what is kept."""
        return await marks.people(f"{query.action}:{query.product}", query.since)
