"""A worker as a process runs it: once the definitions are there, until told to stop."""

import asyncio
import logging
import signal

from dangol.house import House
from dangol.outside import permit
from dangol.runtime import SiteRuntime
from dangol.worker.backfill import Backfill
from dangol.worker.census import Census
from dangol.worker.feeds import Feeds
from dangol.worker.lookups import Lookups
from dangol.worker.loop import Timing, Worker
from dangol.worker.outcomes import Policy
from dangol.worker.pages import Pages
from dangol.worker.schedules import Schedules

log = logging.getLogger(__name__)


def worker_for(house: House) -> Worker:
    """The worker that shares the house's store, plugins and definitions."""

    def site(id: str) -> SiteRuntime | None:
        return house.by_id.get(id)

    settings = house.settings
    policy = Policy(keep=settings.push_days * 86_400, public_url=settings.public_url.rstrip("/"))
    return Worker(
        house.link,
        house.registry,
        house.guard,
        site,
        house.engine,
        timing=Timing(retention=settings.log_hours * 3600),
        policy=policy,
        others=[
            Lookups(house.link, house.registry, house.guard, site, house.engine, policy),
            Backfill(house.link, house.profiles, lambda: house.by_id),
            Census(house.link, lambda: house.by_id, settings.push_days * 86_400),
            Schedules(house.link, lambda: house.by_id),
            Feeds(house.link, lambda: house.by_id, permit(settings)),
            Pages(house.link, lambda: house.by_id, permit(settings)),
        ],
        shelves=house.shelves,
    )


async def run_worker(house: House) -> None:
    """Work until SIGTERM or SIGINT; what is under way is finished first."""
    await house.open()
    await house.loaded.wait()
    worker = worker_for(house)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, lambda: loop.create_task(worker.stop()))
    log.info("the worker runs")
    await worker.run()
    await house.close()
