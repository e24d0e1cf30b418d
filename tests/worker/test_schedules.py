"""Slots: each is run once, late ones within their hours, older ones are told as missed."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from dangol.campaigns.calendar import moment
from dangol.definitions import repository
from dangol.house import House
from dangol.store import draws, keys, slots
from dangol.store.draws import Draw
from dangol.store.slots import Settled
from dangol.worker import schedules
from dangol.worker.leases import Place
from dangol.worker.schedules import Schedules

pytestmark = pytest.mark.anyio

DAY = 86_400
Define = Callable[..., Any]


class Clock:
    """The time, as the job and the store's documents have it."""

    def __init__(self, at: float) -> None:
        self.at = at

    def time(self) -> float:
        return self.at


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock(_unix("2026-11-02 09:00"))
    monkeypatch.setattr(schedules, "time", clock)
    monkeypatch.setattr(repository, "time", clock)
    return clock


def _unix(text: str) -> float:
    return moment(datetime.fromisoformat(text), "Asia/Seoul", 0)


def weekly(**fields: Any) -> dict[str, Any]:
    schedule = {"every": "day", "at": "10:30", "range": "since_last", **fields.pop("schedule", {})}
    return {"id": "daily", "message": {"use": "log", "once": "event"}, "schedule": schedule, **fields}


async def look(house: House, *, times: int = 1) -> None:
    """What a worker that is there now does, side by side in several workers."""
    await house.adopt(await repository.read_all(house.link))
    number = keys.partition("daily")
    jobs = [Schedules(house.link, lambda: house.by_id) for _ in range(times)]
    await asyncio.gather(*(job.lane(Place(job.name, number), "").step() for job in jobs))


async def opened_slots(house: House) -> list[Draw]:
    return sorted(await draws.under_way(house.link), key=lambda draw: draw.slot)


async def test_a_slot_is_run_once_when_its_time_comes(new_house: Any, define: Define, clock: Clock) -> None:
    house = new_house(define(campaigns=[weekly()]))
    await look(house)
    assert await opened_slots(house) == []
    clock.at = _unix("2026-11-02 10:30")
    await look(house, times=3)
    await look(house)
    [draw] = await opened_slots(house)
    assert (draw.campaign, draw.slot, draw.source) == ("daily", clock.at, "columns")
    assert await slots.latest(house.link, "shop", "daily", 9) == [Settled(int(clock.at), "run", clock.at)]
    await house.close()


async def test_the_range_begins_at_the_last_slot_that_was_run(new_house: Any, define: Define, clock: Clock) -> None:
    house = new_house(define(campaigns=[weekly()]))
    for day in ("02", "03"):
        clock.at = _unix(f"2026-11-{day} 10:31")
        await look(house)
    first, second = await opened_slots(house)
    assert first.since == pytest.approx(_unix("2026-11-02 10:31") - 7 * DAY)
    assert second.since == first.slot
    await house.close()


async def test_a_late_slot_is_run_and_an_older_one_is_told_as_missed(
    new_house: Any, define: Define, clock: Clock
) -> None:
    house = new_house(define(campaigns=[weekly(schedule={"late": 6})]))
    await look(house)
    clock.at = _unix("2026-11-05 16:29")
    await look(house)
    assert [draw.slot for draw in await opened_slots(house)] == [_unix("2026-11-05 10:30")]
    told = await slots.latest(house.link, "shop", "daily", 9)
    assert [each.state for each in told] == ["run", "missed", "missed", "missed"]
    clock.at = _unix("2026-11-06 16:31")
    await look(house)
    assert (await slots.latest(house.link, "shop", "daily", 1))[0].state == "missed"
    await house.close()


async def test_workers_that_were_all_away_since_a_campaign_was_saved_miss_nothing(
    new_house: Any, define: Define, clock: Clock
) -> None:
    house = new_house(define(campaigns=[weekly()]))
    clock.at += 900
    await repository.save(house.link, define(campaigns=[weekly(priority=3)]))
    clock.at = _unix("2026-11-02 15:00")
    await look(house)
    assert [draw.slot for draw in await opened_slots(house)] == [_unix("2026-11-02 10:30")]
    await house.close()


@pytest.mark.parametrize("after", [{"late": 100}, {}], ids=["with more hours", "as before"])
@pytest.mark.parametrize(
    "between",
    [{"schedule": {"at": "11:00"}}, {"active": False}, {"ends": "2026-11-02"}, {"id": "other"}],
    ids=["another time", "switched off", "ended", "taken away"],
)
async def test_a_schedule_that_was_changed_has_no_slots_in_the_past(
    new_house: Any, define: Define, clock: Clock, between: dict[str, Any], after: dict[str, Any]
) -> None:
    house = new_house(define(campaigns=[weekly()]))
    clock.at = _unix("2026-11-02 10:31")
    await look(house)
    await repository.save(house.link, define(campaigns=[weekly(**between)]))
    clock.at = _unix("2026-11-04 12:00")
    await repository.save(house.link, define(campaigns=[weekly(schedule=after)]))
    await look(house)
    assert len(await opened_slots(house)) == 1
    clock.at = _unix("2026-11-05 10:30")
    await look(house)
    assert [draw.slot for draw in await opened_slots(house)][1:] == [clock.at]
    await house.close()


async def test_a_campaign_that_is_off_or_over_has_no_slots(new_house: Any, define: Define, clock: Clock) -> None:
    house = new_house(define(campaigns=[weekly(ends="2026-11-02 10:00")]))
    clock.at = _unix("2026-11-02 10:31")
    await look(house)
    assert await opened_slots(house) == []
    assert await slots.latest(house.link, "shop", "daily", 9) == []
    await house.close()


async def test_a_campaign_that_was_off_while_a_worker_looked_on_makes_up_for_nothing(
    new_house: Any, define: Define, clock: Clock
) -> None:
    house = new_house(define(campaigns=[weekly()]))
    job = Schedules(house.link, lambda: house.by_id)
    lane = job.lane(Place(job.name, keys.partition("daily")), "")
    for at, is_on in (("02 10:30", True), ("02 12:00", False), ("03 12:00", True), ("04 10:30", True)):
        clock.at = _unix(f"2026-11-{at}")
        await repository.save(house.link, define(campaigns=[weekly(active=is_on)]))
        await house.adopt(await repository.read_all(house.link))
        await lane.step()
    told = await slots.latest(house.link, "shop", "daily", 9)
    assert [(each.slot, each.state) for each in told] == [(clock.at, "run"), (clock.at - 2 * DAY, "run")]
    await house.close()
