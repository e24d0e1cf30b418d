"""The work that a question makes in one table: literals bound to its columns, kernel by kernel."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from dangol.segments.population import kernels
from dangol.segments.population.bags import Bags
from dangol.segments.population.columns import Array, Column, Floats, bounds
from dangol.segments.population.holders import Holder
from dangol.segments.population.kernels import BLOCK, CLEAR, CLEAR_ALL, SET, Bits, Ints
from dangol.segments.population.lexicon import Flags
from dangol.segments.population.literals import (
    EVERYTHING,
    Counting,
    Fixed,
    Holding,
    InRange,
    IsText,
    Keyed,
    Least,
    Literal,
    Ranges,
    lies,
)
from dangol.segments.population.question import Question
from dangol.segments.population.schema import Schema
from dangol.segments.population.table import Table
from dangol.segments.population.vectors import LANES

Job = Callable[[int, int, Bits], None]
"""Fills its literals' bits for a block: the first row, the number of rows, the bits."""

Bind = Callable[[Table], Job]

FEW = 8
"""Runs of neighbouring texts that are compared one by one; more are looked up."""

ALL = np.uint64(0xFFFFFFFFFFFFFFFF)


@dataclass(frozen=True, slots=True)
class Comparisons:
    """What is asked of one holder: literal `literals[k]` wants a number in one of its ranges, `firsts[k]` to
    `firsts[k + 1]` of the lows and highs."""

    literals: Ints
    firsts: Ints
    lows: Floats
    highs: Floats
    _held: dict[np.dtype[Any], tuple[Array, Array]] = field(default_factory=dict)

    def bounds(self, width: np.dtype[Any]) -> tuple[Array, Array]:
        """The lows and highs as a column of a width holds them."""
        if width not in self._held:
            self._held[width] = bounds(width, self.lows, self.highs)
        return self._held[width]


class Work:
    """What a question asks, put in order once for all tables: by holder the literals and what finds their bits."""

    def __init__(self, question: Question, schema: Schema) -> None:
        self.rows = question.rows
        self._nobody = np.zeros(self.rows, np.bool_)
        self._nobody[: len(question.literals)] = [at_nobody(literal, schema) for literal in question.literals]
        self._found: list[tuple[Holder, Bind]] = []
        compared: dict[Holder, list[tuple[int, Ranges]]] = {}
        marked: dict[Holder, list[tuple[int, Holding | Keyed]]] = {}
        for number, literal in enumerate(question.literals):
            if isinstance(literal, InRange):
                compared.setdefault(literal.holder, []).append((number, literal.ranges))
            elif isinstance(literal, IsText) and np.count_nonzero(literal.flags[1:] > literal.flags[:-1]) < FEW:
                compared.setdefault(literal.holder, []).append((number, runs(literal.flags)))
            elif isinstance(literal, (Holding, Keyed)):
                marked.setdefault(literal.holder, []).append((number, literal))
            elif not isinstance(literal, Fixed):
                self._found.append((literal.holder, _alone(number, literal, schema)))
        self._found += [(holder, _compare(holder, comparisons(these))) for holder, these in compared.items()]
        self._found += [(holder, _mark(holder, these)) for holder, these in marked.items()]

    def jobs(self, table: Table, bits: Bits) -> list[Job]:
        """What is to be done for every block of a table. What is the same for all its rows is written now."""
        bits[self._nobody], bits[~self._nobody] = ALL, 0
        return [bind(table) for holder, bind in self._found if holder in table.columns or holder in table.bags]


def _alone(number: int, literal: IsText | Counting | Least, schema: Schema) -> Bind:
    if isinstance(literal, IsText):
        return lambda table: look_up(table.columns[literal.holder], literal.flags, number)
    texts = len(schema.lexicon(literal.holder).texts)
    return lambda table: _tally(table, literal, number, texts)


def _compare(holder: Holder, asked: Comparisons) -> Bind:
    return lambda table: in_ranges(table.columns[holder], asked)


def at_nobody(literal: Literal, schema: Schema) -> bool:
    """What holds for a shopper of whom nothing is known."""
    match literal:
        case Fixed(truth):
            return truth
        case InRange(holder, ranges):
            return lies(schema.default(holder), ranges)
        case IsText(holder, flags):
            return bool(flags[int(schema.default(holder))])
        case Keyed():
            return literal.absent
        case Counting():
            return lies(0, literal.ranges)
    return False


def runs(flags: Flags) -> Ranges:
    """Flagged numbers as ranges of neighbours."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]])))
    return tuple(zip(edges[::2].tolist(), (edges[1::2] - 1).tolist(), strict=True))


def comparisons(asked: Iterable[tuple[int, Ranges]]) -> Comparisons:
    """Ranges by literal, as arrays."""
    literals, ranges = zip(*asked, strict=True)
    flat = np.array([each for some in ranges for each in some], np.float64).reshape(-1, 2)
    firsts = np.cumsum([0, *map(len, ranges)])
    return Comparisons(np.array(literals, np.int64), firsts, flat[:, 0].copy(), flat[:, 1].copy())


def in_ranges(column: Column, asked: Comparisons) -> Job:
    """Literals on one column."""
    array = column.array
    lows, highs = asked.bounds(array.dtype)

    def job(start: int, rows: int, bits: Bits) -> None:
        kernels.in_ranges(array, start, -(-rows // LANES), asked.literals, asked.firsts, lows, highs, bits)

    return job


def look_up(column: Column, flags: Flags, literal: int) -> Job:
    """A literal whose texts are flagged, too many of them to compare with each."""
    array, table = column.array, flags.astype(np.uint8)

    def job(start: int, rows: int, bits: Bits) -> None:
        kernels.in_flags(array, start, -(-rows // LANES), table, literal, bits)

    return job


def _orders(literal: int, asked: Holding | Keyed) -> Iterator[tuple[int, int, float, float]]:
    """What a flagged element does to the literal, in order."""
    if isinstance(asked, Keyed):
        for low, high in asked.there or EVERYTHING:
            yield literal, CLEAR if asked.there else CLEAR_ALL, low, high
    for low, high in asked.ranges:
        yield literal, SET, low, high


def _mark(holder: Holder, asked: Sequence[tuple[int, Holding | Keyed]]) -> Bind:
    codes, orders = [], []
    for number, literal in asked:
        flagged, these = np.flatnonzero(literal.flags), np.array(list(_orders(number, literal)), np.float64)
        codes.append(np.repeat(flagged, len(these)))
        orders.append(np.tile(these, (len(flagged), 1)).reshape(-1, 4))
    flat = np.concatenate(codes)
    by_code = np.argsort(flat, kind="stable")
    size = max(len(literal.flags) for _, literal in asked)
    firsts = np.searchsorted(flat[by_code], np.arange(size + 1))
    literals, senses, lows, highs = np.concatenate(orders)[by_code].T.copy()
    literals, senses = literals.astype(np.int64), senses.astype(np.int64)
    absent = np.array([number for number, each in asked if isinstance(each, Keyed) and each.absent], np.int64)
    others = np.array(sorted({number for number, _ in asked} - set(absent.tolist())), np.int64)

    def bind(table: Table) -> Job:
        bags = table.bags[holder]
        runs_of = (bags.starts, bags.lengths.array, bags.codes.array, *_numbers(bags))

        def job(start: int, rows: int, bits: Bits) -> None:
            bits[absent], bits[others] = ALL, 0
            kernels.mark(*runs_of, start, rows, firsts, literals, senses, lows, highs, bits)

        return job

    return bind


def _numbers(bags: Bags) -> tuple[Array, float]:
    if bags.numbers is None:
        return np.zeros(0, np.float64), np.nan
    return bags.numbers.array, bags.numbers.unknown


def _tally(table: Table, asked: Counting | Least, literal: int, texts: int) -> Job:
    """A number of the bags' elements, put into a column of its own for the block and then compared."""
    bags, least = table.bags[asked.holder], isinstance(asked, Least)
    flagged = None if isinstance(asked, Least) else asked.flags
    flags = np.ones(texts, np.uint8) if flagged is None else flagged.astype(np.uint8)
    lows, highs = np.array(asked.within, np.float64).reshape(-1, 2).T.copy()
    found, floor = Column(), np.full(BLOCK, -np.inf)
    found.array = np.zeros(BLOCK, np.float64)
    compare = in_ranges(found, comparisons([(literal, asked.ranges)]))
    runs_of = (bags.starts, bags.lengths.array, bags.codes.array, *_numbers(bags))
    floors = None if isinstance(asked, Least) or asked.least is None else table.columns[asked.least].read()

    def job(start: int, rows: int, bits: Bits) -> None:
        floor_here = floor if floors is None else floors[start : start + rows]
        kernels.tally(*runs_of, start, rows, flags, lows, highs, least, floor_here, found.array)
        compare(0, rows, bits)

    return job
