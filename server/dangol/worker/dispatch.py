"""Handing push requests to their channels: claim what is due, look at it, send it, write down what became of it.

A batch is one partition's. What raises while a batch is made ready is looked for by halves, so that one bad request
does not take the others along; it is tried a few times, then parked.
"""

import asyncio
import logging
import secrets
import time
from collections import defaultdict
from collections.abc import Sequence

from dangol.engine import Engine
from dangol.errors import Unavailable
from dangol.host.guard import Guard
from dangol.host.registry import Registry
from dangol.messages.reasons import Reason
from dangol.store import outbox, recipients
from dangol.store.link import Link
from dangol.store.outbox import Row
from dangol.store.recipients import Reach
from dangol.store.rows import BULK
from dangol.store.sends import Sends
from dangol.worker.asking import Asking
from dangol.worker.composing import Ready
from dangol.worker.handing import Handing
from dangol.worker.interrupted import Interrupted
from dangol.worker.job import Job, Lane
from dangol.worker.leases import Place
from dangol.worker.outcomes import ALONE, Policy, stumbled
from dangol.worker.preparing import Prepared, Preparing, Sites, refused
from dangol.worker.settling import Settling

BATCH = 250
FULL_PAUSE = 0.05
"""Seconds until a partition is looked at again when there was no room for its rows."""

logger = logging.getLogger(__name__)


class Dispatch(Job):
    """Sends rows that are due, at most `policy.rows` at once over all partitions. A fifth of them is kept for what is
    not sent to many."""

    name = "dispatch"

    def __init__(
        self, link: Link, registry: Registry, guard: Guard, sites: Sites, engine: Engine, policy: Policy
    ) -> None:
        self.link = link
        self.policy = policy
        self.preparing = Preparing(link, sites, registry, engine, Sends(link), policy)
        asking = Asking(guard, policy.budget)
        self.settling = Settling(link, policy)
        self.interrupted = Interrupted(link, asking, self.settling, policy)
        self.handing = Handing(link, asking, engine, self.settling, policy)
        self.free = policy.rows
        self.free_for_many = policy.rows - policy.rows // 5
        self.working: set[asyncio.Task[None]] = set()

    def lane(self, place: Place, token: str) -> Lane:
        """One partition's rows."""
        return _Claims(self, place.number)

    async def close(self) -> None:
        """Wait for the batches under way; each has its time budget."""
        await asyncio.gather(*self.working)

    async def start(self, number: int) -> float | None:
        """Start on what is due, as far as there is room; returns as `Lane.step` does."""
        if self.free < min(BATCH, self.policy.rows):
            return FULL_PAUSE  # a batch of few costs as much as one of many
        token = secrets.token_urlsafe(9)  # not the lane's: who outlived its lease must not write over a later one
        has_room = self.free_for_many >= min(BATCH, self.policy.rows // 2)
        rows = await self._claim(number, token, min(BATCH, self.free_for_many) if has_room else 0)
        if not rows:
            return None if has_room else FULL_PAUSE
        task = asyncio.create_task(self._work(rows, token))
        self.working.add(task)
        task.add_done_callback(self.working.discard)
        return 0.0

    async def _claim(self, number: int, token: str, bulk: int) -> list[Row]:
        """Room is taken before the store is asked, since other partitions ask at the same time."""
        room = min(BATCH, self.free)
        self._take(room, bulk)
        rows: list[Row] = []
        try:
            rows = await outbox.claim(self.link, number, time.time(), self.policy.lease, token, room, bulk)
        finally:
            self._take(len(rows) - room, _to_many(rows) - bulk)
        return rows

    def _take(self, rows: int, bulk: int) -> None:
        self.free -= rows
        self.free_for_many -= bulk

    async def _work(self, rows: Sequence[Row], token: str) -> None:
        """What ends early leaves its rows to whoever finds their leases lapsed, and the others of its batch alone."""
        try:
            prepared = await self._prepare(rows)
            parts = [
                self.settling.settle(prepared.outcomes, token),
                self.interrupted.look_up(prepared.open, token),
                *(
                    self.handing.hand_over(chunk[0].way, chunk, token, f"{token}{place}")
                    for place, chunk in enumerate(chunks(prepared.ready))
                ),
            ]
            for end in await asyncio.gather(*parts, return_exceptions=True):
                if isinstance(end, Exception):
                    _tell(end)
        except Exception as error:
            _tell(error)
        finally:
            self._take(-len(rows), -_to_many(rows))

    async def _prepare(self, rows: Sequence[Row]) -> Prepared:
        try:
            prepared = await self.preparing.prepare(rows, time.time())
            prepared.ready = await self._distinct(prepared)
            return prepared
        except Unavailable:
            raise
        except Exception as error:
            if len(rows) == 1:
                return Prepared(outcomes=[stumbled(rows[0], error, self.policy, time.time())])
        middle = len(rows) // 2
        one, other = await self._prepare(rows[:middle]), await self._prepare(rows[middle:])
        return Prepared(one.ready + other.ready, one.outcomes + other.outcomes, one.open + other.open)

    async def _distinct(self, prepared: Prepared) -> list[Ready]:
        """Of requests of one cause that would reach the same address, the first."""
        sites: dict[str, list[Ready]] = defaultdict(list)
        for ready in prepared.ready:
            if ready.request.to and ready.row.push.origin != "test":
                sites[ready.row.push.site].append(ready)
        late: set[str] = set()
        for site, part in sites.items():
            reach = [Reach(ready.row.push.cause, ready.request.to, ready.row.key) for ready in part]
            claimed = await recipients.claim(self.link, site, reach)
            late |= {each.row.key for each, mine in zip(part, claimed, strict=True) if not mine}
        for ready in prepared.ready:
            if ready.row.key in late:
                prepared.outcomes.append(refused(ready.row, Reason("duplicate"), ready.way))
        return [ready for ready in prepared.ready if ready.row.key not in late]


def _to_many(rows: Sequence[Row]) -> int:
    return sum(row.push.origin in BULK for row in rows)


def chunks(ready: Sequence[Ready]) -> list[list[Ready]]:
    """What is handed over in one call: requests of the same way, as many as its channel takes; a request whose batch
    once gave no answer by itself."""
    ways: dict[int, list[Ready]] = defaultdict(list)
    made: list[list[Ready]] = []
    for each in ready:
        if each.row.code == ALONE:
            made.append([each])
        else:
            ways[id(each.way)].append(each)
    for part in ways.values():
        most = max(1, part[0].way.channel.most)
        made += [part[at : at + most] for at in range(0, len(part), most)]
    return made


def _tell(error: Exception) -> None:
    if isinstance(error, Unavailable):
        logger.warning("push requests wait for the store: %s", error)
    else:
        logger.error("push requests were left where they are", exc_info=error)


class _Claims(Lane):
    def __init__(self, job: Dispatch, number: int) -> None:
        self.job = job
        self.number = number

    async def step(self) -> float | None:
        return await self.job.start(self.number)
