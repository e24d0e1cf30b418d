"""The kernel that adds up what past orders teach: many sums at once, as rows of places. Compiled by numba."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Members = NDArray[np.int32]
Sums = NDArray[np.float32]

compiled = njit(nogil=True, cache=True)


@compiled
def add(
    starts: Ints,
    places: Members,
    sums: Sums,
    rows: Members,
    members: Members,
    by: Sums,
    count: int,
    size: int,
    most: int,
) -> tuple[Ints, Members, Sums]:
    """`count` rows, of which those there were are ``starts``, ``places`` and ``sums``, with each ``by`` added for the
    member (-1: none) in its row. `size` is the number of places there are. A row that would get more than twice `most`
    members keeps its `most` highest."""
    ends = np.zeros(count + 1, np.int64)
    for at in range(len(rows)):
        ends[rows[at] + 1] += members[at] >= 0
    ends = np.cumsum(ends)
    by_row, new = np.empty(ends[-1], np.int32), np.empty(ends[-1], np.float32)
    fill = ends[:-1].copy()
    for at in range(len(rows)):
        if members[at] >= 0:
            by_row[fill[rows[at]]], new[fill[rows[at]]] = members[at], by[at]
            fill[rows[at]] += 1
    made_starts = np.zeros(count + 1, np.int64)
    made_places, made_sums = np.empty(len(places) + len(new), np.int32), np.empty(len(places) + len(new), np.float32)
    total, met = np.zeros(size), np.full(size, -1, np.int32)
    found = np.empty(size, np.int32)
    for row in range(count):
        there = 0
        if row + 1 < len(starts):
            there = _meet(places[starts[row] : starts[row + 1]], sums[starts[row] :], row, total, met, found, there)
        there = _meet(by_row[ends[row] : ends[row + 1]], new[ends[row] :], row, total, met, found, there)
        kept = found[:there]
        if there > 2 * most:
            kept = kept[np.argsort(-total[kept], kind="mergesort")[:most]]
        start = made_starts[row]
        made_starts[row + 1] = start + len(kept)
        for at in range(len(kept)):
            made_places[start + at], made_sums[start + at] = kept[at], total[kept[at]]
    end = made_starts[count]
    return made_starts, made_places[:end].copy(), made_sums[:end].copy()


@compiled
def _meet(
    members: Members, by: Sums, row: int, total: NDArray[np.float64], met: Members, found: Members, there: int
) -> int:
    """Add members of a row to `total`; those met for the first time go to `found`, of which the new length is told."""
    for at in range(len(members)):
        member = members[at]
        if met[member] != row:
            met[member], total[member], found[there] = row, 0.0, member
            there += 1
        total[member] += by[at]
    return there
