"""The arrays that the kernel reads. They travel as one block, since every argument of a kernel costs time."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dangol.segments.matching.arrangement import Arrangement
from dangol.segments.matching.dense import Dense, step
from dangol.segments.matching.places import WORD, Places

Ints = npt.NDArray[np.int64]

ROOM = 256
"""Entries that a call may give without being made distinct first."""


class Layout(NamedTuple):
    """Places in a scratch block: `room` is how many plain and how many counted entries it takes, `step` the changes
    between two rows of a fact. `wanted` is a bit for each segment that is asked for, and stays from call to call."""

    room: int
    step: int
    numbers: int
    stamps: int
    work: int
    spare: int
    seen: int
    wanted: int
    answer: int
    size: int


def tables(arrangement: Arrangement, facts: Sequence[Dense]) -> tuple[Ints, Layout]:
    """All that `kernels.match` needs, and where it finds what a call gives it. `facts` are in the order in which they
    are given."""
    places, entries = arrangement.places, arrangement.entries.entries
    layout = _layout(len(facts), len(entries), places, len(arrangement.parts.by_id))
    postings = [posting for entry in entries for posting in entry.postings]
    block = pack(
        [
            np.array(layout),
            _starts([fact.buckets for fact in facts]),
            _joined([fact.buckets.view(np.int64) for fact in facts]),
            _joined([fact.counts for fact in facts]),
            _starts([fact.changing for fact in facts]),
            _joined([fact.changing for fact in facts]),
            _starts([fact.rows for fact in facts]),
            _joined([fact.rows.view(np.int64) for fact in facts]),
            np.array(places.starts),
            _beginning(places, arrangement.groups),
            np.cumsum([0, *(len(entry.cuts) for entry in entries)]),
            np.array([cut for entry in entries for cut in entry.cuts], np.float64).view(np.int64),
            np.cumsum([0, *(len(entry.postings) for entry in entries)]),
            _starts(postings),
            _joined(postings),
            arrangement.owners,
        ]
    )
    return block, layout


def _layout(facts: int, entries: int, places: Places, segments: int) -> Layout:
    room = max(entries, ROOM)
    stamps = max(facts, 2 * room)
    work = stamps + entries
    spare = work + places.starts[-1]
    seen = spare + places.words
    wanted = seen - -segments // WORD
    answer = wanted - -segments // WORD
    return Layout(room, step(places.words), 0, stamps, work, spare, seen, wanted, answer, answer + segments)


def pack(parts: Sequence[npt.NDArray[np.generic]]) -> Ints:
    """Arrays in one: first where each of them starts and the last one ends, then they themselves."""
    starts = np.cumsum([len(parts) + 1, *map(len, parts)])
    return np.concatenate([starts, *parts]).astype(np.int64, copy=False)


def _starts(arrays: Sequence[npt.NDArray[np.generic]]) -> Ints:
    return np.cumsum([0, *map(len, arrays)])


def _joined(arrays: Sequence[Ints]) -> Ints:
    return np.concatenate([np.zeros(0, np.int64), *arrays])


def _beginning(places: Places, groups: Ints) -> Ints:
    """The bits before any token is known: row 0 has every alternative, row k those with fewer than k groups."""
    flags = [groups >= 0]
    for level, (start, end) in enumerate(zip(places.starts[1:], places.starts[2:], strict=False), 1):
        flags.append(groups[: (end - start) * WORD] < level)
    return np.packbits(np.concatenate(flags), bitorder="little").view(np.int64)
