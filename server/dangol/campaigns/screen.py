"""The page on screen, as conditions, campaigns and widgets see it. Pure: made of what came in with a request."""

from collections.abc import Sequence

from dangol.plugin import Request
from dangol.protocol.event import Event, Item

NOTHING: frozenset[str] = frozenset()

LIVE = 86_400
"""Seconds after which an event only counts: history that a shop loads shall not cause messages."""


def live(events: Sequence[Event], now: float) -> Sequence[Event]:
    """The events that may still cause something."""
    oldest = (now - LIVE) * 1000
    if all(event.at > oldest for event in events):
        return events
    return [event for event in events if event.at > oldest]


def screen(events: Sequence[Event], now: float, page: str, language: str = "", verified: bool = False) -> Request:
    """What a request with these events is about. `page` is the path and query of the page."""
    product, category, search = Item(""), "", ""
    order: Event | None = None
    for event in events:
        if event.name == "view_item":
            product, category = event.items[0], event.items[0].category
        elif event.name == "view_item_list":
            product, category = Item(""), event.key
        elif event.name == "search":
            search = event.key
        elif event.name == "purchase":
            order = event
    return Request(
        now=now,
        path=page.partition("?")[0],
        url=page,
        product=product.id,
        event_names=frozenset([event.name for event in events]),
        order_value=order.value if order else None,
        language=language,
        verified=verified,
        brand=product.brand,
        category=category,
        price=product.price,
        search=search,
        ordered=frozenset([item.id for item in order.items]) if order else NOTHING,
    )
