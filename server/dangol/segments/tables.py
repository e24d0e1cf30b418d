"""The arrays that the kernel reads. They travel as one block, since every argument of a kernel costs time."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dangol.errors import Invalid, Problem
from dangol.segments.compiler import Clause, Program
from dangol.segments.entries import Entry

Ints = npt.NDArray[np.int64]

WORD = 64
MAX_WORDS = 1 << 26
"""Half a gigabyte of bucket rows."""

BLOCK = 256
"""Buckets whose rows are made at once, a byte a bit."""

ROOM = 256
"""Entries that a call may give without being made distinct first."""


class Layout(NamedTuple):
    """Places in a scratch block: `room` is how many plain and how many counted entries it takes."""

    room: int
    stamps: int
    work: int
    answer: int
    size: int


def tables(program: Program, entries: Sequence[Entry]) -> tuple[Ints, Layout]:
    """All that `kernels.match` needs, and where it finds what a call gives it. Raises Invalid where it would not fit in
    memory."""
    clauses = [clause for alternatives in program.segments for clause in alternatives]
    owners = [number for number, alternatives in enumerate(program.segments) for _ in alternatives]
    words = max(1, -(-len(clauses) // WORD))
    slots = 1 + max((len(clause.some) for clause in clauses), default=0)
    layout = _layout(len(program.traits), len(entries), slots * words, len(program.segments))
    block = pack(
        [
            np.array(layout),
            *_cuts([buckets.cuts for _, buckets in program.traits]),
            _rows(program, clauses, words).view(np.int64),
            _slots(clauses, slots, words).view(np.int64),
            *_cuts([entry.cuts for entry in entries]),
            *_postings(clauses, entries, len(program.tokens), words),
            np.array(owners, np.int64),
        ]
    )
    return block, layout


def _layout(traits: int, entries: int, work: int, segments: int) -> Layout:
    room = max(entries, ROOM)
    stamps = traits + 2 + 3 * room
    return Layout(room, stamps, stamps + entries, stamps + entries + work, stamps + entries + work + segments)


def pack(parts: Sequence[npt.NDArray[np.generic]]) -> Ints:
    """Arrays in one: first where each of them starts and the last one ends, then they themselves."""
    starts = np.cumsum([len(parts) + 1, *map(len, parts)])
    return np.concatenate([starts, *parts]).astype(np.int64, copy=False)


def _bits(flags: npt.NDArray[np.bool_]) -> npt.NDArray[np.uint64]:
    """The rows of a matrix as words, one bit a column."""
    return np.packbits(flags, axis=1, bitorder="little").view(np.uint64).ravel()


def _rows(program: Program, clauses: Sequence[Clause], words: int) -> npt.NDArray[np.uint64]:
    """For each bucket of each trait the clauses that it does not violate."""
    size = sum(buckets.size for _, buckets in program.traits) * words
    if size > MAX_WORDS:
        expected = f"at most {MAX_WORDS * 8}; compare with fewer different values"
        raise Invalid([Problem("segments", f"{size * 8} bytes of tables", expected)])
    by_trait: list[dict[int, list[int]]] = [{} for _ in program.traits]
    for number, clause in enumerate(clauses):
        for trait, allowed in clause.dense:
            by_trait[trait].setdefault(allowed, []).append(number)
    rows = [np.zeros(0, np.uint64)]
    for (_, buckets), users in zip(program.traits, by_trait, strict=True):
        rows += [
            _block(users, first, min(BLOCK, buckets.size - first), words) for first in range(0, buckets.size, BLOCK)
        ]
    return np.concatenate(rows)


def _block(users: dict[int, list[int]], first: int, size: int, words: int) -> npt.NDArray[np.uint64]:
    """The rows of `size` buckets from the `first` on; `users` are the clauses by the buckets that they allow."""
    flags = np.ones((size, words * WORD), np.bool_)
    for allowed, numbers in users.items():
        flags[:, numbers] = _members(allowed >> first, size)[:, np.newaxis]
    return _bits(flags)


def _members(bits: int, size: int) -> npt.NDArray[np.bool_]:
    """The lowest `size` bits of a number, as flags."""
    raw = np.frombuffer((bits & ((1 << size) - 1)).to_bytes(-(-size // 8), "little"), np.uint8)
    return np.unpackbits(raw, count=size, bitorder="little").astype(np.bool_)


def _postings(clauses: Sequence[Clause], entries: Sequence[Entry], tokens: int, words: int) -> tuple[Ints, Ints]:
    """For each bucket of each entry the bits that it sets (its clause's bit in the slot of a group) and, as their
    complements, the bits of the clauses that it bars."""
    of_token: list[list[int]] = [[] for _ in range(tokens)]
    for number, clause in enumerate(clauses):
        for token in clause.none:
            of_token[token].append(~number)
        for slot, group in enumerate(clause.some, 1):
            for token in group:
                of_token[token].append(slot * words * WORD + number)
    buckets = [bucket for entry in entries for bucket in entry.tokens]
    return _grouped([bit for token in bucket for bit in of_token[token]] for bucket in buckets)


def _cuts(lists: Sequence[Sequence[float]]) -> tuple[Ints, Ints]:
    cuts = np.array([cut for each in lists for cut in each], np.float64)
    return np.cumsum([0, *map(len, lists)]), cuts.view(np.int64)


def _slots(clauses: Sequence[Clause], slots: int, words: int) -> npt.NDArray[np.uint64]:
    """The bits before any token is known: row 0 has every clause, row k those with fewer than k groups."""
    groups = np.array([len(clause.some) for clause in clauses], np.int64)
    flags = np.zeros((slots, words * WORD), np.bool_)
    flags[:, : len(clauses)] = groups < np.arange(slots)[:, np.newaxis]
    flags[0, : len(clauses)] = True
    return _bits(flags)


def _grouped(groups: Iterable[Iterable[int]]) -> tuple[Ints, Ints]:
    """Sets of numbers one after the other: their starts (and the last one's end), and the numbers."""
    ordered = [sorted(set(group)) for group in groups]
    return np.cumsum([0, *map(len, ordered)]), np.array([number for each in ordered for number in each], np.int64)
