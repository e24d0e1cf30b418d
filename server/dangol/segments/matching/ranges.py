"""Which values of a fact a condition allows, in a form that doesn't depend on what other conditions ask."""

from bisect import bisect_right
from collections.abc import Callable
from math import inf, nextafter
from typing import Any, NamedTuple

from dangol.segments.language.nodes import Test


class Ranges(NamedTuple):
    """Numbers: whether "not known" (NaN) is allowed, whether the lowest are, and where that changes. A cut is the least
    number of what begins there, so ``> t`` cuts at the next double after t."""

    unknown: bool
    low: bool
    cuts: tuple[float, ...] = ()

    def holds(self, value: float) -> bool:
        if value != value:
            return self.unknown
        return self.low ^ bool(bisect_right(self.cuts, value) & 1)

    def negated(self) -> "Ranges":
        return Ranges(not self.unknown, not self.low, self.cuts)

    def both(self, other: "Ranges") -> "Ranges":
        inside = low = self.low and other.low
        cuts = []
        for cut in sorted({*self.cuts, *other.cuts}):
            if (self.holds(cut) and other.holds(cut)) != inside:
                inside = not inside
                cuts.append(cut)
        return Ranges(self.unknown and other.unknown, low, tuple(cuts))


class Values(NamedTuple):
    """Texts: those `named`, or with `others` all but those. A text that is not known is empty and never named."""

    others: bool
    named: frozenset[str] = frozenset()

    def negated(self) -> "Values":
        return Values(not self.others, self.named)

    def both(self, other: "Values") -> "Values":
        if self.others and other.others:
            return Values(True, self.named | other.named)
        if self.others or other.others:
            listed, barred = (other, self) if self.others else (self, other)
            return Values(False, listed.named - barred.named)
        return Values(False, self.named & other.named)


Allowed = Ranges | Values
NEVER: tuple[Allowed, ...] = (Ranges(False, False), Values(False))
ALWAYS: tuple[Allowed, ...] = (Ranges(True, True), Values(True))


def both(one: Any, other: Any) -> Allowed:
    """What two conditions on one fact allow together."""
    allowed: Allowed = one.both(other)
    return allowed


def either(one: Allowed, other: Allowed) -> Allowed:
    """What one of two conditions on one fact allows."""
    return both(one.negated(), other.negated()).negated()


COMPARED: dict[str, Callable[[float, float], Ranges]] = {
    "gte": lambda number, above: Ranges(False, False, (number,)),
    "gt": lambda number, above: Ranges(False, False, (above,)),
    "lt": lambda number, above: Ranges(False, True, (number,)),
    "lte": lambda number, above: Ranges(False, True, (above,)),
    "eq": lambda number, above: Ranges(False, False, (number, above)),
    "is": lambda number, above: Ranges(False, False, (number, above)),
    "ne": lambda number, above: Ranges(False, True, (number, above)),
}


def compared(test: Test) -> Ranges:
    """The numbers for which a test holds; no operator holds for one that is not known."""
    number = float(test.operand)
    return COMPARED[test.operator](number, nextafter(number, inf))
