"""The job that keeps all profiles in columns, answers servers how many of them a definition holds for, and draws them.

A worker reads the profiles of the partitions that it has, from then on follows what changes, and answers what it is
asked. Before it answers, it reads what had changed when the question came: who was told that an event was taken, and
then asks, finds it counted.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping

from dangol.errors import DangolError
from dangol.runtime import SiteRuntime
from dangol.segments.population.population import sweep
from dangol.segments.population.schema import Schema
from dangol.segments.population.warming import warm
from dangol.store import asking, changes, keys, outbox
from dangol.store.changes import Position
from dangol.store.link import Link
from dangol.worker.answers import answer
from dangol.worker.draws import Drawing, Draws
from dangol.worker.job import Job, Lane
from dangol.worker.leases import Place
from dangol.worker.roll import Roll, fill

BATCH = 500
PAUSE = 0.25
"""Seconds between two looks at what changed, where nobody asks."""

AGAIN = 1.0
UPKEEP = 300.0

logger = logging.getLogger(__name__)


class Census(Job):
    """A lane for each partition. `sites` are the definitions in force, by site; `keep` is for how many seconds those
    who are drawn have a history of it."""

    name = "census"

    def __init__(self, link: Link, sites: Callable[[], Mapping[str, SiteRuntime]], keep: float = outbox.KEEP) -> None:
        self.link = link
        self.sites = sites
        self.lanes: dict[int, Enumerator] = {}
        self.counting = asyncio.Lock()
        """Held by who changes populations, and by who counts them."""

        self.draws = Draws(link, sites, self.counting, keep)
        self._ears = Link(link.url)
        self._tasks: list[asyncio.Task[None]] = []
        self._schemas: dict[str, Schema] = {}
        self._made_for: dict[str, tuple[object, ...]] = {}
        self._kept_up = time.monotonic()

    def lane(self, place: Place, token: str) -> Lane:
        """One partition."""
        return Enumerator(self, place.number)

    def schemas(self) -> Mapping[str, Schema]:
        """What is kept, by site; the same mapping until the sites' conditions change."""
        wanted = {site: (runtime.site.timezone, *runtime.scope.catalogue) for site, runtime in self.sites().items()}
        if wanted != self._made_for:
            self._schemas = {
                site: self._schemas[site] if self._made_for.get(site) == made_for else _schema(self.sites()[site])
                for site, made_for in wanted.items()
            }
            self._made_for = wanted
        return self._schemas

    def start(self) -> None:
        """Begin to read and to listen, with the first lane."""
        if not self._tasks:
            self._tasks = [asyncio.create_task(self._fill()), asyncio.create_task(self._listen())]

    async def _fill(self) -> None:
        """Whenever lanes have nothing to count, or too little, read all profiles for them."""
        await asyncio.to_thread(warm)
        while True:
            try:
                if lanes := [lane for lane in self.lanes.values() if lane.is_outdated(self.schemas())]:
                    await self._fill_all(lanes)
            except Exception as error:  # whatever it is, without the columns there is nothing to answer: try again
                logger.warning("the profiles could not be read: %s", error, exc_info=not isinstance(error, DangolError))
                await asyncio.sleep(AGAIN)
            await asyncio.sleep(PAUSE)

    async def _fill_all(self, lanes: "list[Enumerator]") -> None:
        rolls = {lane.number: Roll(lane.number, self.schemas()) for lane in lanes}
        marks = await asyncio.gather(*(changes.mark(self.link, lane.number) for lane in lanes))
        for lane in lanes:
            lane.coming = rolls[lane.number]
        await fill(self.link, rolls, self.counting)
        for lane, position in zip(lanes, marks, strict=True):
            lane.adopt(rolls[lane.number], position)

    async def _listen(self) -> None:
        async for questions in asking.questions(self._ears):
            latest = {question.asker or question.id: question for question in questions}
            for question in latest.values():
                try:
                    await answer(self, question)
                except Exception as error:
                    logger.warning(
                        "a question was not answered: %s", error, exc_info=not isinstance(error, DangolError)
                    )

    async def keep_up(self) -> None:
        """Now and then let go of profiles that are no more, and of texts that nobody has any more."""
        if time.monotonic() - self._kept_up < UPKEEP:
            return
        self._kept_up = time.monotonic()
        async with self.counting:
            lanes, schemas = list(self.lanes.values()), self.schemas()
            if any(lane.is_outdated(schemas) for lane in lanes):
                return  # what is being read has texts that no population here has yet
            for site, schema in schemas.items():
                populations = [lane.roll.sites[site] for lane in lanes if lane.roll]
                for population in populations:
                    population.lapse(time.time())
                sweep(schema, populations)

    async def close(self) -> None:
        """No more questions."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._ears.close()


def _schema(runtime: SiteRuntime) -> Schema:
    return Schema(runtime.scope.catalogue, runtime.site.timezone)


class Enumerator(Lane):
    """One partition: `roll` is what is counted, `coming` what is being read to take its place."""

    def __init__(self, job: Census, number: int) -> None:
        self.job = job
        self.number = number
        self.roll: Roll | None = None
        self.coming: Roll | None = None
        self._position: Position | None = None
        self._reading = asyncio.Lock()
        self._drawing = Drawing(job.draws, self)

    async def open(self) -> None:
        """From now on the partition is this worker's to count."""
        self.job.lanes[self.number] = self
        self.job.start()

    def close(self) -> None:
        """Another worker counts it."""
        if self.job.lanes.get(self.number) is self:
            del self.job.lanes[self.number]

    def is_outdated(self, schemas: Mapping[str, Schema]) -> bool:
        """Whether there is nothing to count yet, or not all that is asked for."""
        return self.roll is None or self.roll.schemas is not schemas

    def adopt(self, roll: Roll, position: Position) -> None:
        """Count this from now on; what changed since `position` is still to be read."""
        self.roll, self.coming, self._position = roll, None, position

    async def step(self) -> float | None:
        """What changed since the last step, and the next recipients of a draw."""
        if self.roll is None:
            return PAUSE
        more = await self._advance()
        await self.job.keep_up()
        drawn = await self._drawing.step()
        return 0.0 if more or drawn else PAUSE

    async def catch_up(self) -> None:
        """Read all that had changed when this was called."""
        end = await changes.mark(self.job.link, self.number)
        while self.roll is not None and self._position is not None and not self._position.reaches(end):
            await self._advance()

    async def _advance(self) -> bool:
        """Read the next changes; whether there may be more."""
        async with self._reading:
            roll, position = self.roll, self._position
            if roll is None or position is None:
                return False
            found = await changes.after(self.job.link, self.number, position, BATCH)
            if found.lost:
                logger.warning("partition %d: what changed is not in the log any more; reading all anew", self.number)
                self.roll = None
                return False
            names = [keys.profile(site, profile_id) for site, profile_id in sorted(found.profiles)]
            mine = [name for name in names if keys.profile_of(name)[0] == self.number]
            await roll.take(self.job.link, mine, self.job.counting)
            if self._position is position:  # or else all was read anew meanwhile
                self._position = found.position
            return found.position != position
