"""The real day, as it is kept."""

import random
from collections import Counter
from typing import get_args

import pytest
from loadtests.day import Step, load

DAY = load()


@pytest.mark.parametrize("step", [step for step in get_args(Step) if step != "leave"])
def test_what_follows_a_step_is_a_whole_of_known_steps(step: Step) -> None:
    assert sum(DAY.next[step].values()) == pytest.approx(1)
    assert "enter" not in DAY.next[step]


def test_steps_are_drawn_by_their_shares() -> None:
    chance = random.Random(1)
    drawn = Counter(DAY.after("checkout", chance) for _ in range(5000))
    assert drawn["order"] / 5000 == pytest.approx(DAY.next["checkout"]["order"], abs=0.02)


def test_the_fullest_hour_has_all_shoppers_and_no_hour_none() -> None:
    crowd = [DAY.shoppers_at(place / 240, 50) for place in range(240)]
    assert max(crowd) == 50
    assert min(crowd) >= 1
    assert DAY.shoppers_at(1.0, 50) == DAY.shoppers_at(0.0, 50)
