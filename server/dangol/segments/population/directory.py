"""Where each profile is: an open hash table of places in numpy, since a dict of a million ids takes 200 MB.

A place is twice a row's number, plus which of the two tables the row is in. Ids have at most 16 bytes and are kept by
the tables; they are compared as pairs of words.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from dangol.segments.population.columns import Rows, compiled, signed

Words = npt.NDArray[np.uint64]
Slots = npt.NDArray[np.int32]

LONGEST = 16
NOWHERE = -1
FULL = 0.8
"""Share of the slots that may be taken."""


def words(ids: Sequence[str]) -> Words:
    """Ids as the tables keep them. ValueError for one that is too long."""
    raw = [name.encode() for name in ids]
    if max(map(len, raw), default=0) > LONGEST:
        raise ValueError(f"{max(ids, key=len)!r} is longer than a profile id, which has at most {LONGEST} bytes")
    return np.array(raw, f"S{LONGEST}").view(np.uint64).reshape(-1, 2)


def names(ids: Words) -> list[str]:
    """The ids as texts."""
    return [raw.decode() for raw in np.ascontiguousarray(ids).view(f"S{LONGEST}").ravel().tolist()]


class Directory:
    """Places by id. `plain` and `rich` are the ids that the two tables hold by row, as they are at the call."""

    def __init__(self) -> None:
        self.slots: Slots = np.full(64, NOWHERE, np.int32)
        self.taken = 0

    def find(self, plain: Words, rich: Words, wanted: Words) -> Rows:
        """The place of each id, or NOWHERE."""
        return _find(self.slots, plain, rich, wanted)

    def add(self, plain: Words, rich: Words, places: Rows) -> None:
        """Enter places whose ids are in the tables already and not here."""
        self.taken += len(places)
        if self.taken > FULL * len(self.slots):
            held = self.slots[self.slots != NOWHERE].astype(np.int64)
            self.slots = np.full(int(self.taken * 1.2 / FULL) + 64, NOWHERE, np.int32)
            _enter(self.slots, plain, rich, held)
        _enter(self.slots, plain, rich, places)

    def remove(self, plain: Words, rich: Words, places: Rows) -> None:
        """Take places out, whose ids are still in the tables."""
        self.taken -= len(places)
        _remove(self.slots, plain, rich, places)


@compiled
def _home(first: int, second: int, size: int) -> int:
    """Where an id belongs; the multipliers are SplitMix64's (Steele and others, 2014)."""
    mixed = np.uint64(first) * np.uint64(0xBF58476D1CE4E5B9) ^ np.uint64(second)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0x94D049BB133111EB)
    slot: int = signed(((mixed >> np.uint64(32)) * np.uint64(size)) >> np.uint64(32))
    return slot


@compiled
def _slot(slots: Slots, plain: Words, rich: Words, first: int, second: int) -> int:
    """The slot that an id has, or the free one that it would get."""
    slot = _home(first, second, len(slots))
    while slots[slot] != NOWHERE:
        ids, row = (rich if slots[slot] & 1 else plain), slots[slot] >> 1
        if ids[row, 0] == first and ids[row, 1] == second:
            break
        slot = slot + 1 if slot + 1 < len(slots) else 0
    return slot


@compiled
def _find(slots: Slots, plain: Words, rich: Words, wanted: Words) -> Rows:
    found = np.empty(len(wanted), np.int64)
    for number in range(len(wanted)):
        found[number] = slots[_slot(slots, plain, rich, wanted[number, 0], wanted[number, 1])]
    return found


@compiled
def _enter(slots: Slots, plain: Words, rich: Words, places: Rows) -> None:
    for place in places:
        ids = rich if place & 1 else plain
        slots[_slot(slots, plain, rich, ids[place >> 1, 0], ids[place >> 1, 1])] = place


@compiled
def _remove(slots: Slots, plain: Words, rich: Words, places: Rows) -> None:
    """What stands behind a freed slot moves up where it may, so that no search breaks off too early."""
    for place in places:
        ids = rich if place & 1 else plain
        hole = _slot(slots, plain, rich, ids[place >> 1, 0], ids[place >> 1, 1])
        slot = hole
        while True:
            slot = slot + 1 if slot + 1 < len(slots) else 0
            if slots[slot] == NOWHERE:
                break
            held = rich if slots[slot] & 1 else plain
            home = _home(held[slots[slot] >> 1, 0], held[slots[slot] >> 1, 1], len(slots))
            if (slot - home) % len(slots) >= (slot - hole) % len(slots):
                slots[hole] = slots[slot]
                hole = slot
        slots[hole] = NOWHERE
