"""A slot's whole way through a worker: drawn, judged, sent or held out, and counted in the campaign's comparison."""

import asyncio
import time
from typing import Any

import pytest

from dangol.campaigns.arms import HOLDOUT
from dangol.definitions.model import MessageUse
from dangol.house import House
from dangol.messages.push import Push
from dangol.profile.model import Member
from dangol.protocol import tokens
from dangol.store import draws, effects, keys, outbox, sends
from dangol.store.draws import Draw
from dangol.store.sends import Send
from dangol.worker.process import worker_for

pytestmark = pytest.mark.anyio

SIZE = 40
SLOT = 1_790_000_000


async def until_done(house: House) -> None:
    async with asyncio.timeout(60):
        while await draws.under_way(house.link) or sum(
            [await outbox.waiting(house.link, number) for number in range(keys.PARTITIONS)]
        ):
            await asyncio.sleep(0.1)


async def entered(house: House) -> dict[str, int]:
    """How many shoppers the report has in each arm, once the worker has counted them all."""
    found: dict[str, int] = {}
    async with asyncio.timeout(20):
        while sum(found.values()) < SIZE:
            counted = await effects.read(house.link, "shop", "weekly", time.time())
            found = {}
            for cell, figures in counted.cells.items():
                if not cell.segment:
                    found[cell.arm] = found.get(cell.arm, 0) + figures.entered
            await asyncio.sleep(0.1)
    return found


async def begun(house: House) -> Send:
    """A manual send that was cancelled after its only recipient had been queued."""
    send = Send("s1", "shop", "", MessageUse("log"), "rows", 1.0, state="cancelled")
    await sends.create(house.link, send)
    key = outbox.key_of("shop", send.campaign, "to:01012345678")
    push = Push(key, "shop", send.campaign, "manual", send.campaign, to="01012345678")
    await outbox.enqueue(house.link, [push], 0.0, time.time(), zone="Asia/Seoul")
    return send


async def test_both_arms_of_a_slot_are_counted_and_only_one_gets_the_message(
    new_house: Any, opened: Any, define: Any
) -> None:
    campaign = {
        "id": "weekly",
        "message": {"use": "log", "once": "ever"},
        "schedule": {"every": "week", "at": "10:30", "on": ["mon"]},
        "holdout": 40,
    }
    house: House = await opened(new_house(define(campaigns=[campaign])))
    runtime = house.by_id["shop"]
    for number in range(SIZE):
        id = tokens.member_profile(runtime.keys, f"m{number}")
        stored = await house.profiles.read_now("shop", id)
        profile = stored.profile()
        profile.seed, profile.first_seen, profile.last_seen = number + 1, 1, int(time.time())
        profile.member = Member(f"m{number}")
        await house.profiles.write("shop", id, stored, profile)
    worker = worker_for(house)
    running = asyncio.create_task(worker.run())
    cancelled = await begun(house)
    await draws.begin(house.link, Draw("shop:weekly:1", "shop", "weekly", "columns", 0.0, SLOT))
    await until_done(house)
    arms = await entered(house)
    rows = await outbox.read_many(house.link, [key async for key in outbox.every(house.link)])
    [manual] = [row for row in rows if row and row.push.campaign == cancelled.campaign]
    assert (manual.state, manual.reason) == ("refused", "cancelled")
    rows.remove(manual)
    states = [(row.state, row.reason) for row in rows if row]
    assert states.count(("accepted", "")) == arms["on"] > 0
    assert states.count(("refused", "holdout")) == arms[HOLDOUT] > 0
    assert sum(arms.values()) == SIZE
    await draws.begin(house.link, Draw("shop:weekly:2", "shop", "weekly", "columns", 0.0, SLOT + 604_800))
    await until_done(house)
    assert draws.total(await draws.found(house.link, "shop:weekly:2")) == draws.Drawn(SIZE, arms["on"])
    assert len([key async for key in outbox.every(house.link)]) == SIZE + 1
    await worker.stop()
    await running
