"""Intervals that may be looked at any time. `loadtests.effects` tries the same on many more shops."""

from math import inf, isclose, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from loadtests.effects import CASES, Case, simulate

from dangol.effects.ratio import ALARM
from dangol.effects.sequence import LEAST, LEVEL, TUNED, Sample, Uplift, mixture, uplift


def buyers(shoppers: int, count: int) -> Sample:
    return Sample(shoppers, count, count)


def found(one: Sample, other: Sample, level: float = LEVEL) -> Uplift:
    told = uplift(one, other, level)
    assert told is not None
    return told


def width(told: Uplift) -> float:
    return told.relative.high - told.relative.low


def test_a_known_case_is_told_as_it_was_reckoned_by_hand() -> None:
    """log(1.25) = 0.2231; variances 32.33 and 40.67 (the holdout's own) over 95,000 and 5,000 shoppers; rho^2 10^4 is
    7.936, so the margin is sqrt(0.008474 * 2 * 80.36 / 79.36 * (log(80.36) / 2 + log(20)))."""
    told = found(buyers(95_000, 2_850), buyers(5_000, 120))
    assert isclose(told.relative.value, 0.25)
    assert isclose(told.difference.value, 0.006)
    assert told.relative.low == pytest.approx(-0.0726, abs=1e-4)
    assert told.relative.high == pytest.approx(0.6848, abs=1e-4)


counts = st.integers(LEAST, 5_000)
shoppers = st.integers(5_001, 1_000_000)


@given(shoppers, counts, shoppers, counts)
def test_both_sides_tell_the_same(many: int, some: int, few: int, other: int) -> None:
    there, back = found(buyers(many, some), buyers(few, other)), found(buyers(few, other), buyers(many, some))
    assert isclose(1 + there.relative.low, 1 / (1 + back.relative.high), rel_tol=1e-9, abs_tol=1e-12)
    assert isclose(there.difference.low, -back.difference.high, rel_tol=1e-6, abs_tol=1e-12)
    assert isclose(there.evidence, back.evidence, rel_tol=1e-9)


@given(shoppers, counts, shoppers, counts)
def test_interval_difference_and_evidence_agree_on_whether_there_is_one(
    many: int, some: int, few: int, other: int
) -> None:
    told = found(buyers(many, some), buyers(few, other))
    assert told.relative.low < told.relative.value < told.relative.high
    assert told.is_told == (told.evidence > 1 / LEVEL) == (told.p < LEVEL)
    assert told.is_told == (told.difference.low > 0 or told.difference.high < 0)
    assert told.is_told == (max(told.relative.value, 1 / (1 + told.relative.value) - 1) > told.visible)


def test_currencies_make_no_difference() -> None:
    won, dollars = Sample(1_000, 5e6, 9e10), Sample(1_000, 5e6 / 1400, 9e10 / 1400**2)
    other = Sample(2_000, 8e6, 2e11)
    told = found(won, other)
    same = found(dollars, Sample(2_000, 8e6 / 1400, 2e11 / 1400**2))
    assert isclose(told.relative.low, same.relative.low)
    assert isclose(told.difference.low, same.difference.low * 1400)


@pytest.mark.parametrize("factor", [0.5, 0.8, 1.25, 2])
def test_the_boundary_is_tightest_for_as_many_shoppers_as_it_is_tuned_for(factor: float) -> None:
    def boundary(rho: float) -> float:
        grown = TUNED * rho + 1
        return grown / (TUNED * rho) * (log(grown) / 2 - log(LEVEL))

    assert boundary(mixture()) < boundary(mixture() * factor)


def test_a_stricter_level_tells_less() -> None:
    pair = buyers(9_500, 285), buyers(500, 30)
    assert width(found(*pair, level=LEVEL / 3)) > width(found(*pair))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Sample(0, 0, 0), Sample(0, 0, 0)),
        (buyers(1_000, LEAST - 1), buyers(1_000, 500)),
        (Sample(1_000, 5_019.0, 25_000_019.0), Sample(1_000, 100.0, 100.0)),  # one order makes most of the revenue
        (Sample(1_000, -500.0, 500.0), buyers(1_000, 500)),
        (buyers(1_000, 1_000), buyers(1_000, 1_000)),  # nothing varies
        (buyers(5, 30), buyers(1_000, 500)),  # entries that were forgotten, unlike the orders after them
    ],
)
def test_what_can_not_be_told_yet_is_not_told(one: Sample, other: Sample) -> None:
    assert uplift(one, other) is None
    assert uplift(other, one) is None


def test_enormous_sums_are_told_too() -> None:
    told = found(Sample(10**9, 1e21, 1e36), Sample(10**9, 2e21, 8e36))
    assert all(-inf < end < inf for each in (told.relative, told.difference) for end in (each.low, each.high))
    assert 0 <= told.p <= 1


@pytest.mark.parametrize("case", [each for each in CASES if each.is_quick], ids=lambda case: case.name)
def test_who_looks_every_day_is_seldom_misled(case: Case) -> None:
    """A campaign without an effect is said to have one in 5 % of the runs at most, however often one looks; with an
    effect the interval misses it as seldom. Two standard errors are allowed for the simulation."""
    runs = 150
    outcome = simulate(case, runs, seed=20261122)
    allowed = LEVEL + 2 * (LEVEL * (1 - LEVEL) / runs) ** 0.5
    assert max(outcome.conversion.alarms, outcome.revenue.alarms) <= allowed
    assert min(outcome.conversion.fixed, outcome.revenue.fixed) > 2 * allowed, "an ordinary interval would do"
    assert outcome.warnings <= 2 * ALARM


def test_the_difference_is_seldom_missed_either() -> None:
    """It takes the mean of all shoppers for known; 60 looks at each of 100 campaigns that double the buyers of 3 %."""
    chance, missed = np.random.default_rng(20261122), 0
    for _ in range(100):
        held = chance.binomial(1_000, 0.05, 60)
        arms = [(each, chance.binomial(each, rate)) for each, rate in ((1_000 - held, 0.06), (held, 0.03))]
        evenings = zip(*(zip(*(each.cumsum().tolist() for each in arm), strict=True) for arm in arms), strict=True)
        told = [uplift(buyers(*one), buyers(*other)) for one, other in evenings]
        assert told[-1]
        missed += not all(each.difference.low <= 0.03 <= each.difference.high for each in told if each)
    assert missed <= 5
