"""How often something happened on each calendar day: four bytes a day, the oldest first. Pure.

The upper 20 bits are the day (`datetime.date.toordinal`, enough until the year 2870), the lower 12 the count.
"""

from array import array
from collections.abc import Mapping

KEPT = 90
"""Days that are kept, today among them; no cap looks back on more."""

COUNT_BITS = 12
MOST = (1 << COUNT_BITS) - 1


def put(days: bytes, day: int, count: int) -> bytes:
    """The same with the count of one day set, less what is too old beside that day."""
    return _packed({**counts(days), day: count})


def total(days: bytes, after: int) -> int:
    """How often it happened on the days that follow the day `after`."""
    return sum(each & MOST for each in array("I", days) if each >> COUNT_BITS > after)


def counts(days: bytes) -> dict[int, int]:
    """The counts by day."""
    return {each >> COUNT_BITS: each & MOST for each in array("I", days)}


def join(ours: bytes, theirs: bytes) -> bytes:
    """What two histories of one person make together."""
    joined = counts(ours)
    for day, count in counts(theirs).items():
        joined[day] = joined.get(day, 0) + count
    return _packed(joined)


def less(days: bytes, gone: bytes) -> bytes:
    """What is left of a history without a part of it."""
    taken = counts(gone)
    return _packed({day: count - taken.get(day, 0) for day, count in counts(days).items()})


def _packed(by_day: Mapping[int, int]) -> bytes:
    oldest = max(by_day, default=0) - KEPT
    kept = sorted((day, min(count, MOST)) for day, count in by_day.items() if day > oldest and count > 0)
    return array("I", [day << COUNT_BITS | count for day, count in kept]).tobytes()
