"""What is offered: asked first, filled up, and without what makes no sense."""

from collections.abc import Sequence
from typing import Any

import pytest

from dangol import recommend
from dangol.errors import Unavailable
from dangol.host.guard import Guard
from dangol.host.registry import Registry
from dangol.plugin import Count, Counts, Entry, Product, Profile, Query, Recommender, Scored
from dangol.profile.model import Line
from dangol.store import catalogue, counters
from dangol.store.counters import Learned
from dangol.store.link import Link

pytestmark = pytest.mark.anyio


class Fixed(Recommender):
    """Gives `answer`; an exception is raised."""

    name = "fixed"
    api = 1

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def learn(self, entry: Entry) -> list[Count]:
        return []

    async def recommend(self, query: Query, counts: Counts) -> Sequence[Scored]:
        if isinstance(self.answer, Exception):
            raise self.answer
        if isinstance(self.answer, str):
            return [Scored(name, 1.0) for name in self.answer]
        return self.answer  # type: ignore[no-any-return]


class Popular(Fixed):
    name = "popular"
    api = 1


@pytest.fixture
async def shop(link: Link) -> Link:
    products = [Product(name, name, price) for price, name in enumerate("abcdefghij", 1)]
    await catalogue.put(link, "shop", [*products, Product("sold", "", 5, stock=0), Product("owed", "", 5, stock=-1)])
    return link


async def offer(link: Link, first: Any, popular: Any = "", **more: Any) -> str:
    registry = Registry.of([Fixed(first), Popular(popular)])
    asked: dict[str, Any] = {"seeds": (), "count": 3, "price_from": 0, "price_to": None, "profile": None} | more
    found = await recommend.offer(link, registry, Guard(), "shop", "fixed", **asked, now=0.0)
    return "".join(product.id for product in found)


async def test_the_named_recommender_is_asked_and_its_order_kept(shop: Link) -> None:
    assert await offer(shop, "dbca", "ef") == "dbc"


async def test_what_is_missing_is_filled_up_with_what_is_popular(shop: Link) -> None:
    assert await offer(shop, "d", "dab") == "dab"


async def test_the_cart_and_the_seeds_are_left_out(shop: Link) -> None:
    profile = Profile(cart=[Line("a", 1, 1, 0)])
    assert await offer(shop, "abcd", "abe", seeds=("b",), profile=profile) == "cde"


async def test_unknown_and_sold_out_products_are_left_out(shop: Link) -> None:
    answer = [Scored(name, 1.0) for name in ("sold", "nothing", "owed", "a")]
    assert await offer(shop, answer) == "a"


async def test_prices_are_kept_within_their_limits(shop: Link) -> None:
    assert await offer(shop, "abcdef", "ghi", price_from=2, price_to=4, count=9) == "bcd"


@pytest.mark.parametrize("bad", [ValueError("no"), None, "", [None, 1, Scored(None, 1.0)], {"a": 1}])  # type: ignore[arg-type]
async def test_a_recommender_that_fails_is_passed_over(shop: Link, bad: Any) -> None:
    assert await offer(shop, bad, "ab") == "ab"


async def test_a_store_that_is_away_is_not_the_recommenders_failure(shop: Link) -> None:
    guard, registry = Guard(), Registry.of([Fixed(Unavailable("gone"))])
    for _ in range(9):
        with pytest.raises(Unavailable):
            await recommend.offer(shop, registry, guard, "shop", "fixed", (), 3, 0, None, None, 0.0)
    assert not guard.record("fixed").breaker.off


async def test_an_unknown_recommender_is_passed_over(shop: Link) -> None:
    registry = Registry.of([Popular("ab")])
    found = await recommend.offer(shop, registry, Guard(), "shop", "nowhere", (), 3, 0, None, None, 0.0)
    assert [product.id for product in found] == ["a", "b"]


async def test_nothing_to_offer_is_nothing(shop: Link) -> None:
    assert await offer(shop, "", "") == ""


async def test_a_recommender_sees_its_own_counters(shop: Link) -> None:
    class Asks(Fixed):
        async def recommend(self, query: Query, counts: Counts) -> Sequence[Scored]:
            [row] = await counts.top(["all"], 5)
            return [Scored(*pair) for pair in row]

    await counters.apply(shop, "fixed", 0, [Learned("1-0", "shop", [Count("all", "c", 2.0), Count("all", "d", 3.0)])])
    registry = Registry.of([Asks(""), Popular("")])
    found = await recommend.offer(shop, registry, Guard(), "shop", "fixed", (), 3, 0, None, None, 0.0)
    assert [product.id for product in found] == ["d", "c"]
