"""Events with orders among them: each order counts once, in one profile, whoever reports it first."""

import asyncio
from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from dangol.engine import Context, Engine, Outcome
from dangol.protocol.event import Entry, Event
from dangol.runtime import SiteRuntime
from dangol.store.link import Link
from dangol.store.orders import GUEST, Claim, cancel, claim, settle
from dangol.store.profiles import FORGOTTEN


async def take_reported(
    engine: Engine,
    link: Link,
    runtime: SiteRuntime,
    profile_id: str,
    events: Sequence[Event],
    context: Context,
    known: bool = True,
) -> Outcome:
    """`Engine.take` for what a browser reports. An order that is another's, or was counted before, is on the page but
    does not count. One that the shop told of a guest is this shopper's: now it is known who the guest was."""
    site = runtime.site.id
    claims: dict[str, Claim] = {}
    for each in events:
        if each.name == "purchase":
            claims[each.key] = one = await claim(link, site, each.key, profile_id)
            if one.owner == GUEST and not one.settled:
                claims[each.key] = await claim(link, site, each.key, profile_id, take_over=True)
    counted = frozenset(number for number, one in claims.items() if one.settled or one.owner != profile_id)
    context = replace(context, counted=counted, logged=_logged(claims))
    outcome = await engine.take(runtime, profile_id, events, context, known)
    if outcome.profile_id != FORGOTTEN:
        for number in claims.keys() - counted:
            await settle(link, site, number, profile_id, outcome.profile_id)
    return outcome


async def take_told(
    engine: Engine, link: Link, runtime: SiteRuntime, profile_id: str, events: Sequence[Event], context: Context
) -> Outcome:
    """`Engine.take` for the orders and cancellations of a member, which the shop's server tells. The shop knows whose
    an order is: one that a browser had reported for somebody else moves to the member."""
    site = runtime.site.id
    claims = await asyncio.gather(*(claim(link, site, each.key, profile_id, take_over=True) for each in events))
    counted = set()
    for event, one in zip(events, claims, strict=True):
        if one.settled or (_was_anothers(one) and await engine.home(runtime, one.former) == profile_id):
            counted.add(event.key)
    logged = _logged({event.key: one for event, one in zip(events, claims, strict=True)})
    context = replace(context, counted=frozenset(counted), logged=logged)
    outcome = await engine.take(runtime, profile_id, sorted(events, key=lambda each: each.at), context)
    for event, one in zip(events, claims, strict=True):
        if _was_anothers(one):
            await _take_back(engine, runtime, one.former, event, replace(context, member="", unless=profile_id))
        if not one.settled:
            await settle(link, site, event.key, profile_id, profile_id)
    return outcome


async def take_guests(engine: Engine, link: Link, runtime: SiteRuntime, event: Event, now: float) -> bool:
    """The order of a guest, or its cancellation, which the shop's server tells: nobody's profile changes, but the log
    has it, once. Where it is known by now who the guest was, the cancellation is theirs. One of an order that nobody
    has told of takes back no products."""
    site, is_order = runtime.site.id, event.name == "purchase"
    first = event if is_order else replace(event, items=[])
    entry, placed = Entry(site, "", "", int(now * 1000), [first]), event.at if is_order else 0
    one = await claim(link, site, event.key, GUEST, entry=entry, placed=placed)
    if is_order or one.first or (one.settled and one.owner == GUEST):
        return one.first
    if one.owner != GUEST:
        outcome = await engine.take(runtime, one.owner, [event], Context(now=now, widgets=False))
        return bool(outcome.taken)
    props = {**event.props, "placed": one.placed} if one.placed else event.props
    back = Entry(site, "", "", int(now * 1000), [replace(event, props=props)])
    return await cancel(link, site, event.key, one, back)


def _logged(claims: Mapping[str, Claim]) -> frozenset[str]:
    """A guest's order went into the log when it was told."""
    return frozenset(number for number, one in claims.items() if one.former == GUEST)


def _was_anothers(one: Claim) -> bool:
    return one.former not in ("", GUEST)


async def _take_back(engine: Engine, runtime: SiteRuntime, former: str, event: Event, context: Context) -> None:
    back = Event(f"back-{event.id}", "refund", event.at, key=event.key, props={"moved": True})
    await engine.take(runtime, former, [back], context)
