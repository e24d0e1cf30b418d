"""What is popular lately."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.plugins.answers import answers, order

from dangol.plugin import Filters, Product
from dangol.recommend.learning import learned
from dangol.testing import NOW, entry, event
from dangol_plugins.popular import HOURS, MOST_EVENTS, OTHERS, PURCHASE, TREND, WEEK, Popular

DAY = 86_400
WEEKS, THREE_HOURS = Popular.totals[WEEK], Popular.totals[HOURS]


def score(weight: float, age: float) -> float:
    return weight * (2 ** (-age / WEEKS) + TREND * 2 ** (-age / THREE_HOURS))


def test_an_event_counts_by_its_weight_and_age() -> None:
    entries = [entry(event("purchase", "a")), entry(event("add_to_cart", "b", at=NOW - WEEKS))]
    found = {each.product: each.score for each in answers(Popular(), entries)}
    assert found["a"] == pytest.approx(score(PURCHASE, 0))
    assert found["b"] == pytest.approx(score(OTHERS["add_to_cart"], WEEKS))
    assert found["c"] < 1e-3


def test_new_interest_overtakes_old_sales_and_does_not_stay_for_it() -> None:
    sold = [entry(event("purchase", "a", at=NOW - DAY)) for _ in range(2)]
    viewed = [entry(event("view_item", "b", at=NOW)) for _ in range(5)]
    assert order(answers(Popular(), [*sold, *viewed]))[:2] == "ba"
    assert order(answers(Popular(), [*sold, *viewed], now=NOW + DAY))[:2] == "ab"


def test_a_cancelled_order_is_taken_back_as_if_it_had_never_been() -> None:
    order_ = entry(event("purchase", "a", "b", at=NOW - 2 * DAY))
    refund = entry(event("refund", "a", "b", at=NOW, props={"placed": int((NOW - 2 * DAY) * 1000)}))
    before = answers(Popular(), [entry(event("view_item", "c"))])
    assert answers(Popular(), [entry(event("view_item", "c")), order_, refund]) == before


def test_what_the_same_shopper_does_again_does_not_count() -> None:
    again = entry(event("view_item", "a", "b", again=("a",)))
    assert [count.members for count in Popular().learn(again)] == [["b"], ["b"]]


def test_a_shop_of_which_nothing_is_known_offers_its_newest_products() -> None:
    products = [Product(id, id, 1_000, added=NOW - age) for id, age in (("a", 9), ("b", 1), ("c", 5))]
    assert order(answers(Popular(), products=products)) == "bca"
    assert answers(Popular(), products=[]) == []


CATALOGUE = [
    Product(id, id, 1_000, category=kind) for id, kind in zip("abcd", ("mugs", "pots", "mugs", "tea"), strict=True)
]


def test_the_category_on_screen_goes_first() -> None:
    entries = [entry(event("purchase", "b")), entry(event("view_item", "c"))]
    assert order(answers(Popular(), entries, products=CATALOGUE))[:2] == "bc"
    assert order(answers(Popular(), entries, "a", products=CATALOGUE)) == "cabd"
    assert order(answers(Popular(), entries, ["gone"], products=CATALOGUE))[:2] == "bc"


def test_filters_that_name_categories_leave_others_out() -> None:
    entries = [entry(event("purchase", "b")), entry(event("view_item", "d"))]
    kinds = Filters(categories=("mugs", "tea", "nothing"))
    assert order(answers(Popular(), entries, "b", products=CATALOGUE, filters=kinds)) == "dac"


def test_what_can_not_be_bought_is_left_out_and_the_rest_is_bounded() -> None:
    products = [Product(f"p{number}", "", 1_000, stock=number % 2) for number in range(1_000)]
    found = answers(Popular(), products=products)
    assert len(found) == 400
    assert all(int(each.product[1:]) % 2 for each in found)


@pytest.mark.parametrize("name", ["purchase", "view_item", "add_to_cart", "refund"])
def test_a_hostile_entry_costs_little(name: str) -> None:
    many = event(name, *(f"p{number}" for number in range(500)))
    assert len(learned(Popular(), msgspec.structs.replace(entry(many), events=[many] * 1_000))) <= 2 * MOST_EVENTS


@given(
    st.lists(st.tuples(st.sampled_from(["purchase", "view_item", "add_to_cart"]), st.sampled_from("abc"))),
    st.sampled_from("abc"),
)
def test_one_more_order_never_lowers_a_product(happened: list[tuple[str, str]], product: str) -> None:
    entries = [entry(event(name, each)) for name, each in happened]
    before = {each.product: each.score for each in answers(Popular(), entries, products="abc")}
    after = {
        each.product: each.score
        for each in answers(Popular(), [*entries, entry(event("purchase", product))], products="abc")
    }
    assert after[product] > before[product]
    assert all(after[each] == pytest.approx(before[each]) for each in before if each != product)
