"""What is worked out from totals, once for as long as they stay what they are."""

from functools import partial

import numpy as np

from dangol_plugins.remembered import MOST, Remembered


def test_a_value_is_made_once_for_an_array_and_anew_for_another() -> None:
    remembered, totals, others = Remembered[list[int]](), np.zeros(3), np.zeros(3)
    first = remembered.get(totals, "a", lambda: [1])
    assert remembered.get(totals, "a", lambda: [2]) is first
    assert remembered.get(totals, "b", lambda: [3]) == [3]
    assert remembered.get(others, "a", lambda: [4]) == [4]
    assert remembered.get(totals, "a", lambda: [5]) is first


def test_values_go_with_their_array() -> None:
    """Though a later array may lie where it lay."""
    remembered = Remembered[int]()
    made = [remembered.get(np.zeros(3), "a", partial(int, number)) for number in range(100)]
    assert made == list(range(100))
    assert len(remembered) == 0


def test_values_of_one_array_are_bounded() -> None:
    remembered, totals = Remembered[int](), np.zeros(3)
    assert [remembered.get(totals, number, partial(int, number)) for number in range(2 * MOST)] == [*range(2 * MOST)]
    made = [remembered.get(totals, number, lambda: -1) for number in range(2 * MOST)]
    assert made.count(-1) >= MOST
