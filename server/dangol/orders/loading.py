"""The load of past orders: read and check the files, put orders together, let recommenders learn, put it in force.

Lines go over the disk twice (`spilling`): split by order, since a file has an order's lines anywhere, and then by
customers' days, on which repeats count once. So memory hardly grows with the files. Nothing is written before all rows
are checked, and nothing is read by anybody before all is written.
"""

import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import BinaryIO, NamedTuple

import numpy as np
from msgspec import Struct, field
from msgspec.structs import replace

from dangol.definitions.model import Site
from dangol.errors import Invalid, Problem
from dangol.host.guard import Guard
from dangol.members.columns import Refusal
from dangol.orders.columns import Columns
from dangol.orders.entries import Goods, entries
from dangol.orders.packing import Packer
from dangol.orders.reading import batches
from dangol.orders.sentences import REASONS
from dangol.orders.spilling import Spill, shares_of
from dangol.orders.standing import Reason, pick, repeated, standing
from dangol.orders.sums import Added
from dangol.plugin import Count, Entry, Recommender, Total
from dangol.protocol import tokens
from dangol.protocol.tokens import Keys
from dangol.recommend.learning import learned
from dangol.store import catalogue
from dangol.store.generations import Generation, Loaded
from dangol.store.link import Link
from dangol.store.orders import claimed

LEARN_BUDGET = 1.0
"""Seconds that a recommender has for the orders that it is given at once."""
READ, PUT_TOGETHER, LEARNED = 20, 30, 95
"""How much of the whole is done, in percent, after each stage: as long as they take."""

AT_ONCE = 500
"""Rows of counts that are written at once."""

Advance = Callable[[str, int], None]
"""Told the stage of the load, and how much of the whole is done, in percent."""


class Source(NamedTuple):
    """A file by its name. It is read twice: it can be no pipe."""

    name: str
    file: BinaryIO


class Shop(NamedTuple):
    """Whose orders they are: the site, its keys, and the recommenders there are."""

    site: Site
    keys: Keys
    recommenders: Sequence[Recommender]


class Options(Struct, frozen=True):
    """How to load: the names of columns that are not called as their field, whether refused rows are left out rather
    than nothing loaded, and whether nothing is to be changed in any case."""

    columns: Mapping[str, str] = field(default_factory=dict)
    skip_refused: bool = False
    dry_run: bool = False


async def load(
    link: Link,
    shop: Shop,
    sources: Sequence[Source],
    options: Options,
    now: float,
    refuse: Callable[[Refusal], None],
    advance: Advance = lambda stage, percent: None,
) -> Loaded:
    """Load past orders in place of those that were loaded before. What is told of it has no `generation` where nothing
    was changed: in a dry run, and where rows were refused.

    Each thing that is wrong with a row goes to `refuse`. `now` is unix seconds. Raises `Invalid` for files that can't
    be read to their end, whose header is wrong, or none of whose orders can be learned from; `PluginFailure` where a
    recommender fails, `Busy` and `Unavailable`. Nothing is changed then.
    """
    goods = Goods([each async for some in catalogue.scan(link, shop.site.id) for each in some])
    if not goods.ids:
        expected = "a catalogue, which is imported first: orders of products that it does not have teach nothing"
        raise Invalid([Problem("products", ..., expected)])
    columns = Columns(shop.site, goods.find, now, options.columns)
    refusals = Refusals(refuse)
    if options.dry_run:
        work = _Load(link, shop, goods, now, advance, None)
        return await work.all(sources, columns, options.skip_refused, refusals)
    async with Generation(link, shop.site.id) as generation:
        work = _Load(link, shop, goods, now, advance, generation)
        return await work.all(sources, columns, options.skip_refused, refusals)


class Refusals:
    """Passes on what is wrong with rows, and counts the rows; `file` is put in front of the column where there are
    several files."""

    def __init__(self, refuse: Callable[[Refusal], None]) -> None:
        self._refuse = refuse
        self._last: tuple[str, int] | None = None
        self.file = ""
        self.rows = 0

    def __call__(self, refusal: Refusal) -> None:
        """One more; all that is wrong with a row comes together."""
        row = (self.file, refusal.line)
        self.rows += row != self._last
        self._last = row
        column = ": ".join(part for part in (self.file, refusal.column) if part)
        self._refuse(refusal._replace(column=column))


def _all_learned(plugin: Recommender, some: Sequence[Entry]) -> list[Count | Total]:
    return [each for entry in some for each in learned(plugin, entry)]


class _Load:
    """One load, stage by stage."""

    def __init__(
        self, link: Link, shop: Shop, goods: Goods, now: float, advance: Advance, generation: Generation | None
    ) -> None:
        self._link, self._shop, self._goods, self._now = link, shop, goods, now
        self._advance, self._generation = advance, generation
        self._guard = Guard()
        self._left: Counter[Reason] = Counter()
        learning = [each for each in shop.recommenders if type(each).learn is not Recommender.learn]
        self._added = [Added(each, goods.places, now) for each in learning]

    async def all(self, sources: Sequence[Source], columns: Columns, skip_refused: bool, refuse: Refusals) -> Loaded:
        """All stages, as far as they may go."""
        sizes = [source.file.seek(0, os.SEEK_END) for source in sources]
        shares = shares_of(sum(sizes))
        with Spill("order", shares) as by_order, Spill("day", shares) as by_day:
            sound = await self._read(sources, sizes, columns, refuse, by_order)
            told = Loaded(made=int(self._now), rows=sound + refuse.rows, refused=refuse.rows)
            if refuse.rows and not skip_refused:
                return told
            await self._put_together(by_order, by_day)
            told = await self._learn(by_day, told)
        if not told.orders:
            left = ", ".join(f"{count:,} lines {REASONS[reason]}" for reason, count in told.left.items())
            why = f"left out were {left}" if left else "there is no row that can be read"
            raise Invalid([Problem("orders", ..., f"at least one that something can be learned from; {why}")])
        return await self._write(self._generation, told) if self._generation else told

    async def _report(self, stage: str, percent: float) -> None:
        self._advance(stage, int(percent))
        if self._generation:
            await self._generation.report(stage, int(percent))

    async def _read(
        self, sources: Sequence[Source], sizes: Sequence[int], columns: Columns, refuse: Refusals, spill: Spill
    ) -> int:
        """Check all rows, and keep those that are sound; how many those are."""
        sound, before, total = 0, 0, max(sum(sizes), 1)
        for (name, file), size in zip(sources, sizes, strict=True):
            refuse.file = name if len(sources) > 1 else ""
            for batch in batches(file, columns.choose, refuse):
                lines = columns.take(batch.numbers, batch.cells, refuse)
                spill.add(lines)
                sound += len(lines.at)
                await self._report("reading", READ * (before + batch.position) / total)
            before += size
        return sound

    async def _put_together(self, by_order: Spill, by_day: Spill) -> None:
        for number, share in enumerate(by_order):
            lines = standing(share, self._left)
            numbers, orders = lines.order
            known = await claimed(
                self._link, self._shop.site.id, [numbers[each] for each in np.unique(orders).tolist()]
            )
            live = np.isin(orders, [place for place, each in enumerate(numbers) if each in known])
            self._left["live"] += int(live.sum())
            by_day.add(pick(lines, np.flatnonzero(~live)))
            await self._report("putting orders together", READ + (PUT_TOGETHER - READ) * number / by_order.shares)

    async def _learn(self, by_day: Spill, told: Loaded) -> Loaded:
        site, profile_of = self._shop.site.id, partial(tokens.member_profile, self._shop.keys)
        firsts, lasts = [told.made], [0]
        orders, lines = 0, 0
        for number, share in enumerate(by_day):
            known = repeated(share)
            for some in entries(known, site, self._goods, profile_of):
                self._take(some)
            orders, lines = orders + len(known.starts) - 1, lines + len(share.at)
            firsts.append(int(share.at.min()))
            lasts.append(int(share.at.max()))
            await self._report("learning", PUT_TOGETHER + (LEARNED - PUT_TOGETHER) * number / by_day.shares)
        left = {reason: count for reason, count in self._left.items() if count}
        return replace(told, orders=orders, lines=lines, first=min(firsts), last=max(lasts), left=left)

    def _take(self, some: Sequence[Entry]) -> None:
        for added in self._added:
            learn = partial(_all_learned, added.plugin, some)
            added.take(self._guard.run(added.plugin, "learn", learn, expect=list, budget=LEARN_BUDGET))

    async def _write(self, generation: Generation, told: Loaded) -> Loaded:
        packer = Packer(self._shop.site.id, generation.name, self._goods.ids, self._now)
        counts, size, waiting = 0, 0, dict[str, bytes]()
        await self._report("writing", LEARNED)
        for added in self._added:
            for name, records in packer.packed(added):
                waiting[name] = records
                counts, size = counts + 1, size + len(records)
                if len(waiting) == AT_ONCE:
                    await generation.write(waiting)
                    waiting.clear()
                    await self._report("writing", LEARNED)
        await generation.write(waiting)
        told = replace(told, generation=generation.name, counts=counts, bytes=size)
        await generation.put_in_force(told)
        self._advance("done", 100)
        return told
