"""Reading all profiles into columns: one pass over the store for all partitions that a worker newly has."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence

from dangol.segments.population.population import Known, Population
from dangol.segments.population.schema import Schema
from dangol.store import changes, keys
from dangol.store.link import Link

PAGE = 1000
SLICE = 50
"""Profiles that are taken over at once, which takes some milliseconds."""

ENDLESS = 2**32 - 2
"""Unix second up to which a profile lives that has no end, in the year 2106."""

Sites = Mapping[str, Population]


class Roll:
    """The populations of one partition, by site. `share` tells how much of a pass that fills them is done."""

    def __init__(self, number: int, schemas: Mapping[str, Schema]) -> None:
        self.number = number
        self.schemas = schemas
        self.sites: Sites = {site: Population(schema) for site, schema in schemas.items()}
        self.share = 0.0

    async def take(self, link: Link, names: Sequence[str], lock: asyncio.Lock) -> None:
        """Read profiles of this partition again, by the names of their keys. While `lock` is held nobody counts."""
        mine = [name for name in names if keys.profile_of(name)[1] in self.sites]
        for start in range(0, len(mine), SLICE):
            some = mine[start : start + SLICE]
            found = await changes.read(link, some)
            batches: dict[str, dict[str, Known | None]] = {}
            for name, (stored, until) in zip(some, found, strict=True):
                _, site, profile_id = keys.profile_of(name)
                known = Known(stored.profile(), until if until >= 0 else ENDLESS) if stored.document else None
                batches.setdefault(site, {})[profile_id] = known
            async with lock:
                for site, batch in batches.items():
                    self.sites[site].put(batch)


async def fill(link: Link, rolls: Mapping[int, Roll], lock: asyncio.Lock) -> None:
    """Read all profiles that stand in the store throughout; `rolls` by partition."""
    total, seen = max(1, await link.call("DBSIZE")), 0
    async for names in _pages(link):
        by_partition: dict[int, list[str]] = {}
        for name in names:
            by_partition.setdefault(keys.profile_of(name)[0], []).append(name)
        for number in by_partition.keys() & rolls.keys():
            await rolls[number].take(link, by_partition[number], lock)
        seen += PAGE
        for roll in rolls.values():
            roll.share = min(0.99, seen / total)


async def _pages(link: Link) -> AsyncIterator[list[str]]:
    cursor = b"0"
    while True:
        cursor, names = await link.call("SCAN", cursor, "MATCH", keys.PROFILES, "COUNT", PAGE)
        yield [name.decode() for name in names]
        if cursor == b"0":
            return
