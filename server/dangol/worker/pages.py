"""Products from the shop's own pages: what browsers tell of product views says where to look, and what the page itself
tells is put into the catalogue."""

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from dangol.definitions.model import Site
from dangol.markup import text_of
from dangol.outside import FAILURES, Permit, Refused, beginning, fetched, why
from dangol.products.pages import read
from dangol.products.product import Product
from dangol.protocol.event import Entry
from dangol.runtime import SiteRuntime
from dangol.store import catalogue, hints, keys
from dangol.store.hints import Hint
from dangol.store.link import Link
from dangol.worker.follow import Logged
from dangol.worker.job import Job, Lane, side_by_side
from dangol.worker.leases import Place
from dangol.worker.metrics import PAGES
from dangol.worker.preparing import Sites

EVERY: Final = 1.0
"""Seconds between two pages of a site."""

DAY: Final = 86_400
IN_VAIN: Final = 3600
"""Seconds until a page that did not tell of the product is looked at again for it."""

SOON: Final = 600
"""Seconds after which a product is looked at again whose price somebody told otherwise."""

SECONDS: Final = 10.0
LARGEST: Final = 2 << 20
HEADERS: Final = {"user-agent": "Mozilla/5.0 (compatible; dangol product pages)", "accept": "text/html"}

logger = logging.getLogger(__name__)


def is_due(product: Product | None, price: int | None, found: int | None, tried: int | None, now: float) -> bool:
    """Whether a page is looked at: for a product that the catalogue does not have, that was `found` on no page for a
    day, or whose `price` was told otherwise; not where it was `tried` in vain of late, and never for what the shop
    itself tells of."""
    if tried is not None or (product is not None and product.source == "shop"):
        return False
    if found is None:
        return True
    differs = product is None or (price is not None and price != product.price_at(now))
    return differs and now - found > SOON


class Hints:
    """The handler of the job that reads product views. `sites` tells a site's definitions, compiled."""

    def __init__(self, link: Link, sites: Sites) -> None:
        self.link = link
        self.sites = sites

    async def __call__(self, number: int, batch: Sequence[Logged]) -> None:
        """Leave hints of the pages that are due; of each product the latest view."""
        views: dict[str, dict[Hint, int | None]] = defaultdict(dict)
        for logged in batch:
            runtime = self.sites(logged.entry.site)
            if runtime is not None and runtime.site.products.pages:
                views[logged.entry.site].update(_views(logged.entry))
        for site, told in views.items():
            await self._leave(site, told)

    async def _leave(self, site: str, told: Mapping[Hint, int | None]) -> None:
        ids = [hint.product for hint in told]
        products = await catalogue.get(self.link, site, ids)
        found = await hints.marked(self.link, site, [Hint(id, "") for id in ids])
        tried = await hints.marked(self.link, site, list(told))
        now = time.time()
        due = [
            hint
            for (hint, price), at, in_vain in zip(told.items(), found, tried, strict=True)
            if is_due(products.get(hint.product), price, at, in_vain, now)
        ]
        if due:
            await hints.leave(self.link, site, due)


def _views(entry: Entry) -> Iterator[tuple[Hint, int | None]]:
    for event in entry.events:
        if event.name == "view_item" and event.page and len(event.items) == 1:
            [item] = event.items
            yield Hint(item.id, event.page), item.price


class Pages(Job):
    """The job that follows hints: a lane for each partition of sites, so that each site's pages are looked at by one
    worker, one after the other."""

    name = "pages"

    def __init__(self, link: Link, sites: Callable[[], Mapping[str, SiteRuntime]], permit: Permit) -> None:
        self.link = link
        self.sites = sites
        self.permit = permit

    def lane(self, place: Place, token: str) -> Lane:
        """The sites of one partition."""
        return _Reader(self, place.number)


class _Reader(Lane):
    def __init__(self, job: Pages, number: int) -> None:
        self._job = job
        self._number = number

    async def step(self) -> float | None:
        sites = [runtime.site for runtime in self._job.sites().values() if runtime.site.products.pages]
        await side_by_side(self._one(site) for site in sites if keys.partition(site.id) == self._number)
        return EVERY

    async def _one(self, site: Site) -> None:
        if (hint := await hints.take(self._job.link, site.id)) is None:
            return
        await hints.tried(self._job.link, site.id, hint, time.time(), IN_VAIN)
        for number, origin in enumerate(site.origins):
            if number:
                await asyncio.sleep(EVERY)
            if product := await self._read(site, origin, hint):
                await catalogue.put(self._job.link, site.id, [product], source="page")
                await hints.found(self._job.link, site.id, hint, time.time(), DAY)
                return

    async def _read(self, site: Site, origin: str, hint: Hint) -> Product | None:
        address, hops = f"{origin}{hint.page}", []

        def visit(hop: str) -> None:
            if not any(hop == own or hop.startswith(f"{own}/") for own in site.origins):
                raise Refused("it leads away from the shop")
            hops.append(hop)

        try:
            async with (
                asyncio.timeout(SECONDS),
                fetched(address, self._job.permit, HEADERS, visit, SECONDS) as response,
            ):
                if response.status_code != 200:
                    raise Refused(f"it was answered with status {response.status_code}")
                body = await beginning(response, LARGEST)
            page = text_of(body, response.charset_encoding or "")
            product = await asyncio.to_thread(read, page, hops[-1], hint.product, site)
        except FAILURES as error:
            PAGES.labels(site.id, "failed").inc()
            logger.info("site %s: the page of product %s was not read: %s", site.id, hint.product, why(error, SECONDS))
            return None
        PAGES.labels(site.id, "read" if product else "other").inc()
        return product
