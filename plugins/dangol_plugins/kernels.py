"""The kernels that add up what goes with several products. Compiled by numba for fixed types when this is imported,
from its cache where it can be, which only those do that recommend: `Recommender.warm`. Plain arrays in, plain arrays
out.

What was met is gathered in order of meeting. `slots` has room for every place of a shelf and tells which gathered one a
place is; it is FREE throughout before and after, so that a call costs what it meets and not what the shelf holds.

Arrays are handed over one by one: of those in a tuple numba counts the references anew at every use, which took five
times as long as all the rest.
"""

import numpy as np
from numba import njit, types

from dangol_plugins.offerable import Numbers, Places
from dangol_plugins.slots import FREE

Number = float | np.float32

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
def _mark(places: Places, slots: Places, as_: int) -> None:
    for place in places:
        if 0 <= place < len(slots):
            slots[place] = as_


@inner
def _at(totals: Numbers, place: int) -> Number:
    return totals[place] if place < len(totals) else np.float32(0)


@inner
def _add(scores: Numbers, largest: Numbers, because: Places, slot: int, part: Number, seed: int) -> None:
    """Add a seed's part to a score."""
    scores[slot] += part
    if part > largest[slot]:
        largest[slot], because[slot] = part, seed


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
    most, count = len(places), 0
    met, because = np.empty(most, np.int32), np.empty(most, np.int32)
    scores, largest = np.empty(most, np.float32), np.empty(most, np.float32)
    _mark(seeds, slots, SEED)
    for number in range(len(seeds)):
        seed, weight = seeds[number], weights[number]
        if not 0 <= seed < len(slots):
            continue
        own, plain = _at(totals, seed), weight * np.float32(PLAIN)
        for row in range(starts[number], starts[number + 1]):
            place = places[row]
            if not 0 <= place < len(slots) or sums[row] <= 0 or slots[place] == SEED:
                continue
            if slots[place] == FREE:
                slots[place], met[count], because[count], scores[count], largest[count] = count, place, seed, 0, 0
                count += 1
            part = plain * similarity(sums[row], own, _at(totals, place))
            _add(scores, largest, because, slots[place], part, seed)
        for row in range(fit_starts[number], fit_starts[number + 1]):
            place = fit_places[row]
            if fits[row] > 0 and 0 <= place < len(slots) and slots[place] >= 0:
                _add(scores, largest, because, slots[place], weight * fits[row], seed)
    _mark(met[:count], slots, FREE)
    _mark(seeds, slots, FREE)
    return met[:count], scores[:count], because[:count]
