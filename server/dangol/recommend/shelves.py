"""The shelves of all sites that a process serves, kept as fresh as the store's catalogues."""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from redis.exceptions import ResponseError

from dangol.errors import Unavailable
from dangol.plugin import Product
from dangol.recommend.columns import Columns
from dangol.recommend.shelf import Shelf
from dangol.store import catalogue
from dangol.store.link import Link

log = logging.getLogger(__name__)

EVERY: Final = 0.5
AT_ONCE: Final = 100
"""Products taken in before requests get their turn: well below a millisecond's work."""


class _Followed:
    """One site's catalogue as it was read. `version` is -1 until it was."""

    def __init__(self) -> None:
        self.columns = Columns()
        self.shelf = Shelf(self.columns)
        self.version = -1
        self.orders = ""
        self.reading = asyncio.Lock()


class Shelves:
    """Made once per process; `follow` belongs to its event loop. `clock` gives unix seconds."""

    def __init__(self, link: Link, clock: Callable[[], float] = time.time) -> None:
        self._link, self._clock = link, clock
        self._sites: dict[str, _Followed] = {}
        self._empty = Shelf(Columns())

    def of(self, site: str) -> Shelf:
        """The site's shelf; an empty one before its catalogue was read."""
        followed = self._sites.get(site)
        return self._empty if followed is None else followed.shelf

    def orders(self, site: str) -> str:
        """The generation of past orders that is in force; "" where there is none."""
        followed = self._sites.get(site)
        return "" if followed is None else followed.orders

    def unread(self, sites: Iterable[str]) -> dict[str, int]:
        """Those of the sites whose catalogue was not read yet, and how many products of it were."""
        found = {site: self._sites.get(site) for site in sites}
        return {
            site: 0 if each is None else each.columns.size
            for site, each in found.items()
            if each is None or each.version < 0
        }

    async def follow(self, sites: Callable[[], Iterable[str]]) -> None:
        """Keep the shelves of these sites fresh, and no others, until cancelled. While the store is away they stay as
        they are."""
        await asyncio.to_thread(warm)
        failing = False
        while True:
            wanted = set(sites())
            for site in self._sites.keys() - wanted:
                if not self._sites[site].reading.locked():  # by `caught_up`, for a site that is not served yet
                    del self._sites[site]
            results = await asyncio.gather(*map(self._fresh, wanted), return_exceptions=True)
            failures = [each for each in results if isinstance(each, BaseException)]
            for failure in failures if not failing else ():
                away = isinstance(failure, Unavailable | ResponseError)
                log.warning(
                    "can't follow the catalogue, will try again: %s", failure, exc_info=None if away else failure
                )
            failing = bool(failures)
            await asyncio.sleep(EVERY)

    async def caught_up(self, site: str) -> None:
        """Returns once the shelf is as the catalogue was at the time of the call. Raises `Unavailable`."""
        await self._fresh(site)

    async def _fresh(self, site: str) -> None:
        while True:
            followed = self._sites.setdefault(site, _Followed())
            async with followed.reading:
                if self._sites.get(site) is followed:  # else it was let go while this waited
                    return await self._look(site, followed)

    async def _look(self, site: str, followed: _Followed) -> None:
        followed.columns.follow_clock(self._clock())
        version, followed.orders = await catalogue.state(self._link, site)
        if version == followed.version:
            return
        if followed.version < 0 or not await self._take_changes(site, followed):
            await self._read(site, followed)
            # What the shop tells while all is read would else wait for the next look.
            followed.version = version
            await self._take_changes(site, followed)
        followed.shelf = Shelf(followed.columns)

    async def _take_changes(self, site: str, followed: _Followed) -> bool:
        """Take in what changed since the version; False where that is not known."""
        changes = await catalogue.changes(self._link, site, followed.version)
        if changes is None:
            return False
        for start in range(0, len(changes.ids), AT_ONCE):
            ids = changes.ids[start : start + AT_ONCE]
            found = await catalogue.get(self._link, site, ids)
            self._put(followed, list(found.values()))
            followed.columns.remove([id for id in ids if id not in found])
        followed.version = changes.version
        return True

    async def _read(self, site: str, followed: _Followed) -> None:
        """Take in all products, and let go what is no more."""
        columns = followed.columns
        before = columns.size
        columns.reserve(await catalogue.size(self._link, site))
        seen = np.zeros(before, np.bool_)
        async for products in catalogue.scan(self._link, site, AT_ONCE):
            places = self._put(followed, products)
            seen[places[places < before]] = True
        gone = np.flatnonzero(~seen)
        for start in range(0, len(gone), AT_ONCE):
            columns.remove([columns.ids[place] for place in gone[start : start + AT_ONCE]])
            await asyncio.sleep(0)

    def _put(self, followed: _Followed, products: Sequence[Product]) -> NDArray[np.int32]:
        return followed.columns.put(products, self._clock())


def warm() -> None:
    """Compile the kernels of `recommend.places`, or read them from numba's cache, before a page view needs them."""
    columns = Columns()
    columns.put([Product(str(number), "", 1) for number in range(200)], 0.0)
    columns.remove(["0"])
    Shelf(columns).places(["1"])
