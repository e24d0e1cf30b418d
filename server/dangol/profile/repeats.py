"""Which deeds of a shopper recommenders count: each product once a day for each kind of deed. Pure.

Whoever does the same again on one day of the shop's calendar, or reports an earlier day afterwards, counts no more.
What was done is remembered in rings of the profile; once a ring is full of that day or later ones everything counts as
done, so that nobody can push out what was done before.
"""

from collections.abc import Iterable, Sequence
from itertools import accumulate

from msgspec.structs import replace

from dangol.campaigns.calendar import day_number
from dangol.profile.model import CARTED, RECENT_PRODUCTS, TAKEN_BACK, Order, Profile, Seen
from dangol.protocol.event import Event, Item
from dangol.render.money import MOST

MOST_AT_ONCE = 30
"""Products of one event that count."""

MOST_CHARACTERS = 1_000
"""Of their ids in all, since orders remember them: ordinary ids have twenty."""

MOST_BEFORE = 10
LONGEST_DAY = 25 * 3600
LATEST = 9 * 86_400
"""Seconds after which no browser reports anything of a day any more."""

RINGS = {
    "view_item": ("viewed", RECENT_PRODUCTS),
    "add_to_cart": ("carted", CARTED),
    "purchase": ("bought", RECENT_PRODUCTS),
}


def marked(profile: Profile, event: Event, zone: str) -> Event:
    """The event with what recommenders must know of it; the profile is as before the event. `zone` is the shop's, an
    IANA name. What the reporter said of that is forgotten."""
    if event.name == "refund":
        return _taken_back(profile, event)
    again, before = _again(profile, event, zone), _before(profile, event) if event.name == "view_item" else ()
    if again == event.again and before == event.before:
        return event
    return replace(event, again=again, before=before)


def given_back(profile: Profile, gone: Order, at: int) -> list[Seen]:
    """What was bought, less what an order that was cancelled at the unix second `at` had counted with: it may be
    offered again, and who orders it anew buys it. A ring that may have lost what was done of late stays as it is, or
    that could be done once more."""
    ring = profile.bought
    if len(ring) >= RECENT_PRODUCTS and at - ring[-1].at < LATEST:
        return ring
    orders = sorted(profile.recent_orders, key=lambda order: order.at)
    before = {id: order.at for order in orders for id in order.products if order != gone}
    left = [_once_less(seen, gone.at, before.get(seen.id)) if seen.id in gone.products else seen for seen in ring]
    return sorted((seen for seen in left if seen.times), key=lambda seen: -seen.at)


def _once_less(seen: Seen, gone: int, before: int | None) -> Seen:
    """A product less the time at which it was bought in the order that is `gone`; it was last bought `before`."""
    at = seen.at if before is None or seen.at != gone else before
    return Seen(seen.id, at, seen.times - 1, seen.price)


def counted(event: Event) -> tuple[str, ...]:
    """The products of a marked event that count."""
    return tuple(id for id in _ids(event.items) if id not in event.again)


def _again(profile: Profile, event: Event, zone: str) -> tuple[str, ...]:
    if event.name not in RINGS:
        return ()
    name, size = RINGS[event.name]
    ring, at = getattr(profile, name), event.at // 1000
    done = [id for id in _ids(event.items) if _is_done(ring, size, id, at, zone)]
    left = [id for id in _ids(event.items) if id not in done]
    return (*done, *left[_room(left, 1 if event.name == "view_item" else MOST_AT_ONCE) :])


def _room(ids: Sequence[str], most: int) -> int:
    """How many of the products count; a view is of its first one alone."""
    lengths = accumulate(len(id) for id in ids[:most])
    return sum(length <= MOST_CHARACTERS for length in lengths)


def _is_done(ring: Sequence[Seen], size: int, id: str, at: int, zone: str) -> bool:
    for seen in ring:
        if seen.id == id:
            return _is_day_of(seen.at, at, zone)
    return len(ring) >= size and _is_day_of(ring[-1].at, at, zone)


def _is_day_of(then: int, at: int, zone: str) -> bool:
    """Whether `then` is on the day of `at`, or later."""
    if then >= at or at - then > LONGEST_DAY:
        return then >= at
    return day_number(then, zone) == day_number(at, zone)


def _before(profile: Profile, event: Event) -> tuple[str, ...]:
    """What was viewed earlier in this visit, the latest first."""
    started, at, now = profile.visit.started, event.at // 1000, {item.id for item in event.items[:1]}
    if not started:
        return ()
    seen = (each.id for each in profile.viewed if started <= each.at <= at and each.id not in now)
    return tuple(seen)[:MOST_BEFORE]


def _taken_back(profile: Profile, event: Event) -> Event:
    """A cancellation with the products that the order had counted with, and when it was placed; with none where the
    order is not known, or was taken back before."""
    told, props = {item.id: item for item in reversed(event.items)}, dict(event.props)
    value = min(sum(map(_worth, event.items)), MOST) if event.value is None and event.items else event.value
    props.pop("placed", None)
    order = next((each for each in profile.recent_orders if each.number == event.key), None)
    if order is None or order.value == TAKEN_BACK:
        return replace(event, items=[], value=value, props=props)
    items = [told.get(id) or Item(id) for id in order.products]
    return replace(event, items=items, value=value, props={**props, "placed": order.at * 1000})


def _worth(item: Item) -> int:
    return (item.price or 0) * item.quantity


def _ids(items: Iterable[Item]) -> list[str]:
    return list(dict.fromkeys(item.id for item in items if item.id))
