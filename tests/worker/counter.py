"""A worker process that counts, for the test that kills it."""

from collections.abc import Callable

from dangol.definitions import repository
from dangol.house import House
from dangol.settings import Settings
from dangol.worker.census import Census
from dangol.worker.loop import Timing, Worker


async def main(url: str, ready: Callable[[], None]) -> None:
    """Work until killed."""
    house = House(Settings(secret="s" * 32), url)
    await house.adopt(await repository.read_all(house.link))
    worker = Worker(
        house.link, house.registry, house.guard, lambda *_: None, house.profiles.read,  # type: ignore[arg-type]
        timing=Timing(lease=0.8, beat=0.1), others=[Census(house.link, lambda: house.by_id)],
    )  # fmt: skip
    ready()
    await worker.run()
