"""The table from marks to places: open addressing with linear probing. Kernels, compiled by numba without the GIL.

`marks` and `slots` have the same length, a power of two, of which at most half is used. A slot is a place, FREE, or
-2 - place for a product that the catalogue has no more: it is found by nobody but keeps its place.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

Marks = NDArray[np.uint64]
Places = NDArray[np.int32]

FREE = -1

compiled = njit(nogil=True, cache=True)


@compiled
def slot_of(marks: Marks, slots: Places, mark: np.uint64) -> np.uint64:
    """Where a mark stands in the table, or would."""
    last = np.uint64(len(marks) - 1)
    at = mark & last
    while slots[at] != FREE and marks[at] != mark:
        at = (at + np.uint64(1)) & last
    return at


@compiled
def place_of(marks: Marks, slots: Places, mark: np.uint64) -> np.int64:
    """The place of a mark, -1 where the catalogue does not have it. Kernels of other modules call it too."""
    return np.int64(max(slots[slot_of(marks, slots, mark)], -1))


@compiled
def look_up(marks: Marks, slots: Places, wanted: Marks, size: int) -> Places:
    """The places of many marks; -1 also for those from `size` on."""
    found = np.empty(len(wanted), np.int32)
    for at in range(len(wanted)):
        place = place_of(marks, slots, wanted[at])
        found[at] = place if place < size else -1
    return found


@compiled
def enter(marks: Marks, slots: Places, wanted: Marks, size: int) -> Places:
    """The places of many marks; what is new gets the next one from `size` on, what was gone its former one."""
    found = np.empty(len(wanted), np.int32)
    for at in range(len(wanted)):
        slot = slot_of(marks, slots, wanted[at])
        if slots[slot] == FREE:
            marks[slot], slots[slot] = wanted[at], size
            size += 1
        elif slots[slot] < FREE:
            slots[slot] = -2 - slots[slot]
        found[at] = slots[slot]
    return found


@compiled
def take_out(marks: Marks, slots: Places, gone: Marks) -> Places:
    """Let products be found no more; their places, -1 for what was not there."""
    found = look_up(marks, slots, gone, len(marks))
    for at in range(len(gone)):
        if found[at] >= 0:
            slots[slot_of(marks, slots, gone[at])] = -2 - found[at]
    return found


@compiled
def move(marks: Marks, slots: Places, new_marks: Marks, new_slots: Places) -> None:
    """Fill a larger, free table with all of this one."""
    for at in range(len(marks)):
        if slots[at] != FREE:
            slot = slot_of(new_marks, new_slots, marks[at])
            new_marks[slot], new_slots[slot] = marks[at], slots[at]
