"""The page on screen, as conditions, campaigns and widgets see it. Pure: made of what came in with a request, and of
what the page's former requests told."""

from collections.abc import Sequence

from dangol.definitions.model import Kind
from dangol.plugin import Request
from dangol.protocol import about
from dangol.protocol.about import ORDERED, About
from dangol.protocol.event import Event, Item

NO_PRODUCT = Item("")

TELLING: tuple[tuple[str, Kind], ...] = (
    ("purchase", "order"),
    ("begin_checkout", "checkout"),
    ("view_item", "product"),
    ("search", "search"),
    ("view_item_list", "category"),
    ("view_cart", "cart"),
    ("sign_up", "member"),
    ("login", "member"),
)
"""Events that tell what kind of page it is, the most telling first: product pages have lists too, and many pages a
small cart."""

TELLERS = frozenset(name for name, _ in TELLING)

PAGE_EVENTS = TELLERS - {"sign_up", "login"} | {"page_view"}
"""Events that come with their page, rather than from what is done on it."""

HOMES = frozenset({"/", "/index.html", "/index.htm", "/index.php", "/main/index.php"})
"""Where shops have their first page; the longer ones are those of Cafe24 and Godomall."""

CARTS = ("cart", "basket")

LIVE = 86_400
"""Seconds after which an event only counts: history that a shop loads shall not cause messages."""


def live(events: Sequence[Event], now: float) -> Sequence[Event]:
    """The events that may still cause something."""
    oldest = (now - LIVE) * 1000
    if all(event.at > oldest for event in events):
        return events
    return [event for event in events if event.at > oldest]


def screen(
    events: Sequence[Event],
    now: float,
    page: str,
    language: str = "",
    verified: bool = False,
    before: About = about.NOTHING,
) -> Request:
    """What a request with these events is about. `page` is the path and query of the page, `before` what was known of
    it. Of events of another page, which could not be delivered from there, an order alone tells something."""
    product = NO_PRODUCT
    if before is not about.NOTHING:
        product = Item(before.product, before.name, before.price, category=before.category, brand=before.brand)
    search, ordered, order_value = before.search, before.ordered, before.order_value
    here = events
    if any(event.page != page and event.page for event in events):
        here = [event for event in events if event.page in ("", page)]
    for event in here:
        if event.name == "view_item":
            product = event.items[0]
        elif event.name == "view_item_list":
            product = Item("", category=event.key)
        elif event.name == "search":
            search = event.key
    names = frozenset([event.name for event in events])
    if "purchase" in names:
        order = next(event for event in reversed(events) if event.name == "purchase")
        ordered, order_value = tuple(item.id for item in order.items), order.value
    path = page.partition("?")[0]
    of_page = names if here is events else frozenset([event.name for event in here])
    return Request(
        now=now,
        path=path,
        url=page,
        product=product.id,
        event_names=names,
        order_value=order_value,
        language=language,
        verified=verified,
        brand=product.brand,
        category=product.category,
        price=product.price,
        search=search,
        ordered=frozenset(ordered),
        name=product.name,
        kind=kind_of(of_page, path, before.kind),
    )


def kind_of(names: frozenset[str], path: str, before: Kind | None) -> Kind:
    """The kind of a page with these events. Where none of them tells, it is what it was `before`."""
    if TELLERS.isdisjoint(names):
        return before or ("home" if path in HOMES else "other")
    told = next(kind for name, kind in TELLING if name in names)
    if told in ("search", "category", "cart"):  # which a first page or a cart may also have a piece of
        if path in HOMES:
            return "home"
        if "view_cart" in names and any(word in path.lower() for word in CARTS):
            return "cart"
    return told


def about_of(request: Request) -> About:
    """What a page is about, for its later requests to say again."""
    return About(
        product=request.product[: about.LONGEST],
        name=request.name,
        brand=request.brand,
        category=request.category,
        price=request.price,
        search=request.search,
        ordered=tuple(sorted(request.ordered)[:ORDERED]),
        order_value=request.order_value,
        kind=None if request.kind == "other" else request.kind,
    )
