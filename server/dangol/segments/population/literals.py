"""What a test asks of what is kept: the smallest questions, from which a definition is put together.

All ranges include both ends, in the numbers that are kept; NaN lies in none.
"""

from collections.abc import Iterable
from math import inf, nextafter
from typing import NamedTuple

from dangol.segments.language.nodes import Test
from dangol.segments.matching.ranges import compared
from dangol.segments.population.holders import Holder
from dangol.segments.population.lexicon import Flags

Ranges = tuple[tuple[float, float], ...]

EVERYTHING: Ranges = ((-inf, inf),)


class Fixed(NamedTuple):
    """The same for everyone."""

    truth: bool


class InRange(NamedTuple):
    """A number lies in one of the ranges."""

    holder: Holder
    ranges: Ranges


class IsText(NamedTuple):
    """A text is one of those flagged in the lexicon."""

    holder: Holder
    flags: Flags


class Holding(NamedTuple):
    """A bag has a flagged element, in one of the ranges where it is counted."""

    holder: Holder
    flags: Flags
    ranges: Ranges = EVERYTHING


class Keyed(NamedTuple):
    """The last flagged element that is `there` is in one of the ranges; `absent` tells what holds where none is there.
    Without `there` every one is, also one of NaN."""

    holder: Holder
    flags: Flags
    ranges: Ranges
    absent: bool
    there: Ranges | None = None


class Counting(NamedTuple):
    """How many elements (flagged, or all) are `within` ranges is a number in one of the ranges. Only those count that
    are at least the number that `least` holds; where that is not known none is."""

    holder: Holder
    flags: Flags | None
    within: Ranges
    ranges: Ranges
    least: Holder | None = None


class Least(NamedTuple):
    """The least of the numbers that are `within` ranges is in one of the ranges; false where there is none."""

    holder: Holder
    within: Ranges
    ranges: Ranges


Literal = Fixed | InRange | IsText | Holding | Keyed | Counting | Least


class Every(NamedTuple):
    """All parts hold."""

    parts: "tuple[Expression, ...]"


class Some(NamedTuple):
    """At least one part holds."""

    parts: "tuple[Expression, ...]"


class Inverse(NamedTuple):
    """The part does not hold."""

    part: "Expression"


Expression = Literal | Every | Some | Inverse


def ranges_of(test: Test) -> Ranges:
    """Where a comparison with a number holds."""
    allowed = compared(test)
    edges = [-inf, *allowed.cuts] if allowed.low else [*allowed.cuts]
    ends = [nextafter(edge, -inf) for edge in edges[1::2]]
    return tuple(zip(edges[::2], [*ends, inf], strict=False))


def lies(number: float, ranges: Iterable[tuple[float, float]]) -> bool:
    """Whether a number is in one of the ranges."""
    return any(low <= number <= high for low, high in ranges)
