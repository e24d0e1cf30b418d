"""Counts as the store keeps them: a row is a string of records, and learning only ever appends to it. Pure.

A record is 16 bytes, little-endian: the mark of a member (`recommend.marks`), a sum (float32), and the unix time
(seconds, uint32) as of which it is. Several records of one member add up, each faded by the row's half-life.

Now and then a row is merged: one sum a member, all as of the latest time in the row, in 12 bytes each. A merged row
begins with a seal, eight zeros, which are no product's mark, and eight bytes that are drawn anew each time, so that who
read a row can tell whether it still begins as it did; then the number of its members and their time (uint32 both), all
marks, all sums (float32), and zeros up to a multiple of 8 bytes. So rows may lie one behind the other.

Kernels take rows as 64-bit words.
"""

import os
import struct
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from dangol.products.product import Product
from dangol.recommend.marks import mark_of
from dangol.recommend.places import Marks, Places, compiled, place_of
from dangol.recommend.shelf import Shelf

Words = NDArray[np.uint64]
Sums = NDArray[np.float64]
Singles = NDArray[np.float32]
Times = NDArray[np.uint32]

RECORD = 16
SEAL = b"\0" * 8
HEAD = 24
"""Bytes that a merged row has before its members."""

MEMBER = 12
"""Bytes of a member in a merged row."""

RESIDUE = 1e-6
"""What is left of a sum that was taken back, of all that was ever in it, is float32's rounding and not a count."""
LARGEST = 3e38

_tail = struct.Struct("<fI").pack
_head = struct.Struct("<8s8sII").pack


def pack(members: Iterable[str], by: float, at: float) -> bytes:
    """The records that add `by` to each of the members as of the unix time `at`."""
    tail = _tail(by, int(at))
    return b"".join([mark_of(member) + tail for member in members])


def words(records: bytes) -> Words:
    """Records as the kernels read them."""
    return np.frombuffer(records, "<u8")


def sealed(marks: Marks, sums: Singles, at: int) -> bytes:
    """A merged row of these members, with a seal of its own."""
    head = _head(SEAL, os.urandom(8), len(marks), at)
    return head + marks.tobytes() + sums.tobytes() + bytes(4 * (len(sums) % 2))


def merge(row: bytes, half_life: float, keep: int = 0) -> bytes:
    """The same row merged: the `keep` highest members (0: all) of those whose sums are above zero. `half_life` is in
    seconds, 0: nothing fades."""
    return sealed(*merged(words(row), float(half_life), keep))


def longest(keep: int) -> int:
    """Bytes that a row may have before it is merged: a newcomer needs time to rise."""
    return HEAD + MEMBER * keep + RECORD * (keep // 2 + 1)


def warm() -> None:
    """Compile the kernels, or read them from numba's cache, before they are needed."""
    shelf = Shelf.of([Product("one", "", 1)], 0.0)
    row = words(merge(pack(["one"], 1.0, 0.0), 1.0))
    read(row, np.full(1, len(row), np.int32), shelf.marks, shelf.slots, 1, 0.0, 1.0, np.full(1, -1, np.int32))
    add_up(row, shelf.marks, shelf.slots, 1, 0.0, 1.0)


@compiled
def faded(seconds: float, half_life: float) -> float:
    """What is left of 1 after so many seconds. What a wrong clock has put ahead counts in full and no more."""
    return np.exp2(-max(seconds, 0.0) / half_life) if half_life > 0 else 1.0


@compiled
def opened(rows: Words, ends: Places) -> tuple[Marks, Singles, Times, Places]:
    """What rows that lie one behind the other, each up to its end, have: marks, sums and times of records, those of
    merged rows among them, and where each row's end in these."""
    singles, times, lengths = rows.view(np.float32), rows.view(np.uint32), rows.view(np.int32)
    most = 2 * len(rows) // 3 + 1
    marks, sums, as_of = np.empty(most, np.uint64), np.empty(most, np.float32), np.empty(most, np.uint32)
    until = np.empty(len(ends), np.int32)
    at, count = 0, 0
    for number in range(len(ends)):
        end = ends[number]
        while at + 1 < end:
            first = at + HEAD // 8
            if rows[at] != 0 or first > end:
                marks[count], sums[count], as_of[count] = rows[at], singles[2 * at + 2], times[2 * at + 3]
                at, count = at + 2, count + 1
                continue
            members = lengths[2 * at + 4]
            if not 0 <= members <= 2 * (end - first) // 3:
                break  # what is not in this form says nothing
            for member in range(members):
                marks[count], sums[count] = rows[first + member], singles[2 * (first + members) + member]
                as_of[count] = times[2 * at + 5]
                count += 1
            at = first + members + (members + 1) // 2
        at, until[number] = end, count
    return marks[:count], sums[:count], as_of[:count], until


@compiled
def merged(row: Words, half_life: float, keep: int) -> tuple[Marks, Singles, int]:
    """The members of a row for `merge`, the highest first where some are left out: marks, sums and their time."""
    marks, sums, times, _ = opened(row, np.full(1, len(row), np.int32))
    latest = np.uint32(0)
    for at in range(len(times)):
        latest = max(latest, times[at])
    length = 1
    while length < 2 * len(marks):
        length *= 2
    table = np.full(length, -1, np.int32)
    members, net, gross = np.empty(len(marks), np.uint64), np.zeros(len(marks)), np.zeros(len(marks))
    count = 0
    for at in range(len(marks)):
        slot = marks[at] & np.uint64(length - 1)
        while table[slot] >= 0 and members[table[slot]] != marks[at]:
            slot = (slot + np.uint64(1)) & np.uint64(length - 1)
        if table[slot] < 0:
            table[slot], members[count] = count, marks[at]
            count += 1
        by = sums[at] * faded(float(latest) - float(times[at]), half_life)
        net[table[slot]] += by
        gross[table[slot]] += abs(by)
    kept = np.flatnonzero(net[:count] > RESIDUE * gross[:count])
    if 0 < keep < len(kept):
        kept = kept[np.argsort(-net[kept], kind="mergesort")[:keep]]
    return members[kept], np.minimum(net[kept], LARGEST).astype(np.float32), int(latest)


@compiled
def read(
    rows: Words, ends: Places, marks: Marks, slots: Places, size: int, now: float, half_life: float, scratch: Places
) -> tuple[Places, Places, Singles]:
    """What rows that lie one behind the other, each up to its end, say as of the unix time `now`: where each begins,
    then places and sums above zero, each place once a row. `marks` and `slots` are a shelf's table, of which `size`
    places are known. `scratch` has -1 for each place, and again afterwards."""
    members, sums, times, until = opened(rows, ends)
    starts = np.zeros(len(ends) + 1, np.int32)
    places, net, gross = np.empty(len(members), np.int32), np.zeros(len(members)), np.zeros(len(members))
    start, begin = 0, 0
    for number in range(len(ends)):
        count = start
        for at in range(begin, until[number]):
            place = place_of(marks, slots, members[at])
            if place < 0 or place >= size:
                continue
            if scratch[place] < 0:
                scratch[place], places[count], net[count], gross[count] = count, place, 0.0, 0.0
                count += 1
            by = sums[at] * faded(now - times[at], half_life)
            net[scratch[place]] += by
            gross[scratch[place]] += abs(by)
        kept = start
        for each in range(start, count):
            scratch[places[each]] = -1
            if net[each] > RESIDUE * gross[each]:
                places[kept], net[kept] = places[each], net[each]
                kept += 1
        start, begin = kept, int(until[number])
        starts[number + 1] = kept
    return starts, places[:start].copy(), net[:start].astype(np.float32)


@compiled
def add_up(rows: Words, marks: Marks, slots: Places, size: int, now: float, half_life: float) -> Singles:
    """The sum of each place as of `now` in all of the rows; 0 where there is none above zero."""
    members, sums, times, _ = opened(rows, np.full(1, len(rows), np.int32))
    net, gross = np.zeros(size), np.zeros(size)
    for at in range(len(members)):
        place = place_of(marks, slots, members[at])
        if 0 <= place < size:
            by = sums[at] * faded(now - times[at], half_life)
            net[place] += by
            gross[place] += abs(by)
    made = np.zeros(size, np.float32)
    for each in range(size):
        if net[each] > RESIDUE * gross[each]:
            made[each] = net[each]
    return made
