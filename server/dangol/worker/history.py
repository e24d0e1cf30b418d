"""Logged events, put into the streams of the profiles that they are about. Doing so again changes nothing."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from dangol.errors import Unavailable
from dangol.profile.model import Profile
from dangol.profile.watch import Watching
from dangol.protocol.event import Event
from dangol.store import log, orders
from dangol.store.link import Link
from dangol.store.profiles import Profiles
from dangol.worker.metrics import FILLED

TRIES = 20


async def fill(link: Link, profiles: Profiles, watching: Mapping[str, Watching], payloads: Iterable[bytes]) -> None:
    """Take in entries as the log has them, for the sites that are watched; others are passed over.

    Raises `Unavailable`; all of it may be done again then.
    """
    found: dict[tuple[str, str], list[Event]] = defaultdict(list)
    for payload in payloads:
        entry = log.entry(payload)
        if entry and entry.site in watching:
            for event in _watched(entry.events, watching[entry.site]):
                found[entry.site, entry.profile or await orders.owner(link, entry.site, event.key)].append(event)
    await asyncio.gather(
        *(
            _put(profiles, site, profile_id, watching[site], events)
            for (site, profile_id), events in found.items()
            if profile_id not in ("", orders.GUEST)
        )
    )


def _watched(events: Iterable[Event], watching: Watching) -> Iterable[Event]:
    return (event for event in events if event.name in watching.by_name or event.props.get("moved"))


async def _put(profiles: Profiles, site: str, profile_id: str, watching: Watching, events: Sequence[Event]) -> None:
    """By compare-and-set, to the member where the profile has become one. Who is forgotten stays so. What is remembered
    of a profile won't do: where it has the events, nothing would be written that finds out that they are gone."""
    stored = await profiles.read_now(site, profile_id)
    for _ in range(TRIES):
        profile = stored.profile()
        if profile.alias:
            return await _put(profiles, site, profile.alias, watching, events)
        if not stored.document or not _take(profile, watching, events):
            return
        done, stored = await profiles.write(site, profile_id, stored, profile)
        if done:
            return FILLED.inc()
    raise Unavailable(f"{TRIES} requests in a row were quicker on the profile {profile_id}")


def _take(profile: Profile, watching: Watching, events: Iterable[Event]) -> bool:
    """Whether it changed anything."""
    before = dict(profile.behaviours)
    for event in events:
        watching.take(profile, _as_counted(profile, event))
    profile.watched = max(profile.watched, watching.version)
    return profile.behaviours != before


def _as_counted(profile: Profile, event: Event) -> Event:
    """An order that was reported twice counts at the time of the report that the profile took in."""
    if event.name == "purchase":
        for order in profile.recent_orders:
            if order.number == event.key:
                return replace(event, at=order.at * 1000)
    return event
