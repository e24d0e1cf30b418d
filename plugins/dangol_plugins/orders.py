"""Orders and their cancellations, as recommenders count them."""

from collections.abc import Iterator

from dangol.plugin import Entry, Event

MOST_ORDERS = 5
"""Orders of one entry that are learned from: a browser may report any number, and an entry has a limit of counts."""


def orders(entry: Entry) -> Iterator[tuple[Event, float, float]]:
    """The entry's orders and cancellations, each with what it counts for, 1 or -1, and as of which unix time: a
    cancelled order goes as of the time it was placed at, so that nothing of it is left."""
    found = (event for event in entry.events if event.name in ("purchase", "refund"))
    for event, _ in zip(found, range(MOST_ORDERS), strict=False):
        if event.name == "purchase":
            yield event, 1.0, event.at / 1000
        else:
            placed = event.props.get("placed")
            yield event, -1.0, (min(placed, event.at) if isinstance(placed, int) else event.at) / 1000
