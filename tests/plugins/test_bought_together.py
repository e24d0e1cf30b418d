"""What goes with what."""

import math
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangol.plugin import Entry, Event, Item, Query
from dangol.worker.learners import MOST_COUNTS
from dangol_plugins.bought_together import MOST_ITEMS, SHRINK, BoughtTogether, similarity

pytestmark = pytest.mark.anyio

Happened = Callable[..., Entry]


async def ask(tally: Any, orders: list[Entry], *seeds: str) -> dict[str, float]:
    plugin = BoughtTogether()
    found = await plugin.recommend(Query(seeds, 10, 0.0), tally(plugin, orders))
    return {each.product: each.score for each in found}


async def test_the_score_is_the_shrunken_cosine(tally: Any, happened: Happened) -> None:
    orders = [happened("purchase", *products) for products in ("ab", "ab", "a", "bc")]
    assert await ask(tally, orders, "a") == {"b": pytest.approx(2 / math.sqrt(3 * 3) * 2 / (2 + SHRINK))}


async def test_the_best_comes_first_and_seeds_do_not_come(tally: Any, happened: Happened) -> None:
    orders = [happened("purchase", *products) for products in ("ab", "ab", "ab", "ac", "cd")]
    assert list(await ask(tally, orders, "a")) == ["b", "c"]
    assert list(await ask(tally, orders, "a", "b")) == ["c"]


async def test_what_everybody_buys_does_not_go_with_everything(tally: Any, happened: Happened) -> None:
    bags = [happened("purchase", f"x{number}", "bag") for number in range(200)]
    pairs = [happened("purchase", "tea", "pot", "bag") for _ in range(5)]
    scores = await ask(tally, [*bags, *pairs], "tea")
    assert scores["pot"] > 3 * scores["bag"]


async def test_the_first_seed_weighs_most(tally: Any, happened: Happened) -> None:
    orders = [happened("purchase", *products) for products in ("ax", "ax", "by", "by")]
    assert list(await ask(tally, orders, "a", "b")) == ["x", "y"]
    assert list(await ask(tally, orders, "b", "a")) == ["y", "x"]


def test_only_orders_count_and_a_product_twice_counts_once(tally: Any, happened: Happened) -> None:
    plugin = BoughtTogether()
    assert list(plugin.learn(happened("view_item", "a", "b"))) == []
    counts = list(plugin.learn(happened("purchase", "a", "b", "a", "")))
    assert sorted((count.key, count.member) for count in counts) == [("a", "a"), ("a", "b"), ("b", "a"), ("b", "b")]


def test_a_huge_order_is_bounded(tally: Any, happened: Happened) -> None:
    counts = list(BoughtTogether().learn(happened("purchase", *(f"p{number}" for number in range(500)))))
    assert len(counts) == MOST_ITEMS**2


def test_very_many_orders_of_one_request_are_no_failure(happened: Happened) -> None:
    """Or a stranger could have the plugin switched off."""
    order = happened("purchase", *(f"p{number}" for number in range(200)))
    counts = list(BoughtTogether().learn(msgspec.structs.replace(order, events=order.events * 50)))
    assert MOST_ITEMS**2 < len(counts) <= MOST_COUNTS


async def test_nothing_is_known_of_a_new_product(tally: Any, happened: Happened) -> None:
    assert await ask(tally, [happened("purchase", "a", "b")], "new") == {}
    assert await ask(tally, [], "a") == {}
    assert await ask(tally, [happened("purchase", "a", "b")]) == {}


@given(st.lists(st.lists(st.sampled_from("abcdef"), max_size=6), max_size=20))
def test_counts_are_symmetric_and_no_pair_exceeds_its_parts(orders: list[list[str]]) -> None:
    sums: dict[tuple[str, str], float] = {}
    for products in orders:
        for count in BoughtTogether().learn(_purchase(products)):
            sums[count.key, count.member] = sums.get((count.key, count.member), 0) + count.by
    for (first, second), both in sums.items():
        assert both == sums[second, first] <= min(sums[first, first], sums[second, second])
        assert 0 < similarity(both, sums[first, first], sums[second, second]) < 1


def _purchase(products: list[str]) -> Entry:
    return Entry("shop", "v", "", 0, [Event("e", "purchase", 0, items=[Item(product) for product in products])])
