"""Asking providers what became of messages that they accepted, where no hook tells: ever more rarely, three days."""

import logging
import time
from collections.abc import Sequence
from typing import TypeGuard

from dangol.engine import Engine
from dangol.errors import PluginFailure
from dangol.host.guard import Guard
from dangol.host.registry import Registry
from dangol.plugin import Receipt
from dangol.receipts import Receipts, Told
from dangol.runtime import SiteRuntime
from dangol.store import outbox
from dangol.store.link import Link
from dangol.store.outbox import Outcome, Row
from dangol.worker.asking import Asking
from dangol.worker.job import Job, Lane
from dangol.worker.leases import Place
from dangol.worker.metrics import LOOKS
from dangol.worker.outcomes import Policy
from dangol.worker.preparing import Sites
from dangol.worker.ways import Way

BATCH = 100
"""Requests that are asked about in one step of a partition."""
SHORTEST = 60.0
LONGEST = 6 * 3600.0
GIVEN_UP = 3 * 86_400.0
"""Seconds after which nobody expects a provider's word any more."""
IDLE = 5.0

logger = logging.getLogger(__name__)


def pause(age: float) -> float:
    """Seconds until a request is asked about again that was sent `age` seconds ago: as long as it was so far, at least
    a minute and at most six hours."""
    return min(max(age, SHORTEST), LONGEST)


class Lookups(Job):
    """Looks accepted requests up. `sites` tells the definitions in force."""

    name = "lookups"

    def __init__(
        self, link: Link, registry: Registry, guard: Guard, sites: Sites, engine: Engine, policy: Policy
    ) -> None:
        self.link = link
        self.sites = sites
        self.asking = Asking(guard, policy.budget)
        self.receipts = Receipts(link, registry, engine, policy)
        self.keep = policy.keep

    def lane(self, place: Place, token: str) -> Lane:
        """One partition's accepted requests."""
        return _Looks(self, place.number)

    async def look(self, number: int, now: float) -> int:
        """Ask about those of a partition that are due; how many there were."""
        rows = await outbox.to_look_up(self.link, number, now, BATCH)
        ways: dict[int, tuple[SiteRuntime, Way, list[Row]]] = {}
        lost: list[Row] = []
        for row in rows:
            runtime = self.sites(row.push.site)
            way = await self.receipts.way(runtime, row) if runtime else None
            if runtime is None or way is None or not way.looks_up:
                lost.append(row)
            else:
                ways.setdefault(id(way), (runtime, way, []))[2].append(row)
        await self._later(number, lost, now)
        for runtime, way, part in ways.values():
            await self._ask(number, runtime, way, part, now)
        return len(rows)

    async def _ask(self, number: int, runtime: SiteRuntime, way: Way, rows: Sequence[Row], now: float) -> None:
        try:
            answers = await self.asking.look_up(way, rows)
        except PluginFailure as failure:
            logger.info("%d accepted messages can't be looked up: %s", len(rows), failure)
            LOOKS.labels(way.route.channel, "failed").inc(len(rows))
            answers = [None] * len(rows)
        told = [Told(row, receipt) for row, receipt in zip(rows, answers, strict=True) if _is_final(receipt)]
        left = [row for row, receipt in zip(rows, answers, strict=True) if not _is_final(receipt)]
        await self.receipts.take(runtime, told, now)
        LOOKS.labels(way.route.channel, "told").inc(len(rows) - len(left))
        LOOKS.labels(way.route.channel, "open").inc(len(left))
        await self._later(number, left, now)

    async def _later(self, number: int, rows: Sequence[Row], now: float) -> None:
        """Ask again after a while, or no more."""
        over = [row for row in rows if now - row.sent >= GIVEN_UP]
        unknown = [Outcome(row.key, "unknown", reason="no_answer", price=row.price) for row in over]
        await outbox.tell(self.link, unknown, now, keep=self.keep)
        again = [(row.key, now + pause(now - row.sent)) for row in rows if now - row.sent < GIVEN_UP]
        await outbox.look_again(self.link, number, again)


def _is_final(receipt: Receipt | None) -> TypeGuard[Receipt]:
    return receipt is not None and receipt.state in ("delivered", "failed")


class _Looks(Lane):
    def __init__(self, job: Lookups, number: int) -> None:
        self.job = job
        self.number = number

    async def step(self) -> float | None:
        return 0.0 if await self.job.look(self.number, time.time()) == BATCH else IDLE
