"""How like others a product is. A kernel, compiled by numba as those of `dangol_plugins.kernels` are."""

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

from dangol_plugins.offerable import Numbers, Places

Amounts = NDArray[np.int64]
Bools = NDArray[np.bool_]

NEAR = 0.25
"""How near prices are, the smaller over the larger, for products to be alike at all."""

BRAND, OVERLAP = 0.25, 0.5
"""How much more two products are alike that are of one brand, and that share all of their categories."""

_places = types.Array(types.int32, 1, "C", readonly=True)
_table = types.Array(types.int32, 2, "C", readonly=True)
_amounts = types.Array(types.int64, 1, "C", readonly=True)
_bools = types.Array(types.bool_, 1, "C", readonly=True)


@njit(cache=True)
def shared(own: Places, others: Places) -> float:
    """The share of a product's categories that another one is in."""
    count, both = 0, 0
    for code in own:
        if code >= 0:
            count += 1
            for other in others:
                both += code == other
    return both / max(count, 1)


@njit((types.int64, _places, _amounts, _table, _places, _bools), cache=True)
def alike(
    seed: int, places: Places, prices: Amounts, categories: Places, brands: Places, offerable: Bools
) -> tuple[Places, Numbers]:
    """Those of the `places` that can be bought and are like the seed, and how much: from NEAR to (1 + BRAND) *
    (1 + OVERLAP). From `prices` on the arrays are a shelf's."""
    found, scores, count = np.empty(len(places), np.int32), np.empty(len(places), np.float32), 0
    price, brand, own = prices[seed], brands[seed], categories[seed]
    for place in places:
        if not offerable[place] or place == seed:
            continue
        lower, higher = min(price, prices[place]), max(price, prices[place])
        if lower < NEAR * higher or higher <= 0:
            continue
        branded = BRAND if brand >= 0 and brand == brands[place] else 0.0
        score = lower / higher * (1 + branded) * (1 + OVERLAP * shared(own, categories[place]))
        found[count], scores[count] = place, score
        count += 1
    return found[:count], scores[:count]
