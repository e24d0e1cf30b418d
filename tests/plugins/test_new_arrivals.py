"""What came into the catalogue lately."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.plugins.answers import answers, order

from dangol.plugin import Filters, Product
from dangol.testing import NOW, entry, event
from dangol_plugins.new_arrivals import DAY, FADING, LONGEST, NUDGE, NewArrivals
from dangol_plugins.popular import Popular


def came(id: str, days: float, category: str = "", **facts: object) -> Product:
    return Product(id, id, 10_000, category=category, added=int(NOW - days * DAY), **facts)  # type: ignore[arg-type]


def test_the_newest_comes_first_and_half_as_new_is_worth_half() -> None:
    found = answers(NewArrivals(), products=[came("a", 30), came("b", 0), came("c", 100)], others=[Popular()])
    assert [(each.product, each.score) for each in found] == [("b", 1.0), ("a", pytest.approx(0.5, rel=1e-3))]


def test_of_equally_new_ones_the_popular_one_goes_first() -> None:
    views = [entry(event("view_item", "b"))]
    found = answers(NewArrivals(), views, products=[came("a", 1), came("b", 1)], others=[Popular()])
    assert [each.product for each in found] == ["b", "a"]
    assert found[0].score == pytest.approx(found[1].score * (1 + NUDGE * 0.693), rel=1e-3)


def test_filters_that_name_categories_leave_others_out() -> None:
    products = [came("a", 1, "mugs"), came("b", 2, "pots"), came("c", 3, "mugs"), came("d", 1, "mugs", stock=0)]
    pots = Filters(categories=("pots", "nothing"))
    assert order(answers(NewArrivals(), products=products, others=[Popular()], filters=pots)) == "b"
    assert order(answers(NewArrivals(), products=products, others=[Popular()])) == "abc"
    assert answers(NewArrivals(), products=[], others=[Popular()]) == []


@given(st.integers(0, 2**40))
def test_scores_are_finite_whenever_a_product_came(added: int) -> None:
    found = answers(NewArrivals(), products=[Product("a", "a", 1, added=added)], others=[Popular()])
    assert len(found) == (added > NOW - LONGEST)
    assert all(2 ** (-LONGEST / FADING) <= each.score <= 1 + NUDGE for each in found)
