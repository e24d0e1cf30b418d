"""A number's range, cut where some test's answer changes. Sets of the resulting buckets are Python ints, bit by bit:
bit 0 is "not known", bit 1 all below the first cut, bit 2 from the first cut to the second, and so on."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from math import inf, nextafter

from dangol.segments.language import Test


class Scale:
    """The buckets of one trait. A cut is the least number of its bucket: ``> t`` cuts at the next double after t."""

    def __init__(self, tests: Iterable[Test]) -> None:
        self.cuts = sorted({cut for test in tests for cut in _cuts(test.operator, float(test.operand))})
        self.size = len(self.cuts) + 2
        self.full = (1 << self.size) - 1

    def bucket(self, value: float) -> int:
        return 0 if value != value else bisect_right(self.cuts, value) + 1

    def holds(self, test: Test) -> int:
        """The buckets in which a test holds; never bucket 0."""
        number = float(test.operand)
        at_least, above = self._from(number), self._from(nextafter(number, inf))
        known = self.full & ~1
        return {
            "gte": at_least,
            "gt": above,
            "lt": known & ~at_least,
            "lte": known & ~above,
            "eq": at_least & ~above,
            "is": at_least & ~above,
            "ne": known & ~(at_least & ~above),
        }[test.operator]

    def _from(self, cut: float) -> int:
        """The buckets that begin at `cut` or above it."""
        return self.full & ~((1 << (bisect_left(self.cuts, cut) + 2)) - 1)


def _cuts(operator: str, number: float) -> Iterable[float]:
    if operator not in ("gt", "lte"):
        yield number
    if operator not in ("gte", "lt"):
        yield nextafter(number, inf)


class Codes:
    """The buckets of a text that is compared with few values: 0 for every other text, then one for each value."""

    def __init__(self, values: Iterable[str]) -> None:
        self.codes = {value: float(number) for number, value in enumerate(values, 1)}
        self.cuts = [float(number) for number in range(1, len(self.codes) + 1)]
        self.size = len(self.codes) + 2
        self.full = (1 << self.size) - 1

    def holds(self, test: Test) -> int:
        """The buckets in which ``is`` or ``in`` holds."""
        values = test.operand if test.operator == "in" else (test.operand,)
        return sum(1 << (int(self.codes[value]) + 1) for value in values)
