"""What is bought together."""

import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.plugins.answers import answers, order

from dangol.plugin import Count, Entry
from dangol.recommend.learning import learned
from dangol.testing import NOW, entry, event
from dangol_plugins.bought_together import MOST_ITEMS, BoughtTogether
from dangol_plugins.kernels import similarity
from dangol_plugins.together import MOST_SEEDS

DAY = 86_400


def orders(*bought: str, at: float = NOW) -> list[Entry]:
    """Orders of products that are called by one letter each."""
    return [entry(event("purchase", *products, at=at)) for products in bought]


def scores(entries: list[Entry], seeds: str, cart: str = "") -> dict[str, float]:
    return {each.product: each.score for each in answers(BoughtTogether(), entries, seeds, cart=cart)}


def test_what_was_bought_more_often_with_it_comes_first_and_seeds_do_not_come() -> None:
    entries = orders("ab", "ab", "ab", "ac", "cd")
    assert order(answers(BoughtTogether(), entries, "a")) == "bc"
    assert order(answers(BoughtTogether(), entries, "ab")) == "c"
    assert order(answers(BoughtTogether(), entries, "aa")) == "bc"


def test_the_reason_is_the_seed_with_the_largest_part() -> None:
    found = answers(BoughtTogether(), orders("ac", "ac", "bc", "bd"), "ab", cart="ab")
    assert {each.product: each.because for each in found} == {"c": "a", "d": "b"}


def test_what_everybody_buys_does_not_go_with_everything() -> None:
    found = scores(orders(*("bh" for _ in range(100)), "ab", "ac", "ab", "ac"), "a")
    assert found["c"] > 1.3 * found["b"]


def test_an_order_of_many_products_tells_less_of_each_pair() -> None:
    found = scores(orders("ab", "acdefgh"), "a")
    assert found["b"] > found["c"]


def test_what_was_merely_looked_at_weighs_less_than_what_is_in_the_cart() -> None:
    entries = orders("ac", "bd")
    assert scores(entries, "ab", cart="ab")["d"] == pytest.approx(scores(entries, "ab", cart="ab")["c"])
    assert scores(entries, "ab")["d"] == pytest.approx(scores(entries, "ab")["c"] / 2)


def test_old_orders_fade() -> None:
    found = scores([*orders("ab", "ab", at=NOW - 2 * 365 * DAY), *orders("ac")], "a")
    assert found["c"] > found["b"] > 0


def test_a_cancelled_order_is_taken_back_as_if_it_had_never_been() -> None:
    placed = NOW - 100 * DAY
    refund = entry(event("refund", "a", "b", "c", props={"placed": int(placed * 1000)}))
    kept = orders("ab", "ad", at=placed)
    assert scores([*kept, *orders("abc", at=placed), refund], "a") == pytest.approx(scores(kept, "a"), rel=1e-4)


def test_a_cancellation_of_which_no_time_is_told_counts_from_now() -> None:
    assert scores([*orders("ab"), entry(event("refund", "a", "b"))], "a") == {}
    assert scores([entry(event("refund", "a", "b"))], "a") == {}


def test_what_the_same_shopper_buys_again_on_one_day_does_not_count() -> None:
    again = entry(event("purchase", "a", "b", "c", again=("a", "b")))
    assert [(type(each).__name__, each.members) for each in BoughtTogether().learn(again)] == [("Total", ["c"])]


def test_only_orders_count_and_a_product_twice_counts_once() -> None:
    assert list(BoughtTogether().learn(entry(event("view_item", "a", "b")))) == []
    counts = [each for each in BoughtTogether().learn(*orders("abab")) if isinstance(each, Count)]
    assert [(each.key, each.members) for each in counts] == [("a", ["b"]), ("b", ["a"])]


def test_a_huge_order_is_paired_in_part_and_very_many_are_no_failure() -> None:
    """Or a stranger could have the plugin switched off."""
    huge = entry(event("purchase", *(f"p{number}" for number in range(500))))
    counts = [each for each in learned(BoughtTogether(), huge) if isinstance(each, Count)]
    assert sum(len(each.members) for each in counts) == MOST_ITEMS * (MOST_ITEMS - 1)
    assert learned(BoughtTogether(), msgspec.structs.replace(huge, events=huge.events * 1_000))


def test_unknown_seeds_are_no_loss_and_of_very_many_the_first_count() -> None:
    entries = orders("ab", "cd")
    strangers = [f"p{number}" for number in range(MOST_SEEDS)]
    assert order(answers(BoughtTogether(), entries, ["gone", "h", "a"])) == "b"
    assert order(answers(BoughtTogether(), entries, [*strangers[1:], "a", "c"])) == "b"


def test_nothing_is_known_where_nothing_was_counted() -> None:
    assert answers(BoughtTogether(), [], "a") == []
    assert answers(BoughtTogether(), orders("ab")) == []
    assert answers(BoughtTogether(), orders("ab"), "a", products="") == []
    assert order(answers(BoughtTogether(), orders("abc"), "a", products="ac")) == "c"


BASKETS = st.lists(st.sets(st.sampled_from("abcdef"), min_size=1).map("".join), max_size=12)


@given(BASKETS, st.permutations("abc"))
def test_the_order_of_seeds_with_equal_weight_does_not_matter(baskets: list[str], seeds: list[str]) -> None:
    entries = orders(*baskets)
    assert scores(entries, "".join(seeds), cart="abc") == pytest.approx(scores(entries, "abc", cart="abc"), rel=1e-4)


@given(BASKETS)
def test_one_more_common_order_never_lowers_a_pair(baskets: list[str]) -> None:
    entries = orders(*baskets)
    before, after = scores(entries, "a").get("b", 0), scores([*entries, *orders("ab")], "a")["b"]
    assert after >= before * (1 - 1e-5)


WEIGHT = st.floats(0, 2.0**30, width=32)


@given(st.floats(2.0**-20, 2.0**30, width=32), WEIGHT, WEIGHT)
def test_a_similarity_is_finite_and_symmetric(both: float, first: float, second: float) -> None:
    found = similarity(both, first, second)
    assert math.isfinite(found)
    assert found == similarity(both, second, first) > 0
