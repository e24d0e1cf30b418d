"""Shoppers, pages and events in one line each. Times are unix seconds unless said otherwise, money is minor units."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dangol.plugin import Entry, Event, Item, Product, Profile, PushRequest, Request
from dangol.profile.model import Line, Member, Seen, Visit
from dangol.recommend.shelf import Shelf

NOW = 1_782_874_800
"""The time of the tests: Wednesday, 1 July 2026, 12:00 in Seoul."""


def profile(
    *,
    cart: Mapping[str, int | tuple[int, int]] | None = None,
    viewed: Sequence[str] = (),
    wishlist: Sequence[str] = (),
    bought: Sequence[str] = (),
    member: Member | str | None = None,
    **facts: Any,
) -> Profile:
    """A shopper in the first minute of a visit.

    `cart` is prices, or (price, quantity), by product id. `viewed`, `wishlist` and `bought` are product ids, the
    newest first. `member` is a name, or a whole Member. All else are fields of Profile.
    """
    given: dict[str, Any] = {
        "seed": 1,
        "first_seen": NOW - 60,
        "last_seen": NOW,
        "visits": 1,
        "page_views": 1,
        "visit": Visit(started=NOW - 60, page_views=1),
        "cart": [_line(product, line) for product, line in (cart or {}).items()],
        "cart_at": NOW if cart else 0,
        "viewed": [Seen(product, NOW) for product in viewed],
        "wishlist": [Seen(product, NOW) for product in wishlist],
        "bought": [Seen(product, NOW) for product in bought],
        "member": Member("member-1", name=member) if isinstance(member, str) else member,
    }
    return Profile(**(given | facts))


def _line(product: str, line: int | tuple[int, int]) -> Line:
    price, quantity = line if isinstance(line, tuple) else (line, 1)
    return Line(product, price, quantity, NOW)


def request(**facts: Any) -> Request:
    """A page that is open at `NOW`, its shopper's identity verified. `facts` are fields of Request."""
    given: dict[str, Any] = {"now": float(NOW), "path": "/", "language": "ko", "verified": True}
    return Request(**(given | facts))


def item(product: str, price: int = 10_000, quantity: int = 1, **facts: Any) -> Item:
    """A product line of an event. `facts` are further fields of Item."""
    return Item(product, price=price, quantity=quantity, **facts)


def event(name: str, *items: Item | str, at: float = NOW, **facts: Any) -> Event:
    """One thing that a shopper did; products may be given by their ids. `facts` are further fields of Event."""
    lines = [item(each) if isinstance(each, str) else each for each in items]
    value = sum((line.price or 0) * line.quantity for line in lines) if lines else None
    given: dict[str, Any] = {"id": f"{name}-{at}", "name": name, "at": int(at * 1000), "items": lines, "value": value}
    return Event(**(given | facts))


def entry(*events: Event, profile: str = "v0123456789abcde", member: str = "", site: str = "shop") -> Entry:
    """One entry of the event log. `profile` is the profile id of the shopper who did it all."""
    at = max((each.at for each in events), default=NOW * 1000)
    return Entry(site, profile, member, at, list(events))


def shelf(products: Iterable[Product | str], now: float = NOW) -> Shelf:
    """A catalogue of these products alone; those given by their ids cost 10,000."""
    return Shelf.of([Product(each, each, 10_000) if isinstance(each, str) else each for each in products], now)


def push_request(**facts: Any) -> PushRequest:
    """A message for one member. `facts` are fields of PushRequest."""
    given: dict[str, Any] = {
        "key": "0123456789abcdef",
        "site": "shop",
        "cause": "campaign:welcome",
        "member": "member-1",
        "recipient": {"phone": "01012345678", "email": "kim@shop.example"},
        "variables": {"name": "Kim"},
        "to": "01012345678",
    }
    return PushRequest(**(given | facts))
