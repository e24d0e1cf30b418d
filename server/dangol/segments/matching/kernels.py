"""The kernel that finds the segments which hold. Compiled by numba, without the GIL; plain arrays in, plain arrays out.

What a shopper brings comes as MessagePack, since nothing else turns lists of Python numbers into bytes as quickly.

Buckets are found by binary search; each has a row of bits, one for every alternative that it does not violate. The
rows' intersection, less the alternatives that a token bars, and with those whose groups all got a token, is what holds.
"""

from math import nan

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
BRUIJN = np.uint64(0x03F79D71B4CB0A89)
PLACES = np.zeros(64, np.int64)
"""The place of a word's only bit, by the highest six bits of its product with a de Bruijn sequence."""

for _place in range(64):
    PLACES[((1 << _place) * int(BRUIJN) & (1 << 64) - 1) >> 58] = _place

EIGHT = np.uint64(8)
SIX = np.uint64(58)
LOW = np.int64(63)

compiled = njit(nogil=True, cache=True)


@compiled
def match(tables: Ints, scratch: Ints, given: bytes) -> int:
    """Writes the numbers of the segments that are wanted and hold, ascending, to the answer's place and returns their
    count.

    `given` is MessagePack of four lists: a number for each dense fact (NaN: not known), the counted entries, their
    numbers, and the plain entries. `tables.Layout` has the places in `scratch`.
    """
    _, step, numbers, stamps, start, spare, seen, wanted, answer, _ = _part(tables, LAYOUT)
    levels = _part(tables, LEVELS)
    work = scratch[start:spare].view(np.uint64)
    work[:] = _part(tables, BEGINNING).view(np.uint64)
    alive = work[: levels[1]]
    read = scratch[numbers:stamps].view(np.float64)
    place, facts = _unpack(given, 1, read)
    _apply_facts(tables, read[:facts], alive, scratch[spare:seen].view(np.uint64), step)
    place, counted = _unpack(given, place, read)
    place, _ = _unpack(given, place, read[counted:])
    _apply_counted(tables, read[:counted], read[counted : 2 * counted], scratch[stamps:start], work)
    _, plain = _unpack(given, place, read)
    _apply_plain(tables, read[:plain], work)
    for level in range(1, len(levels) - 1):
        for word in range(levels[level + 1] - levels[level]):
            alive[word] &= work[levels[level] + word]
    held, asked = scratch[seen:wanted].view(np.uint64), scratch[wanted:answer].view(np.uint64)
    return _collect(alive, _part(tables, OWNERS), held, asked, scratch[answer:])


@compiled
def _unpack(given: bytes, place: int, out: Floats) -> tuple[int, int]:
    """Writes a list of numbers (or yes-or-nos) that starts at `place`; returns where it ends and how long it is."""
    kind = given[place]
    length, place = np.int64(kind & 15), place + 1
    if kind == 0xDC or kind == 0xDD:
        size = 2 if kind == 0xDC else 4
        length, place = np.int64(_whole(given, place, size)), place + size
    for number in range(length):
        kind = given[place]
        place += 1
        if kind < 0x80:
            out[number] = kind
        elif kind >= 0xE0:
            out[number] = np.int64(kind) - 256
        elif kind < 0xCA:
            out[number] = nan if kind == 0xC0 else kind == 0xC3  # nothing, no or yes
        elif kind == 0xCB:
            out.view(np.uint64)[number] = _whole(given, place, 8)
            place += 8
        else:
            size = 1 << ((kind - 0xCC) & 3)
            whole = _whole(given, place, size)
            out[number] = whole if kind < 0xD0 else np.int64(whole << np.uint64(64 - 8 * size)) >> (64 - 8 * size)
            place += size
    return place, int(length)


@compiled
def _whole(given: bytes, place: int, size: int) -> np.uint64:
    whole = np.uint64(0)
    for byte in given[place : place + size]:
        whole = whole << EIGHT | np.uint64(byte)
    return whole


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
def _apply_counted(tables: Ints, entries: Floats, numbers: Floats, stamps: Ints, work: Words) -> None:
    """An entry that is given with two numbers has the last of them."""
    starts, cuts = _part(tables, ENTRY_STARTS), _part(tables, ENTRY_CUTS).view(np.float64)
    buckets = _part(tables, ENTRY_BUCKETS)
    posting_starts, postings = _part(tables, POSTING_STARTS), _part(tables, POSTINGS)
    for place in range(len(entries)):
        stamps[np.int64(entries[place])] = place
    for place in range(len(entries)):
        entry = np.int64(entries[place])
        if stamps[entry] == place:
            bucket = _bucket(numbers[place], cuts[starts[entry] : starts[entry + 1]])
            row = (buckets[entry] + bucket if bucket else buckets[entry + 1]) - 1  # the last is for what is not known
            _post(postings[posting_starts[row] : posting_starts[row + 1]], work)


@compiled
def _apply_plain(tables: Ints, entries: Floats, work: Words) -> None:
    buckets = _part(tables, ENTRY_BUCKETS)
    posting_starts, postings = _part(tables, POSTING_STARTS), _part(tables, POSTINGS)
    for entry in entries:
        row = buckets[np.int64(entry)]
        _post(postings[posting_starts[row] : posting_starts[row + 1]], work)


@compiled
def _post(bits: Ints, work: Words) -> None:
    for bit in bits:
        if bit >= 0:
            work[bit >> 6] |= ONE << np.uint64(bit & LOW)
        else:
            work[~bit >> 6] &= ~(ONE << np.uint64(~bit & LOW))


@compiled
def _collect(alive: Words, owners: Ints, seen: Words, wanted: Words, out: Ints) -> int:
    """A segment may own several alternatives, anywhere; their order is the segments'."""
    seen[:] = 0
    for place in range(len(alive)):
        word = alive[place]
        while word:
            rest = word & (word - ONE)
            owner = owners[place * 64 + PLACES[((word ^ rest) * BRUIJN) >> SIX]]
            seen[owner >> 6] |= ONE << np.uint64(owner & LOW)
            word = rest
    count = 0
    for place in range(len(seen)):
        word = seen[place] & wanted[place]
        while word:
            rest = word & (word - ONE)
            out[count] = place * 64 + PLACES[((word ^ rest) * BRUIJN) >> SIX]
            count += 1
            word = rest
    return count
