"""What was taken out of baskets, and how well it was guessed."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loadtests.bench.baskets import Question, moment, quality, question, shorter, window
from loadtests.bench.bought import entries
from loadtests.bench.retail import Order, gathered

DAY = 86_400
START = moment("2011-09-09")
ORDERS = [
    Order("1", START - 2 * DAY, "7", ("tea", "mug", "pot")),
    Order("2", START - 1, "", ("tea", "cup")),
    Order("3", START, "7", ("mug", "tea", "new")),
    Order("4", START + 1, "8", ("cup", "new")),
    Order("5", START + 2, "8", ("cup",)),
    Order("6", START + DAY, "8", ("cup", "tea")),
]


def test_only_earlier_orders_are_learned_from_and_only_known_products_asked_for() -> None:
    asked = window(ORDERS, START, START + DAY, 1)
    assert [order.number for order in asked.before] == ["1", "2"]
    assert [{each.hidden, *each.seeds} for each in asked.questions] == [{"mug", "tea"}]
    assert (asked.products, asked.unknown, asked.left) == (5, 2, 1)


@given(st.sets(st.text(), min_size=2), st.integers())
def test_a_question_has_every_product_once(basket: set[str], seed: int) -> None:
    asked = question(sorted(basket), Random(seed))
    assert sorted([asked.hidden, *asked.seeds]) == sorted(basket)
    assert len(shorter([asked], 5)[0].seeds) == min(len(basket) - 1, 5)


def test_the_same_seed_asks_the_same_questions() -> None:
    assert window(ORDERS, START, START + 2 * DAY, 3) == window(ORDERS, START, START + 2 * DAY, 3)


def test_quality_counts_hits_ranks_and_what_was_ever_shown() -> None:
    questions = [Question("mug", ("tea",)), Question("cup", ("tea",)), Question("pot", ("tea",))]
    eleventh = [*map(str, range(10)), "cup"]
    found = quality(questions, [["pot", "mug"], eleventh, []], 40)
    assert found.hits == pytest.approx(1 / 3)
    assert found.reciprocal == pytest.approx((1 / 2 + 1 / 11) / 3)
    assert found.coverage == pytest.approx(12 / 40)


@pytest.mark.parametrize("answer", [["mug", "mug"], ["tea"]])
def test_an_answer_that_repeats_or_names_a_seed_is_refused(answer: list[str]) -> None:
    with pytest.raises(ValueError, match="repeats a product or names one"):
        quality([Question("mug", ("tea",))], [answer], 1)


def test_an_invoice_has_each_product_once_and_the_time_of_its_first_line() -> None:
    lines = [("2", 9, None, "tea"), ("1", 8, 7, "mug"), ("2", 7, 8, "cup"), ("2", 9, 8, "tea")]
    assert gathered(lines) == [Order("2", 7, "8", ("tea", "cup")), Order("1", 8, "7", ("mug",))]


def test_what_a_customer_orders_again_on_a_day_counts_once() -> None:
    midnight = START - START % DAY
    orders = [
        Order("1", midnight, "7", ("tea",)),
        Order("2", midnight + 1, "7", ("tea", "mug")),
        Order("3", midnight + DAY, "7", ("tea",)),
        Order("4", midnight + DAY + 1, "", ("tea",)),
    ]
    assert [entry.events[0].again for entry in entries(orders)] == [(), ("tea",), (), ()]
