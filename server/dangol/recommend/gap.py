"""Which products close the gap between a cart and a goal, such as that of free delivery. Pure."""

from dangol.recommend.kernels import Amounts, closing
from dangol.recommend.places import Places

CONSIDERED = 100
"""So many of the best are looked at: what is further down does not go with the cart."""

LITTLE, MUCH = 0.3, 0.6
"""Shares of the gap by which a product may overshoot it: a shopper who lacks 10,000 adds 13,000 lightly, 16,000 if need
be."""

STEP = 10.0
"""So many places further back a product is that costs twice the gap; one that overshoots by 30 %, three."""


def closers(prices: Amounts, gap: int) -> Places:
    """The order in which products of these prices close `gap` best; they come in the order of how well they go with the
    cart. Prices and gap are minor units, the gap above 0.

    First those that overshoot it a little, then much, then the others that close it: in each tier as well as they go
    with the cart, and lightly the later the more they overshoot. Then those that need a second one beside them, the
    nearest to the goal first."""
    return closing(prices, gap, LITTLE, MUCH, STEP)
