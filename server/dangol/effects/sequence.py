"""How much better one arm is than another, told so that it may be looked at as often as one likes.

The method is an asymptotic confidence sequence: Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas, "Time-uniform central
limit theory and asymptotic confidence sequences", Annals of Statistics 52(6), 2024, with Robbins' normal mixture, for
the logarithm of the ratio of two arms' means. An ordinary confidence interval holds for one look that was fixed before;
looked at every day it is wrong several times as often as it says.

- The ratio and not the difference, because the holdout is small and revenue is skewed: an arm that has missed the rare
  large order seems both poorer and steadier, and a difference then claims too much. On the log scale it does so less.
- An arm's relative variance is not taken for less than that of all arms together, for the same reason.
- Time is the number of shoppers in both arms. The boundary is tightest at `TUNED` of them, and little wider for a tenth
  or the hundredfold.
- Nothing is told before each arm has `LEAST` effective buyers (Kish: square of the sum over sum of squares), which for
  conversions are the buyers, and fewer where a handful of orders makes most of the revenue.

`loadtests.effects` shows by simulation what this leaves of false alarms and how much it sees.
"""

from collections.abc import Callable
from math import exp, expm1, log, sqrt
from typing import NamedTuple

from msgspec import Struct

LEVEL = 0.05
"""How often, at most, a campaign without an effect may ever be said to have one."""

TUNED = 10_000
LEAST = 20
LARGEST = 700.0
"""The logarithm of the largest evidence that is told; a float holds no more."""


class Sample(NamedTuple):
    """One measure of one arm: how many shoppers, the sum over them, and the sum of squares."""

    shoppers: int
    total: float
    squares: float

    @property
    def mean(self) -> float:
        """Of a shopper."""
        return self.total / self.shoppers if self.shoppers else 0.0

    @property
    def buyers(self) -> float:
        """As many equal ones would make the mean as uncertain."""
        return self.total**2 / self.squares if self.squares > 0 and self.total > 0 else 0.0


class Range(Struct, frozen=True):
    """What was found, and the ends of its interval."""

    value: float
    low: float
    high: float

    def by(self, change: Callable[[float], float]) -> "Range":
        """All three changed alike."""
        return Range(change(self.value), change(self.low), change(self.high))


class Uplift(NamedTuple):
    """One arm against another. `relative` is how much higher the mean is (0.1: by a tenth), `difference` the same in
    units of the mean. `evidence` is an e-value against "no difference": by so much somebody who bets on a difference
    would have multiplied the stake; `p` is its anytime-valid p-value. `visible` is how large a relative difference has
    to be to be told from none by now."""

    relative: Range
    difference: Range
    evidence: float
    p: float
    visible: float

    @property
    def is_told(self) -> bool:
        """Whether the interval leaves out "no difference"."""
        return self.relative.low > 0 or self.relative.high < 0


def uplift(one: Sample, other: Sample, level: float = LEVEL) -> Uplift | None:
    """How much better `one` is than `other`, or None where that can't be told yet."""
    if not all(LEAST <= each.buyers <= each.shoppers for each in (one, other)):
        return None  # more buyers than shoppers there are where entries were forgotten
    variance = _variance(one, other)
    if not variance:
        return None  # everybody spends the same: there is nothing to tell chance from
    ratio = log(one.mean / other.mean)
    grown = (one.shoppers + other.shoppers) * mixture() + 1
    weight = variance * 2 * grown / (grown - 1)
    margin = sqrt(weight * (log(grown) / 2 - log(level)))
    evidence = exp(min(ratio**2 / weight - log(grown) / 2, LARGEST))
    relative = Range(ratio, ratio - margin, ratio + margin).by(lambda end: expm1(min(end, LARGEST)))
    difference = relative.by(lambda end: _difference(end, one, other))
    return Uplift(relative, difference, evidence, min(1.0, 1 / evidence), expm1(min(margin, LARGEST)))


def mixture(level: float = LEVEL, tuned: float = TUNED) -> float:
    """The square of the mixture's parameter rho that makes the boundary tightest at time `tuned` (same paper)."""
    return (-2 * log(level) + log(-2 * log(level) + 1)) / tuned


def _variance(one: Sample, other: Sample) -> float:
    """Of the logarithm of the ratio of the means (delta method)."""
    spreads = [each.shoppers / each.buyers - 1 for each in (one, other)]
    together = (spreads[0] * one.shoppers + spreads[1] * other.shoppers) / (one.shoppers + other.shoppers)
    return max(spreads[0], together) / one.shoppers + max(spreads[1], together) / other.shoppers


def _difference(relative: float, one: Sample, other: Sample) -> float:
    """What a relative difference is in units of the mean, when all shoppers together have the mean that they have. How
    uncertain that one is matters little beside the difference itself."""
    total = one.total + other.total
    return total * relative / (one.shoppers * (1 + relative) + other.shoppers)
