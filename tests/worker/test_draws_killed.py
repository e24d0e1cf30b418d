"""A slot whose worker is killed while it draws: run once, and everybody is queued once."""

import asyncio
import random
import time
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from loadtests.forks import forked, killed
from tests.worker import drawer

from dangol.house import House
from dangol.profile.model import Member
from dangol.protocol import tokens
from dangol.store import draws, keys, outbox, slots
from dangol.store.slots import Settled

pytestmark = pytest.mark.anyio

SIZE = 300


async def queued(house: House) -> int:
    return sum([await outbox.waiting(house.link, number) for number in range(keys.PARTITIONS)])


async def settled(house: House) -> list[Settled]:
    return await slots.latest(house.link, "shop", "daily", 9)


async def test_everybody_is_queued_once_although_a_worker_is_killed_while_it_draws(
    new_house: Any, opened: Any, define: Any, store: Any
) -> None:
    at = datetime.now(ZoneInfo("Asia/Seoul")) - timedelta(minutes=2)
    schedule = {"every": "day", "at": f"{at:%H:%M}"}
    campaign = {"id": "daily", "message": {"use": "log", "once": "event"}, "schedule": schedule, "holdout": 0}
    house: House = await opened(new_house(define(campaigns=[campaign])))
    await house.link.call("HSET", keys.DEFINITIONS, "shop", _long_saved(await _document(house)))
    for number in range(SIZE):
        id = tokens.member_profile(house.by_id["shop"].keys, f"m{number}")
        stored = await house.profiles.read_now("shop", id)
        profile = stored.profile()
        profile.seed, profile.first_seen, profile.last_seen = number + 1, 1, int(time.time())
        profile.member = Member(f"m{number}")
        await house.profiles.write("shop", id, stored, profile)
    chance, kills = random.Random(5), 0
    async with asyncio.timeout(90):
        while not await settled(house) or await draws.under_way(house.link):
            process = await forked(drawer.main, store.url)
            before, drawing = await queued(house), kills < 1
            while await draws.under_way(house.link) or not await settled(house):
                await asyncio.sleep(0.01)
                if drawing and await queued(house) > before + chance.randrange(20, 120):
                    break
            await killed(process)
            kills += 1
    assert kills > 1
    assert [each.state for each in await settled(house)] == ["run"]
    found = await outbox.read_many(house.link, [key async for key in outbox.every(house.link)])
    assert len({row.push.member for row in found if row}) == len(found) == SIZE


async def _document(house: House) -> bytes:
    raw: bytes = await house.link.call("HGET", keys.DEFINITIONS, "shop")
    return raw


def _long_saved(raw: bytes) -> bytes:
    """The document as if it had been saved an hour ago."""
    head, _, rest = raw.partition(b',"saved_at":')
    saved, _, rest = rest.partition(b",")
    return head + b',"saved_at":' + str(int(saved) - 3600).encode() + b"," + rest
