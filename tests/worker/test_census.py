"""Two workers share the count; when one is killed, the other counts all, and no event is missed."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from multiprocessing.process import BaseProcess
from typing import Any

import pytest
from loadtests.forks import forked, killed
from tests.worker import counter

from dangol.definitions.model import Segment
from dangol.engine import Context
from dangol.errors import Unavailable
from dangol.house import House
from dangol.plugin import Request
from dangol.protocol.event import Event, Item
from dangol.segments.twin import holds
from dangol.store import changes, keys
from dangol.store.asking import Part
from dangol.store.link import Link
from dangol.worker.census import Census
from dangol.worker.leases import Place

pytestmark = pytest.mark.anyio

SEGMENTS: list[dict[str, Any]] = [
    {"id": "viewers", "include": {"viewed_products": {"has_any": ["p1", "p2"]}}},
    {"id": "often", "include": {"views_of": {"key": "p1", "gte": 2}}},
    {"id": "others", "include": {"all": []}, "exclude": {"segment": "viewers"}},
]


@asynccontextmanager
async def counting(url: str) -> AsyncIterator[BaseProcess]:
    """A worker process, killed at the end."""
    process = await forked(counter.main, url)
    try:
        yield process
    finally:
        await killed(process)


async def view(house: House, chance: random.Random, times: int) -> None:
    """Page views of random visitors, side by side."""
    now = house.now()
    runtime = house.by_id["shop"]

    async def one(number: int) -> None:
        visitor, item = f"v{chance.randrange(60):015}", Item(f"p{chance.randrange(5)}")
        event = Event(f"{chance.getrandbits(64):016x}", "view_item", int(now * 1000) + number, items=[item])
        await house.engine.take(runtime, visitor, [event], Context(now=now))

    await asyncio.gather(*map(one, range(times)))


async def counted(house: House) -> tuple[float, list[int]]:
    """When it was asked and the sizes of the segments, as soon as all partitions are counted."""
    runtime = house.by_id["shop"]
    async with asyncio.timeout(60):
        while True:
            now = house.now()
            try:
                parts: list[Part] = await house.asker.ask("shop", runtime.version, now, seconds=2)
            except Unavailable:
                await asyncio.sleep(0.05)
            else:
                return now, [sum(part.sizes[4 * number] for part in parts) for number in range(len(SEGMENTS))]


async def brute_force(link: Link, house: House, now: float) -> list[int]:
    names = [f"v{number:015}" for number in range(60)]
    found = [(await changes.read(link, [keys.profile("shop", name)]))[0][0] for name in names]
    profiles = [stored.profile() for stored in found if stored.document]
    scope, request = house.by_id["shop"].scope, Request(now=now)
    return [sum(holds(Segment(**each), profile, request, scope) for profile in profiles) for each in SEGMENTS]


async def test_workers_share_the_count_and_one_takes_over_from_another(
    new_house: Any, opened: Any, define: Any, store: Any
) -> None:
    house = await opened(new_house(define(segments=SEGMENTS)))
    chance = random.Random(7)
    await view(house, chance, 100)
    async with counting(store.url) as doomed, counting(store.url):
        for turn in range(6):
            await view(house, chance, 20)
            now, sizes = await counted(house)
            assert sizes == await brute_force(house.link, house, now)
            if turn == 2:
                await killed(doomed)
    assert sizes[1] > 0


async def test_changes_that_were_trimmed_before_they_were_read_are_found_all_the_same(
    new_house: Any, opened: Any, define: Any
) -> None:
    house = await opened(new_house(define(segments=SEGMENTS)))
    chance, job = random.Random(7), Census(house.link, lambda: house.by_id)
    lanes = [job.lane(Place(job.name, number), "") for number in range(keys.PARTITIONS)]
    for lane in lanes:
        await lane.open()
    try:
        await counted(house)
        await view(house, chance, 50)
        for number in range(keys.PARTITIONS):
            await house.link.call("XTRIM", keys.log(number), "MAXLEN", 0)
        await asyncio.gather(*(lane.step() for lane in lanes))
        now, sizes = await counted(house)
        assert sizes == await brute_force(house.link, house, now)
    finally:
        await job.close()
