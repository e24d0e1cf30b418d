"""A recommender's counters and a tally's marks in memory, by the same rules as in the store."""

from collections.abc import Iterable, Sequence

from dangol.plugin import Count
from dangol.store.counters import check
from dangol.store.tallies import Marked


class MemoryCounts:
    """What `dangol.plugin.Counts` promises, over a dictionary."""

    def __init__(self) -> None:
        self._sums: dict[str, dict[str, float]] = {}

    def apply(self, counts: Iterable[Count]) -> None:
        """Add what one entry taught; raises Invalid for counts that dangol would refuse, before any is added."""
        counts = list(counts)
        check(counts)
        for count in counts:
            sums = self._sums.setdefault(count.key, {})
            sums[count.member] = sums.get(count.member, 0.0) + count.by
            if len(sums) > 2 * count.keep:  # twice, so that a newcomer has time to rise
                self._sums[count.key] = dict(_highest(sums, count.keep))

    async def top(self, keys: Sequence[str], count: int) -> Sequence[Sequence[tuple[str, float]]]:
        """For each key its `count` highest members with their sums, highest first."""
        return [_highest(self._sums.get(key, {}), count) for key in keys]


def _highest(sums: dict[str, float], count: int) -> list[tuple[str, float]]:
    ordered = sorted(sums.items(), key=lambda pair: (pair[1], pair[0].encode()), reverse=True)
    return ordered[: max(count, 0)]


class MemoryMarks:
    """What `dangol.plugin.Marks` promises, over a dictionary."""

    def __init__(self, learnt: Iterable[Marked]) -> None:
        self._latest: dict[tuple[str, str], float] = {}
        for mark in (mark for each in learnt for mark in each.marks):
            known = self._latest.get((mark.key, mark.who), 0.0)
            self._latest[mark.key, mark.who] = max(known, mark.at)

    async def people(self, key: str, since: float) -> int:
        """How many people have a mark under `key` since the unix time."""
        return sum(1 for (marked, _), at in self._latest.items() if marked == key and at >= since)
