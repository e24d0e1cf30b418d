"""A visitor's history joins the member's profile at login. Pure; `member` is changed in place."""

from dangol.profile import consents, contacts, conversions, devices, picks
from dangol.profile.contacts import Visits
from dangol.profile.model import (
    BRANDS,
    CART_LINES,
    CARTED,
    CATEGORIES,
    CONTACTS,
    EVENT_ID_BYTES,
    EVENT_IDS,
    LEASES,
    RECENT_ORDERS,
    RECENT_PRODUCTS,
    TAKEN_BACK,
    TALLIES,
    Line,
    Order,
    Profile,
    Seen,
)
from dangol.profile.reduce import VISIT_GAP, forget_latest
from dangol.profile.traits import changed
from dangol.profile.watch import NOTHING, Watching

MERGED = 50


def merge(member: Profile, visitor: Profile, visitor_id: str, watching: Watching = NOTHING) -> bool:
    """Take the visitor's history over, once: False when this visitor is in there already."""
    if visitor_id in member.merged:
        return False
    member.seed = member.seed or visitor.seed
    member.first_seen = min(filter(None, (member.first_seen, visitor.first_seen)), default=0)
    visits = _visits(member, visitor)
    _add_totals(member, visitor)
    _take_visit(member, visitor)
    member.viewed = _join(member.viewed, visitor.viewed, RECENT_PRODUCTS)
    member.categories = _join(member.categories, visitor.categories, CATEGORIES)
    member.brands = _join(member.brands, visitor.brands, BRANDS)
    member.wishlist = _join(member.wishlist, visitor.wishlist, RECENT_PRODUCTS)
    member.bought = _join(member.bought, visitor.bought, RECENT_PRODUCTS)
    member.carted = _join(member.carted, visitor.carted, CARTED)
    _take_cart(member, visitor)
    ours, joined = member.recent_orders, _take_orders(member, visitor)
    _take_contacts(member, visitor, ours, joined, visits)
    member.leases = sorted([*visitor.leases, *member.leases], key=lambda lease: -lease.until)[:LEASES]
    member.subscriptions = consents.joined(member.subscriptions, visitor.subscriptions)
    member.devices = devices.joined(member.devices, visitor.devices)
    watching.unite(member, visitor)
    member.event_ids = (visitor.event_ids + member.event_ids)[: EVENT_IDS * EVENT_ID_BYTES]
    member.merged = [visitor_id, *member.merged][:MERGED]
    return True


def _add_totals(member: Profile, visitor: Profile) -> None:
    member.visits += visitor.visits
    member.page_views += visitor.page_views
    member.dwell += visitor.dwell
    member.checkout_at = max(member.checkout_at, visitor.checkout_at)


def _take_cart(member: Profile, visitor: Profile) -> None:
    """The cart touched last is the one in front of the shopper; the other's lines stay behind it."""
    newer, older = (visitor, member) if visitor.cart_at >= member.cart_at else (member, visitor)
    lines: dict[str, Line] = {line.id: line for line in older.cart}
    lines.update({line.id: line for line in newer.cart})
    member.cart = sorted(lines.values(), key=lambda line: -line.at)[:CART_LINES]
    member.cart_at, member.cart_until = newer.cart_at, newer.cart_until


def _visits(*profiles: Profile) -> Visits:
    """Of two devices that are used side by side both visits go on, as one."""
    seen, goes_on = max((each.last_seen, each.visit.started) for each in profiles)
    were = {each.visit.started for each in profiles if each.visit.started and each.last_seen > seen - VISIT_GAP}
    return Visits(goes_on, frozenset(were))


def _take_visit(member: Profile, visitor: Profile) -> None:
    """The visit that is in front of the shopper goes on, and what its pages told goes before; the other one has ended,
    and its time counts."""
    ours, theirs = ((each.last_seen, each.visit.started) for each in (member, visitor))
    seen, started = min(ours, theirs)
    member.dwell += max(0, seen - started)
    if theirs >= ours:
        member.visit = visitor.visit
        member.environment = visitor.environment
        member.traits = changed(member.traits, visitor.traits)
    else:
        member.traits = changed(visitor.traits, member.traits)
    member.last_seen = max(member.last_seen, visitor.last_seen)


def _take_orders(member: Profile, visitor: Profile) -> dict[str, Order]:
    """An order that both know counts once, and not at all when either knows that it was taken back. Returns what became
    of each, by its number."""
    member.orders += visitor.orders
    member.spent += visitor.spent
    member.last_order_at = max(member.last_order_at, visitor.last_order_at)
    known = {order.number: order for order in member.recent_orders}
    gone = []
    for theirs in visitor.recent_orders:
        ours = known.setdefault(theirs.number, theirs)
        if ours is theirs:
            continue
        at, is_gone = max(ours.at, theirs.at), TAKEN_BACK in (ours.value, theirs.value)
        if max(ours.value, theirs.value) != TAKEN_BACK:
            member.orders -= 1
            member.spent -= ours.value if theirs.value == TAKEN_BACK else theirs.value
        gone += [at] if is_gone else []
        value, products = (TAKEN_BACK, ()) if is_gone else (ours.value, ours.products or theirs.products)
        known[theirs.number] = Order(theirs.number, value, at, products)
    member.recent_orders = sorted(known.values(), key=lambda order: -order.at)[:RECENT_ORDERS]
    for at in gone:
        forget_latest(member, at)
    return known


def _take_contacts(
    member: Profile, visitor: Profile, ours: list[Order], joined: dict[str, Order], visits: Visits
) -> None:
    sides = (ours, visitor.recent_orders), (visitor.recent_orders, ours)
    together = contacts.joined(member.contacts, visitor.contacts, visits, CONTACTS)
    for campaign, contact in together.items():
        is_theirs = conversions.is_earlier(visitor.contacts.get(campaign), member.contacts.get(campaign))
        own, others = sides[is_theirs]
        conversions.take_over(contact, {order.number: order for order in own}, others, joined)
    member.contacts = together
    picks.join(member, visitor.picks)
    member.tallies = contacts.joined(member.tallies, visitor.tallies, visits, TALLIES)
    for order in member.recent_orders:
        if order.value == TAKEN_BACK:
            conversions.take_back(member, order.number)
            picks.take_back(member, order.number)
    conversions.keep_known(member)


def _join(ours: list[Seen], theirs: list[Seen], size: int) -> list[Seen]:
    joined = {seen.id: seen for seen in ours}
    for seen in theirs:
        other = joined.get(seen.id)
        joined[seen.id] = _met(other, seen) if other else seen
    return sorted(joined.values(), key=lambda seen: -seen.at)[:size]


def _met(ours: Seen, theirs: Seen) -> Seen:
    newer, older = (theirs, ours) if theirs.at >= ours.at else (ours, theirs)
    price = older.price if newer.price is None else newer.price
    return Seen(newer.id, newer.at, ours.times + theirs.times, price)
