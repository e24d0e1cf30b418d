"""`reduce`: what events make of a profile. Pure, and the only thing that changes history: the live path, replays
and tests all use it. The profile is changed in place; callers hold a fresh copy."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from hashlib import blake2b
from urllib.parse import parse_qs, urlsplit

from dangol.campaigns.contacts import react
from dangol.definitions.model import Site
from dangol.profile.model import (
    CART_LINES,
    CATEGORIES,
    EVENT_ID_BYTES,
    EVENT_IDS,
    RECENT_ORDERS,
    RECENT_PAGES,
    RECENT_PRODUCTS,
    RECENT_SEARCHES,
    Line,
    Order,
    Profile,
    Seen,
    Visit,
)
from dangol.protocol.event import REACTION_EVENTS, Event, Item
from dangol.protocol.text import clean
from dangol.render.money import MOST

VISIT_GAP = 30 * 60
"""Idle seconds after which the next page view starts a new visit (GA4's session rule)."""

LONGEST_PATH = 200
"""Characters of a page's path that are kept; a condition on a page has no more."""

UTM = ("utm_source", "utm_medium", "utm_campaign")
NO_MARKS = ("", "", "")

MOST_OF_ONE = 100_000
"""Pieces of one product in a cart; with `MOST` it keeps all sums within 64 bits."""

TAKEN_BACK = -1
"""The value of an order that was cancelled: its number stays, so that a late report does not count it again."""


def reduce(profile: Profile, events: Sequence[Event], site: Site, now: float, seed: int) -> list[Event]:
    """Take in `events`, oldest first, and return those that were new.

    Retried beacons, orders that were counted before and reactions to widgets that were never shown fall away. `now` is
    the server's clock; `seed` is what the caller drew for a profile that has none yet.
    """
    if not profile.seed:
        profile.seed = seed
    taken = []
    for event in events:
        mark = _mark(event.id)
        if _remembered(profile.event_ids, mark) or _counted(profile, event):
            continue
        profile.event_ids = (mark + profile.event_ids)[: EVENT_IDS * EVENT_ID_BYTES]
        if _take(profile, event, site, now):
            taken.append(event)
    return taken


def _take(profile: Profile, event: Event, site: Site, now: float) -> bool:
    """False for a reaction to what was never shown to this shopper."""
    at = event.at // 1000
    profile.first_seen = profile.first_seen or at
    if profile.cart and profile.cart_at < at - site.cart_days * 86_400:
        profile.cart = []
    if event.name in REACTION_EVENTS:
        return react(profile, event, now, site)
    if handler := HANDLERS.get(event.name):
        handler(profile, event, at)
    return True


def _mark(event_id: str) -> bytes:
    return blake2b(event_id.encode(), digest_size=EVENT_ID_BYTES).digest()


def _remembered(ids: bytes, mark: bytes) -> bool:
    at = ids.find(mark)
    while at > 0 and at % EVENT_ID_BYTES:  # a match across two ids is no match
        at = ids.find(mark, at + 1)
    return at >= 0


def _counted(profile: Profile, event: Event) -> bool:
    return event.name == "purchase" and any(order.number == event.key for order in profile.recent_orders)


def _page_view(profile: Profile, event: Event, at: int) -> None:
    visit = profile.visit
    is_new = at - profile.last_seen > VISIT_GAP or (at >= profile.last_seen and _new_campaign(visit, event))
    if is_new or not visit.started:
        _start_visit(profile, event, at)
        visit = profile.visit
    profile.last_seen = max(profile.last_seen, at)
    profile.page_views += 1
    visit.page_views += 1
    path = event.page.partition("?")[0][:LONGEST_PATH]
    visit.pages = [path, *(page for page in visit.pages if page != path)][:RECENT_PAGES]


def _start_visit(profile: Profile, event: Event, at: int) -> None:
    if profile.visit.started:
        profile.dwell += max(0, profile.last_seen - profile.visit.started)
    profile.visits += 1
    path, _, query = event.page.partition("?")
    source, medium, campaign = _marks(query) if "utm_" in query else NO_MARKS
    referrer = _host(str(event.props.get("referrer", "")))
    profile.visit = Visit(at, 0, path[:LONGEST_PATH], referrer, source, medium, campaign, previous_at=profile.last_seen)


def _new_campaign(visit: Visit, event: Event) -> bool:
    """Coming back through another campaign link starts a visit of its own, or its effect could not be seen."""
    if "utm_" not in event.page:
        return False
    marks = _marks(event.page.partition("?")[2])
    return marks != NO_MARKS and marks != (visit.source, visit.medium, visit.campaign)


@lru_cache(4096)
def _marks(query: str) -> tuple[str, str, str]:
    """Source, medium and campaign of a link's query."""
    values = parse_qs(query)
    source, medium, campaign = (clean(values.get(name, [""])[0], 100) for name in UTM)
    return source, medium, campaign


def _host(referrer: str) -> str:
    try:
        return (urlsplit(referrer).hostname or "")[:100]
    except ValueError:
        return ""


def _view_item(profile: Profile, event: Event, at: int) -> None:
    for item in event.items[:1]:
        profile.viewed = _meet(profile.viewed, item.id, at, RECENT_PRODUCTS)
        if item.category:
            profile.categories = _meet(profile.categories, item.category, at, CATEGORIES)


def _view_item_list(profile: Profile, event: Event, at: int) -> None:
    if event.key:
        profile.categories = _meet(profile.categories, event.key, at, CATEGORIES)


def _search(profile: Profile, event: Event, at: int) -> None:
    searches = profile.visit.searches
    profile.visit.searches = [event.key, *(words for words in searches if words != event.key)][:RECENT_SEARCHES]


def _add_to_cart(profile: Profile, event: Event, at: int) -> None:
    cart = {line.id: line for line in profile.cart}
    for item in event.items:
        line = cart.pop(item.id, None)
        more = _line(item, line, line.quantity if line else 0)
        more.at = max(at, line.at) if line else at
        cart = {item.id: more, **cart}
    _set_cart(profile, list(cart.values()), at)


def _line(item: Item, known: Line | None, quantity: int) -> Line:
    """`item` as one more of `quantity`; a report without a price leaves the one that is known."""
    price = item.price if item.price is not None else known.price if known else 0
    return Line(item.id, price, min(item.quantity + quantity, MOST_OF_ONE), known.at if known else 0)


def _remove_from_cart(profile: Profile, event: Event, at: int) -> None:
    cart = {line.id: line for line in profile.cart}
    for item in event.items:
        line = cart.pop(item.id, None)
        if line and line.quantity > item.quantity:
            cart[item.id] = Line(line.id, line.price, line.quantity - item.quantity, line.at)
    _set_cart(profile, list(cart.values()), at)


def _view_cart(profile: Profile, event: Event, at: int) -> None:
    """The whole cart as the shop shows it replaces what we had; lines that were there keep their time."""
    if at < profile.cart_at:
        return  # a late report of a cart that has changed since
    before = {line.id: line for line in profile.cart}
    lines: dict[str, Line] = {}
    for item in event.items:  # one product may stand there twice, in two colours
        same = lines.get(item.id)
        lines[item.id] = _line(item, before.get(item.id), same.quantity if same else 0)
        lines[item.id].at = lines[item.id].at or at
    _set_cart(profile, list(lines.values()), at if lines else profile.cart_at)


def _set_cart(profile: Profile, lines: list[Line], at: int) -> None:
    profile.cart = lines[:CART_LINES]
    profile.cart_at = max(profile.cart_at, at)


def _add_to_wishlist(profile: Profile, event: Event, at: int) -> None:
    for item in event.items:
        profile.wishlist = _meet(profile.wishlist, item.id, at, RECENT_PRODUCTS)


def _remove_from_wishlist(profile: Profile, event: Event, at: int) -> None:
    gone = {item.id for item in event.items}
    profile.wishlist = [seen for seen in profile.wishlist if seen.id not in gone]


def _begin_checkout(profile: Profile, event: Event, at: int) -> None:
    profile.checkout_at = max(profile.checkout_at, at)


def _purchase(profile: Profile, event: Event, at: int) -> None:
    value = event.value if event.value is not None else min(sum(_worth(item) for item in event.items), MOST)
    profile.orders += 1
    profile.spent += value
    profile.last_order_at = max(profile.last_order_at, at)
    profile.recent_orders = [Order(event.key, value, at), *profile.recent_orders][:RECENT_ORDERS]
    for item in event.items:
        profile.bought = _meet(profile.bought, item.id, at, RECENT_PRODUCTS)
    gone = {item.id for item in event.items}
    profile.cart = [line for line in profile.cart if line.id not in gone or line.at > at]


def _refund(profile: Profile, event: Event, at: int) -> None:
    """A cancelled order is taken back whole, if we know it. One that `moved` to another profile leaves no trace here:
    a merge of the two must not take it for cancelled."""
    order = next((order for order in profile.recent_orders if order.number == event.key), None)
    if order and order.value >= 0:
        profile.orders -= 1
        profile.spent -= order.value
        order.value = TAKEN_BACK
        if event.props.get("moved"):
            profile.recent_orders.remove(order)


def _worth(item: Item) -> int:
    return (item.price or 0) * item.quantity


def _login(profile: Profile, event: Event, at: int) -> None:
    if profile.member:
        profile.member.last_login_at = max(profile.member.last_login_at, at)


def _sign_up(profile: Profile, event: Event, at: int) -> None:
    if profile.member:
        profile.member.joined_at = profile.member.joined_at or at


def _withdraw(profile: Profile, event: Event, at: int) -> None:
    """Who leaves is a visitor again: what the shop told of the person goes."""
    profile.member = None


def _meet(ring: list[Seen], name: str, at: int, size: int) -> list[Seen]:
    """Put `name` in front, with one time more; a late event never makes a meeting older."""
    for place, seen in enumerate(ring):
        if seen.id == name:
            met = Seen(name, max(at, seen.at), seen.times + 1)
            return [met, *ring[:place], *ring[place + 1 :]]
    return [Seen(name, at), *ring[: size - 1]]


HANDLERS: dict[str, Callable[[Profile, Event, int], None]] = {
    "page_view": _page_view,
    "view_item": _view_item,
    "view_item_list": _view_item_list,
    "search": _search,
    "add_to_cart": _add_to_cart,
    "remove_from_cart": _remove_from_cart,
    "view_cart": _view_cart,
    "add_to_wishlist": _add_to_wishlist,
    "remove_from_wishlist": _remove_from_wishlist,
    "begin_checkout": _begin_checkout,
    "purchase": _purchase,
    "refund": _refund,
    "login": _login,
    "sign_up": _sign_up,
    "withdraw": _withdraw,
}
