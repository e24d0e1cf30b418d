"""Past orders from the file to what recommenders read, on a real store."""

import io
import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

import pytest

from dangol.definitions.model import Definitions
from dangol.errors import Invalid, PluginFailure
from dangol.host.registry import Registry
from dangol.members.columns import Refusal
from dangol.orders.loading import Options, Shop, Source, load
from dangol.plugin import Count, Counts, Entry, Event, Item, Product, Query, Recommender, Scored, Total
from dangol.protocol.tokens import Keys
from dangol.recommend.counted import Counted, CountsOf
from dangol.recommend.learning import learned
from dangol.recommend.shelves import Shelves
from dangol.store import catalogue, orders
from dangol.store.counters import Counters, Learned
from dangol.store.generations import Loaded, status
from dangol.store.link import Link

pytestmark = pytest.mark.anyio

IDS = [f"p{number}" for number in range(12)]
NOW = 1_700_000_000.0
DAY = 86_400
HEADER = "order_id,at,product_id,quantity,price,customer_id,state\n"


class Pairs(Recommender):
    """Counts what is bought with what, and what is bought at all."""

    name = "pairs"
    api = 1
    half_life = 30.0 * DAY
    totals: ClassVar = {"sold": 7.0 * DAY}

    def learn(self, entry: Entry) -> list[Count | Total]:
        """New products of orders."""
        [order] = entry.events
        ids = [item.id for item in order.items if item.id not in order.again]
        rows = [Count(id, [each for each in ids if each != id], 1.0, order.at / 1000) for id in ids]
        return [*rows, Total("sold", ids, 1.0, order.at / 1000)] if ids else []

    async def recommend(self, query: Query, counts: Counts) -> Sequence[Scored]:
        """Nothing."""
        return ()


class Loading:
    """Loads of one shop, what they told, and what recommenders read then."""

    def __init__(self, link: Link, definitions: Definitions) -> None:
        self.link = link
        self.shop = Shop(definitions.site, Keys.derive(b"s" * 32, "shop"), [Pairs()])
        self.refusals: list[Refusal] = []
        self.steps: list[tuple[str, int]] = []

    async def load(self, *contents: str, **options: Any) -> Loaded:
        sources = [Source(f"{number}.csv", io.BytesIO(each.encode())) for number, each in enumerate(contents, 1)]
        refuse, order = self.refusals.append, Options(**options)
        return await load(self.link, self.shop, sources, order, NOW, refuse, lambda *step: self.steps.append(step))

    async def counts(self, site: str = "shop") -> CountsOf:
        shelves = Shelves(self.link)
        await shelves.caught_up(site)
        return Counted(self.link, shelves, site, Registry.of([Pairs()]), lambda: NOW).counts_of("pairs")

    async def sold(self, site: str = "shop") -> dict[str, float]:
        counts = await self.counts(site)
        totals = await counts.totals("sold")
        return {id: float(by) for id, by in zip(counts.shelf.ids, totals, strict=True) if by}

    async def together(self, id: str, site: str = "shop") -> dict[str, float]:
        counts = await self.counts(site)
        rows = await counts.rows([id])
        return {counts.shelf.ids[place]: float(by) for place, by in zip(rows.places, rows.sums, strict=True)}


@pytest.fixture
async def loading(link: Link, define: Callable[..., Definitions]) -> Loading:
    for site in ("shop", "other"):
        await catalogue.put(link, site, [Product(id, id, 100) for id in IDS])
    return Loading(link, define())


def row(order: str, product: str, age: float = 0, customer: str = "", **more: str) -> str:
    quantity, price, state = (more.get(name, "") for name in ("quantity", "price", "state"))
    at = datetime.fromtimestamp(NOW - age, UTC)
    return f"{order},{at},{product},{quantity},{price},{customer},{state}\n"


async def test_orders_are_learned_from_wherever_their_lines_are(loading: Loading) -> None:
    first = HEADER + row("1", "p0") + row("2", "p3", 7 * DAY) + row("1", "p1") + row("3", "unheard of")
    told = await loading.load(first, HEADER + row("1", "p2") + row("4", "p4", price="0"))
    assert (told.rows, told.refused, told.orders, told.lines) == (6, 0, 2, 4)
    assert told.left == {"unknown_products": 1, "free": 1}
    assert (told.first, told.last, told.made) == (NOW - 7 * DAY, NOW, NOW)
    assert await loading.sold() == pytest.approx({"p0": 1, "p1": 1, "p2": 1, "p3": 0.5})
    assert await loading.together("p0") == pytest.approx({"p1": 1, "p2": 1})
    assert (await status(loading.link, "shop")).in_force == told


async def test_what_was_loaded_is_what_would_have_been_learned_live(loading: Loading) -> None:
    chance = random.Random(5)
    baskets = [chance.sample(IDS, chance.randint(1, 6)) for _ in range(40)]
    ages = [chance.randrange(200 * DAY) for _ in baskets]
    rows = [row(str(number), id, ages[number]) for number, basket in enumerate(baskets) for id in basket]
    chance.shuffle(rows)
    await loading.load(HEADER + "".join(rows))
    live = []
    for number, (basket, age) in enumerate(zip(baskets, ages, strict=True)):
        at = int(NOW - age) * 1000
        entry = Entry("other", "", "", at, [Event(str(number), "purchase", at, items=[Item(id) for id in basket])])
        live.append(Learned(f"{number + 1}-0", "other", learned(Pairs(), entry)))
    await Counters(loading.link, Pairs()).add(0, live)
    assert await loading.sold() == pytest.approx(await loading.sold("other"), rel=1e-4)
    for id in IDS:
        assert await loading.together(id) == pytest.approx(await loading.together(id, "other"), rel=1e-4)


async def test_a_customer_counts_once_a_day(loading: Loading) -> None:
    often = "".join(row(f"b{number}", "p0", number * 8, "bot") for number in range(1000))
    await loading.load(HEADER + often + row("1", "p0", 0, "kim") + row("2", "p0"))
    assert (await loading.sold())["p0"] == pytest.approx(3, rel=1e-2)


async def test_what_dangol_has_counted_itself_is_left_out(loading: Loading) -> None:
    await orders.claim(loading.link, "shop", "1", orders.GUEST)
    told = await loading.load(HEADER + row("1", "p0") + row("1", "p1") + row("2", "p2"))
    assert (told.orders, told.left) == (1, {"live": 2})
    assert await loading.sold() == {"p2": 1}


async def test_loading_again_replaces(loading: Loading) -> None:
    await loading.load(HEADER + row("1", "p0") + row("1", "p1"))
    await loading.load(HEADER + row("2", "p2"))
    assert await loading.sold() == {"p2": 1}
    assert await loading.together("p0") == {}


async def test_one_refused_row_holds_back_all(loading: Loading) -> None:
    await loading.load(HEADER + row("1", "p0"))
    bad = HEADER + row("2", "p1") + row("3", "p2", price="-1") + "4,2023\n"
    told = await loading.load(HEADER + row("5", "p5"), bad)
    assert (told.generation, told.rows, told.refused) == ("", 4, 2)
    assert [refusal[:3] for refusal in loading.refusals] == [(4, "2.csv", "2 cells"), (3, "2.csv: price", "-1")]
    assert await loading.sold() == {"p0": 1}
    assert (await status(loading.link, "shop"))[1:] == (None, [])
    told = await loading.load(bad, skip_refused=True)
    assert (told.rows, told.refused, told.orders) == (3, 2, 1)
    assert await loading.sold() == {"p1": 1}


async def test_a_dry_run_tells_all_and_changes_nothing(loading: Loading) -> None:
    before = await loading.link.call("DBSIZE")
    told = await loading.load(HEADER + row("1", "p0") + row("1", "p1", state="cancelled"), dry_run=True)
    assert (told.generation, told.orders, told.lines, told.left) == ("", 1, 1, {"cancelled": 1})
    assert await loading.link.call("DBSIZE") == before


async def test_how_far_it_is_only_ever_rises(loading: Loading) -> None:
    await loading.load(HEADER + "".join(row(str(number), "p0", number) for number in range(200)))
    percents = [percent for _, percent in loading.steps]
    assert percents == sorted(percents)
    assert loading.steps[-1] == ("done", 100)
    assert {stage for stage, _ in loading.steps} >= {"reading", "putting orders together", "learning"}


USELESS = {
    "unknown": (HEADER + row("1", "unheard of"), "1 lines of products that the catalogue does not have"),
    "cut off": (HEADER + row("1", "p0") + '2,"2023', "line 3: .* is not a line that closes its quotes"),
    "another header": ("order,at,product_id\n", "a column order_id"),
}


@pytest.mark.parametrize("case", USELESS)
async def test_what_nothing_can_be_learned_from_changes_nothing(loading: Loading, case: str) -> None:
    content, error = USELESS[case]
    await loading.load(HEADER + row("1", "p0"))
    with pytest.raises(Invalid, match=error):
        await loading.load(content, skip_refused=True)
    assert await loading.sold() == {"p0": 1}
    assert (await status(loading.link, "shop"))[1:] == (None, [])


async def test_without_a_catalogue_nothing_is_loaded(loading: Loading) -> None:
    await catalogue.remove(loading.link, "shop", IDS)
    with pytest.raises(Invalid, match="a catalogue"):
        await loading.load(HEADER + row("1", "p0"))


class Broken(Pairs):
    """Fails at an order."""

    name = "broken"

    def learn(self, entry: Entry) -> list[Count | Total]:
        raise KeyError("price")


async def test_a_recommender_that_fails_stops_the_load(loading: Loading) -> None:
    loading.shop = loading.shop._replace(recommenders=[Pairs(), Broken()])
    with pytest.raises(PluginFailure, match=r"broken.*price"):
        await loading.load(HEADER + row("1", "p0"))
    assert await loading.sold() == {}
    assert await status(loading.link, "shop") == (None, None, [])
