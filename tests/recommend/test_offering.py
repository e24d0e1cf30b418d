"""What is offered: asked in turn, filled up, and only what may be bought at this very moment."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dangol.definitions.model import Site
from dangol.errors import Unavailable
from dangol.host.guard import Guard
from dangol.host.registry import Registry
from dangol.plugin import Counts, Filters, Product, Profile, Query, Ranked, Recommender, Scored, Text
from dangol.profile.model import Line, Seen
from dangol.recommend.offering import Offering
from dangol.recommend.shelves import Shelves
from dangol.recommend.wish import Offered, Wish
from dangol.render import renderer
from dangol.store import catalogue
from dangol.store.link import Link

pytestmark = pytest.mark.anyio

SITE = Site("shop", "public-key", "Shop", ["https://shop.example"])


class Fixed(Recommender):
    """Gives `answer`, of a text its letters; an exception is raised and a function is asked."""

    name = "fixed"
    api = 1
    reason: ClassVar[Text] = {"ko": "추천", "en": "For you"}
    reason_because: ClassVar[Text] = {"ko": "{product}{과/와} 함께", "en": "With {product}"}

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.asked: list[Query] = []

    async def recommend(self, query: Query, counts: Counts) -> Ranked | Sequence[Scored]:
        self.asked.append(query)
        if isinstance(self.answer, Exception):
            raise self.answer
        if isinstance(self.answer, str):
            return [Scored(name, -float(place)) for place, name in enumerate(self.answer)]
        return self.answer(query) if callable(self.answer) else self.answer  # type: ignore[no-any-return]


class Silent(Fixed):
    """Never answers."""

    async def recommend(self, query: Query, counts: Counts) -> Ranked | Sequence[Scored]:
        await asyncio.sleep(60)
        return []


class Popular(Fixed):
    name = "popular"
    api = 1


@pytest.fixture
async def shop(link: Link) -> "Shop":
    products = [Product(name, name.upper(), price) for price, name in enumerate("abcdefghij", 1)]
    return await Shop(link).with_products([*products, Product("sold", "", 5, stock=0)])


class Shop:
    """A catalogue, and what is offered of it."""

    def __init__(self, link: Link) -> None:
        self.link = link
        self.shelves = Shelves(link)
        self.guard = Guard()

    async def with_products(self, products: Sequence[Product]) -> "Shop":
        await catalogue.put(self.link, "shop", products, now=0)
        await self.shelves.caught_up("shop")
        return self

    async def found(self, first: Any, popular: Any = "", **wish: Any) -> list[Offered]:
        fixed = first if isinstance(first, Fixed) else Fixed(first)
        registry = Registry.of([fixed, popular if isinstance(popular, Fixed) else Popular(popular)])
        offering = Offering(self.link, registry, self.guard, self.shelves)
        asked: dict[str, Any] = {"recommenders": ["fixed"], "count": 3, "now": 10.0} | wish
        return await offering.offer(SITE, Wish(**asked))

    async def offered(self, first: Any, popular: Any = "", **wish: Any) -> str:
        return "".join(each.product.id for each in await self.found(first, popular, **wish))


async def test_the_named_recommender_is_asked_and_its_order_kept(shop: Shop) -> None:
    found = await shop.found("dbca", "ef")
    assert [(each.product.id, each.price, each.recommender) for each in found] == [
        ("d", 4, "fixed"),
        ("b", 2, "fixed"),
        ("c", 3, "fixed"),
    ]


async def test_what_is_missing_is_filled_up_with_what_is_popular_and_then_with_what_there_is(shop: Shop) -> None:
    found = await shop.found("d", "dab", count=10)
    assert "".join(each.product.id for each in found) == "dabcefghij"
    assert [each.recommender for each in found] == ["fixed", "popular", "popular", *[""] * 7]


async def test_recommenders_are_asked_in_turn_once_and_no_more_than_needed(shop: Shop) -> None:
    first, popular = Fixed("ab"), Popular("bcdefghij")
    assert await shop.offered(first, popular, recommenders=["popular", "fixed", "popular"]) == "bcd"
    assert (len(first.asked), len(popular.asked)) == (0, 1)
    assert await shop.offered(first, popular, recommenders=["fixed", "none", "popular"], count=9) == "abcdefghi"
    assert (len(first.asked), len(popular.asked)) == (1, 2)


async def test_one_that_never_answers_leaves_a_widget_time_for_the_next(shop: Shop) -> None:
    async with asyncio.timeout(renderer.BUDGET):
        assert await shop.offered(Silent(""), "abc") == "abc"


async def test_pages_get_what_has_a_page_also_in_place_of_better_ones(shop: Shop) -> None:
    await shop.with_products([Product(name, name, 1, url=f"/{name}") for name in "ghij"])
    assert await shop.offered("abcdefgh", "ai", linked=True) == "ghi"
    await catalogue.put(shop.link, "shop", [Product("h", "h", 1)])  # its page is gone, and the shelf not told yet
    assert await shop.offered("abcdefgh", "ai", linked=True) == "gij"
    assert await shop.offered("abcdefgh") == "abc"


async def test_nothing_of_the_cart_on_screen_or_just_bought_is_offered(shop: Shop) -> None:
    profile = Profile(bought=[Seen("e", 5)])
    assert await shop.offered("abcde", "abcdef", products=["b"], cart=["a"], profile=profile) == "cdf"


async def test_recommenders_are_told_what_is_asked(shop: Shop) -> None:
    fixed, profile = Fixed("abc"), Profile(viewed=[Seen("x", 1), Seen("b", 1)], cart=[Line("c", 1, 1, 0)])
    filters = Filters(price_to=9)
    await shop.found(fixed, cart=["c"], profile=profile, filters=filters)
    await shop.found(fixed, products=["d"], cart=["c"])
    first, second = fixed.asked
    assert (first.seeds, first.cart, first.filters, first.now) == (["c", "x", "b"], ["c"], filters, 10.0)
    assert (second.seeds, second.profile, second.shelf) == (["d"], None, shop.shelves.of("shop"))


async def test_prices_are_kept_within_their_limits_also_where_little_is_left(shop: Shop) -> None:
    assert await shop.offered("abcdef", "ghi", filters=Filters(2, 4), count=9) == "bcd"


async def test_filters_hold_for_what_only_fits_too(link: Link) -> None:
    old, new = (Product(name, name, 1, category="x", added=at) for name, at in (("a", 1), ("b", 2)))
    shop = await Shop(link).with_products([old, new, Product("c", "c", 1)])
    assert await shop.offered("", "c", filters=Filters(categories=("x", "none"))) == "ba"
    assert await shop.offered("", "c", filters=Filters(categories=("none",))) == ""


async def test_of_variants_there_is_one_and_none_of_what_is_in_the_cart(link: Link) -> None:
    shop = await Shop(link).with_products([Product(name, name, 1, group=name.lower()) for name in "aAbBcC"])
    assert await shop.offered("AaBbCc", "", cart=["a"]) == "BC"


async def test_arrays_are_answers_too(shop: Shop) -> None:
    def answer(query: Query) -> Ranked:
        return Ranked(query.shelf.places("abc"), np.array([1, 3, 2]), query.shelf.places("dd?"))

    found = await shop.found(answer)
    assert [(each.product.id, each.because and each.because.id) for each in found] == [
        ("b", "d"),
        ("c", None),
        ("a", "d"),
    ]


async def test_what_went_a_moment_ago_is_replaced_though_the_shelf_does_not_know_yet(shop: Shop) -> None:
    hidden, sold, dear = Product("a", "A", 1, hidden=True), Product("b", "B", 2, stock=0), Product("c", "C", 99)
    await catalogue.put(shop.link, "shop", [hidden, sold, dear])
    await catalogue.remove(shop.link, "shop", ["d"])
    assert await shop.offered("abcdefghij", filters=Filters(price_to=50), count=2) == "ef"
    assert await shop.offered("abcdefghij", filters=Filters(price_to=50), count=9) == "efghij"


async def test_few_readings_find_what_is_left_of_a_catalogue_that_went_a_moment_ago(
    link: Link, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = await Shop(link).with_products([Product(str(number), "", 1) for number in range(2_000)])
    await catalogue.remove(link, "shop", [str(number) for number in range(1_999)])
    readings: list[int] = []

    async def get(link: Link, site: str, ids: Sequence[str]) -> Mapping[str, Product]:
        readings.append(len(ids))
        return await read(link, site, ids)

    read = catalogue.get
    monkeypatch.setattr(catalogue, "get", get)
    assert await shop.offered("") == "1999"
    assert len(readings) < 6


async def test_variants_are_told_apart_by_what_the_catalogue_says_now(shop: Shop) -> None:
    await catalogue.put(shop.link, "shop", [Product(name, name, 1, group="one") for name in "abc"])
    assert await shop.offered("abcdef") == "ade"


async def test_a_gap_is_closed_with_little_to_spare(shop: Shop) -> None:
    assert await shop.offered("bhfg", "cdij", gap=6, count=5) == "fghij"
    assert await shop.offered("abc", "", gap=50, count=2) == "ji"


async def test_a_gap_is_closed_by_what_was_recommended_rather_than_by_anything_that_fits(shop: Shop) -> None:
    assert await shop.offered("abcdef", "g", gap=9, count=3) == "gfe"
    assert await shop.offered("ab", "c", gap=9, count=3) == "ijh"  # that would be too little to choose from


BAD = [
    ValueError("no"),
    None,
    "",
    {"a": 1},
    [None],
    [Scored(None, 1.0)],  # type: ignore[arg-type]
    [Scored("a", "x")],  # type: ignore[arg-type]
    Ranked(np.zeros(2, np.int32), np.zeros(1, np.float32)),
    Ranked(np.zeros((1, 1), np.int32), np.zeros((1, 1), np.float32)),
    Ranked(np.zeros(1), np.zeros(1, np.float32)),  # type: ignore[arg-type]
    Ranked([0], [1.0]),  # type: ignore[arg-type]
    Ranked(np.array([99, -7], np.int32), np.ones(2, np.float32)),
]


@pytest.mark.parametrize("bad", BAD)
async def test_a_recommender_that_fails_is_passed_over(shop: Shop, bad: Any) -> None:
    assert await shop.offered(bad, "ba", count=2) == "ba"


async def test_a_store_that_is_away_is_not_the_recommenders_failure(shop: Shop) -> None:
    for _ in range(9):
        with pytest.raises(Unavailable):
            await shop.found(Unavailable("gone"))
    assert not shop.guard.record("fixed").breaker.off


async def test_nothing_to_offer_is_nothing(link: Link) -> None:
    assert await Shop(link).found("ab", "ab") == []


PRODUCTS = st.builds(
    Product,
    st.sampled_from("abcdefgh"),
    st.just("name"),
    st.integers(0, 5),
    category=st.sampled_from(["", "x"]),
    stock=st.sampled_from([None, 0, 1]),
    group=st.sampled_from(["", "one", "two"]),
    hidden=st.booleans(),
)
CATALOGUE = st.lists(PRODUCTS, max_size=8, unique_by=lambda each: each.id)


@settings(max_examples=60)
@given(CATALOGUE, CATALOGUE, st.text("abcdefgh?", max_size=9), st.text("abcdefgh", max_size=2), st.data())
def test_no_strip_has_anything_that_it_must_not_have(
    store: Any, before: list[Product], after: list[Product], answer: str, cart: str, data: Any
) -> None:
    """Ranked by the one catalogue, shown by the other."""
    filters = data.draw(st.builds(Filters, st.integers(0, 2), st.none() | st.integers(2, 5), exclude=st.just(("h",))))
    gap = data.draw(st.none() | st.integers(1, 5))

    async def found() -> list[Offered]:
        link = Link(store.url)
        await link.call("FLUSHALL")
        shop = await Shop(link).with_products(before)
        await catalogue.put(link, "shop", after)
        offered = await shop.found(answer, "hgfedcba", cart=list(cart), filters=filters, gap=gap)
        link.close()
        return offered

    offered = asyncio.run(found())
    now = {each.id: each for each in (*before, *after)}
    groups = [each.product.group for each in offered if each.product.group]
    assert len({each.product.id for each in offered}) == len(offered) <= 3
    assert len(set(groups)) == len(groups)
    for product in (now[each.product.id] for each in offered):
        assert product.id not in {*cart, "h"}
        assert (product.hidden, product.stock == 0) == (False, False)
        assert max(filters.price_from, 1) <= product.price <= (filters.price_to or 5)
