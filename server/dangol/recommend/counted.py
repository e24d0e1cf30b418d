"""What recommenders have counted, as they read it: rows and totals by places on the shelf, kept for a moment."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise

import numpy as np
from numpy.typing import NDArray

from dangol.host.registry import Registry
from dangol.plugin import Recommender, Rows
from dangol.recommend.places import Places
from dangol.recommend.records import add_up, read, words
from dangol.recommend.shelf import Shelf
from dangol.recommend.shelves import Shelves
from dangol.store.keys import (
    PARTITIONS,
    TOTAL_BUCKETS,
    counter,
    counter_history,
    total,
    total_history,
)
from dangol.store.link import Link

FRESH = 1.0
"""Seconds for which a row is not read again, and a total answered while nothing is done about it."""

STALE = 1.5
"""Seconds after which a total is waited for; in between it is read anew beside the answer."""

MOST_ROWS = 10_000
BESIDE = 1 << 16
"""Bytes of records from which on they are added up in a thread, since that takes a tenth of a millisecond."""

NEVER = -1e9

Sums = NDArray[np.float32]
Row = tuple[Places, Sums]

NO_PLACES: Places = np.zeros(0, np.int32)
NO_SUMS: Sums = np.zeros(0, np.float32)

logger = logging.getLogger(__name__)


@dataclass(eq=False)
class _Total:
    """A total as it was read, when (monotonic seconds), and who reads it anew."""

    sums: Sums
    read_at: float
    reading: asyncio.Task[None] | None = None


@dataclass(eq=False)
class _Kept:
    """What was read for one shelf: rows by recommender and key, none older than `since`; and totals."""

    shelf: Shelf
    since: float = 0.0
    count: int = 0
    rows: dict[str, dict[str, Row]] = field(default_factory=dict)
    totals: dict[tuple[str, str], _Total] = field(default_factory=dict)
    scratch: Places = field(init=False)

    def __post_init__(self) -> None:
        self.scratch = np.full(self.shelf.size, -1, np.int32)


class Counted:
    """The counts of one site, in one process. `clock` gives the unix time as of which sums are told."""

    def __init__(
        self, link: Link, shelves: Shelves, site: str, registry: Registry, clock: Callable[[], float] = time.time
    ) -> None:
        self.link = link
        self.shelves = shelves
        self.site = site
        self.registry = registry
        self.clock = clock
        self._kept = _Kept(shelves.of(site))

    def counts_of(self, plugin: str, shelf: Shelf | None = None) -> "CountsOf":
        """The counts of a recommender by its name, as `dangol.plugin.Counts`, with places on `shelf`: that of the query
        which they are for, else the newest."""
        return CountsOf(self, self.registry.recommender(plugin), shelf or self.shelves.of(self.site))

    def kept(self, shelf: Shelf) -> _Kept:
        """What may be answered without asking the store."""
        kept, now = self._kept, time.monotonic()
        if kept.shelf.size != shelf.size or kept.shelf.ids is not shelf.ids:
            totals = kept.totals if kept.shelf.ids is shelf.ids else {}
            kept = self._kept = _Kept(shelf, now)
            kept.totals = {name: _fitted(each, shelf.size) for name, each in totals.items()}
        if now - kept.since > FRESH or kept.count > MOST_ROWS:
            kept.rows, kept.since, kept.count = {}, now, 0
        return kept

    async def read_rows(self, kept: _Kept, plugin: Recommender, keys: Sequence[str]) -> dict[str, Row]:
        """Rows as the store has them now, of the log and of past orders; they are kept. Raises `Unavailable`."""
        generation, ours = self.shelves.orders(self.site), kept.rows.setdefault(plugin.name, {})
        found: list[list[bytes | None]] = await asyncio.gather(
            *(self.link.call("MGET", *self._names(plugin.name, key, generation)) for key in keys)
        )
        strings = [b"".join(each or b"" for each in both) for both in found]
        ends = np.cumsum([len(each) // 8 for each in strings], dtype=np.int32)
        shelf, records, now = kept.shelf, words(b"".join(strings)), float(self.clock())
        starts, places, sums = read(
            records, ends, shelf.marks, shelf.slots, shelf.size, now, float(plugin.half_life), kept.scratch
        )
        bounds = pairwise(starts.tolist())
        rows = {key: (places[start:end], sums[start:end]) for key, (start, end) in zip(keys, bounds, strict=True)}
        ours.update(rows)
        kept.count += len(rows)
        return rows

    def _names(self, plugin: str, key: str, generation: str) -> list[str]:
        live = counter(self.site, plugin, key)
        return [live, counter_history(self.site, generation, plugin, key)] if generation else [live]

    async def total(self, kept: _Kept, plugin: Recommender, name: str) -> Sums:
        """A total, read anew when it is older than a moment. Raises `Unavailable`."""
        if name not in plugin.totals:
            raise ValueError(f"{plugin.name} has no total {name!r}; it names {sorted(plugin.totals)} in `totals`")
        each = kept.totals.get((plugin.name, name))
        if each is None:
            each = kept.totals[plugin.name, name] = _Total(_read_only(np.zeros(kept.shelf.size, np.float32)), NEVER)
        age = time.monotonic() - each.read_at
        if age > FRESH and (each.reading is None or each.reading.done()):
            each.reading = asyncio.create_task(self._read_total(kept.shelf, plugin, name, each))
            each.reading.add_done_callback(_is_known)
        if age > STALE and each.reading is not None:
            await asyncio.shield(each.reading)
        return each.sums

    async def _read_total(self, shelf: Shelf, plugin: Recommender, name: str, each: _Total) -> None:
        began, generation = time.monotonic(), self.shelves.orders(self.site)
        parts = await asyncio.gather(
            *(self.link.call("MGET", *self._parts(plugin.name, name, generation, each)) for each in range(PARTITIONS))
        )
        records = words(b"".join(row for part in parts for row in part if row))
        args = (records, shelf.marks, shelf.slots, shelf.size, float(self.clock()), float(plugin.totals[name]))
        sums = await asyncio.to_thread(add_up, *args) if records.nbytes > BESIDE else add_up(*args)
        each.sums, each.read_at = _read_only(sums), began

    def _parts(self, plugin: str, name: str, generation: str, number: int) -> list[str]:
        buckets = range(number, TOTAL_BUCKETS, PARTITIONS)
        live = [total(self.site, plugin, name, bucket) for bucket in buckets]
        past = [total_history(self.site, generation, plugin, name, bucket) for bucket in buckets] if generation else []
        return live + past


@dataclass(frozen=True, slots=True)
class CountsOf:
    """`dangol.plugin.Counts` of one recommender, for one shelf."""

    counted: Counted
    plugin: Recommender
    shelf: Shelf

    async def rows(self, keys: Sequence[str], of: str = "") -> Rows:
        """The rows of the keys. Raises `Unavailable`, and `PluginFailure` where there is no recommender `of`."""
        plugin = self._of(of)
        kept = self.counted.kept(self.shelf)
        known = kept.rows.get(plugin.name, {})
        if missing := [key for key in dict.fromkeys(keys) if key not in known]:
            read = await self.counted.read_rows(kept, plugin, missing)
            found = [read[key] if key in read else known[key] for key in keys]
        else:
            found = [known[key] for key in keys]
        starts = np.array([0, *accumulate(len(places) for places, _ in found)], np.int32)
        if not found:
            return Rows(starts, NO_PLACES, NO_SUMS)
        places, sums = zip(*found, strict=True)
        return Rows(starts, np.concatenate(places), np.concatenate(sums))

    async def totals(self, name: str, of: str = "") -> Sums:
        """A total of each place; the same array until it is read anew. Raises as `rows` does."""
        return await self.counted.total(self.counted.kept(self.shelf), self._of(of), name)

    def _of(self, name: str) -> Recommender:
        return self.counted.registry.recommender(name) if name else self.plugin


def _read_only(sums: Sums) -> Sums:
    sums.flags.writeable = False
    return sums


def _fitted(total: _Total, size: int) -> _Total:
    """The same for a shelf with more, or fewer, places: nothing was counted of what is new."""
    sums = np.zeros(size, np.float32)
    shared = min(size, len(total.sums))
    sums[:shared] = total.sums[:shared]
    return _Total(_read_only(sums), total.read_at)


def _is_known(reading: asyncio.Task[None]) -> None:
    """Who waits for a reading is told how it ended; where nobody does, the next one finds out for itself."""
    if not reading.cancelled() and (error := reading.exception()):
        logger.info("a total was not read: %r", error)
