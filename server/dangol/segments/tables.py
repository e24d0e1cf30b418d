"""The arrays that the kernel reads. They travel as one block, since every argument of a kernel costs time."""

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from dangol.errors import Invalid, Problem
from dangol.segments.compiler import Clause, Program

Ints = npt.NDArray[np.int64]

WORD = 64
MAX_WORDS = 1 << 26
"""Half a gigabyte of bucket rows."""


def tables(program: Program) -> Ints:
    """All that `kernels.match` needs of a program. Raises Invalid where it would not fit in memory."""
    clauses = [clause for alternatives in program.segments for clause in alternatives]
    owners = [number for number, alternatives in enumerate(program.segments) for _ in alternatives]
    words = max(1, -(-len(clauses) // WORD))
    cuts = [np.array(buckets.cuts) for _, buckets in program.traits]
    hits, bars, slots = _postings(clauses, len(program.tokens), words)
    return pack(
        [
            np.concatenate([np.zeros(0), *cuts]).view(np.int64),
            np.cumsum([0, *map(len, cuts)]),
            _rows(program, clauses, words).view(np.int64),
            _slots(clauses, slots, words).view(np.int64),
            *_grouped(hits),
            *_grouped(bars),
            np.array(owners, np.int64),
        ]
    )


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
        raise Invalid(
            [Problem("segments", f"{size * 8} bytes of tables", f"at most {MAX_WORDS * 8}; use fewer values")]
        )
    by_trait: list[dict[int, list[int]]] = [{} for _ in program.traits]
    for number, clause in enumerate(clauses):
        for trait, allowed in clause.dense:
            by_trait[trait].setdefault(allowed, []).append(number)
    rows = [np.zeros(0, np.uint64)]
    for (_, buckets), users in zip(program.traits, by_trait, strict=True):
        flags = np.ones((buckets.size, words * WORD), np.bool_)
        for allowed, numbers in users.items():
            flags[:, numbers] = _members(allowed, buckets.size)[:, np.newaxis]
        rows.append(_bits(flags))
    return np.concatenate(rows)


def _members(bits: int, size: int) -> npt.NDArray[np.bool_]:
    raw = np.frombuffer(bits.to_bytes(-(-size // 8), "little"), np.uint8)
    return np.unpackbits(raw, count=size, bitorder="little").astype(np.bool_)


def _postings(clauses: Sequence[Clause], tokens: int, words: int) -> tuple[list[list[int]], list[list[int]], int]:
    """For each token the bits that it sets (its clause's bit in the slot of its group) and the clauses that it bars;
    and the number of slots, which is the largest number of groups in a clause."""
    hits: list[list[int]] = [[] for _ in range(tokens)]
    bars: list[list[int]] = [[] for _ in range(tokens)]
    slots = 0
    for number, clause in enumerate(clauses):
        for token in clause.none:
            bars[token].append(number)
        for slot, group in enumerate(clause.some, 1):
            slots = max(slots, slot)
            for token in group:
                hits[token].append(slot * words * WORD + number)
    return hits, bars, slots


def _slots(clauses: Sequence[Clause], slots: int, words: int) -> npt.NDArray[np.uint64]:
    """The bits before any token is known: row 0 has every clause, row k those with fewer than k groups."""
    groups = np.array([len(clause.some) for clause in clauses], np.int64)
    flags = np.zeros((slots + 1, words * WORD), np.bool_)
    flags[:, : len(clauses)] = groups < np.arange(slots + 1)[:, np.newaxis]
    flags[0, : len(clauses)] = True
    return _bits(flags)


def _grouped(lists: Iterable[Sequence[int]]) -> tuple[Ints, Ints]:
    """Lists one after the other, as their starts (and the last one's end) and their elements."""
    lists = list(lists)
    starts = np.cumsum([0, *map(len, lists)])
    return starts, np.array([element for each in lists for element in sorted(each)], np.int64)
