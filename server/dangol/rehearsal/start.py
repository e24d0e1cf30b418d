"""Shoppers as they were before events that are in the log. Pure.

The log holds what happened, not what the shoppers were like before. That is told from what they are now, less what the
events made of them: totals are exact, and so is every element of a list that the events can't explain. What the log
does not carry (what the shop tells of members, the browser) is taken as it is now. Not known, and left out, is what the
events wiped away: what left the cart, wishes that were given up, what fell off the end of a full list, the visit that
another one followed, orders that were cancelled since, and when something happened before that has happened again.
"""

from collections.abc import Iterator, Sequence

import msgspec
from msgspec.structs import replace

from dangol.campaigns.decision import Decision, Reason, Verdict
from dangol.campaigns.ledger import note
from dangol.campaigns.plan import Plan
from dangol.definitions.model import Campaign, Site
from dangol.profile import conversions
from dangol.profile.model import TAKEN_BACK, Lease, Member, Profile, Visit
from dangol.profile.packed import without
from dangol.profile.reduce import VISIT_GAP, reduce
from dangol.protocol.event import CART_EVENTS, REACTION_EVENTS, Entry
from dangol.rehearsal import rest

TOTALS = ("visits", "page_views", "dwell", "orders", "spent")
RINGS = ("viewed", "categories", "brands", "wishlist", "bought")

_decode = msgspec.msgpack.Decoder(Profile).decode
_encode = msgspec.msgpack.Encoder().encode


def copy(profile: Profile) -> Profile:
    """One that shares nothing with it."""
    return _decode(_encode(profile))


def start(stored: Profile, entries: Sequence[Entry], plan: Plan, seed: int) -> Profile:
    """The profile before `entries`, which are all that the log has of it, in order, and are counted in `stored`.

    `plan` is the one in force; `seed` is for a profile that has none. Replaying the entries over it leads to `stored`
    again, for all that the log carries and that the module's text does not except.
    """
    kept = copy(stored)
    before = _outline(kept, entries, seed)
    made = copy(before)
    owed = _replay(made, entries, plan)
    for name in TOTALS:
        setattr(before, name, rest.surplus(getattr(kept, name), getattr(made, name)))
    for name in RINGS:
        setattr(before, name, rest.met(getattr(kept, name), getattr(made, name), _earlier(before)))
    if before.visit.started == kept.visit.started:
        before.visit = rest.visited(kept.visit, made.visit)
    before.checkout_at = rest.sooner(kept.checkout_at, made.checkout_at)
    _set_orders(before, kept, made)
    _set_cart(before, kept, made, entries, plan.site)
    _set_member(before, kept, made)
    before.contacts = rest.touched(kept.contacts, made.contacts, _earlier(before))
    before.tallies = rest.touched(kept.tallies, made.tallies, _earlier(before))
    for order in _orders(entries):
        conversions.take_back(before, order)
    before.leases = owed
    before.behaviours = without(kept.behaviours, (event for entry in entries for event in entry.events))
    before.traits = {name: value for name, value in kept.traits.items() if name not in made.traits}
    return before


def _outline(kept: Profile, entries: Sequence[Entry], seed: int) -> Profile:
    """What is known of the start without knowing what the entries made: who it is, and which visit was the last."""
    outline = Profile(seed=kept.seed or seed, environment=kept.environment, merged=kept.merged, watched=kept.watched)
    events = [event for entry in entries for event in entry.events]
    if kept.cart_at not in {event.at // 1000 for event in events if event.name in CART_EVENTS}:
        outline.cart_at = kept.cart_at
    views = [event.at // 1000 for event in events if event.name == "page_view"]
    is_first = bool(events) and kept.first_seen == events[0].at // 1000 and kept.page_views <= len(views)
    if kept.first_seen and not is_first:
        outline.first_seen = kept.first_seen
        _set_visit(outline, kept, views)
    return outline


def _set_visit(outline: Profile, kept: Profile, views: Sequence[int]) -> None:
    """The visit that the page views went on with, or one that had ended when the first of them came."""
    if kept.visit.started not in views:
        is_explained = kept.last_seen in views
        outline.last_seen = max(kept.visit.started, views[0] - VISIT_GAP) if is_explained else kept.last_seen
        outline.visit = replace(kept.visit, page_views=0, pages=[], page_times=[], searches=[])
        return
    if kept.visit.started == views[0] or kept.visit.previous_at not in views:  # what was told late is of an older visit
        outline.last_seen = kept.visit.previous_at
    else:
        outline.last_seen = max((at for at in _moments(kept) if at < views[0] - VISIT_GAP), default=0)
    outline.visit = Visit(started=outline.last_seen)


def _moments(profile: Profile) -> Iterator[int]:
    """All times that a profile remembers."""
    yield profile.first_seen
    yield profile.checkout_at
    for name in RINGS:
        yield from (seen.at for seen in getattr(profile, name))
    yield from (line.at for line in profile.cart)
    yield from (order.at for order in profile.recent_orders)
    yield from (contact.last_at for contact in profile.contacts.values())


def _replay(profile: Profile, entries: Sequence[Entry], plan: Plan) -> list[Lease]:
    """Take the entries in, with what was really decided. Returns the promises from before them that they speak of; the
    log has only reactions to what was promised."""
    known = {one.key for entry in entries for one in entry.decided}
    owed: dict[str, Lease] = {}
    for entry in entries:
        if entry.member and profile.member is None:
            profile.member = Member(entry.member)
        for event in entry.events:
            if event.name in REACTION_EVENTS and all(lease.exposure != event.key for lease in profile.leases):
                campaign = str(event.props.get("campaign", ""))
                lease = Lease(campaign, event.key, entries[0].at // 1000, plan.counts(campaign))
                profile.leases.insert(0, lease)
                if event.key not in known:
                    owed.setdefault(event.key, lease)
        reduce(profile, entry.events, plan.site, entry.at / 1000, profile.seed)
        note(profile, happened(entry, plan), entry.at / 1000, plan.site)
    return list(owed.values())


def happened(entry: Entry, plan: Plan) -> list[Decision]:
    """What was really decided, as far as the log keeps it."""
    return [
        Decision(
            Campaign(one.campaign),
            Verdict(one.kind),
            Reason.SHOWN,
            one.key,
            arm=one.arm,
            counts=() if one.kind == Verdict.HOLDOUT else plan.counts(one.campaign),
        )
        for one in entry.decided
    ]


def _earlier(before: Profile) -> int:
    return max(before.first_seen, before.last_seen)


def _orders(entries: Sequence[Entry]) -> Iterator[str]:
    return (event.key for entry in entries for event in entry.events if event.name == "purchase")


def _set_orders(before: Profile, kept: Profile, made: Profile) -> None:
    before.recent_orders = rest.ordered(kept.recent_orders, made.recent_orders)
    known = [order.at for order in before.recent_orders if order.value != TAKEN_BACK]
    before.last_order_at = rest.sooner(kept.last_order_at, made.last_order_at, max(known, default=0))


def _set_cart(before: Profile, kept: Profile, made: Profile, entries: Sequence[Entry], site: Site) -> None:
    """The cart was not left behind before the last entry, or the older lines would not be there."""
    before.cart = rest.carted(kept.cart, made.cart, _earlier(before))
    lasting = site.cart_days * 86_400
    if before.cart and not before.cart_at:
        first, last = entries[0].at // 1000, entries[-1].at // 1000
        before.cart_at = max(*(line.at for line in before.cart), min(first, last - lasting + 1))
    before.cart_until = before.cart_at + lasting if before.cart else 0


def _set_member(before: Profile, kept: Profile, made: Profile) -> None:
    before.member = kept.member
    if before.member and made.member:
        before.member.joined_at = rest.sooner(before.member.joined_at, made.member.joined_at)
        before.member.last_login_at = rest.sooner(before.member.last_login_at, made.member.last_login_at)
