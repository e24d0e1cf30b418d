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

LAYOUT, CUT_STARTS, CUTS, ROWS, SLOTS, ENTRY_STARTS, ENTRY_CUTS, POSTING_STARTS, POSTINGS, OWNERS = range(10)
"""The order in which `tables.tables` packs its arrays."""

ONE = np.uint64(1)
LOW = np.int64(63)

compiled = njit(nogil=True, cache=True)


@compiled
def match(tables: Ints, scratch: Ints) -> int:
    """Writes the numbers of the segments that hold, ascending, to the answer's place and returns their count.

    `scratch` starts with a float for each trait (NaN: not known), how many counted and how many plain entries are
    given, the counted entries, their numbers as floats, and the plain entries. `tables.Layout` has the other places.
    """
    _, stamps, work_start, answer, _ = _part(tables, LAYOUT)
    slots, owners = _part(tables, SLOTS).view(np.uint64), _part(tables, OWNERS)
    traits = len(_part(tables, CUT_STARTS)) - 1
    work = scratch[work_start:answer].view(np.uint64)
    work[:] = slots
    words = max(1, (len(owners) + 63) // 64)
    _apply_facts(tables, scratch[:traits].view(np.float64), work[:words])
    _apply_entries(tables, scratch[traits:stamps], scratch[stamps:work_start], work)
    for slot in range(words, len(work), words):
        for word in range(words):
            work[word] &= work[slot + word]
    return _collect(work[:words], owners, scratch[answer:])


@compiled
def _part(packed: Ints, number: int) -> Ints:
    return packed[packed[number] : packed[number + 1]]


@compiled
def _apply_facts(tables: Ints, facts: Floats, alive: Words) -> None:
    starts, cuts = _part(tables, CUT_STARTS), _part(tables, CUTS).view(np.float64)
    rows, words = _part(tables, ROWS).view(np.uint64), len(alive)
    for trait in range(len(facts)):
        bucket = _bucket(facts[trait], cuts[starts[trait] : starts[trait + 1]])
        row = (starts[trait] + 2 * trait + bucket) * words  # a trait has two buckets more than cuts
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
def _apply_entries(tables: Ints, given: Ints, stamps: Ints, work: Words) -> None:
    """An entry that is given with two numbers has the last of them."""
    starts, cuts = _part(tables, ENTRY_STARTS), _part(tables, ENTRY_CUTS).view(np.float64)
    posting_starts, postings = _part(tables, POSTING_STARTS), _part(tables, POSTINGS)
    counted, plain = given[0], given[1]
    entries, numbers = given[2 : 2 + counted], given[2 + counted : 2 + 2 * counted].view(np.float64)
    for place in range(counted):
        stamps[entries[place]] = place
    for place in range(counted):
        entry = entries[place]
        if stamps[entry] == place:
            bucket = _bucket(numbers[place], cuts[starts[entry] : starts[entry + 1]]) - 1
            row = starts[entry] + entry + bucket  # an entry has one bucket more than cuts
            _post(postings[posting_starts[row] : posting_starts[row + 1]], work)
    for entry in given[2 + 2 * counted : 2 + 2 * counted + plain]:
        row = starts[entry] + entry
        _post(postings[posting_starts[row] : posting_starts[row + 1]], work)


@compiled
def _post(bits: Ints, work: Words) -> None:
    for bit in bits:
        if bit >= 0:
            work[bit >> 6] |= ONE << np.uint64(bit & LOW)
        else:
            work[~bit >> 6] &= ~(ONE << np.uint64(~bit & LOW))


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
