"""What one server process holds: the store, the plugins, the engine and the sites it serves."""

import asyncio
import gc
import logging
import sys
import time
from collections.abc import Collection, Mapping
from types import MappingProxyType

from dangol.definitions import repository
from dangol.definitions.drafts import NONE, Drafts
from dangol.definitions.model import Definitions
from dangol.engine import Engine
from dangol.host.guard import Guard
from dangol.host.registry import Registry
from dangol.preview.compiled import Previews
from dangol.recommend import warming
from dangol.recommend.shelves import Shelves
from dangol.runtime import SiteRuntime
from dangol.segments.conditions.catalogue import CATALOGUE
from dangol.settings import Settings
from dangol.stage import Stage
from dangol.store.asker import Asker
from dangol.store.link import Link
from dangol.store.profiles import Profiles
from dangol.store.salts import Salts
from dangol.store.sends import Sends

log = logging.getLogger(__name__)

TURN = 0.001
"""Seconds that compiling, which happens in a thread, may keep Python from the requests at a time."""

NO_DRAFTS: Mapping[str, Drafts] = MappingProxyType({})
Headers = list[tuple[bytes, bytes]]


class House:
    """Made once per process; `open` and `close` belong to its event loop."""

    def __init__(self, settings: Settings, url: str, registry: Registry | None = None) -> None:
        self.settings = settings
        self.master = settings.master_secret()
        self.registry = registry or Registry.load()
        self.guard = Guard()
        self.link = Link(url)
        self.asker = Asker(self.link)
        self.salts = Salts(self.link)
        self.sends = Sends(self.link)
        self.profiles = Profiles(self.link, settings.retention_days * 86_400)
        self.shelves = Shelves(self.link)
        self.engine = Engine(self.profiles, Stage(self.link, self.registry, self.guard, self.shelves))
        self.catalogue = CATALOGUE.with_plugins(self.registry.conditions(), self.guard.run)
        self.previews = Previews(self.link, self.master, self.registry, self.catalogue)
        self.by_key: Mapping[str, SiteRuntime] = {}
        self.by_id: Mapping[str, SiteRuntime] = {}
        self.unserved: frozenset[str] = frozenset()
        self.sharing: Mapping[bytes, Headers] = {}
        self.loaded = asyncio.Event()
        self._following: list[asyncio.Task[None]] = []

    async def open(self) -> None:
        """Start to follow the definitions and the catalogues; `loaded` is set with the first definitions that were read
        and compiled. Before it, kernels are: a page view never waits for a compiler."""
        await asyncio.to_thread(warming.warm, self.registry, self.guard)
        sys.setswitchinterval(TURN)
        self._following = [
            asyncio.create_task(repository.follow(self.link, self.adopt)),
            asyncio.create_task(self._follow_catalogues()),
        ]

    async def close(self) -> None:
        """Stop following and leave the store."""
        for task in self._following:
            task.cancel()
        await asyncio.gather(*self._following, return_exceptions=True)
        await self.asker.close()
        self.link.close()

    async def _follow_catalogues(self) -> None:
        await self.loaded.wait()
        await self.shelves.follow(lambda: self.by_id)

    async def adopt(
        self,
        definitions: repository.Versions,
        drafts: Mapping[str, Drafts] = NO_DRAFTS,
        unread: Collection[str] = (),
    ) -> None:
        """Compile what changed beside the requests that go on, then swap all at once. `unread` are sites whose
        definitions this dangol can't read."""
        built = {}
        for site, (version, each) in definitions.items():
            current = self.by_id.get(site)
            try:
                built[site] = await asyncio.to_thread(self._runtime, each, version, drafts.get(site, NONE), current)
            except Exception as error:  # stored by a version, a plugin or a machine that knew more: keep what works
                log.error("site %s %s: %s", site, "stays at its former definitions" if current else "is closed", error)
                if current is not None:
                    built[site] = current
        self.unserved = frozenset(unread).union(definitions) - built.keys()
        self.by_id = built
        self.by_key = {runtime.site.key: runtime for runtime in built.values()}
        self.sharing = {
            origin.encode(): _sharing(origin) for runtime in built.values() for origin in runtime.site.origins
        }
        if not self.loaded.is_set():
            # What is loaded now stays, and a request leaves no cycles behind: looking through all of it again and again
            # for garbage cost a sixth of a page view.
            gc.collect()
            gc.freeze()
            gc.set_threshold(10_000, 20, 100)
        self.loaded.set()

    def _runtime(
        self, definitions: Definitions, version: int, drafts: Drafts, current: SiteRuntime | None
    ) -> SiteRuntime:
        if current is None or current.version != version:
            built = SiteRuntime.build(definitions, version, self.master, self.registry, self.catalogue, current)
            return built.with_drafts(drafts)
        return current if current.drafts.version == drafts.version else current.with_drafts(drafts)

    async def troubles(self) -> dict[str, str]:
        """Why this server is not ready; empty when it is."""
        troubles = {}
        if not self.loaded.is_set():
            troubles["definitions"] = "not loaded and compiled yet"
        elif self.unserved:
            sites = ", ".join(sorted(self.unserved))
            troubles["definitions"] = f"those of {sites} can't be read or compiled; the log tells more"
        if unread := self.shelves.unread(self.by_id):
            sites = ", ".join(f"{site} ({so_far} products so far)" for site, so_far in sorted(unread.items()))
            troubles["catalogue"] = f"read for the first time: {sites}"
        try:
            await self.link.call("PING")
        except Exception as error:  # whatever it is, the server is not ready
            log.warning("not ready: %s", error)
            troubles["store"] = "can't be reached or does not answer; the log tells more"
        return troubles

    @staticmethod
    def now() -> float:
        """Unix seconds."""
        return time.time()


def _sharing(origin: str) -> Headers:
    """What lets the pages of an origin read an answer."""
    return [
        (b"access-control-allow-origin", origin.encode()),
        (b"access-control-allow-credentials", b"true"),
        (b"access-control-expose-headers", b"Retry-After"),
        (b"vary", b"Origin"),
    ]
