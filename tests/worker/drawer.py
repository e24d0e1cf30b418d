"""A worker process that draws slowly, for the test that kills it."""

import asyncio
from collections.abc import Callable

from dangol.definitions import repository
from dangol.house import House
from dangol.settings import Settings
from dangol.store.keys import PARTITIONS
from dangol.worker import draws
from dangol.worker.census import Census
from dangol.worker.leases import Place
from dangol.worker.loop import Crew, Timing
from dangol.worker.schedules import Schedules


async def main(url: str, ready: Callable[[], None]) -> None:
    """Work until killed, a few recipients at a time."""
    draws.CHUNK = 3
    house = House(Settings(secret="s" * 32), url)
    await house.adopt(await repository.read_all(house.link))
    jobs = [Census(house.link, lambda: house.by_id), Schedules(house.link, lambda: house.by_id)]
    crew = Crew(house.link, jobs, Timing(lease=0.6))
    ready()
    while True:
        await crew.take({place for job in jobs for place in places(job.name)})
        await asyncio.sleep(0.1)


def places(name: str) -> list[Place]:
    """All partitions of a job."""
    return [Place(name, number) for number in range(PARTITIONS)]
