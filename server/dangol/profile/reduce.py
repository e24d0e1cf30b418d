"""`reduce`: what events make of a profile. Pure, and the only thing that changes history: the live path, replays
and tests all use it. The profile is changed in place; callers hold a fresh copy."""

from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from msgspec.structs import replace

from dangol.campaigns.contacts import react
from dangol.definitions.model import Site
from dangol.profile import conversions, picks, repeats
from dangol.profile.arrival import UNMARKED, arrival, referrer
from dangol.profile.marks import mark, place
from dangol.profile.model import (
    BRANDS,
    CART_LINES,
    CARTED,
    CATEGORIES,
    EVENT_ID_BYTES,
    EVENT_IDS,
    RECENT_ORDERS,
    RECENT_PAGES,
    RECENT_PRODUCTS,
    RECENT_SEARCHES,
    TAKEN_BACK,
    Line,
    Order,
    Profile,
    Seen,
    Visit,
)
from dangol.profile.traits import changed
from dangol.profile.watch import NOTHING, Watching
from dangol.protocol.event import REACTION_EVENTS, Event, Item
from dangol.render.money import MOST

VISIT_GAP = 30 * 60
"""Idle seconds after which the next page view starts a new visit (GA4's session rule)."""

MOST_OF_ONE = 100_000
"""Pieces of one product in a cart; with `MOST` it keeps all sums within 64 bits."""


def reduce(
    profile: Profile, events: Sequence[Event], site: Site, now: float, seed: int, watching: Watching = NOTHING
) -> list[Event]:
    """Take in `events`, oldest first, and return those that were new, marked as recommenders need them.

    Retried beacons, orders that were counted before and reactions to widgets that were never shown fall away. `now` is
    the server's clock; `seed` is what the caller drew for a profile that has none yet; `watching` is what the site's
    definitions ask to remember of single events.
    """
    if not profile.seed:
        profile.seed = seed
    taken = []
    for event in events:
        one = mark(event.id)
        if place(profile.event_ids, one) >= 0 or _counted(profile, event):
            continue
        profile.event_ids = (one + profile.event_ids)[: EVENT_IDS * EVENT_ID_BYTES]
        event = repeats.marked(profile, event, site.timezone)
        if _take(profile, event, site, now):
            taken.append(event)
            watching.take(profile, event)
    watching.tidy(profile)
    return taken


def _take(profile: Profile, event: Event, site: Site, now: float) -> bool:
    """False for a reaction to what was never shown to this shopper."""
    at = event.at // 1000
    profile.first_seen = profile.first_seen or at
    if profile.cart and at >= profile.cart_at + site.cart_days * 86_400:
        profile.cart = []
    if event.name in REACTION_EVENTS:
        return react(profile, event, now, site)
    if event.name == "page_view":
        _page_view(profile, event, at, site)
    elif handler := HANDLERS.get(event.name):
        handler(profile, event, at)
    if profile.cart:
        profile.cart_until = profile.cart_at + site.cart_days * 86_400
    return True


def _counted(profile: Profile, event: Event) -> bool:
    return event.name == "purchase" and any(order.number == event.key for order in profile.recent_orders)


def _page_view(profile: Profile, event: Event, at: int, site: Site) -> None:
    visit, (page, marks) = profile.visit, arrival(event.page)
    is_new = at - profile.last_seen > VISIT_GAP
    if marks is not UNMARKED and at >= profile.last_seen:
        # Coming back through another campaign's link starts a visit of its own, or its effect could not be seen.
        is_new = is_new or (any(marks) and marks.link != (visit.source, visit.medium, visit.campaign, visit.click))
    if is_new or not visit.started:
        _start_visit(profile, event, at, site)
        visit = profile.visit
    profile.last_seen = max(profile.last_seen, at)
    profile.page_views += 1
    visit.page_views += 1
    _see_page(visit, page)


def _start_visit(profile: Profile, event: Event, at: int, site: Site) -> None:
    if profile.visit.started:
        profile.dwell += max(0, profile.last_seen - profile.visit.started)
    profile.visits += 1
    page, marks = arrival(event.page)
    host, address = referrer(str(event.props.get("referrer", "")))
    if any(urlsplit(origin).hostname == host for origin in site.origins):
        host = address = ""  # the shop's own pages send nobody
    profile.visit = Visit(
        started=at,
        landing=page,
        referrer=host,
        source=marks.source,
        medium=marks.medium,
        campaign=marks.campaign,
        previous_at=profile.last_seen,
        content=marks.content,
        term=marks.term,
        click=marks.click,
        referrer_page=address,
    )


def _see_page(visit: Visit, page: str) -> None:
    times = [*visit.page_times, *[1] * (len(visit.pages) - len(visit.page_times))]
    seen = 1
    if page in visit.pages:
        place = visit.pages.index(page)
        seen += times.pop(place)
        del visit.pages[place]
    visit.pages = [page, *visit.pages][:RECENT_PAGES]
    visit.page_times = [seen, *times][:RECENT_PAGES]


def _view_item(profile: Profile, event: Event, at: int) -> None:
    for item in event.items[:1]:
        profile.viewed = _meet(profile.viewed, item.id, at, RECENT_PRODUCTS, item.price)
        if item.category:
            profile.categories = _meet(profile.categories, item.category, at, CATEGORIES)
        if item.brand:
            profile.brands = _meet(profile.brands, item.brand, at, BRANDS)


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
        profile.carted = _meet(profile.carted, item.id, at, CARTED)
    _set_cart(profile, list(cart.values()), at)


def _line(item: Item, known: Line | None, quantity: int) -> Line:
    """`item` as one more of `quantity`; what a report does not tell, such as the price, stays as it is known."""
    known = known or Line(item.id, 0, 0, 0)
    price = known.price if item.price is None else item.price
    quantity = min(item.quantity + quantity, MOST_OF_ONE)
    return Line(item.id, price, quantity, known.at, item.category or known.category, item.brand or known.brand)


def _remove_from_cart(profile: Profile, event: Event, at: int) -> None:
    cart = {line.id: line for line in profile.cart}
    for item in event.items:
        line = cart.pop(item.id, None)
        if line and line.quantity > item.quantity:
            cart[item.id] = replace(line, quantity=line.quantity - item.quantity)
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
    order = Order(event.key, value, at, repeats.counted(event))
    profile.recent_orders = [order, *profile.recent_orders][:RECENT_ORDERS]
    for item in event.items:
        profile.bought = _meet(profile.bought, item.id, at, RECENT_PRODUCTS)
    gone = {item.id for item in event.items}
    profile.cart = [line for line in profile.cart if line.id not in gone or line.at > at]
    conversions.convert(profile, order)
    picks.convert(profile, order, event.items)


def _refund(profile: Profile, event: Event, at: int) -> None:
    """A cancelled order is taken back whole, if we know it. One that `moved` to another profile leaves no trace here:
    a merge of the two must not take it for cancelled."""
    order = next((order for order in profile.recent_orders if order.number == event.key), None)
    if order and order.value >= 0:
        profile.orders -= 1
        profile.spent -= order.value
        conversions.take_back(profile, order.number)
        conversions.take_out(profile, order)
        picks.take_back(profile, order.number)
        profile.bought = repeats.given_back(profile, order, at)
        order.value, order.products = TAKEN_BACK, ()
        forget_latest(profile, order.at)
        if event.props.get("moved"):
            profile.recent_orders.remove(order)


def forget_latest(profile: Profile, at: int) -> None:
    """An order of the time `at` was taken back: where it was the last one, the last one before it is."""
    if at >= profile.last_order_at:
        left = [order.at for order in profile.recent_orders if order.value != TAKEN_BACK]
        if left or not profile.orders:  # else an order that is remembered no more was the last one: keep the time
            profile.last_order_at = max(left, default=0)


def _worth(item: Item) -> int:
    return (item.price or 0) * item.quantity


def _login(profile: Profile, event: Event, at: int) -> None:
    if profile.member:
        profile.member.last_login_at = max(profile.member.last_login_at, at)


def _sign_up(profile: Profile, event: Event, at: int) -> None:
    if profile.member:
        profile.member.joined_at = profile.member.joined_at or at


def _traits(profile: Profile, event: Event, at: int) -> None:
    profile.traits = changed(profile.traits, event.props)


def _withdraw(profile: Profile, event: Event, at: int) -> None:
    """Who leaves is a visitor again: what was told of the person goes."""
    profile.member = None
    profile.traits = {}


def _meet(ring: list[Seen], name: str, at: int, size: int, price: int | None = None) -> list[Seen]:
    """Put `name` in front, with one time more; a late event never makes a meeting older, nor pushes out a newer one."""
    met = Seen(name, at, 1, price)
    for number, seen in enumerate(ring):
        if seen.id == name:
            price = seen.price if price is None or at < seen.at else price
            met = Seen(name, max(at, seen.at), seen.times + 1, price)
            ring = [*ring[:number], *ring[number + 1 :]]
            break
    newer = 0
    while newer < len(ring) and ring[newer].at > met.at:
        newer += 1
    return [*ring[:newer], met, *ring[newer:]][:size]


HANDLERS: dict[str, Callable[[Profile, Event, int], None]] = {
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
    "traits": _traits,
    "withdraw": _withdraw,
}
