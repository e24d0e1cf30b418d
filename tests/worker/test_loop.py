"""Workers as a whole: they do every job, share it, and take over from each other."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from dangol.definitions.model import Campaign, Definitions, MessageUse, Site
from dangol.engine import Engine
from dangol.host.guard import Guard
from dangol.host.registry import Registry
from dangol.plugin import Count, Counts, Entry, Plugin, Product, Query, Receipt, Recommender, Scored, Sink
from dangol.protocol.event import Decided
from dangol.recommend.counted import Counted
from dangol.recommend.shelves import Shelves
from dangol.runtime import SiteRuntime
from dangol.segments.conditions.catalogue import CATALOGUE
from dangol.stage import Stage
from dangol.store import catalogue, keys, outbox
from dangol.store.link import Link
from dangol.store.profiles import Profiles
from dangol.worker.loop import Timing, Worker

pytestmark = pytest.mark.anyio

QUICK = Timing(lease=0.6, beat=0.1, drain=5.0)
LANES = 16
OWN = 6 * LANES
"""Leases of a worker without plugins: triggers, effects, consents, hints, dispatch, upkeep."""
SHOP = Site("shop", "public-key", "Shop", ["https://shop.example"])


class Tally(Recommender):
    name = "tally"
    api = 1

    def learn(self, entry: Entry) -> list[Count]:
        return [Count("sold", [item.id], 1.0, entry.at / 1000) for event in entry.events for item in event.items]

    async def recommend(self, query: Query, counts: Counts) -> list[Scored]:
        return []


class Silent(Recommender):
    name = "silent"
    api = 1

    async def recommend(self, query: Query, counts: Counts) -> list[Scored]:
        return []


class Keep(Sink):
    name = "keep"
    api = 1

    def __init__(self) -> None:
        self.got: list[str] = []

    async def consume(self, entries: Any) -> None:
        self.got.extend(entry.profile for entry in entries)


def worker(link: Link, *plugins: Plugin, timing: Timing = QUICK) -> Worker:
    registry, guard = Registry.of(plugins), Guard()
    campaigns = [Campaign("welcome", message=MessageUse("scripted"))]
    runtime = SiteRuntime.build(Definitions(SHOP, campaigns=campaigns), 1, b"s" * 32, registry, CATALOGUE)
    engine = Engine(Profiles(link, 60), Stage(link, registry, guard, Shelves(link)))
    return Worker(link, registry, guard, {"shop": runtime}.get, engine, timing=timing)


@asynccontextmanager
async def running(*workers: Worker) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(each.run()) for each in workers]
    try:
        yield
    finally:
        for each in workers:
            await each.stop()
        await asyncio.gather(*tasks)


async def until(condition: Callable[[], Awaitable[Any] | Any], seconds: float = 8) -> float:
    """Waits for `condition`; returns the seconds that it took."""
    started = time.monotonic()
    async with asyncio.timeout(seconds):
        while True:
            found = condition()
            if found if not isinstance(found, Awaitable) else await found:
                return time.monotonic() - started
            await asyncio.sleep(0.01)


async def leads(link: Link) -> list[bytes]:
    return list(await link.call("KEYS", "*}lead:*"))


async def test_one_worker_does_every_job(link: Link, append: Any, order: Any, scripted: Any) -> None:
    channel, sink = scripted(), Keep()
    await catalogue.put(link, "shop", [Product("mug", "Mug", 100)])
    entries = [order(number, "mug") for number in range(40)]
    for number in range(LANES):
        messages = [Decided("welcome", "message", str(number))]
        await append(*entries, Entry("shop", f"m{number}", f"m{number}", 0, [], messages), number=number)
    async with running(worker(link, channel, sink, Tally())):
        await until(lambda: len(channel.got) == LANES and len(sink.got) == LANES * 41)
    shelves = Shelves(link)
    await shelves.caught_up("shop")
    sold = await Counted(link, shelves, "shop", Registry.of([Tally()])).counts_of("tally").rows(["sold"])
    assert sold.sums.tolist() == [40.0 * LANES]
    assert sorted(each.cause for each in channel.got) == sorted(f"welcome:{number}" for number in range(LANES))


async def test_a_recommender_that_learns_nothing_has_no_job(link: Link) -> None:
    names = {job.name for job in worker(link, Tally(), Silent()).jobs}
    assert "learn:tally" in names
    assert "learn:silent" not in names


async def test_stopping_gives_everything_back(link: Link) -> None:
    async with running(worker(link)):
        await until(lambda: _count(link, OWN))
    assert await leads(link) == []
    assert await link.call("ZCARD", keys.WORKERS) == 0


async def _count(link: Link, wanted: int) -> bool:
    return len(await leads(link)) == wanted


async def test_two_workers_share_the_work_and_one_takes_over_the_rest(link: Link) -> None:
    one, two = worker(link), worker(link)
    async with running(one):
        await until(lambda: len(one._crew.shifts) == OWN)
        async with running(two):
            one_crew, two_crew, places = one._crew.shifts, two._crew.shifts, OWN
            await until(lambda: len(two_crew) > 8 and len(one_crew) + len(two_crew) == places)
            assert not one._crew.shifts.keys() & two._crew.shifts.keys()
        await until(lambda: len(one._crew.shifts) == OWN)


async def test_a_dead_workers_places_are_taken_over_within_its_lease(link: Link, append: Any, order: Any) -> None:
    dead, sink = worker(link, Keep()), Keep()
    task = asyncio.create_task(dead.run())
    await until(lambda: len(dead._crew.shifts) == (OWN + LANES))
    task.cancel()  # ends it as a crash would: the leases stay behind
    await asyncio.gather(task, return_exceptions=True)
    assert await _count(link, (OWN + LANES))
    await append(order(1))
    async with running(worker(link, sink)):
        assert await until(lambda: sink.got == ["v1"]) < 2 * QUICK.lease + 0.5


async def test_an_idle_worker_asks_seldom_and_an_entry_is_seen_at_once(link: Link, append: Any, order: Any) -> None:
    sink = Keep()
    async with running(worker(link, sink, timing=Timing(lease=3.0, beat=1.0))):
        await until(lambda: _count(link, (OWN + LANES)))
        await asyncio.sleep(0.6)
        before, begun = await _calls(link), time.monotonic()
        await asyncio.sleep(1)
        asked = (await _calls(link) - before) / (time.monotonic() - begun)
        assert asked < 15 * (OWN + LANES), "a lease costs more than fifteen commands a second"
        await append(order(1))
        assert await until(lambda: sink.got == ["v1"]) < 0.6


async def _calls(link: Link) -> int:
    stats: bytes = await link.call("INFO", "stats")
    return int(stats.split(b"total_commands_processed:")[1].split(b"\r")[0])


async def test_a_job_that_breaks_is_started_anew(link: Link, append: Any, order: Any) -> None:
    sink = Keep()
    async with running(worker(link, sink)):
        await until(lambda: _count(link, (OWN + LANES)))
        await link.call("XGROUP", "DESTROY", keys.log(0), "sink:keep")
        await append(order(1))
        await until(lambda: sink.got == ["v1"])


async def test_a_store_that_loses_its_connections_is_waited_for(
    link: Link, store: Any, append: Any, order: Any
) -> None:
    sink, own = Keep(), Link(store.url)
    async with running(worker(own, sink)):
        await until(lambda: _count(link, (OWN + LANES)))
        await link.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
        await append(order(1))
        await until(lambda: sink.got == ["v1"])
    own.close()


async def test_stopping_waits_for_the_send_under_way(link: Link, scripted: Any, pushed: Any) -> None:
    started = asyncio.Event()

    async def slow() -> Receipt:
        started.set()
        await asyncio.sleep(0.3)
        return Receipt("accepted")

    [(made, _, _)] = await outbox.enqueue(link, [pushed()], 0.0, time.time(), zone="UTC")
    async with running(worker(link, scripted(slow))):
        await asyncio.wait_for(started.wait(), 5)
    row = await outbox.read(link, made)
    assert row is not None
    assert row.state == "accepted"
