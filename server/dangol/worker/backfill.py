"""What definitions and drafts newly watch for is looked up in the log, as far back as that reaches, and put into the
profiles.

Streams are sets (`dangol.profile.watch`): what is put in again, because a worker died, another request was quicker or a
server had counted it already, changes nothing. So a pass may begin anew at any time, and needs neither marks on the
profiles nor entries in the log.

There are two passes. The second begins when every server counts by the new definitions, and finds what those had
logged that lagged behind. And it alone fills the streams of pairs of events: by then all the events are there, so that
nobody seems for a moment to have left a cart which he has bought since.
"""

from collections.abc import Callable, Mapping
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


@dataclass
class _Pass:
    """A way through the log; `until` is where it ended at the first step, `after` the last entry that is done."""

    watching: Mapping[str, Watching]
    is_last: bool
    since: int = 0
    until: str = ""
    after: str = log.FIRST


class Filler(Lane):
    """One partition: looks now and then, and goes through its log where a stream is missing."""

    def __init__(self, job: Backfill, number: int) -> None:
        self.job = job
        self.number = number
        self.compared: dict[str, int] = {}
        self.missing: Mapping[str, Watching] = {}
        self.way: _Pass | None = None

    async def step(self) -> float | None:
        """One batch of a pass, or a look whether one is needed."""
        job, way = self.job, self.way
        if way is None:
            return await self._look()
        if not way.until:
            way.since, way.until = await log.reach(job.link, self.number)
        if found := await log.between(job.link, self.number, way.after, way.until, BATCH):
            await fill(job.link, job.profiles, way.watching, [payload for _, payload in found])
            way.after = found[-1][0]
            return 0.0
        return await self._turn(way)

    async def _look(self) -> float:
        found = {}
        for site, runtime in self.job.sites().items():
            if self.compared.get(site) == runtime.watching.version:
                continue
            if missing := await self._missing(runtime):
                found[site] = runtime.watching.only(missing)
            else:
                self.compared[site] = runtime.watching.version
        if not found:
            return IDLE
        self.missing = found
        self.way = _Pass({site: _single(watching) for site, watching in found.items()}, is_last=False)
        return 0.0

    async def _turn(self, done: _Pass) -> float:
        """After a pass: the next one, or all is known."""
        if not done.is_last:
            self.way = _Pass(self.missing, is_last=True)
            return self.job.settling
        for site, watching in done.watching.items():
            await known.learn(self.job.link, self.number, site, watching.streams.keys(), done.since)
        self.way = None
        return 0.0

    async def _missing(self, runtime: SiteRuntime) -> set[str]:
        """The streams that are asked for and not known."""
        link, site, wanted = self.job.link, runtime.site.id, runtime.watching
        version, since = await known.read(link, self.number, site)
        if version > wanted.version:
            return set()  # a worker that has heard of newer definitions sees to them
        kept = set(since)
        if version < wanted.version:
            kept &= await self._asked_since(runtime, version) if kept else kept
            await known.compared(link, self.number, site, wanted.version, since.keys() - kept)
        return wanted.streams.keys() - kept

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
