"""The work that a question makes in one table: literals bound to its columns, kernel by kernel."""

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np

from dangol.segments.population import kernels
from dangol.segments.population.bags import Bags
from dangol.segments.population.columns import Array, Column, bounds
from dangol.segments.population.holders import Holder
from dangol.segments.population.kernels import BLOCK, CLEAR, CLEAR_ALL, SET, Bits
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

FEW = 8
"""Runs of neighbouring texts that are compared one by one; more are looked up."""

Numbered = tuple[int, Ranges]


def jobs(question: Question, table: Table, schema: Schema, bits: Bits) -> list[Job]:
    """What is to be done for every block. What holds for all rows of the table, or for none, is written now."""
    ranges: dict[int, tuple[Column, list[Numbered]]] = {}
    marks: dict[Holder, list[tuple[int, Holding | Keyed]]] = {}
    found: list[Job] = []
    for number, literal in enumerate(question.literals):
        if isinstance(literal, Fixed) or not _is_held(literal.holder, table):
            bits[number] = -int(at_nobody(literal, schema)) & 0xFFFFFFFFFFFFFFFF
        elif isinstance(literal, (InRange, IsText)):
            column = table.columns[literal.holder]
            these = literal.ranges if isinstance(literal, InRange) else runs(literal.flags)
            if len(these) > FEW and isinstance(literal, IsText):
                found.append(look_up(column, literal.flags, number))
            else:
                ranges.setdefault(id(column), (column, []))[1].append((number, these))
        elif isinstance(literal, (Holding, Keyed)):
            marks.setdefault(literal.holder, []).append((number, literal))
        else:
            found.append(_tally(table, literal, number, len(schema.lexicons[literal.holder].texts)))
    found += [in_ranges(column, these) for column, these in ranges.values()]
    return found + [_mark(table.bags[holder], these) for holder, these in marks.items()]


def _is_held(holder: Holder, table: Table) -> bool:
    return holder in table.columns or holder in table.bags


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


def in_ranges(column: Column, asked: Sequence[Numbered]) -> Job:
    """Literals on one column."""
    array = column.array
    held = [[bound for low, high in ranges if (bound := bounds(array.dtype, low, high))] for _, ranges in asked]
    firsts = np.cumsum([0, *map(len, held)])
    flat = np.array([bound for each in held for bound in each], array.dtype).reshape(-1, 2)
    lows, highs = np.ascontiguousarray(flat[:, 0]), np.ascontiguousarray(flat[:, 1])
    literals = np.array([number for number, _ in asked], np.int64)

    def job(start: int, rows: int, bits: Bits) -> None:
        kernels.in_ranges(array, start, -(-rows // LANES), literals, firsts, lows, highs, bits)

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


def _mark(bags: Bags, asked: Iterable[tuple[int, Holding | Keyed]]) -> Job:
    codes: list[int] = []
    orders: list[tuple[int, int, float, float]] = []
    initial: list[tuple[int, bool]] = []
    size = 1
    for number, literal in asked:
        size = max(size, len(literal.flags))
        these = list(_orders(number, literal))
        for code in np.flatnonzero(literal.flags).tolist():
            codes += [code] * len(these)
            orders += these
        initial.append((number, isinstance(literal, Keyed) and literal.absent))
    by_code = np.argsort(np.array(codes, np.int64), kind="stable")
    firsts = np.searchsorted(np.array(codes, np.int64)[by_code], np.arange(size + 1))
    table = np.array(orders, np.float64).reshape(-1, 4)[by_code]
    literals, senses = table[:, 0].astype(np.int64), table[:, 1].astype(np.int64)
    lows, highs = np.ascontiguousarray(table[:, 2]), np.ascontiguousarray(table[:, 3])
    held, unknown = _numbers(bags)
    runs_of = (bags.starts, bags.lengths.array, bags.codes.array, held, unknown)

    def job(start: int, rows: int, bits: Bits) -> None:
        for number, absent in initial:
            bits[number] = 0xFFFFFFFFFFFFFFFF if absent else 0
        kernels.mark(*runs_of, start, rows, firsts, literals, senses, lows, highs, bits)

    return job


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
    compare = in_ranges(found, [(literal, asked.ranges)])
    runs_of = (bags.starts, bags.lengths.array, bags.codes.array, *_numbers(bags))
    floors = None if isinstance(asked, Least) or asked.least is None else table.columns[asked.least].read()

    def job(start: int, rows: int, bits: Bits) -> None:
        floor_here = floor if floors is None else floors[start : start + rows]
        kernels.tally(*runs_of, start, rows, flags, lows, highs, least, floor_here, found.array)
        compare(0, rows, bits)

    return job
