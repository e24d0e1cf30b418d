"""Kernels that pick the best of what recommenders answer. Compiled by numba, without the GIL: plain arrays in and out.

All that is kept are the best so far, in order. Most candidates are worse than the last of them, and are passed over
before anything else is asked of them.
"""

from math import isnan

import numpy as np
from numpy.typing import NDArray

from dangol.recommend.places import Places, compiled

Bools = NDArray[np.bool_]
Scores = NDArray[np.float32]
Amounts = NDArray[np.int64]
Columns = tuple[Bools, Amounts, Places, Places, Places, Amounts, Places]
"""A shelf's: offerable, prices, categories (n, 4), brands, groups, costs, days until a repurchase."""

DAY = 86_400


@compiled
def best(
    places: Places,
    scores: Scores,
    columns: Columns,
    held: Places,
    barred: Places,
    bought: Places,
    bought_at: Amounts,
    wanted: Places,
    wanted_brands: Places,
    limits: tuple[int, int, int, int],
    margin: float,
    most: int,
) -> Places:
    """Which of the candidates are the `most` best that may be offered, the best first; of equal ones the earlier.

    Left out is what is `held`, with all of its groups, what is `barred`, and what was `bought` at those times less than
    its days ago; -1 stands for none. One category must be `wanted` and the brand too where any are. `limits` are the
    least and the highest price, the unix time and the site's days until a repurchase; `margin` is in percent of the
    price, 0: any.
    """
    offerable, prices, categories, brands, groups, costs, days = columns
    price_from, price_to, now, usual = limits
    kept, count = np.empty(most, np.int32), 0
    for candidate in range(len(places)):
        score, place = scores[candidate], places[candidate]
        if isnan(score) or (count == most and score <= scores[kept[count - 1]]):
            continue
        if place < 0 or place >= len(prices) or not offerable[place]:
            continue
        price = prices[place]
        if price < price_from or price > price_to:
            continue
        if margin > 0 and (costs[place] < 0 or 100.0 * (price - costs[place]) < margin * price):
            continue
        if len(wanted_brands) and not _is_in(brands[place], wanted_brands):
            continue
        if len(wanted) and not _has_any(categories, place, wanted):
            continue
        if _is_in(place, barred) or _is_held(place, groups, held):
            continue
        least = days[place] if days[place] >= 0 else usual
        if _was_bought(place, bought, bought_at, now - least * DAY):
            continue
        count = _insert(candidate, places, scores, groups, kept, count)
    return kept[:count]


@compiled
def _is_in(code: int, codes: Places) -> bool:
    """-1 stands for none, which is in nothing."""
    if code >= 0:
        for number in range(len(codes)):
            if codes[number] == code:
                return True
    return False


@compiled
def _has_any(categories: Places, place: int, wanted: Places) -> bool:
    found = False
    for column in range(categories.shape[1]):
        found |= _is_in(categories[place, column], wanted)
    return found


@compiled
def _is_held(place: int, groups: Places, held: Places) -> bool:
    """Whether it is held itself, or another of its group is."""
    group = groups[place]
    for number in range(len(held)):
        other = held[number]
        if other == place or (group >= 0 and other >= 0 and groups[other] == group):
            return True
    return False


@compiled
def _was_bought(place: int, bought: Places, bought_at: Amounts, since: int) -> bool:
    found = False
    for number in range(len(bought)):
        found |= bought[number] == place and bought_at[number] > since
    return found


@compiled
def _insert(candidate: int, places: Places, scores: Scores, groups: Places, kept: Places, count: int) -> int:
    """Put the candidate where it belongs among those kept, instead of a worse one of its group; how many are kept then.
    Where there is no room the last one goes."""
    place, score = places[candidate], scores[candidate]
    end = count
    for number in range(count):
        other = places[kept[number]]
        if other == place or (groups[place] >= 0 and groups[other] == groups[place]):
            if scores[kept[number]] >= score:
                return count
            end = number
            break
    if end == count:
        count = min(count + 1, len(kept))
        end = count - 1
    while end > 0 and scores[kept[end - 1]] < score:
        kept[end] = kept[end - 1]
        end -= 1
    kept[end] = candidate
    return count


@compiled
def closing(prices: Amounts, gap: int, little: float, much: float, step: float) -> Places:
    """The order in which products close a gap best; they come in the order of how well they go with the cart.

    First those that overshoot it by at most the share `little`, then by at most `much`, each by their former place and
    `step` places later for an overshoot of the whole gap; then the others that close it, the same; then those that do
    not, the dearest first, for which the step that is left is the shortest.
    """
    keys = np.empty(len(prices), np.float64)
    for place in range(len(prices)):
        over = (prices[place] - gap) / gap
        if over < 0.0:
            keys[place] = 4e9 - over * 1e9 + place
        else:
            tier = 0.0 if over <= little else 1.0 if over <= much else 2.0
            keys[place] = tier * 1e9 + min(place + step * over, 9e8)
    return np.argsort(keys, kind="mergesort").astype(np.int32)
