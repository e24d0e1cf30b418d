"""The job that fetches the sites' product feeds when it is time."""

import time
from collections.abc import Callable, Mapping

from dangol.definitions.model import Feed, Site
from dangol.outside import Permit
from dangol.products.fetching import due, fetch
from dangol.runtime import SiteRuntime
from dangol.store import feeds, keys
from dangol.store.feeds import Outcome
from dangol.store.link import Link
from dangol.worker.job import Job, Lane, side_by_side
from dangol.worker.leases import Place
from dangol.worker.metrics import FEED_DONE, FEED_FAILED, FEED_PRODUCTS, FEED_REFUSED

PAUSE = 5.0
GAUGES = (FEED_DONE, FEED_FAILED, FEED_PRODUCTS, FEED_REFUSED)


class Feeds(Job):
    """A lane for each partition of sites. `sites` are the definitions in force, by site; `permit` says which IP
    addresses feeds may be fetched from."""

    name = "feeds"

    def __init__(self, link: Link, sites: Callable[[], Mapping[str, SiteRuntime]], permit: Permit) -> None:
        self.link = link
        self.sites = sites
        self.permit = permit

    def lane(self, place: Place, token: str) -> Lane:
        """The sites of one partition."""
        return _Keeper(self, place.number)


class _Keeper(Lane):
    def __init__(self, job: Feeds, number: int) -> None:
        self._job = job
        self._number = number
        self._told: set[str] = set()

    async def step(self) -> float | None:
        sites = [runtime.site for runtime in self._job.sites().values()]
        mine = [site for site in sites if keys.partition(site.id) == self._number]
        await side_by_side(self._look(site, site.products.feed) for site in mine if site.products.feed)
        return PAUSE

    async def _look(self, site: Site, feed: Feed) -> None:
        outcome = await feeds.read(self._job.link, site.id)
        if outcome is None or due(feed, outcome, time.time()):
            outcome = await fetch(self._job.link, site, feed, self._job.permit)
        self._tell(site.id, outcome)

    def _tell(self, site: str, outcome: Outcome) -> None:
        self._told.add(site)
        FEED_DONE.labels(site).set(outcome.done)
        FEED_FAILED.labels(site).set(bool(outcome.problem))
        FEED_PRODUCTS.labels(site).set(outcome.rows - outcome.refused)
        FEED_REFUSED.labels(site).set(outcome.refused)

    def close(self) -> None:
        """Another worker tells these from now on."""
        for site in self._told:
            for gauge in GAUGES:
                gauge.remove(site)
