"""Which consents ask for something: a change that is still to be told, and a confirmation that gets old.

A sorted set each, by partition and site: ``<profile id>|<channel>`` by unix time. Profiles are the truth; what stands
here is where to look, and is put right with every change that the log tells of.
"""

import asyncio
from typing import NamedTuple

from dangol.store import keys
from dangol.store.keys import PARTITIONS
from dangol.store.link import Link


class Duty(NamedTuple):
    """The consent of a profile for a channel, and since when something is due."""

    profile_id: str
    channel: str
    at: int


async def put(link: Link, site: str, duty: Duty, confirmed_at: int) -> None:
    """The change at `duty.at` is to be told (0: nothing is), and the consent was confirmed then (0: it does not
    hold)."""
    number, member = keys.partition(duty.profile_id), f"{duty.profile_id}|{duty.channel}"
    for name, at in ((keys.untold(number, site), duty.at), (keys.confirmed(number, site), confirmed_at)):
        if at:
            await link.call("ZADD", name, at, member)
        else:
            await link.call("ZREM", name, member)


async def untold(link: Link, site: str, limit: int) -> tuple[int, list[Duty]]:
    """How many changes are still to be told, and those that wait longest."""
    return await _due(link, [keys.untold(number, site) for number in range(PARTITIONS)], "+inf", limit)


async def unconfirmed(link: Link, site: str, before: int, limit: int) -> tuple[int, list[Duty]]:
    """How many consents were last confirmed before then, and the oldest of them."""
    return await _due(link, [keys.confirmed(number, site) for number in range(PARTITIONS)], f"({before}", limit)


async def _due(link: Link, names: list[str], end: str, limit: int) -> tuple[int, list[Duty]]:
    counts = await asyncio.gather(*(link.call("ZCOUNT", name, "-inf", end) for name in names))
    flats = await asyncio.gather(
        *(link.call("ZRANGEBYSCORE", name, "-inf", end, "WITHSCORES", "LIMIT", 0, limit) for name in names)
    )
    found = []
    for flat in flats:
        for member, at in zip(flat[::2], flat[1::2], strict=True):
            profile_id, _, channel = member.decode().partition("|")
            found.append(Duty(profile_id, channel, int(float(at))))
    return sum(counts), sorted(found, key=lambda duty: duty.at)[:limit]
