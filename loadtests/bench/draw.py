"""A draw: seconds from a slot's opening to 1,000,000 queued push requests, and the memory of worker and store.

    python -m loadtests.bench.draw

Members as a shop has them stand in an embedded store, whose profiles a worker has in columns. The audience is all of
them, so that a request is made of each; the campaign has a holdout and sends once ever, so that each profile is read.
BENCH_MEMBERS sets another number.
"""

import asyncio
import os
import random
import resource
import tempfile
import time
from pathlib import Path

import psutil

from dangol.definitions import document, repository
from dangol.house import House
from dangol.profile.model import Member
from dangol.settings import Settings
from dangol.store import draws, keys, outbox
from dangol.store.draws import Draw
from dangol.store.embedded import EmbeddedStore
from dangol.store.profiles import VERSION_BYTES, encode
from dangol.worker.census import Census
from dangol.worker.job import Lane
from dangol.worker.leases import Place
from loadtests.bench.crowd import Crowd
from loadtests.bench.process import cpu as cpu_of

MEMBERS = int(os.environ.get("BENCH_MEMBERS", "1000000"))
DRAWN = 20_000
"""Different members; all others are made of them, under ids and seeds of their own."""

AT_ONCE = 500
LIFE = 400 * 86_400
BAR, AIM = 120, 30
SITE = {
    "site": {"id": "shop", "key": "public-key", "name": "Shop", "origins": ["https://shop.example"]},
    "segments": [{"id": "seen", "include": {"visits": {"gte": 0}}}],
    "campaigns": [
        {
            "id": "weekly",
            "audience": ["seen"],
            "message": {"use": "log", "once": "ever"},
            "schedule": {"every": "week", "at": "10:30", "on": ["mon"]},
        }
    ],
}


async def settle(house: House) -> None:
    """Put the members into the store."""
    chance, number = random.Random(5), 0
    shoppers = list(Crowd(int(time.time())).draw(DRAWN))
    while number < MEMBERS:
        calls = []
        for number in range(number, min(MEMBERS, number + AT_ONCE)):  # noqa: B020
            shopper = shoppers[number % DRAWN]
            shopper.seed, shopper.member = chance.getrandbits(62), shopper.member or Member("")
            shopper.member.id = f"member-{number}"
            raw = os.urandom(VERSION_BYTES) + encode(shopper)
            calls.append(house.link.call("SET", keys.profile("shop", f"m{number:015}"), raw, "EX", LIFE))
        await asyncio.gather(*calls)
        number += 1


async def work(lane: Lane) -> None:
    """What a worker does with a partition."""
    while True:  # noqa: ASYNC110  # there is nothing to be told of
        await asyncio.sleep(await lane.step() or 0)


async def about(house: House, section: str, name: str) -> float:
    """A number that the store tells of itself."""
    lines = (await house.link.call("INFO", section)).split(b"\r\n")
    return float(next(line for line in lines if line.startswith(name.encode() + b":")).partition(b":")[2])


async def used(house: House) -> float:
    """MB that the store says it uses."""
    return await about(house, "memory", "used_memory") / 1e6


async def measure(house: House) -> None:
    """Print how long it takes and what it needs."""
    await repository.save(house.link, document.check(SITE, "bench", house.registry))
    await house.adopt(await repository.read_all(house.link))
    await settle(house)
    job = Census(house.link, lambda: house.by_id)
    lanes = [job.lane(Place(job.name, number), "") for number in range(keys.PARTITIONS)]
    began = time.perf_counter()
    for lane in lanes:
        await lane.open()
    while any(lane.roll is None for lane in job.lanes.values()):  # noqa: ASYNC110
        await asyncio.sleep(0.1)
    print(f"{MEMBERS:,} members in columns after {time.perf_counter() - began:.0f} s")
    process, server = psutil.Process(), psutil.Process(int(await about(house, "server", "process_id")))
    stored = cpu_of(server)
    resident, before = process.memory_info().rss / 1e6, await used(house)
    peak, began, busy = resident, time.perf_counter(), time.process_time()
    await draws.begin(house.link, Draw("bench", "shop", "weekly", "columns", 0.0, 1_790_000_000))
    working = [asyncio.create_task(work(lane)) for lane in lanes]
    while await draws.under_way(house.link):
        await asyncio.sleep(0.1)
        peak = max(peak, process.memory_info().rss / 1e6)
    took, cpu = time.perf_counter() - began, time.process_time() - busy
    found = draws.total(await draws.found(house.link, "bench"))
    queued = sum([await outbox.waiting(house.link, number) for number in range(keys.PARTITIONS)])
    assert found.matched == queued == MEMBERS, (found, queued)
    rows = (await used(house) - before) * 1e6 / MEMBERS
    print(f"{queued:,} drawn and queued in {took:.1f} s (bar {BAR}, aim {AIM}); ", end="")
    print(f"CPU: worker {cpu:.1f} s, store {cpu_of(server) - stored:.1f} s")
    print(f"worker {resident:,.0f} MB before, at most {peak:,.0f} MB while it draws; store {rows:.0f} bytes a request")
    for task in working:
        task.cancel()
    await asyncio.gather(*working, return_exceptions=True)
    await job.close()
    await house.close()


def main() -> None:
    """Measure over a store of its own."""
    with tempfile.TemporaryDirectory() as folder:
        store = EmbeddedStore(Path(folder))
        store.start()
        try:
            asyncio.run(measure(House(Settings(secret="s" * 32, data_dir=folder), store.url)))
        finally:
            store.stop()
        print(f"peak of the process {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")


if __name__ == "__main__":
    main()
