"""Whether shoppers were shared out among the arms as they were meant to be.

If they were not, something loses shoppers of one arm (a redirect, a script that fails, a robot that sees only one of
them), and no comparison of the arms can be trusted. The test may be looked at any time: Lindon and Malek,
"Anytime-Valid Inference For Multinomial Count Data", NeurIPS 2022: a mixture of multinomial likelihoods over a
Dirichlet distribution around the intended shares, against the likelihood of these.
"""

from collections.abc import Mapping
from math import exp, lgamma, log

CONCENTRATION = 1_000
"""As many shoppers weigh as much as what is believed beforehand: departures of about a seventh of a 5 % holdout."""

ALARM = 0.01
"""How often, at most, there may ever be a warning although all is well."""

LARGEST = 700.0


def evidence(counts: Mapping[str, int], shares: Mapping[str, float]) -> float:
    """The e-value against `shares` of shoppers by arm, which add up to 1; at 1 / `ALARM` it is time to warn."""
    if any(times and not shares.get(arm) for arm, times in counts.items()):
        return exp(LARGEST)
    total = sum(counts.values())
    logarithm = lgamma(CONCENTRATION) - lgamma(CONCENTRATION + total)
    for arm, share in shares.items():
        times, prior = counts.get(arm, 0), CONCENTRATION * share
        logarithm += lgamma(prior + times) - lgamma(prior) - times * log(share)
    return exp(min(logarithm, LARGEST))
