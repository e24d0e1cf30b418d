"""The worker: runs every job on the partitions that fall to it, and hands over when others come or go."""

import asyncio
import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from dangol.engine import Engine
from dangol.errors import Unavailable
from dangol.host.guard import Guard
from dangol.host.registry import Registry
from dangol.plugin import Recommender
from dangol.recommend import records
from dangol.recommend.shelves import Shelves
from dangol.store.keys import PARTITIONS
from dangol.store.link import Link
from dangol.store.log import LeaseLost
from dangol.worker import leases
from dangol.worker.consents import Consents
from dangol.worker.dispatch import Dispatch
from dangol.worker.effects import Effects
from dangol.worker.follow import Follow
from dangol.worker.job import Job, Lane
from dangol.worker.learners import Drain, Learner, Teller
from dangol.worker.leases import Place
from dangol.worker.metrics import FAILURES, LEASES
from dangol.worker.outcomes import Policy
from dangol.worker.pages import Hints
from dangol.worker.preparing import Sites
from dangol.worker.triggers import Triggers
from dangol.worker.upkeep import Upkeep

SHORTEST_PAUSE = 0.004
LONGEST_PAUSE = 0.256
AFTER_FAILURE = 1.0
SINK_TRIES = 20  # a sink's far side may be away for long, and what is parked is not in order any more

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds: how long a lease lives without its worker, how often it is renewed, how long stopping may take, how
    long the log keeps what every job has."""

    lease: float = 5.0
    beat: float = 1.0
    drain: float = 15.0
    retention: float = 86_400.0


class Worker:
    """All jobs of dangol in one event loop. Any number may run on one store; they share the work by themselves.

    `sites` tells a site's definitions, compiled, and `engine` changes profiles; `others` are jobs that need more than
    those, `shelves` the catalogues where the process has them already. Start it once the definitions are loaded: a
    message of a campaign that is not known within seconds is dropped and counted.
    """

    def __init__(
        self,
        link: Link,
        registry: Registry,
        guard: Guard,
        sites: Sites,
        engine: Engine,
        *,
        timing: Timing | None = None,
        policy: Policy | None = None,
        others: Sequence[Job] = (),
        shelves: Shelves | None = None,
    ) -> None:
        self.link = link
        self.timing = timing or Timing()
        self.name = secrets.token_hex(8)
        shelves = shelves or Shelves(link)
        learning = [each for each in registry.recommenders() if type(each).learn is not Recommender.learn]
        follows = [
            Follow(link, "triggers", Triggers(link, sites)),
            Follow(link, "effects", Effects(link)),
            Follow(link, "consents", Consents(link, engine, sites)),
            Follow(link, "hints", Hints(link, sites)),
            *(Follow(link, f"learn:{each.name}", Learner(link, guard, each, shelves)) for each in learning),
            *(Follow(link, f"tally:{each.name}", Teller(link, guard, each, shelves)) for each in registry.tallies()),
            *(Follow(link, f"sink:{each.name}", Drain(guard, each), SINK_TRIES) for each in registry.sinks()),
        ]
        upkeep = Upkeep(link, {job.name for job in follows}, self.timing.retention)
        dispatch = Dispatch(link, registry, guard, sites, engine, policy or Policy())
        self.jobs: Sequence[Job] = [*follows, dispatch, upkeep, *others]
        self._stopping = asyncio.Event()
        self._crew = Crew(link, self.jobs, self.timing)

    async def run(self) -> None:
        """Work until `stop`. A store that is away is waited for."""
        await asyncio.to_thread(records.warm)
        try:
            while not self._stopping.is_set():
                await self._share()
                await _wait(self._stopping, self.timing.beat)
            await self._finish()
        finally:
            await self._crew.dismiss()

    async def _share(self) -> None:
        places = [Place(job.name, number) for job in self.jobs for number in range(PARTITIONS)]
        try:
            present = await leases.beat(self.link, self.name, self.timing.lease)
            await self._crew.take(leases.share(self.name, present, places))
        except Unavailable as error:
            logger.warning("the worker waits for the store: %s", error)

    async def stop(self) -> None:
        """Let `run` end: no new work, what is under way is finished, the leases are given back."""
        self._stopping.set()

    async def _finish(self) -> None:
        try:
            async with asyncio.timeout(self.timing.drain):
                await self._crew.leave()
                await asyncio.gather(*(job.close() for job in self.jobs))
                await leases.leave(self.link, self.name)
        except (TimeoutError, Unavailable) as error:
            logger.warning("the worker stops without being done: %r; others take over when its leases lapse", error)


@dataclass(eq=False)
class Shift:
    """A place while this worker has it."""

    place: Place
    token: str
    lane: Lane
    leaving: bool = False
    task: asyncio.Task[None] = field(init=False)

    async def run(self) -> None:
        """Step after step until told to leave, or until the lease is lost."""
        pause = SHORTEST_PAUSE
        try:
            while not self.leaving:
                wanted = await self._step()
                pause = min(pause * 2, LONGEST_PAUSE) if wanted is None else SHORTEST_PAUSE
                if wanted != 0:
                    await self._rest(pause if wanted is None else wanted)
        except LeaseLost as lost:
            logger.info("the lease is lost: %s", lost)
        finally:
            self.lane.close()

    async def _step(self) -> float | None:
        try:
            return await self.lane.step()
        except LeaseLost:
            raise
        except Unavailable as error:
            logger.info("job %s, partition %d waits: %s", *self.place, error)
            return AFTER_FAILURE
        except Exception:
            logger.exception("job %s, partition %d: a step failed", *self.place)
            FAILURES.labels(self.place.job).inc()
            self.leaving = True  # the next beat opens it anew, with nothing left over
            return AFTER_FAILURE

    async def _rest(self, seconds: float) -> None:
        """Lanes that rest equally long wake in the same turn of the loop, so that their calls share one write."""
        loop = asyncio.get_running_loop()
        until = (loop.time() // seconds + 1) * seconds
        while not self.leaving and (left := until - loop.time()) > 0:  # noqa: ASYNC110  # an event each costs more
            await asyncio.sleep(min(left, LONGEST_PAUSE))


class Crew:
    """The shifts of one worker."""

    def __init__(self, link: Link, jobs: Sequence[Job], timing: Timing) -> None:
        self.link = link
        self.jobs = {job.name: job for job in jobs}
        self.timing = timing
        self.shifts: dict[Place, Shift] = {}

    async def take(self, wanted: set[Place]) -> None:
        """Renew the leases, leave what is not `wanted` any more, and start what is and is free."""
        await asyncio.gather(*(self._renew(shift) for shift in list(self.shifts.values())))
        for place, shift in self.shifts.items():
            shift.leaving |= place not in wanted
        await asyncio.gather(*(self._start(place) for place in wanted - self.shifts.keys()))
        await asyncio.gather(*(self._end(shift) for shift in list(self.shifts.values()) if shift.task.done()))
        LEASES.set(len(self.shifts))

    async def leave(self) -> None:
        """Let every shift make its last step, and give all leases back."""
        for shift in self.shifts.values():
            shift.leaving = True
        await asyncio.gather(*(shift.task for shift in self.shifts.values()))
        await asyncio.gather(*(self._end(shift) for shift in list(self.shifts.values())))

    async def _renew(self, shift: Shift) -> None:
        if not await leases.renew(self.link, shift.place, shift.token, self.timing.lease):
            shift.leaving = True

    async def _start(self, place: Place) -> None:
        token = secrets.token_hex(8)
        if not await leases.acquire(self.link, place, token, self.timing.lease):
            return
        shift = Shift(place, token, self.jobs[place.job].lane(place, token))
        await shift.lane.open()
        shift.task = asyncio.create_task(shift.run(), name=f"{place.job}/{place.number}")
        self.shifts[place] = shift

    async def _end(self, shift: Shift) -> None:
        self.shifts.pop(shift.place, None)
        await leases.release(self.link, shift.place, shift.token)

    async def dismiss(self) -> None:
        """End what did not end by itself."""
        tasks = [shift.task for shift in self.shifts.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self.shifts.clear()
        LEASES.set(0)


async def _wait(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return
