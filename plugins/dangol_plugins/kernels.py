"""The kernels that add up what goes with several products. Compiled by numba for fixed types when this is imported,
from its cache where it can be, which only those do that recommend: `Recommender.warm`. Plain arrays in, plain arrays
out.

What was met is gathered in order of meeting. `slots` has room for every place of a shelf and tells which gathered one a
place is; it is FREE throughout before and after, so that a call costs what it meets and not what the shelf holds.
"""

import numpy as np
from numba import njit, types

from dangol_plugins.offerable import Numbers, Places
from dangol_plugins.slots import FREE

Number = float | np.float32
Gathered = tuple[Places, Numbers, Numbers, Places]

PLAIN = 0.3
"""What a similarity counts beside a fit: it is of this very second, and knows all members of a row."""

SEED = -2
"""What a slot says of a place that is asked about."""

place_array = types.Array(types.int32, 1, "C", readonly=True)
number_array = types.Array(types.float32, 1, "C", readonly=True)
slot_array = types.Array(types.int32, 1, "C")

inner = njit(inline="always")


@inner
def similarity(both: Number, first: Number, second: Number) -> Number:
    """How much two products go together, 0 to 1, from the weights of the orders with both (above 0) and with each: the
    square of the cosine. Totals may be a second behind the rows; none is less than a part of it."""
    return both / max(first, both) * (both / max(second, both))


@inner
def _gather(most: int) -> Gathered:
    """Room for places, their scores, the largest part of each score and who had it."""
    return np.empty(most, np.int32), np.empty(most, np.float32), np.empty(most, np.float32), np.empty(most, np.int32)


@inner
def _mark(places: Places, slots: Places, as_: int) -> None:
    for place in places:
        if 0 <= place < len(slots):
            slots[place] = as_


@inner
def _at(totals: Numbers, place: int) -> Number:
    return totals[place] if place < len(totals) else np.float32(0)


@inner
def _add(gathered: Gathered, count: int, slots: Places, place: int, part: Number, seed: int) -> int:
    """Add a seed's part to a place's score, unless it is a seed itself; how many are gathered now."""
    places, scores, largest, because = gathered
    slot = slots[place]
    if slot == SEED:
        return count
    if slot == FREE:
        slots[place] = count
        places[count], scores[count], largest[count], because[count] = place, part, part, seed
        return count + 1
    scores[slot] += part
    if part > largest[slot]:
        largest[slot], because[slot] = part, seed
    return count


@inner
def _result(gathered: Gathered, count: int, seeds: Places, slots: Places) -> tuple[Places, Numbers, Places]:
    """What is gathered; leaves the slots free."""
    places, scores, _, because = gathered
    _mark(places[:count], slots, FREE)
    _mark(seeds, slots, FREE)
    return places[:count], scores[:count], because[:count]


@njit(
    (
        place_array, place_array, number_array, number_array, place_array, place_array, number_array,
        place_array, number_array, slot_array,
    ),
    cache=True,
)  # fmt: skip
def neighbours(
    starts: Places,
    places: Places,
    sums: Numbers,
    totals: Numbers,
    fit_starts: Places,
    fit_places: Places,
    fits: Numbers,
    seeds: Places,
    weights: Numbers,
    slots: Places,
) -> tuple[Places, Numbers, Places]:
    """The places in the rows of `seeds`, less the seeds themselves; for each its score, above 0, and the place of the
    seed that has the largest part in it.

    `starts`, `places` and `sums` are rows, one for each seed; a seed's place is -1 where the catalogue does not have
    it. `totals` belong to places; what is beyond them has none. A seed's part is its weight times the sum of its fit,
    of which there are rows as well, and PLAIN times the similarity. A fit may be minutes old: it tells nothing of what
    is in no row any more, since orders were cancelled.
    """
    gathered, count = _gather(len(places) + len(fits)), 0
    _mark(seeds, slots, SEED)
    for number in range(len(seeds)):
        seed, weight = seeds[number], weights[number]
        if not 0 <= seed < len(slots):
            continue
        own, plain = _at(totals, seed), weight * np.float32(PLAIN)
        for row in range(starts[number], starts[number + 1]):
            if 0 <= places[row] < len(slots) and sums[row] > 0:
                part = plain * similarity(sums[row], own, _at(totals, places[row]))
                count = _add(gathered, count, slots, places[row], part, seed)
        for row in range(fit_starts[number], fit_starts[number + 1]):
            place = fit_places[row]
            if fits[row] > 0 and 0 <= place < len(slots) and slots[place] >= 0:
                count = _add(gathered, count, slots, place, weight * fits[row], seed)
    return _result(gathered, count, seeds, slots)
