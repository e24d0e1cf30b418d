"""Closing a gap: little overshoot first, and what goes with the cart among the like."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangol.recommend.gap import LITTLE, closers

amounts = st.integers(1, 10**12)


def ordered(prices: list[int], gap: int) -> list[int]:
    return [prices[place] for place in closers(np.array(prices, np.int64), gap)]


@pytest.mark.parametrize(
    ("prices", "best"),
    [
        ([40_000, 9_000, 11_000, 10_000, 15_000], [11_000, 10_000, 15_000, 40_000, 9_000]),
        ([13_000, 10_000], [10_000, 13_000]),  # three places later for its overshoot
        ([10_900, 10_800, 10_700], [10_900, 10_800, 10_700]),  # as well as they go with the cart
        ([16_001, 16_000, 13_001], [13_001, 16_000, 16_001]),
        ([99_000, 20_000], [20_000, 99_000]),
        ([2_000, 9_000, 5_000], [9_000, 5_000, 2_000]),  # none closes it: the nearest first
        ([], []),
    ],
)
def test_little_overshoot_goes_first_then_more_then_what_comes_near(prices: list[int], best: list[int]) -> None:
    assert ordered(prices, 10_000) == best


def test_going_with_the_cart_outweighs_a_little_overshoot() -> None:
    assert ordered([13_000, *[50_000] * 4, 10_000], 10_000)[0] == 13_000


@given(st.lists(amounts, min_size=1, max_size=100), amounts)
def test_the_first_closes_with_little_to_spare_where_one_does(prices: list[int], gap: int) -> None:
    found = ordered(prices, gap)
    assert sorted(found) == sorted(prices)
    if any(0 <= (price - gap) / gap <= LITTLE for price in prices):
        assert 0 <= (found[0] - gap) / gap <= LITTLE
    elif any(price >= gap for price in prices):
        assert found[0] >= gap
    else:
        assert found[0] == max(prices)
