"""The kernel that finds the segments which hold. Compiled by numba, without the GIL; plain arrays in, plain arrays out.

Buckets are found by binary search; each has a row of bits, one for every alternative that it does not violate. The
rows' intersection, less the alternatives that a token bars, and with those whose groups all got a token, is what holds.
"""

from math import frexp

import numpy as np
import numpy.typing as npt
from numba import njit

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Words = npt.NDArray[np.uint64]

(
    LAYOUT,
    CUT_STARTS, CUTS, COUNTS, CHANGE_STARTS, CHANGES, ROW_STARTS, ROWS,
    LEVELS, BEGINNING,
    ENTRY_STARTS, ENTRY_CUTS, ENTRY_BUCKETS, POSTING_STARTS, POSTINGS,
    OWNERS,
) = range(16)  # fmt: skip
"""The order in which `tables.tables` packs its arrays."""

ONE = np.uint64(1)
LOW = np.int64(63)

compiled = njit(nogil=True, cache=True)


@compiled
def match(tables: Ints, scratch: Ints) -> int:
    """Writes the numbers of the segments that hold, ascending, to the answer's place and returns their count.

    `scratch` starts with a float for each dense fact (NaN: not known), how many counted and how many plain entries are
    given, the counted entries, their numbers as floats, and the plain entries. `tables.Layout` has the other places.
    """
    _, step, stamps, start, spare, seen, answer, _ = _part(tables, LAYOUT)
    facts, levels = len(_part(tables, CUT_STARTS)) - 1, _part(tables, LEVELS)
    work = scratch[start:spare].view(np.uint64)
    work[:] = _part(tables, BEGINNING).view(np.uint64)
    alive = work[: levels[1]]
    _apply_facts(tables, scratch[:facts].view(np.float64), alive, scratch[spare:seen].view(np.uint64), step)
    _apply_entries(tables, scratch[facts:stamps], scratch[stamps:start], work)
    for level in range(1, len(levels) - 1):
        for word in range(levels[level + 1] - levels[level]):
            alive[word] &= work[levels[level] + word]
    return _collect(alive, _part(tables, OWNERS), scratch[seen:answer].view(np.uint64), scratch[answer:])


@compiled
def _part(packed: Ints, number: int) -> Ints:
    return packed[packed[number] : packed[number + 1]]


@compiled
def _apply_facts(tables: Ints, facts: Floats, alive: Words, spare: Words, step: int) -> None:
    starts, cuts, counts = _part(tables, CUT_STARTS), _part(tables, CUTS).view(np.float64), _part(tables, COUNTS)
    change_starts, changes = _part(tables, CHANGE_STARTS), _part(tables, CHANGES)
    row_starts, rows, words = _part(tables, ROW_STARTS), _part(tables, ROWS).view(np.uint64), len(alive)
    for fact in range(len(facts)):
        bucket = _bucket(facts[fact], cuts[starts[fact] : starts[fact + 1]])
        row, changed, passed = row_starts[fact], 0, 0
        if bucket:
            passed = counts[starts[fact] + fact + bucket - 1]  # a fact has one count more than cuts
            row += words * (1 + passed // step)
            changed = passed % step
        if changed == 0:
            for word in range(words):
                alive[word] &= rows[row + word]
            continue
        spare[:] = rows[row : row + words]
        end = change_starts[fact] + passed
        for place in changes[end - changed : end]:
            spare[place >> 6] ^= ONE << np.uint64(place & LOW)
        for word in range(words):
            alive[word] &= spare[word]


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
    buckets = _part(tables, ENTRY_BUCKETS)
    posting_starts, postings = _part(tables, POSTING_STARTS), _part(tables, POSTINGS)
    counted, plain = given[0], given[1]
    entries, numbers = given[2 : 2 + counted], given[2 + counted : 2 + 2 * counted].view(np.float64)
    for place in range(counted):
        stamps[entries[place]] = place
    for place in range(counted):
        entry = entries[place]
        if stamps[entry] == place:
            bucket = _bucket(numbers[place], cuts[starts[entry] : starts[entry + 1]])
            row = (buckets[entry] + bucket if bucket else buckets[entry + 1]) - 1  # the last is for what is not known
            _post(postings[posting_starts[row] : posting_starts[row + 1]], work)
    for entry in given[2 + 2 * counted : 2 + 2 * counted + plain]:
        row = buckets[entry]
        _post(postings[posting_starts[row] : posting_starts[row + 1]], work)


@compiled
def _post(bits: Ints, work: Words) -> None:
    for bit in bits:
        if bit >= 0:
            work[bit >> 6] |= ONE << np.uint64(bit & LOW)
        else:
            work[~bit >> 6] &= ~(ONE << np.uint64(~bit & LOW))


@compiled
def _collect(alive: Words, owners: Ints, seen: Words, out: Ints) -> int:
    """A segment may own several alternatives, anywhere; their order is the segments'."""
    seen[:] = 0
    for place in range(len(alive)):
        word = alive[place]
        while word:
            rest = word & (word - ONE)
            owner = owners[place * 64 + frexp(float(word ^ rest))[1] - 1]
            seen[owner >> 6] |= ONE << np.uint64(owner & LOW)
            word = rest
    count = 0
    for place in range(len(seen)):
        word = seen[place]
        while word:
            rest = word & (word - ONE)
            out[count] = place * 64 + frexp(float(word ^ rest))[1] - 1
            count += 1
            word = rest
    return count
