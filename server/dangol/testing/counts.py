"""A recommender's counters in memory, by the same rules as in the store."""

from collections.abc import Iterable, Sequence

from dangol.plugin import Count
from dangol.store.counters import check


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
