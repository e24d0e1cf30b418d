"""Whether shoppers were shared out as meant, looked at any time."""

import random
from math import comb, isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangol.effects.ratio import ALARM, CONCENTRATION, evidence

SHARES = {"holdout": 0.05, "on": 0.95}


def test_nobody_is_no_evidence() -> None:
    assert evidence({}, SHARES) == 1
    assert evidence({"on": 10**7}, {"on": 1.0}) == 1


@given(st.integers(1, 30))
def test_it_is_a_fair_bet(shoppers: int) -> None:
    """Weighted by how likely each outcome is under the meant shares, an e-value is 1."""
    chances = [(comb(shoppers, held) * 0.05**held * 0.95 ** (shoppers - held), held) for held in range(shoppers + 1)]
    mean = sum(chance * evidence({"holdout": held, "on": shoppers - held}, SHARES) for chance, held in chances)
    assert isclose(mean, 1, rel_tol=1e-6)


def test_one_more_shopper_multiplies_it_by_the_bet_on_that_arm() -> None:
    before, after = ({"holdout": held, "on": 100} for held in (7, 8))
    bet = (CONCENTRATION * 0.05 + 7) / (CONCENTRATION + 107) / 0.05
    assert isclose(evidence(after, SHARES), evidence(before, SHARES) * bet, rel_tol=1e-9)


@pytest.mark.parametrize(
    "counts", [{"holdout": 4_200, "on": 95_000}, {"holdout": 0, "on": 2_000}, {"on": 1, "gone": 1}]
)
def test_a_leak_is_found(counts: dict[str, int]) -> None:
    assert evidence(counts, SHARES) >= 1 / ALARM


def test_looking_after_every_hundred_shoppers_warns_of_nothing_in_few_of_many_campaigns() -> None:
    chance, warned = random.Random(3), 0
    for _ in range(200):
        held = [sum(chance.random() < 0.05 for _ in range(100)) for _ in range(40)]
        looks = ({"holdout": sum(held[:at]), "on": at * 100 - sum(held[:at])} for at in range(1, 41))
        warned += any(evidence(each, SHARES) >= 1 / ALARM for each in looks)
    assert warned <= 200 * ALARM + 3
