"""What recommenders read: fresh within a second or two, by places on the shelf, from the log and from past orders."""

import asyncio
from collections.abc import Sequence

import pytest

from dangol.errors import PluginFailure
from dangol.host.registry import Registry
from dangol.plugin import Count, Counts, Product, Query, Ranked, Recommender, Scored, Total
from dangol.recommend import counted
from dangol.recommend.counted import Counted
from dangol.recommend.records import RECORD, pack
from dangol.recommend.shelf import Shelf
from dangol.recommend.shelves import Shelves
from dangol.store import catalogue, keys
from dangol.store.counters import Counters, Learned
from dangol.store.generations import Generation, Loaded
from dangol.store.link import Link
from dangol.testing import NOW

pytestmark = pytest.mark.anyio

WEEK = 7 * 86_400
MINUTE = 60.0


class Demo(Recommender):
    name = "demo"
    api = 1
    half_life = WEEK
    totals = {"sold": WEEK}  # noqa: RUF012

    async def recommend(self, query: Query, counts: Counts) -> Ranked | Sequence[Scored]:
        return []


class Other(Demo):
    name = "other"
    half_life = 2 * WEEK
    totals = {"sold": 2 * WEEK}  # noqa: RUF012


DEMO = Demo()


class Site:
    """A site's counts over a store, told as of `at`. What was read is fresh until `lapse`."""

    def __init__(self, link: Link, patch: pytest.MonkeyPatch) -> None:
        self.link, self.at, self.entries, self.patch = link, float(NOW), 0, patch
        self.lapse(MINUTE, MINUTE)
        self.shelves = Shelves(link)
        self.counters = {each.name: Counters(link, each) for each in (DEMO, Other())}
        self.counted = Counted(link, self.shelves, "shop", Registry.of([DEMO, Other()]), lambda: self.at)

    @property
    def shelf(self) -> Shelf:
        return self.shelves.of("shop")

    def lapse(self, fresh: float = -1.0, stale: float = -1.0) -> None:
        """Let everything that was read be too old from now on."""
        self.patch.setattr(counted, "FRESH", fresh)
        self.patch.setattr(counted, "STALE", stale)

    async def tell(self, *ids: str) -> None:
        """Let the catalogue have more products."""
        await catalogue.put(self.link, "shop", [Product(id, id, 10_000) for id in ids])
        await self.shelves.caught_up("shop")

    async def learn(self, *counts: Count | Total, plugin: str = "demo") -> None:
        self.entries += 1
        await self.counters[plugin].add(0, [Learned(f"{self.entries}-0", "shop", counts)])

    async def rows(self, *asked: str, of: str = "") -> list[dict[str, float]]:
        found = await self.counted.counts_of("demo").rows(asked, of)
        bounds = zip(found.starts, found.starts[1:], strict=False)
        parts = [(found.places[start:end], found.sums[start:end]) for start, end in bounds]
        return [{self.shelf.ids[place]: float(by) for place, by in zip(*part, strict=True)} for part in parts]

    async def totals(self, of: str = "") -> list[float]:
        found: list[float] = (await self.counted.counts_of("demo").totals("sold", of)).tolist()
        return found


@pytest.fixture
async def site(link: Link, monkeypatch: pytest.MonkeyPatch) -> Site:
    made = Site(link, monkeypatch)
    for id in ("tea", "cup", "pot", "mat"):  # one by one: places in this order
        await made.tell(id)
    return made


async def test_rows_are_sums_as_of_now_by_places(site: Site) -> None:
    await site.learn(Count("tea", ["cup", "pot"], 2.0, NOW - WEEK), Count("tea", ["cup"], 1.0, NOW))
    assert await site.rows("tea", "cup", "never") == [{"cup": 2.0, "pot": 1.0}, {}, {}]
    assert await site.rows() == []


async def test_the_same_key_may_be_asked_twice(site: Site) -> None:
    await site.learn(Count("tea", ["cup"], 1.0, NOW))
    assert await site.rows("tea", "tea") == [{"cup": 1.0}] * 2


async def test_a_row_is_read_anew_after_a_moment(site: Site) -> None:
    assert await site.rows("tea") == [{}]
    await site.learn(Count("tea", ["cup"], 1.0, NOW))
    assert await site.rows("tea") == [{}]
    site.lapse()
    assert await site.rows("tea") == [{"cup": 1.0}]


async def test_kept_rows_ask_nothing_of_the_store(site: Site) -> None:
    await site.learn(Count("tea", ["cup"], 1.0, NOW))
    await site.rows("tea", "cup")
    site.link.close()
    assert await site.rows("cup", "tea") == [{}, {"cup": 1.0}]


async def test_another_recommenders_counts_fade_as_its_own_do(site: Site) -> None:
    await site.learn(
        Count("tea", ["cup"], 4.0, NOW - 2 * WEEK), Total("sold", ["tea"], 4.0, NOW - 2 * WEEK), plugin="other"
    )
    assert await site.rows("tea") == [{}]
    assert await site.rows("tea", of="other") == [{"cup": 2.0}]
    assert await site.totals(of="other") == [2.0, 0.0, 0.0, 0.0]
    with pytest.raises(PluginFailure, match="nobody"):
        await site.rows("tea", of="nobody")


async def test_past_orders_of_the_generation_in_force_count_too(site: Site) -> None:
    await site.learn(Count("tea", ["cup"], 1.0, NOW), Total("sold", ["tea"], 1.0, NOW))
    async with Generation(site.link, "shop") as generation:
        row = keys.counter_history("shop", generation.name, "demo", "tea")
        total = keys.total_history("shop", generation.name, "demo", "sold", keys.total_bucket("mat"))
        await generation.write({row: pack(["cup", "mat"], 2.0, NOW - WEEK), total: pack(["mat"], 3.0, NOW)})
        assert (await site.rows("tea"), await site.totals()) == ([{"cup": 1.0}], [1.0, 0.0, 0.0, 0.0])
        await generation.put_in_force(Loaded(generation.name))
    await site.shelves.caught_up("shop")
    site.lapse()
    assert (await site.rows("tea"), await site.totals()) == ([{"cup": 2.0, "mat": 1.0}], [1.0, 0.0, 0.0, 3.0])


async def test_a_total_is_the_same_array_until_it_is_read_anew(site: Site) -> None:
    await site.learn(Total("sold", ["tea", "pot"], 1.0, NOW))
    totals = site.counted.counts_of("demo").totals
    first = await totals("sold")
    assert first.tolist() == [1.0, 0.0, 1.0, 0.0]
    assert await totals("sold") is first
    assert not first.flags.writeable
    await site.learn(Total("sold", ["tea"], 1.0, NOW))
    site.lapse(stale=MINUTE)
    assert await totals("sold") is first, "nobody waits for what is only just stale"
    async with asyncio.timeout(MINUTE):
        while (await totals("sold")).tolist() != [2.0, 0.0, 1.0, 0.0]:
            await asyncio.sleep(0)


async def test_a_total_that_nobody_asked_for_lately_is_waited_for(site: Site) -> None:
    await site.totals()
    await site.learn(Total("sold", ["tea"], 1.0, NOW))
    site.lapse()
    assert await site.totals() == [1.0, 0.0, 0.0, 0.0]


async def test_a_total_that_the_recommender_does_not_name_is_told(site: Site) -> None:
    with pytest.raises(ValueError, match="no total 'seen'"):
        await site.counted.counts_of("demo").totals("seen")


async def test_what_is_new_on_the_shelf_has_a_total_at_once_and_is_found_in_rows(site: Site) -> None:
    await site.learn(Count("tea", ["cup", "new"], 1.0, NOW))
    older = site.counted.counts_of("demo")
    assert (len(await older.totals("sold")), len((await older.rows(["tea"])).places)) == (4, 1)
    await site.tell("new")
    newer = site.counted.counts_of("demo")
    assert (len(await newer.totals("sold")), (await newer.rows(["tea"])).places.tolist()) == (5, [1, 4])
    assert (len(await older.totals("sold")), len((await older.rows(["tea"])).places)) == (4, 1)


async def test_large_totals_are_added_up_too(site: Site) -> None:
    many = [f"p{number}" for number in range(5_000)]
    await site.tell(*many)
    await site.learn(Total("sold", many, 1.0, NOW))
    assert RECORD * len(many) > counted.BESIDE
    assert await site.totals() == [0.0] * 4 + [1.0] * len(many)
