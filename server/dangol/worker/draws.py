"""Drawing the recipients of slots and manual sends: each partition finds its own, and queues them chunk by chunk.

A draw that the store interrupts goes on behind what was queued. Another worker that takes the partition over begins it
anew, and what is there already stays as it is: a request is made once by its key.
It is the audience at the time of the draw that counts, not that at the time of sending.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import NamedTuple, Protocol

from dangol.errors import DangolError, Invalid
from dangol.messages.push import Push
from dangol.profile.glance import Glance, glance
from dangol.runtime import SiteRuntime
from dangol.segments.calendar import Clock
from dangol.segments.language.reader import parse_unsaved
from dangol.segments.population import counting
from dangol.segments.population.directory import Words, names
from dangol.segments.population.judging import Moment
from dangol.segments.population.program import Program
from dangol.segments.population.question import Question
from dangol.store import draws, keys, outbox, sends
from dangol.store.draws import Draw, Drawn
from dangol.store.link import Link
from dangol.store.profiles import Stored
from dangol.store.sends import PREFIX
from dangol.worker.drawn import Target, cause_of, has_got, of_member, of_row
from dangol.worker.metrics import FAILURES, PUSHES
from dangol.worker.roll import Roll

CHUNK = 500
TRIES = 3
LOOK = 1.0
"""Seconds between two looks at which draws are open."""

logger = logging.getLogger(__name__)


class Lane(Protocol):
    """A partition in columns; `dangol.worker.census.Enumerator` is one."""

    number: int

    @property
    def roll(self) -> Roll | None: ...
    async def catch_up(self) -> None:
        """Read all that had changed when this was called."""


class Chunk(NamedTuple):
    """Push requests, when they are due, how many others had got it already, and the `place` behind which to go on."""

    pushes: list[Push]
    due: float
    already: int
    place: tuple[int, int]


class Reached(NamedTuple):
    """How far a partition has come with a draw: behind `place` is what is still to be done."""

    draw: str = ""
    place: tuple[int, int] = (0, 0)
    matched: int = 0
    already: int = 0

    def beyond(self, chunk: Chunk) -> "Reached":
        """With one chunk more."""
        matched = self.matched + len(chunk.pushes) + chunk.already
        return Reached(self.draw, chunk.place, matched, self.already + chunk.already)


class Draws:
    """What the partitions of a worker share. `counting` is held by who counts populations, `keep` is for how many
    seconds recipients' histories are kept."""

    def __init__(
        self, link: Link, sites: Callable[[], Mapping[str, SiteRuntime]], counting: asyncio.Lock, keep: float
    ) -> None:
        self.link = link
        self.sites = sites
        self.counting = counting
        self.keep = keep
        self._open: list[Draw] = []
        self._looked = -LOOK

    async def open(self) -> list[Draw]:
        """The draws that are not over, as they were at most `LOOK` seconds ago."""
        now = time.monotonic()
        if now - self._looked >= LOOK:
            self._looked = now  # first, so that the other partitions don't look as well
            self._open = await draws.under_way(self.link)
        return self._open

    async def target(self, runtime: SiteRuntime, draw: Draw) -> Target | None:
        """None where it is not to be drawn any more."""
        if draw.campaign.startswith(PREFIX):
            send = await sends.read(self.link, draw.site, draw.campaign.removeprefix(PREFIX))
            return Target(send.audience, None, send) if send and send.state == "started" else None
        rule = runtime.plan.by_id.get(draw.campaign)
        if rule is None or rule.campaign.message is None or not rule.campaign.active:
            return None
        return Target(rule.campaign.audience, rule, None)


class Drawing:
    """The draws of one partition."""

    def __init__(self, shared: Draws, lane: Lane) -> None:
        self._shared = shared
        self._link = shared.link
        self._lane = lane
        self._done: set[str] = set()
        self._draw: Draw | None = None
        self._reached = Reached()
        self._tries = 0
        self._under_way: AsyncIterator[None] | None = None

    async def step(self) -> bool:
        """Queue the next chunk; False where there is nothing to draw."""
        if self._under_way is None:
            self._draw = await self._next()
            if self._draw is None:
                return False
            self._under_way = self._work(self._draw, self._shared.sites()[self._draw.site])
        try:
            await anext(self._under_way)
        except StopAsyncIteration:
            self._under_way = None
        except (DangolError, asyncio.CancelledError):
            self._under_way = None
            raise
        except Exception:  # whatever a row or a profile makes of our own code: the columns go on without it
            self._under_way = None
            await self._stumble()
        return True

    async def _stumble(self) -> None:
        """A draw that fails again and again is given up here, and told as failed."""
        assert self._draw is not None
        self._tries += 1
        logger.exception("draw %s, partition %d: attempt %d failed", self._draw.id, self._lane.number, self._tries)
        FAILURES.labels("draws").inc()
        if self._tries >= TRIES:
            drawn = Drawn(self._reached.matched, self._reached.already, 1)
            await draws.finish(self._link, self._draw, self._lane.number, drawn)
            self._done.add(self._draw.id)

    async def _next(self) -> Draw | None:
        opened = await self._shared.open()
        self._done &= {draw.id for draw in opened}
        for draw in opened:
            if draw.id in self._done or draw.due > time.time() or not self._is_ready(draw):
                continue
            if self._lane.number not in await draws.found(self._link, draw.id):
                return draw
            self._done.add(draw.id)
        return None

    def _is_ready(self, draw: Draw) -> bool:
        """Whether this worker has heard of the definitions that it was opened by, and has its partition in columns."""
        runtime, roll = self._shared.sites().get(draw.site), self._lane.roll
        return runtime is not None and runtime.version >= draw.version and roll is not None and draw.site in roll.sites

    async def _work(self, draw: Draw, runtime: SiteRuntime) -> AsyncIterator[None]:
        if self._reached.draw != draw.id:
            self._reached, self._tries = Reached(draw.id), 0
        target = await self._shared.target(runtime, draw)
        if target is not None:
            async for chunk in self._found(draw, runtime, target, self._reached.place):
                if draw not in await self._shared.open():
                    return  # cancelled
                zone, keep = runtime.site.timezone, self._shared.keep
                made = await outbox.enqueue(self._link, chunk.pushes, chunk.due, time.time(), zone=zone, keep=keep)
                PUSHES.labels("queued").inc(sum(each.new for each in made))
                self._reached = self._reached.beyond(chunk)
                yield
        drawn = Drawn(self._reached.matched, self._reached.already)
        is_last = await draws.finish(self._link, draw, self._lane.number, drawn)
        if is_last and target and target.send and target.send.file:
            await sends.drop_rows(self._link, target.send.file)
        self._done.add(draw.id)

    async def _found(
        self, draw: Draw, runtime: SiteRuntime, target: Target, after: tuple[int, int]
    ) -> AsyncIterator[Chunk]:
        """What is behind the place `after`: of rows the number of the next chunk, of members the last one's id."""
        if target.send is not None and draw.source == "rows":
            place = after[0]
            while rows := await sends.rows(self._link, self._lane.number, target.send.file, place):
                place += 1
                yield Chunk([of_row(row, target.send, runtime) for row in rows], target.send.at, 0, (place, 0))
            return
        await self._lane.catch_up()
        found, cause = await self._members(draw, runtime, target), cause_of(draw, target, runtime.site.timezone)
        found = found[(found[:, 0] > after[0]) | ((found[:, 0] == after[0]) & (found[:, 1] > after[1]))]
        for start in range(0, len(found), CHUNK):
            some = found[start : start + CHUNK]
            ids = names(some)
            members = await self._look(draw.site, ids)
            pushes = [
                of_member(id, profile, cause, draw, target)
                for id, profile in members
                if not has_got(profile, target.rule)
            ]
            yield Chunk(pushes, time.time(), len(members) - len(pushes), (int(some[-1, 0]), int(some[-1, 1])))

    async def _look(self, site: str, ids: Sequence[str]) -> list[tuple[str, Glance]]:
        """Those of the profiles that are members' still."""
        raws = await self._link.call("MGET", *(keys.profile(site, id) for id in ids))
        found = [(id, glance(Stored.parse(raw).document)) for id, raw in zip(ids, raws, strict=True) if raw]
        return [(id, profile) for id, profile in found if profile.member is not None]

    async def _members(self, draw: Draw, runtime: SiteRuntime, target: Target) -> Words:
        try:
            node = parse_unsaved({"all": [{"segment": id} for id in target.audience]}, None, runtime.scope)
        except Invalid as error:
            logger.error("site %s, %s: nobody is drawn, the audience is gone: %s", draw.site, draw.campaign, error)
            return counting.NOBODY
        roll, calendar, now = self._lane.roll, runtime.scope.calendar, time.time()
        assert roll is not None
        population = roll.sites[draw.site]
        async with self._shared.counting:
            moment = Moment(Clock(now, calendar), calendar, population.schema.lexicon)
            question = Question(Program([node]), moment)
            return await asyncio.to_thread(counting.members, population, question, now, draw.since)
