"""The kernels that count, one block of rows after the other. Compiled by numba, without the GIL.

`bits` has a row of words for every literal, a bit for each profile of the block.
"""

import numpy as np
import numpy.typing as npt

from dangol.segments.population.bags import GROUP, Places
from dangol.segments.population.columns import Array, Floats, compiled, signed
from dangol.segments.population.vectors import LANES, inside, ones

Bits = npt.NDArray[np.uint64]
Ints = npt.NDArray[np.int64]

BLOCK = 1 << 14
WORDS = BLOCK // LANES
"""Of a block; a literal's bits are then 2 KB, and those of a thousand literals fit into the cache."""

LOAD, AND, OR, MEET, JOIN, STORE, TAKE = range(7)
"""Steps of a program on a stack of words' rows: push a literal; and, or it with the top; and, or the top with what is
below it; store the top as a row of bits; take it as the next definition's answer. A step has the literal's number, and
-1 where its complement is meant."""

SET, CLEAR, CLEAR_ALL = range(3)
"""What an element does to its literal: sets or clears it where its number is in a range, or clears it anyway."""

ONE = np.uint64(1)
LOW = signed(63)


@compiled
def in_ranges(
    column: Array, start: int, words: int, lits: Ints, firsts: Ints, lows: Array, highs: Array, bits: Bits
) -> None:
    """Literals whose number lies in one of their ranges, `firsts[k]` to `firsts[k + 1]` of the lows and highs."""
    for number in range(len(lits)):
        for word in range(words):
            found = np.uint64(0)
            for each in range(firsts[number], firsts[number + 1]):
                found |= inside(column, start + word * LANES, lows[each], highs[each])
            bits[lits[number], word] = found


@compiled
def in_flags(column: Array, start: int, words: int, flags: npt.NDArray[np.uint8], literal: int, bits: Bits) -> None:
    """A literal whose texts are flagged."""
    for word in range(words):
        found = np.uint64(0)
        for lane in range(LANES):
            found |= np.uint64(flags[column[start + word * LANES + lane]]) << np.uint64(lane)
        bits[literal, word] = found


@compiled
def mark(
    starts: Places, lengths: Array, codes: Array, numbers: Array, unknown: float, start: int, rows: int,
    firsts: Ints, lits: Ints, sense: Ints, lows: Floats, highs: Floats, bits: Bits,
) -> None:  # fmt: skip
    """What the elements of bags do to literals: those of code c what `firsts[c]` to `firsts[c + 1]` say."""
    counted, end = len(numbers) > 0, 0
    for row in range(rows):
        if row % GROUP == 0:
            end = signed(starts[(start + row) // GROUP])
        first, end, bit = end, end + signed(lengths[start + row]), ONE << np.uint64(row & LOW)
        for place in range(first, end):
            code = codes[place]
            for each in range(firsts[code], firsts[code + 1]):
                number = np.float64(numbers[place]) if counted else 0.0
                known = number == number and number != unknown
                hit = known and lows[each] <= number <= highs[each]
                if sense[each] == SET and hit:
                    bits[lits[each], row >> 6] |= bit
                elif sense[each] == CLEAR_ALL or (sense[each] == CLEAR and hit):
                    bits[lits[each], row >> 6] &= ~bit


@compiled
def tally(
    starts: Places, lengths: Array, codes: Array, numbers: Array, unknown: float, start: int, rows: int,
    flags: npt.NDArray[np.uint8], lows: Floats, highs: Floats, least: bool, floor: Floats, out: Floats,
) -> None:  # fmt: skip
    """How many flagged elements have a number in one of the ranges and not under the row's floor, or the `least` of
    those numbers (NaN: none)."""
    end = 0
    for row in range(rows):
        if row % GROUP == 0:
            end = signed(starts[(start + row) // GROUP])
        first, end = end, end + signed(lengths[start + row])
        found = np.nan if least else 0.0
        for place in range(first, end):
            number = np.float64(numbers[place])
            if flags[codes[place]] and number != unknown and number >= floor[row]:
                for each in range(len(lows)):
                    if lows[each] <= number <= highs[each]:
                        found = (number if found != found else min(found, number)) if least else found + 1.0
        out[row] = found


@compiled
def run(program: Ints, bits: Bits, masks: Bits, words: int, stack: Bits, counts: Ints, first: Bits) -> None:
    """Adds to `counts[definition, mask]`, and leaves the first definition's bits under the first mask in `first`."""
    top, definition = -1, 0
    for step in range(len(program)):
        what, literal, flip = program[step, 0], program[step, 1], np.uint64(program[step, 2])
        if what == LOAD:
            top += 1
            for word in range(words):
                stack[top, word] = bits[literal, word] ^ flip
        elif what == AND:
            for word in range(words):
                stack[top, word] &= bits[literal, word] ^ flip
        elif what == OR:
            for word in range(words):
                stack[top, word] |= bits[literal, word] ^ flip
        elif what == MEET:
            top -= 1
            for word in range(words):
                stack[top, word] &= stack[top + 1, word]
        elif what == JOIN:
            top -= 1
            for word in range(words):
                stack[top, word] |= stack[top + 1, word]
        elif what == STORE:
            bits[literal, :words] = stack[top, :words]
            top -= 1
        else:
            if definition == 0:
                for word in range(words):
                    first[word] = stack[top, word] & masks[0, word]
            _count(stack[top], masks, words, counts[definition])
            top -= 1
            definition += 1


@compiled
def _count(found: Bits, masks: Bits, words: int, counts: Ints) -> None:
    for mask in range(len(masks)):
        total = np.uint64(0)
        for word in range(words):
            total += ones(found[word] & masks[mask, word])
        counts[mask] += signed(total)
