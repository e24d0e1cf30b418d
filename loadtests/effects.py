"""How often the report on a campaign misleads who looks at it every day, and how much it sees.

    python -m loadtests.effects --runs 2000 --seed 7

Each run is a shop with a campaign: shoppers enter day by day, some of them buy within the window, some of those twice,
and the sums of each evening are looked at as a report does. An *alarm* is an interval that ever, on any evening, leaves
out the true uplift; where there is none that is a false alarm. *Told* is how many runs ended up with an uplift told in
the right direction, and the day on which half of those were. For comparison stands what a fixed-time 95 % interval,
looked at as often, would have done. Ends with an error where more than 5 % of the runs (and twice their standard error)
have an alarm.

Two recommenders on one strip are the same with clicks in the place of conversions: two arms of equal size, and of the
shoppers who click some buy what they clicked.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from math import log, sqrt
from typing import NamedTuple

import click
import numpy as np
from numpy.typing import NDArray

from dangol.effects import ratio
from dangol.effects.sequence import LEVEL, Sample, uplift

Floats = NDArray[np.float64]
Spread = Callable[[np.random.Generator, int], Floats]

WINDOW = 7
TWICE = 0.3
"""Share of buyers with a second order."""
FIXED = 1.96


def lognormal(sigma: float) -> Spread:
    """Order values; of 1 they are as uneven as in most shops, of 2 a hundredth of the orders makes a third of the
    revenue."""
    return lambda chance, count: chance.lognormal(0, sigma, count)


def pareto(shape: float) -> Spread:
    """Order values with hardly any variance."""
    return lambda chance, count: chance.pareto(shape, count) + 1


class Case(NamedTuple):
    """A shop: how many enter a day, for how many days, the holdout's share, how many of it buy, what their orders are
    worth, and what the campaign does to the buyers' share. Where two recommenders are compared the holdout is the other
    one's arm, those who buy are those who click, and `bought` is the share of them who buy what they clicked."""

    name: str
    shoppers: int
    days: int
    holdout: float
    conversion: float
    spread: Spread
    uplift: float = 0.0
    is_quick: bool = False
    bought: float = 1.0


CASES = [
    Case("nothing, 5 % held out", 1_000, 60, 0.05, 0.03, lognormal(1), is_quick=True),
    Case("nothing, uneven orders", 1_000, 60, 0.05, 0.1, lognormal(1.6), is_quick=True),
    Case("nothing, very uneven orders", 2_000, 60, 0.05, 0.1, lognormal(2)),
    Case("nothing, orders without a variance", 2_000, 60, 0.05, 0.1, pareto(2.0)),
    Case("nothing, half held out", 300, 120, 0.5, 0.03, lognormal(1), is_quick=True),
    Case("nothing, 1 % held out", 5_000, 60, 0.01, 0.05, lognormal(1.3)),
    Case("nothing, few buy", 5_000, 60, 0.05, 0.004, lognormal(1)),
    Case("nothing, many buy", 1_000, 60, 0.05, 0.5, lognormal(1)),
    Case("nothing, a year", 500, 365, 0.05, 0.03, lognormal(1)),
    Case("+20 %, 5 % held out", 5_000, 60, 0.05, 0.03, lognormal(1), 0.2),
    Case("+50 %, 5 % held out", 1_000, 60, 0.05, 0.03, lognormal(1), 0.5, is_quick=True),
    Case("+20 %, half held out", 1_000, 60, 0.5, 0.03, lognormal(1), 0.2),
    Case("+20 %, half held out, uneven orders", 1_000, 60, 0.5, 0.03, lognormal(1.6), 0.2),
    Case("-40 %, 5 % held out", 1_000, 60, 0.05, 0.03, lognormal(1), -0.4),
    Case("recommenders alike", 1_000, 60, 0.5, 0.1, lognormal(1), is_quick=True, bought=0.125),
    Case("recommenders alike, few click", 2_000, 60, 0.5, 0.01, lognormal(1.3), bought=0.1),
    Case("recommenders alike, uneven orders", 1_000, 60, 0.5, 0.1, lognormal(2), bought=0.125),
    Case("recommenders alike, small, a year", 100, 365, 0.5, 0.06, lognormal(1.3), bought=0.1),
    Case("recommenders alike, one has a tenth", 2_000, 60, 0.1, 0.1, lognormal(1.6), bought=0.125),
    Case("the better one gets +15 % clicks", 1_000, 60, 0.5, 0.1, lognormal(1), 0.15, bought=0.125),
    Case("the better one gets +50 % clicks", 300, 60, 0.5, 0.1, lognormal(1), 0.5, bought=0.125),
]


@dataclass
class Told:
    """What became of the runs for one measure, each a share of them. `days` are those on which an uplift was told."""

    runs: int
    alarms: float = 0
    fixed: float = 0
    told: float = 0
    spoke: float = 0
    days: list[int] = field(default_factory=list)

    def add(self, evenings: list[tuple[Sample, Sample]], truth: float) -> None:
        """One more run."""
        found = [uplift(*pair) for pair in evenings]
        self.alarms += any(each and not each.relative.low <= truth <= each.relative.high for each in found) / self.runs
        self.fixed += any(_leaves_out(pair, truth) for pair in evenings) / self.runs
        self.spoke += any(found) / self.runs
        right = [day for day, each in enumerate(found, 1) if each and each.is_told and each.relative.value * truth > 0]
        self.told += bool(right) / self.runs
        self.days += right[:1]


def _leaves_out(pair: tuple[Sample, Sample], truth: float) -> bool:
    """Whether an interval for one look (delta method) leaves out the truth, once there are five buyers."""
    if min(each.buyers for each in pair) < 5:
        return False
    error = sqrt(sum(1 / each.buyers - 1 / each.shoppers for each in pair))
    return abs(log(pair[0].mean / pair[1].mean) - log(1 + truth)) > FIXED * error


@dataclass
class Outcome:
    """What became of the runs. `warnings` is how many ever said that shoppers were not shared out as meant."""

    conversion: Told
    revenue: Told
    warnings: float = 0


def simulate(case: Case, runs: int, seed: int) -> Outcome:
    """Let a campaign run so many times."""
    chance = np.random.default_rng(seed)
    outcome = Outcome(Told(runs), Told(runs))
    for _ in range(runs):
        held = chance.binomial(case.shoppers, case.holdout, case.days)
        arms = [
            list(_evenings(case, chance, entered, rate))
            for entered, rate in (
                (case.shoppers - held, case.conversion * (1 + case.uplift)),
                (held, case.conversion),
            )
        ]
        evenings = list(zip(*arms, strict=True))
        outcome.conversion.add([(one[0], other[0]) for one, other in evenings], case.uplift)
        outcome.revenue.add([(one[1], other[1]) for one, other in evenings], case.uplift)
        shares = {"holdout": case.holdout, "on": 1 - case.holdout}
        counts = ({"on": one[0].shoppers, "holdout": other[0].shoppers} for one, other in evenings)
        outcome.warnings += any(ratio.evidence(each, shares) >= 1 / ratio.ALARM for each in counts) / runs
    return outcome


def _evenings(
    case: Case, chance: np.random.Generator, entered: NDArray[np.int64], rate: float
) -> Iterator[tuple[Sample, Sample]]:
    """Conversions and revenue of an arm's shoppers on each evening, orders that are still to come left out."""
    day = np.repeat(np.arange(case.days), chance.binomial(entered, rate))
    first = day + np.minimum(chance.exponential(1.5, len(day)), WINDOW).astype(int)
    second = np.maximum(first, day + chance.integers(0, WINDOW + 1, len(day)))
    one, other = case.spread(chance, len(day)), case.spread(chance, len(day)) * (chance.random(len(day)) < TWICE)
    if case.bought < 1:
        one, other = (each * (chance.random(len(day)) < case.bought) for each in (one, other))

    def by_day(at: NDArray[np.int64], amounts: Floats) -> Floats:
        return np.bincount(at, amounts, case.days + WINDOW + 1)[: case.days].astype(np.float64)

    buyers = by_day(first, np.ones(len(day))).cumsum()
    revenue = (by_day(first, one) + by_day(second, other)).cumsum()
    squares = (by_day(first, one**2) + by_day(second, (one + other) ** 2 - one**2)).cumsum()
    rows = zip(entered.cumsum().tolist(), buyers.tolist(), revenue.tolist(), squares.tolist(), strict=True)
    for shoppers, bought, spent, squared in rows:
        yield Sample(shoppers, bought, bought), Sample(shoppers, spent, squared)


@click.command()
@click.option("--runs", default=2_000, show_default=True)
@click.option("--seed", default=7, show_default=True)
def main(runs: int, seed: int) -> None:
    """Print what becomes of each case."""
    click.echo(f"{'':38}{'measure':12}{'alarms':>8}{'one look':>10}{'told':>7}{'by day':>8}{'spoke':>7}{'warned':>8}")
    most = LEVEL + 2 * sqrt(LEVEL * (1 - LEVEL) / runs)
    failed = False
    for case in CASES:
        outcome = simulate(case, runs, seed)
        first = "conversion" if case.bought == 1 else "clicks"
        for measure, told in ((first, outcome.conversion), ("revenue", outcome.revenue)):
            half = f"{np.median(told.days):.0f}" if told.days else "-"
            click.echo(
                f"{case.name if measure == first else '':38}{measure:12}{told.alarms:8.1%}{told.fixed:10.1%}"
                f"{told.told:7.0%}{half:>8}{told.spoke:7.0%}{outcome.warnings:8.1%}"
            )
            failed |= told.alarms > most
    if failed:
        raise SystemExit(f"more alarms than {most:.1%}")


if __name__ == "__main__":
    main()
