"""What definitions and drafts newly watch for is looked up in the log, as far back as that reaches, and put into the
profiles.

Streams are sets (`dangol.profile.watch`): what is put in again, because a worker died, another request was quicker or a
server had counted it already, changes nothing. So a pass may begin anew at any time, and needs neither marks on the
profiles nor entries in the log.

There are two passes. The second is due when every server counts by the new definitions, and finds what those had
logged that lagged behind; meanwhile passes for others may begin. And it alone fills the streams of pairs of events: by
then all the events are there, so that nobody seems for a moment to have left a cart which he has bought since.
"""

import time
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass

from dangol.definitions import repository
from dangol.definitions.repository import Stored
from dangol.errors import Invalid
from dangol.profile.watch import Counted, Watching
from dangol.runtime import SiteRuntime, drafted
from dangol.segments.language import behaviour
from dangol.store import known, log
from dangol.store.link import Link
from dangol.store.profiles import Profiles
from dangol.worker.history import fill
from dangol.worker.job import Job, Lane
from dangol.worker.leases import Place

BATCH = 200
IDLE = 0.5
SETTLING = 10.0
"""Seconds within which every server has heard of a change of the definitions and written what it was at."""


class Backfill(Job):
    """A lane for each partition's log. `sites` are the definitions in force, by site."""

    name = "backfill"

    def __init__(
        self,
        link: Link,
        profiles: Profiles,
        sites: Callable[[], Mapping[str, SiteRuntime]],
        settling: float = SETTLING,
    ) -> None:
        self.link = link
        self.profiles = profiles
        self.sites = sites
        self.settling = settling

    def lane(self, place: Place, token: str) -> Lane:
        """One partition."""
        return Filler(self, place.number)


@dataclass(eq=False)
class _Pass:
    """A way through the log for the streams that are `wanted`, by site, of which `watching` are filled. It begins at
    the monotonic time `due`; `until` is where the log ended at the first step, `after` the last entry that is done."""

    wanted: dict[str, Watching]
    watching: dict[str, Watching]
    is_last: bool = False
    due: float = 0.0
    since: int = 0
    until: str = ""
    after: str = log.FIRST

    def narrow(self, site: str, kept: Set[str]) -> None:
        """Leave to a later pass all other streams of the site."""
        for each in (self.wanted, self.watching):
            if site in each:
                each[site] = each[site].only(each[site].streams.keys() & kept)


class Filler(Lane):
    """One partition: looks now and then, and goes through its log where a stream is missing."""

    def __init__(self, job: Backfill, number: int) -> None:
        self.job = job
        self.number = number
        self.compared: dict[str, int] = {}
        self.ways: list[_Pass] = []

    async def step(self) -> float | None:
        """One batch of a pass, or a look whether one is needed."""
        way = min(self.ways, key=lambda each: each.due, default=None)
        if way is None or way.due > time.monotonic():
            return await self._look(way)
        job = self.job
        if not way.until:
            way.since, way.until = await log.reach(job.link, self.number)
        if found := await log.between(job.link, self.number, way.after, way.until, BATCH):
            await fill(job.link, job.profiles, way.watching, [payload for _, payload in found])
            way.after = found[-1][0]
        else:
            await self._turn(way)
        return 0.0

    async def _look(self, next_way: _Pass | None) -> float:
        found = {}
        for site, runtime in self.job.sites().items():
            if self.compared.get(site) == runtime.watching.version:
                continue
            if missing := await self._missing(runtime):
                found[site] = runtime.watching.only(missing)
            else:
                self.compared[site] = runtime.watching.version
        if found:
            self.ways.append(_Pass(found, {site: _single(watching) for site, watching in found.items()}))
            return 0.0
        return min(IDLE, max(0.0, next_way.due - time.monotonic())) if next_way else IDLE

    async def _turn(self, done: _Pass) -> None:
        """After a pass: the next one, or all is known."""
        if not done.is_last:
            self.ways.append(_Pass(done.wanted, done.wanted, is_last=True, due=time.monotonic() + self.job.settling))
        else:
            for site, watching in done.wanted.items():
                await known.learn(self.job.link, self.number, site, watching.streams.keys(), done.since)
        self.ways.remove(done)

    async def _missing(self, runtime: SiteRuntime) -> set[str]:
        """The streams that are asked for, and neither known nor being filled."""
        link, site, wanted = self.job.link, runtime.site.id, runtime.watching
        version, since = await known.read(link, self.number, site)
        if version > wanted.version:
            return set()  # a worker that has heard of newer definitions sees to them
        kept = set(since)
        if version < wanted.version:
            lasting = await self._asked_since(runtime, version) if kept or self.ways else set()
            kept &= lasting
            for way in self.ways:
                way.narrow(site, lasting)
            await known.compared(link, self.number, site, wanted.version, since.keys() - kept)
        filling = (way.wanted[site].streams.keys() for way in self.ways if site in way.wanted)
        return (wanted.streams.keys() - kept).difference(*filling)

    async def _asked_since(self, runtime: SiteRuntime, version: int) -> set[str]:
        """What was asked for throughout since that version, by all definitions or by a draft: others have a gap."""
        lasting = drafted((each for each in runtime.drafts.kept if each.since <= version), runtime.scope)
        return await self._saved_since(runtime, version) | Watching.of(lasting, version).streams.keys()

    async def _saved_since(self, runtime: SiteRuntime, version: int) -> set[str]:
        saved = set(runtime.saved.streams)
        if runtime.version <= version:
            return saved
        earlier = await repository.in_force_since(self.job.link, runtime.site.id, version)
        return set() if earlier is None else saved.intersection(*(_asked(stored, runtime) for stored in earlier))


def _asked(stored: Stored, runtime: SiteRuntime) -> set[str]:
    """What definitions of old asked for; nothing where they can't be read any more."""
    site, segments = stored.definitions.site, stored.definitions.segments
    try:
        return set(behaviour.watching(runtime.scope.of(site, segments), stored.version).streams)
    except (Invalid, ValueError):
        return set()


def _single(watching: Watching) -> Watching:
    """Without the streams of pairs."""
    return watching.only(key for key, stream in watching.streams.items() if isinstance(stream, Counted))
