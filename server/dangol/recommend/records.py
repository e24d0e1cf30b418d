"""Counts as the store keeps them: a row is a string of records, and learning only ever appends to it. Pure.

A record is 16 bytes, little-endian: the mark of a member (`recommend.marks`), a sum (float32), and the unix time
(seconds, uint32) as of which it is. Several records of one member add up, each faded by the row's half-life. Now and
then a row is merged: one record a member, as of the latest time in the row. A merged row begins with a seal, a record
whose mark is 0, which is no product's; its other eight bytes are drawn anew each time, so that who read a row can tell
whether it still begins as it did.

Kernels take rows as 64-bit words, two a record.
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

RECORD = 16
SEAL = b"\0" * 8
RESIDUE = 1e-6
"""What is left of a sum that was taken back, of all that was ever in it, is float32's rounding and not a count."""
LARGEST = 3e38

_tail = struct.Struct("<fI").pack


def pack(members: Iterable[str], by: float, at: float) -> bytes:
    """The records that add `by` to each of the members as of the unix time `at`."""
    tail = _tail(by, int(at))
    return b"".join([mark_of(member) + tail for member in members])


def words(records: bytes) -> Words:
    """Records as the kernels read them."""
    return np.frombuffer(records, "<u8")


def merge(records: bytes, half_life: float, keep: int = 0) -> bytes:
    """The same row with one record a member: the `keep` highest (0: all) of those whose sums are above zero. The row is
    not sealed. `half_life` is in seconds, 0: nothing fades."""
    return merged(words(records), float(half_life), keep).tobytes()


def longest(keep: int) -> int:
    """Bytes that a row may have before it is merged: a newcomer needs time to rise."""
    return RECORD * (2 * keep + 1)


def sealed(row: bytes, half_life: float, keep: int = 0) -> bytes:
    """A merged row with a new seal."""
    return SEAL + os.urandom(RECORD - len(SEAL)) + merge(row, half_life, keep)


def warm() -> None:
    """Compile the kernels, or read them from numba's cache, before they are needed."""
    shelf = Shelf.of([Product("one", "", 1)], 0.0)
    row = words(merge(pack(["one"], 1.0, 0.0), 1.0))
    read(row, np.full(1, 2, np.int32), shelf.marks, shelf.slots, 1, 0.0, 1.0, np.full(1, -1, np.int32))
    add_up(row, shelf.marks, shelf.slots, 1, 0.0, 1.0)


@compiled
def faded(seconds: float, half_life: float) -> float:
    """What is left of 1 after so many seconds."""
    return np.exp2(-seconds / half_life) if half_life > 0 else 1.0


@compiled
def merged(row: Words, half_life: float, keep: int) -> Words:
    """`merge` on words."""
    sums, times = row.view(np.float32), row.view(np.uint32)
    latest = np.uint32(0)
    for at in range(0, len(row), 2):
        if row[at] != 0:
            latest = max(latest, times[2 * at + 3])
    length = 1
    while length < len(row):
        length *= 2
    table = np.full(length, -1, np.int32)
    members, net, gross = np.empty(len(row) // 2, np.uint64), np.zeros(len(row) // 2), np.zeros(len(row) // 2)
    count = 0
    for at in range(0, len(row), 2):
        if row[at] == 0:
            continue
        slot = row[at] & np.uint64(length - 1)
        while table[slot] >= 0 and members[table[slot]] != row[at]:
            slot = (slot + np.uint64(1)) & np.uint64(length - 1)
        if table[slot] < 0:
            table[slot], members[count] = count, row[at]
            count += 1
        by = sums[2 * at + 2] * faded(float(latest) - float(times[2 * at + 3]), half_life)
        net[table[slot]] += by
        gross[table[slot]] += abs(by)
    counts = np.flatnonzero(net[:count] > RESIDUE * gross[:count])
    if 0 < keep < len(counts):
        counts = counts[np.argsort(-net[counts], kind="mergesort")[:keep]]
    made = np.empty(2 * len(counts), np.uint64)
    made_sums, made_times = made.view(np.float32), made.view(np.uint32)
    for place in range(len(counts)):
        made[2 * place] = members[counts[place]]
        made_sums[4 * place + 2] = min(net[counts[place]], LARGEST)
        made_times[4 * place + 3] = latest
    return made


@compiled
def read(
    rows: Words, ends: Places, marks: Marks, slots: Places, size: int, now: float, half_life: float, scratch: Places
) -> tuple[Places, Places, NDArray[np.float32]]:
    """What rows that lie one behind the other, each up to its end, say as of the unix time `now`: where each begins,
    then places and sums above zero, each place once a row. `marks` and `slots` are a shelf's table, of which `size`
    places are known. `scratch` has -1 for each place, and again afterwards."""
    sums, times = rows.view(np.float32), rows.view(np.uint32)
    starts = np.zeros(len(ends) + 1, np.int32)
    places, net, gross = np.empty(len(rows) // 2, np.int32), np.zeros(len(rows) // 2), np.zeros(len(rows) // 2)
    start, begin = 0, 0
    for number in range(len(ends)):
        count = start
        for at in range(begin, ends[number], 2):
            place = place_of(marks, slots, rows[at]) if rows[at] != 0 else -1
            if place < 0 or place >= size:
                continue
            if scratch[place] < 0:
                scratch[place], places[count], net[count], gross[count] = count, place, 0.0, 0.0
                count += 1
            by = sums[2 * at + 2] * faded(now - times[2 * at + 3], half_life)
            net[scratch[place]] += by
            gross[scratch[place]] += abs(by)
        kept = start
        for each in range(start, count):
            scratch[places[each]] = -1
            if net[each] > RESIDUE * gross[each]:
                places[kept], net[kept] = places[each], net[each]
                kept += 1
        start, begin = kept, ends[number]
        starts[number + 1] = kept
    return starts, places[:start].copy(), net[:start].astype(np.float32)


@compiled
def add_up(rows: Words, marks: Marks, slots: Places, size: int, now: float, half_life: float) -> NDArray[np.float32]:
    """The sum of each place as of `now` in all of the rows; 0 where there is none above zero."""
    sums, times = rows.view(np.float32), rows.view(np.uint32)
    net, gross = np.zeros(size), np.zeros(size)
    for at in range(0, len(rows), 2):
        place = place_of(marks, slots, rows[at]) if rows[at] != 0 else -1
        if 0 <= place < size:
            by = sums[2 * at + 2] * faded(now - times[2 * at + 3], half_life)
            net[place] += by
            gross[place] += abs(by)
    made = np.zeros(size, np.float32)
    for place in range(size):
        if net[place] > RESIDUE * gross[place]:
            made[place] = net[place]
    return made
