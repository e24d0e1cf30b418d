"""Counting: how many of a population a question holds for, and whom it holds for that was seen last."""

from collections.abc import Iterable, Sequence
from math import inf
from typing import NamedTuple

import numpy as np

from dangol.segments.calendar import DAY
from dangol.segments.population import kernels
from dangol.segments.population.columns import Rows
from dangol.segments.population.directory import Words, names
from dangol.segments.population.jobs import Job, Work, comparisons, in_ranges
from dangol.segments.population.kernels import BLOCK, WORDS, Bits, Ints
from dangol.segments.population.population import Population
from dangol.segments.population.question import Question
from dangol.segments.population.schema import Schema
from dangol.segments.population.table import Table
from dangol.segments.population.vectors import LANES

WEEK = 7 * DAY
SAMPLE = 10
NOBODY: Words = np.zeros((0, 2), np.uint64)


class Sizes(NamedTuple):
    """Of the profiles that a definition holds for: how many there are, how many were seen in the last 24 hours and in
    the last 7 days, and how many are members."""

    all: int
    day: int
    week: int
    members: int


class Seen(NamedTuple):
    """A profile of a sample, and the unix second it was last seen. The later comes first, then the lesser id."""

    at: int
    id: str


def count(
    populations: Iterable[Population], question: Question, now: float, sampled: bool = True
) -> tuple[list[Sizes], list[Seen]]:
    """The sizes of each definition, and where it is `sampled` a sample of the first: those seen last."""
    counts = np.zeros((question.size, len(Sizes._fields)), np.int64)
    seen: list[Seen] = []
    works: dict[Schema, Work] = {}
    for population in populations:
        work = works.get(population.schema) or Work(question, population.schema)
        works[population.schema] = work
        for table in population.tables:
            if table.size:
                first = _count(table, work, question, now, counts)
                seen += latest(table, first) if sampled else []
    return [Sizes(*each) for each in counts.tolist()], best(seen)


def members(population: Population, question: Question, now: float, since: float) -> Words:
    """The ids of the members whom the first definition holds for and who were seen `since`, a unix time; sorted."""
    work, counts = Work(question, population.schema), np.zeros((question.size, len(Sizes._fields)), np.int64)
    found = [NOBODY]
    for table in population.tables:
        if table.size:
            rows = _rows(table, _count(table, work, question, now, counts))
            seen, member = table.seen.array[rows], table.member.array[rows]
            found.append(table.ids[rows[(member == 1) & (seen >= since)]])
    ids = np.concatenate(found)
    return ids[np.lexsort((ids[:, 1], ids[:, 0]))]


def best(seen: Iterable[Seen]) -> list[Seen]:
    """The sample of several samples."""
    return sorted(seen, key=lambda each: (-each.at, each.id))[:SAMPLE]


def _count(table: Table, work: Work, question: Question, now: float, counts: Ints) -> Bits:
    """Adds to the counts; returns the first definition's bits of the whole table."""
    bits = np.zeros((work.rows, WORDS), np.uint64)
    masks = np.zeros((len(Sizes._fields), WORDS), np.uint64)
    stack = np.zeros((question.depth, WORDS), np.uint64)
    first = np.zeros(-(-table.size // LANES), np.uint64)
    todo = work.jobs(table, bits)
    there = _masks(table, now)
    for start in range(0, table.size, BLOCK):
        rows = min(BLOCK, table.size - start)
        words = -(-rows // LANES)
        for job in there:
            job(start, rows, masks)
        masks[1:] &= masks[0]
        for job in todo:
            job(start, rows, bits)
        block = first[start // LANES : start // LANES + words]
        kernels.run(question.steps, bits, masks, words, stack, counts, block)
    return first


def _masks(table: Table, now: float) -> Sequence[Job]:
    seen = comparisons([(1, ((now - DAY, inf),)), (2, ((now - WEEK, inf),))])
    there, member = comparisons([(0, ((np.nextafter(now, inf), inf),))]), comparisons([(3, ((1, 1),))])
    return [in_ranges(table.until, there), in_ranges(table.seen, seen), in_ranges(table.member, member)]


def latest(table: Table, bits: Bits) -> list[Seen]:
    """Those seen last among the rows whose bits are set."""
    rows = _rows(table, bits)
    seen = table.seen.array[rows]
    if len(rows) > SAMPLE:
        latest = seen >= np.partition(seen, len(seen) - SAMPLE)[len(seen) - SAMPLE]
        rows, seen = rows[latest], seen[latest]
    return best(map(Seen, seen.astype(np.int64).tolist(), names(table.ids[rows])))


def _rows(table: Table, bits: Bits) -> Rows:
    """The rows whose bits are set."""
    return np.flatnonzero(np.unpackbits(bits.view(np.uint8), count=table.size, bitorder="little"))
