"""A job that follows the event log: in order, each entry until it is done, none for ever.

What is new comes in batches. After a failure, and after another worker's end, what is pending comes one entry at a
time, so that only the entry at fault collects failures; at the limit it is parked.
"""

import logging
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from msgspec import MsgspecError

from dangol.errors import PluginFailure, Unavailable
from dangol.protocol.event import Entry
from dangol.store.link import Link
from dangol.store.log import Delivery, LeaseLost, Reader
from dangol.worker.job import Job, Lane
from dangol.worker.leases import Place
from dangol.worker.metrics import FAILURES, HANDLED, PARKED

BATCH = 100
PAUSE = 0.2
LONGEST_PAUSE = 10.0
ENDED_WORKERS = 20
"""Workers that may end while they handle one entry, before the entry is taken for the cause."""

logger = logging.getLogger(__name__)


class Logged(NamedTuple):
    """An entry with its id in the log of its partition."""

    id: str
    entry: Entry


class Handler(Protocol):
    """What a job does with entries."""

    async def __call__(self, number: int, batch: Sequence[Logged]) -> None:
        """Take over consecutive entries of partition `number`; the same may come again, also partly.

        `Unavailable` and a plugin that is switched off mean "later" and count against no entry; any other exception
        does.
        """


class Follow(Job):
    """Hands the log to `handle`; an entry that fails `tries` times is parked."""

    def __init__(self, link: Link, name: str, handle: Handler, tries: int = 3) -> None:
        self.link = link
        self.name = name
        self.handle = handle
        self.tries = tries

    def lane(self, place: Place, token: str) -> Lane:
        """One partition of the log."""
        return Follower(self, Reader(self.link, self.name, place.number, token))


class Follower(Lane):
    """Reads one partition for one job. `held` is a batch that waits for better times."""

    def __init__(self, job: Follow, reader: Reader) -> None:
        self.job = job
        self.reader = reader
        self.held: list[Delivery] = []
        self.catching_up = True
        self.failures = 0

    async def open(self) -> None:
        """The group exists from now on."""
        await self.reader.open()

    async def step(self) -> float | None:
        """One batch, or one pending entry."""
        if not self.held:
            self.held = await self._read()
        if not self.held:
            return None
        if self.held[0].tries > self.job.tries + ENDED_WORKERS:
            await self._park(self.held.pop(), "workers end while they handle it")
            return 0.0
        return await self._try()

    async def _read(self) -> list[Delivery]:
        if self.catching_up and (oldest := await self.reader.pending()):
            return [oldest]
        self.catching_up = True  # until the answer is here: one that gets lost leaves its entries pending
        found = await self.reader.new(BATCH)
        self.catching_up = False
        return found

    async def _try(self) -> float:
        try:
            if batch := await self._readable():
                await self.job.handle(self.reader.number, batch)
        except (LeaseLost, Unavailable):
            raise
        except Exception as error:
            return await self._failed(error)
        await self.reader.acknowledge([delivery.id for delivery in self.held])
        HANDLED.labels(self.job.name).inc(len(self.held))
        self.held, self.failures = [], 0
        return 0.0

    async def _readable(self) -> list[Logged]:
        """The held entries decoded; what can't be decoded is parked at once, since another try changes nothing."""
        batch: list[Logged] = []
        for delivery in list(self.held):
            try:
                batch.append(Logged(delivery.id, delivery.entry()))
            except (MsgspecError, UnicodeDecodeError) as error:
                await self._park(delivery, f"it can't be decoded: {error}")
                self.held.remove(delivery)
        return batch

    async def _failed(self, error: Exception) -> float:
        FAILURES.labels(self.job.name).inc()
        if isinstance(error, PluginFailure) and error.kind == "off":
            return LONGEST_PAUSE
        self.failures += self.catching_up
        pause = min(PAUSE * 2.0**self.failures, LONGEST_PAUSE)
        trace = None if isinstance(error, PluginFailure) else error  # the guard has told where
        logger.warning("job %s: %s; tried again in %.1f s", self.job.name, error, pause, exc_info=trace)
        if self.failures >= self.job.tries:
            await self._park(self.held[0], f"{type(error).__name__}: {error}")
            pause, self.failures = 0.0, 0
        self.held, self.catching_up = [], True
        return pause

    async def _park(self, delivery: Delivery, reason: str) -> None:
        await self.reader.park(delivery, reason)
        PARKED.labels(self.job.name).inc()
        logger.error("job %s: entry %s is parked: %s", self.job.name, delivery.id, reason)
