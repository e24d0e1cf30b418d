"""How many people viewed, bought or put something into their cart lately."""

from collections.abc import Iterable, Iterator
from itertools import islice

from dangol.plugin import Entry, Event, Mark, Marks, Tally, TallyQuery

ACTIONS = {"view_item": "viewed", "add_to_cart": "carted", "purchase": "bought", "refund": "bought"}
MOST_ITEMS = 100
MOST_MARKS = 3_000
"""Of one entry: a browser may report any number of products, and an entry has a limit of marks."""


class People(Tally):
    """Actions ``viewed``, ``carted`` and ``bought``, of a product, a category or anything in the shop. A person is a
    profile; who did something as a guest and does it again as a member counts once. What was bought in an order that
    is cancelled counts no more: marks are of whole seconds, as the time is that a cancellation tells of its order."""

    name = "people"
    api = 1
    version = "2"
    title = {"ko": "사람 수", "en": "People"}  # noqa: RUF012

    def learn(self, entry: Entry) -> Iterable[Mark]:
        """One for each product and category, and one for the shop as a whole."""
        return islice(_marks(entry), MOST_MARKS)

    async def count(self, query: TallyQuery, marks: Marks) -> int:
        """Exact up to what is kept."""
        about = _category(query.category) if query.category else _product(query.product) if query.product else ""
        return await marks.people(f"{query.action}{about}", query.since)


def _marks(entry: Entry) -> Iterator[Mark]:
    for event in entry.events:
        if (action := ACTIONS.get(event.name)) and entry.profile:
            undone = event.name == "refund"
            placed = event.props.get("placed")
            at = placed if undone and isinstance(placed, int) else event.at
            for about in _abouts(event):
                yield Mark(f"{action}{about}", entry.profile, at // 1000, undone, entry.formerly)


def _abouts(event: Event) -> Iterator[str]:
    items = event.items[:MOST_ITEMS]
    if event.name != "refund" or items:
        yield ""
    yield from dict.fromkeys(_product(item.id) for item in items if item.id)
    yield from dict.fromkeys(_category(item.category) for item in items if item.category)


def _product(id: str) -> str:
    return f":{id}"


def _category(name: str) -> str:
    return f"@{name}"
