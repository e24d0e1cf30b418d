"""What stands of lines: cancellations, repeats, and what can't be learned from."""

from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.orders.lines import Line, lines_of, told

from dangol.orders import standing as module
from dangol.orders.columns import NO_PRODUCT, UNKNOWN
from dangol.orders.standing import Reason, repeated, standing


def stands(*lines: Line) -> tuple[list[Line], dict[str, int]]:
    left: Counter[Reason] = Counter()
    kept = told(standing(lines_of(*lines), left))
    return sorted(kept), {reason: count for reason, count in left.items() if count}


def test_lines_of_one_product_are_one() -> None:
    kept, left = stands(Line("1", 7, at=200, quantity=2, price=5), Line("1", 7, at=100, quantity=3, price=5))
    assert (kept, left) == ([Line("1", 7, at=100, quantity=5, price=5)], {})


def test_an_order_is_its_customers_whichever_line_says_so() -> None:
    kept, _ = stands(Line("1", 7), Line("1", 8, "kim"), Line("2", 7))
    assert kept == [Line("1", 7, "kim"), Line("1", 8, "kim"), Line("2", 7)]


CANCELLED = {
    "the line": [Line("1", 7, cancelled=True)],
    "another line of the product": [Line("1", 7), Line("1", 7, cancelled=True)],
    "pieces sent back": [Line("1", 7, quantity=3), Line("1", 7, quantity=-2), Line("1", 7, quantity=-1)],
    "a credit note": [Line("1", 7, quantity=-1)],
    "no pieces": [Line("1", 7, quantity=0)],
    "the whole order": [Line("1", 7), Line("1", NO_PRODUCT, cancelled=True)],
}


@pytest.mark.parametrize("case", CANCELLED)
def test_what_was_cancelled_is_out_and_nothing_else(case: str) -> None:
    lines = CANCELLED[case]
    others = [Line("0", 7), Line("2", 7)]
    if case != "the whole order":
        others.append(Line("1", 8))
    assert stands(*lines, *others) == (sorted(others), {"cancelled": len(lines)})


def test_a_part_that_was_sent_back_is_taken_off() -> None:
    assert stands(Line("1", 7, quantity=3), Line("1", 7, quantity=-2))[0] == [Line("1", 7, quantity=1)]


def test_what_can_not_be_learned_from_is_left_out_and_counted() -> None:
    kept, left = stands(
        Line("1", UNKNOWN), Line("1", UNKNOWN), Line("1", 7, price=0), Line("1", 8),
        Line("2", 7, "kim"), Line("2", 8, "lee"), Line("2", 9),
    )  # fmt: skip
    assert kept == [Line("1", 8)]
    assert left == {"unknown_products": 2, "free": 1, "several_customers": 3}


def test_an_order_of_a_whole_warehouse_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_PRODUCTS", 3)
    kept, left = stands(*(Line("1", product) for product in range(5)), Line("2", 4))
    assert (len(kept), left) == (4, {"beyond": 2})


def test_nothing_stands_of_nothing() -> None:
    assert stands() == ([], {})


def test_who_buys_again_on_a_day_counts_once() -> None:
    lines = lines_of(
        Line("1", 7, "kim", at=100), Line("2", 7, "kim", at=200), Line("2", 8, "kim", at=200),
        Line("3", 7, "kim", at=1100), Line("4", 7, "lee", at=300), Line("5", 7, at=400), Line("6", 7, at=500),
    )  # fmt: skip
    found = repeated(lines)
    assert [line.order for line, again in zip(told(found.lines), found.again, strict=True) if again] == ["2"]
    assert [line.product for line, again in zip(told(found.lines), found.again, strict=True) if again] == [7]


def test_orders_come_one_after_the_other_in_time() -> None:
    found = repeated(lines_of(Line("b", 1, at=300), Line("a", 1, at=500), Line("b", 2, at=300), Line("c", 1, at=300)))
    assert [line.order for line in told(found.lines)] == ["b", "b", "c", "a"]
    assert found.starts.tolist() == [0, 2, 3, 4]


LINES = st.lists(
    st.builds(
        Line,
        st.sampled_from("ABC"),
        st.sampled_from([NO_PRODUCT, UNKNOWN, 0, 1, 2]),
        st.sampled_from(["", "kim", "lee"]),
        st.integers(1, 3000),
        st.integers(-2, 2),
        st.sampled_from([0, 100]),
        st.booleans(),
    ).filter(lambda line: line.product != NO_PRODUCT or line.cancelled),
    max_size=12,
)


def obvious(lines: list[Line]) -> Iterator[tuple[str, int, int]]:
    """Order, product and pieces of what stands, found slowly."""
    for order in {line.order for line in lines}:
        ours = [line for line in lines if line.order == order]
        is_cancelled = any(line.product == NO_PRODUCT for line in ours)
        if is_cancelled or len({line.customer for line in ours} - {""}) > 1:
            continue
        for product in {line.product for line in ours} - {UNKNOWN}:
            those = [line for line in ours if line.product == product]
            pieces = sum(line.quantity for line in those)
            if pieces > 0 and not any(line.cancelled for line in those) and those[0].price:
                yield order, product, pieces


@given(LINES)
def test_it_is_what_is_obvious(lines: list[Line]) -> None:
    kept, left = stands(*lines)
    assert [(line.order, line.product, line.quantity) for line in kept] == sorted(obvious(lines))
    assert sum(left.values()) <= len(lines)
