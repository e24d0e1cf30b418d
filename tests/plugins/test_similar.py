"""What could stand in for a product."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.plugins.answers import answers, order

from dangol.plugin import Product
from dangol_plugins.likeness import BRAND, NEAR, OVERLAP
from dangol_plugins.similar import Similar


def mug(id: str, price: int, **facts: object) -> Product:
    return Product(id, id, price, **({"category": "mugs"} | facts))  # type: ignore[arg-type]


MUGS = [mug("a", 10_000), mug("b", 9_000), mug("c", 15_000), mug("d", 10_000, category="pots"), mug("e", 41_000)]


def test_the_nearest_price_of_the_category_comes_first() -> None:
    found = answers(Similar(), seeds="a", products=MUGS)
    assert [(each.product, each.because) for each in found] == [("b", "a"), ("c", "a")]
    assert found[0].score == pytest.approx(0.9 * (1 + OVERLAP))


def test_brand_and_further_categories_count() -> None:
    sale = {"categories": ("mugs", "sale")}
    branded = mug("b", 9_000, brand="Ongi", **sale)
    found = answers(Similar(), seeds="a", products=[mug("a", 10_000, brand="Ongi", **sale), branded, mug("c", 9_500)])
    assert [each.score for each in found] == pytest.approx(
        [0.9 * (1 + BRAND) * (1 + OVERLAP), 0.95 * (1 + OVERLAP / 2)]
    )


def test_what_can_not_be_bought_is_not_offered() -> None:
    products = [mug("a", 10_000), mug("b", 10_000, stock=0), mug("c", 10_000, hidden=True), mug("d", 10_000)]
    assert order(answers(Similar(), seeds="a", products=products)) == "d"


def test_of_several_seeds_the_first_weighs_most_and_none_is_offered() -> None:
    products = [mug("a", 10_000), mug("b", 30_000), mug("c", 10_000), mug("d", 30_000)]
    found = answers(Similar(), seeds="abba", products=products)
    assert {each.product: each.because for each in found if each.product in "cd"} == {"c": "a", "d": "b"}


def test_there_is_nothing_like_what_has_no_category_or_is_not_known() -> None:
    products = [mug("a", 10_000, category=""), mug("b", 10_000, category="")]
    assert answers(Similar(), seeds="a", products=products) == []
    assert answers(Similar(), seeds=["gone"], products=MUGS) == []
    assert answers(Similar(), products=MUGS) == []
    assert answers(Similar(), seeds="a", products=[]) == []


@given(st.lists(st.integers(0, 10**12), min_size=2, max_size=8))
def test_prices_of_any_size_give_scores_that_are_finite(prices: list[int]) -> None:
    products = [mug("abcdefgh"[place], price) for place, price in enumerate(prices)]
    for each in answers(Similar(), seeds="a", products=products):
        assert NEAR <= each.score <= (1 + BRAND) * (1 + OVERLAP) + 1e-6


def test_a_large_category_is_cut_to_what_is_nearest() -> None:
    products = [mug(f"p{number}", 10_000 + number) for number in range(1_000)]
    found = answers(Similar(), seeds=["p0"], products=products)
    assert [each.product for each in found] == [f"p{number}" for number in range(1, 401)]
