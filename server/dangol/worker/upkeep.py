"""Keeping the log short, letting go of drafts, and telling how far the jobs are."""

import logging
import time
from collections.abc import Collection

from dangol.definitions import drafting
from dangol.store import log, outbox
from dangol.store.link import Link
from dangol.worker.job import Job, Lane
from dangol.worker.leases import Place
from dangol.worker.metrics import LAG, STUCK, TRIMMED, WAITING

EVERY = 10.0
FIRST = 0
"""The partition whose worker sees to what is not of any partition."""

logger = logging.getLogger(__name__)


class Upkeep(Job):
    """Trims each partition of the log and measures it. `jobs` are those that this worker knows to read it."""

    name = "upkeep"

    def __init__(self, link: Link, jobs: Collection[str], retention: float) -> None:
        self.link = link
        self.jobs = jobs
        self.retention = retention
        self.strangers: set[str] = set()

    def lane(self, place: Place, token: str) -> Lane:
        """One partition."""
        return _Keeper(self, place.number)

    def warn_of(self, job: str, backlog: int) -> None:
        """Say once that the log grows for a job that nobody here runs; perhaps its plugin is gone."""
        if backlog and job not in self.jobs and job not in self.strangers:
            self.strangers.add(job)
            logger.warning(
                "the log keeps entries for the job %r, which no plugin of this worker runs; install its plugin again or"
                " run `dangol forget %s`",
                job,
                job,
            )


class _Keeper(Lane):
    def __init__(self, job: Upkeep, number: int) -> None:
        self.job = job
        self.number = number
        self.seen: set[str] = set()
        self.has_told = False

    async def step(self) -> float | None:
        removed, backlogs = await log.trim(self.job.link, self.number, self.job.retention)
        TRIMMED.inc(removed)
        for name, backlog in backlogs.items():
            self.seen.add(name)
            LAG.labels(name, self.number).set(backlog)
            self.job.warn_of(name, backlog)
        WAITING.labels(self.number).set(await outbox.waiting(self.job.link, self.number))
        STUCK.labels(self.number).set(await outbox.stuck(self.job.link, self.number))
        self.has_told = True
        if self.number == FIRST:
            await drafting.lapse(self.job.link, time.time())
        return EVERY

    def close(self) -> None:
        """Another worker tells these from now on."""
        for name in self.seen:
            LAG.remove(name, self.number)
        if self.has_told:
            WAITING.remove(self.number)
            STUCK.remove(self.number)
