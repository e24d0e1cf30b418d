"""How much one product says for others once their common neighbours are allowed for. A kernel, compiled by numba as
those of `dangol_plugins.kernels` are."""

from math import sqrt

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

from dangol_plugins.kernels import number_array, place_array, slot_array
from dangol_plugins.offerable import Numbers, Places
from dangol_plugins.slots import FREE

Matrix = NDArray[np.float64]

NEIGHBOURS = 20
"""Products that a fit allows for, the asked one among them."""

RIDGE = 2.0
"""By how much a fit is held back where little is known, in orders of one product today."""

inner = njit(cache=True)


@inner
def together(members: Places, sums: Numbers, starts: Places, places: Places, others: Numbers, slots: Places) -> Matrix:
    """Common orders of each two members, the last row and column those with the asked product: what either of the two
    rows says, since each knows its strongest members alone."""
    last = len(members)
    found = np.zeros((last + 1, last + 1))
    for number in range(last):
        slots[members[number]] = number
    for number in range(last):
        found[number, last] = found[last, number] = sums[number]
        for row in range(starts[number], starts[number + 1]):
            other = slots[places[row]] if 0 <= places[row] < len(slots) else FREE
            if other != FREE and other != number:
                both = max(found[number, other], others[row])
                found[number, other] = found[other, number] = both
    for number in range(last):
        slots[members[number]] = FREE
    return found


@inner
def solve(matrix: Matrix, right: Matrix, size: int) -> float:
    """The first unknown of a symmetric system, by Cholesky's decomposition. Rows that know their strongest members
    alone may not quite fit together: no pivot is smaller than one is where they do."""
    for row in range(size):
        for column in range(row + 1):
            rest = matrix[row, column]
            for each in range(column):
                rest -= matrix[row, each] * matrix[column, each]
            matrix[row, column] = sqrt(max(rest, RIDGE)) if row == column else rest / matrix[column, column]
        for each in range(row):
            right[row] -= matrix[row, each] * right[each]
        right[row] /= matrix[row, row]
    for row in range(size - 1, -1, -1):
        for each in range(row + 1, size):
            right[row] -= matrix[each, row] * right[each]
        right[row] /= matrix[row, row]
    return float(right[0])


@njit(
    (types.int64, place_array, number_array, place_array, place_array, number_array, number_array, slot_array),
    cache=True,
)
def fit(
    seed: int,
    members: Places,
    sums: Numbers,
    starts: Places,
    places: Places,
    others: Numbers,
    totals: Numbers,
    slots: Places,
) -> Numbers:
    """For each member of the seed's row how much the seed says for it, 0 to 1.

    `sums` are those of the seed's row; `starts`, `places` and `others` are the members' own rows. Of a member j the
    NEIGHBOURS that go best with both j and the seed are taken, the seed first, and

        (G + RIDGE * I) b = g

    is solved, where G has the common orders of each two, on its diagonal the orders with each, and g the common orders
    with j. The seed's b is the answer. `slots` is FREE for every place, and left so.
    """
    last = len(members)
    both = together(members, sums, starts, places, others, slots)
    own = np.empty(last + 1)
    for number in range(last + 1):
        place = members[number] if number < last else seed
        own[number] = max(totals[place] if place < len(totals) else 0.0, both[number].max())
    matrix, right, chosen = np.empty((NEIGHBOURS, NEIGHBOURS)), np.empty(NEIGHBOURS), np.empty(NEIGHBOURS, np.int64)
    answer = np.empty(last, np.float32)
    for member in range(last):
        nearness = both[member] * both[last] / own
        nearness[member] = nearness[last] = 0
        order = np.argsort(-nearness)
        chosen[0], size = last, 1
        while size < min(NEIGHBOURS, last + 1) and nearness[order[size - 1]] > 0:
            chosen[size] = order[size - 1]
            size += 1
        for row in range(size):
            for column in range(row):
                matrix[row, column] = both[chosen[row], chosen[column]]
            matrix[row, row] = own[chosen[row]] + RIDGE
            right[row] = both[chosen[row], member]
        answer[member] = min(max(solve(matrix, right, size), 0.0), 1.0)
    return answer
