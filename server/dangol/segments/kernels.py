"""The kernel that finds the segments which hold. Compiled by numba, without the GIL; plain arrays in, plain arrays out.

Buckets are found by binary search; each has a row of bits, one for every clause that it does not violate. The rows'
intersection, less the clauses that a token bars, and with those whose groups all got a token, is what holds.
"""

from math import frexp

import numpy as np
import numpy.typing as npt
from numba import njit

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Words = npt.NDArray[np.uint64]

CUTS, CUT_STARTS, ROWS, SLOTS, HIT_STARTS, HITS, BAR_STARTS, BARS, OWNERS = range(9)
"""The order in which `tables.tables` packs its arrays."""

ONE = np.uint64(1)
LOW = np.int64(63)

compiled = njit(nogil=True, cache=True)


@compiled
def match(tables: Ints, scratch: Ints) -> int:
    """Writes the numbers of the segments that hold, ascending, to the end of `scratch` and returns their count.

    `scratch` is, one after the other: a float for each trait (NaN: not known), the count of tokens, room for every
    token, of which the first are given, room for the slots, and room for the answer.
    """
    cut_starts, slots = _part(tables, CUT_STARTS), _part(tables, SLOTS).view(np.uint64)
    owners = _part(tables, OWNERS)
    traits, tokens = len(cut_starts) - 1, len(_part(tables, HIT_STARTS)) - 1
    work_start = traits + 1 + tokens
    facts = scratch[:traits].view(np.float64)
    given = scratch[traits + 1 : traits + 1 + scratch[traits]]
    work = scratch[work_start : work_start + len(slots)].view(np.uint64)
    work[:] = slots
    words = max(1, (len(owners) + 63) // 64)
    _apply_facts(
        facts, _part(tables, CUTS).view(np.float64), cut_starts, _part(tables, ROWS).view(np.uint64), work[:words]
    )
    _apply_tokens(given, _part(tables, BAR_STARTS), _part(tables, BARS), work, False)
    _apply_tokens(given, _part(tables, HIT_STARTS), _part(tables, HITS), work, True)
    for place in range(words, len(work)):
        work[place % words] &= work[place]
    return _collect(work[:words], owners, scratch[work_start + len(slots) :])


@compiled
def _part(packed: Ints, number: int) -> Ints:
    return packed[packed[number] : packed[number + 1]]


@compiled
def _apply_facts(facts: Floats, cuts: Floats, cut_starts: Ints, rows: Words, alive: Words) -> None:
    words = len(alive)
    for trait in range(len(facts)):
        start = cut_starts[trait]
        bucket = _bucket(facts[trait], cuts[start : cut_starts[trait + 1]])
        row = (start + 2 * trait + bucket) * words  # a trait has two buckets more than cuts
        for word in range(words):
            alive[word] &= rows[row + word]


@compiled
def _bucket(value: float, cuts: Floats) -> int:
    """0 for NaN, else one more than the number of cuts at or below the value."""
    if value != value:
        return 0
    low, high = 0, len(cuts)
    while low < high:
        middle = (low + high) // 2
        if cuts[middle] <= value:
            low = middle + 1
        else:
            high = middle
    return low + 1


@compiled
def _apply_tokens(given: Ints, starts: Ints, bits: Ints, work: Words, on: bool) -> None:
    """Switch the bits of the given tokens on, or off."""
    for token in given:
        for place in range(starts[token], starts[token + 1]):
            mask = ONE << np.uint64(bits[place] & LOW)
            if on:
                work[bits[place] >> 6] |= mask
            else:
                work[bits[place] >> 6] &= ~mask


@compiled
def _collect(alive: Words, owners: Ints, out: Ints) -> int:
    """Clauses stand in the order of their segments, so a segment's second clause follows its first."""
    count = 0
    for place in range(len(alive)):
        word = alive[place]
        while word:
            rest = word & (word - ONE)
            owner = owners[place * 64 + frexp(float(word ^ rest))[1] - 1]
            if count == 0 or out[count - 1] != owner:
                out[count] = owner
                count += 1
            word = rest
    return count
