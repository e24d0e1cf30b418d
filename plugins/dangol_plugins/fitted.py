"""Fits of products' rows, made beside the queries that ask for them and kept for a while: each takes a quarter of a
millisecond, and the rows of all its members have to be read."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from dangol.plugin import Counts, Shelf
from dangol_plugins.offerable import Numbers, Places
from dangol_plugins.slots import Slots

MEMBERS = 64
"""Members of a row that are fitted, those with the highest sums."""

LIFE = 600.0
"""Seconds after which a fit is made anew."""

CHANGE = 0.1
"""By how much more or less, in shares, orders with a product may become before its fit is made anew at once."""

MOST_FITS, MOST_SITES, MOST_WAITING = 20_000, 64, 2_000

logger = logging.getLogger(__name__)


class Fit(NamedTuple):
    """What a product says for `places`, as of the unix time `at` and its own `total` then."""

    places: Places
    parts: Numbers
    total: float
    at: float

    def holds(self, total: float, now: float) -> bool:
        """Whether it need not be made anew."""
        return abs(now - self.at) < LIFE and abs(total - self.total) <= CHANGE * self.total


NO_FIT = Fit(np.empty(0, np.int32), np.empty(0, np.float32), 0.0, 0.0)

Fits = OrderedDict[str, Fit]


class _Asked(NamedTuple):
    """A fit that is to be made, and what from."""

    counts: Counts
    shelf: Shelf
    now: float


class Fitted:
    """The fits of the sites that are asked about, by product id. `total` names the total of products' own orders."""

    def __init__(self, total: str) -> None:
        self._total = total
        self._slots = Slots()
        self._sites: OrderedDict[int, tuple[Sequence[str], Fits]] = OrderedDict()
        self._waiting: dict[tuple[int, str], _Asked] = {}
        self._task: asyncio.Task[None] | None = None

    def of(
        self, seeds: Sequence[str], places: Places, totals: Numbers, counts: Counts, shelf: Shelf, now: float
    ) -> list[Fit]:
        """The fits of seeds whose places these are, as far as there are any. Those that are missing or old are made
        beside all else; until then the old ones serve."""
        fits, found = self._fits(shelf), []
        for seed, place in zip(seeds, places.tolist(), strict=True):
            known = fits.get(seed)
            total = float(totals[place]) if 0 <= place < len(totals) else 0.0
            if total > 0 and (known is None or not known.holds(total, now)) and len(self._waiting) < MOST_WAITING:
                self._waiting.setdefault((id(shelf.ids), seed), _Asked(counts, shelf, now))
            found.append(known if known and total > 0 else NO_FIT)  # nothing is left of what was all taken back
        if self._waiting and (self._task is None or self._task.done()):
            self._task = asyncio.create_task(self._work())
        return found

    async def settle(self) -> None:
        """Wait until all fits are made that were asked for."""
        while self._task is not None and not self._task.done():
            await asyncio.wait([self._task])

    async def _work(self) -> None:
        try:
            while self._waiting:
                key = next(iter(self._waiting))
                try:
                    await self._make(key[1], self._waiting.pop(key))
                except Exception as error:  # whatever it is, strips go on without this fit, and ask for it again
                    logger.info("a product's row was not fitted: %r", error)
                await asyncio.sleep(0)
        finally:
            self._waiting.clear()

    async def _make(self, seed: str, asked: _Asked) -> None:
        from dangol_plugins.fitting import fit

        counts, shelf = asked.counts, asked.shelf
        rows, totals = await counts.rows([seed]), await counts.totals(self._total)
        place, members, sums = int(shelf.places([seed])[0]), rows.places, rows.sums
        if len(members) > MEMBERS:
            highest = np.argpartition(sums, -MEMBERS)[-MEMBERS:]
            members, sums = members[highest], sums[highest]
        own = await counts.rows([shelf.ids[member] for member in members.tolist()])
        parts = fit(place, members, sums, own.starts, own.places, own.sums, totals, self._slots.of(shelf))
        fits = self._fits(shelf)
        fits[seed] = Fit(members[parts > 0], parts[parts > 0], float(totals[place]), asked.now)
        fits.move_to_end(seed)
        if len(fits) > MOST_FITS:
            fits.popitem(last=False)

    def _fits(self, shelf: Shelf) -> Fits:
        """Those of the shelf's catalogue; a catalogue that was read anew has other places."""
        _, fits = self._sites.setdefault(id(shelf.ids), (shelf.ids, OrderedDict()))
        self._sites.move_to_end(id(shelf.ids))
        if len(self._sites) > MOST_SITES:
            self._sites.popitem(last=False)
        return fits
