"""Slots in the store: each is settled once, by one rule, and its draw opens with it; draws end with their last part."""

import asyncio

import pytest

from dangol.store import draws, keys, slots
from dangol.store.draws import Draw, Drawn
from dangol.store.link import Link
from dangol.store.slots import Record, Settled

pytestmark = pytest.mark.anyio

DRAW = Draw("shop:c:100", "shop", "c", "columns", 0.0, 100)
RUN = Settled(100, "run", 101.0)


async def test_of_many_who_settle_a_slot_one_does(link: Link) -> None:
    record = await slots.adopt(link, "shop", "c", Record(), "rule", 50)
    assert record == Record("rule", 50, 0)
    settled = await asyncio.gather(*(slots.settle(link, "shop", "c", record, RUN, DRAW) for _ in range(5)))
    assert sorted(settled) == [False] * 4 + [True]
    assert await slots.read(link, "shop", "c") == Record("rule", 100, 100)
    assert await slots.latest(link, "shop", "c", 9) == [RUN]
    assert await draws.under_way(link) == [DRAW]


async def test_a_missed_slot_opens_no_draw_and_is_not_the_last_that_ran(link: Link) -> None:
    record = await slots.adopt(link, "shop", "c", Record(), "rule", 50)
    assert await slots.settle(link, "shop", "c", record, Settled(100, "missed", 900.0), None)
    assert await slots.read(link, "shop", "c") == Record("rule", 100, 0)
    assert await draws.under_way(link) == []


async def test_a_rule_that_gave_way_settles_nothing_and_comes_back_from_nothing(link: Link) -> None:
    record = await slots.adopt(link, "shop", "c", Record(), "rule", 50)
    other = await slots.adopt(link, "shop", "c", record, "other", 70)
    assert not await slots.settle(link, "shop", "c", record, RUN, DRAW)
    assert await slots.adopt(link, "shop", "c", record, "third", 80) == other


async def test_so_many_slots_are_remembered(link: Link, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slots, "TOLD", 2)
    record = await slots.adopt(link, "shop", "c", Record(), "rule", 0)
    for at in (1, 2, 3):
        await slots.settle(link, "shop", "c", record, Settled(at, "missed", 9.0), None)
        record = await slots.read(link, "shop", "c")
    assert [each.slot for each in await slots.latest(link, "shop", "c", 9)] == [3, 2]


async def test_a_draw_is_over_with_its_last_partition(link: Link) -> None:
    await draws.begin(link, DRAW)
    await draws.begin(link, DRAW)
    for number in range(keys.PARTITIONS):
        assert await draws.under_way(link) == [DRAW]
        assert await draws.finish(link, DRAW, number, Drawn(number, 1)) is (number == keys.PARTITIONS - 1)
    assert await draws.under_way(link) == []
    assert draws.total(await draws.found(link, DRAW.id)) == Drawn(120, 16)
