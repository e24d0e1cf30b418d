"""A recommender's counters and a tally's marks in memory, by the same rules as in the store."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from dangol.plugin import Count, Entry, Recommender, Rows, Total
from dangol.recommend.learning import checked, learned
from dangol.recommend.records import add_up, longest, merge, pack, read, words
from dangol.recommend.shelf import Shelf
from dangol.store.tallies import Marked
from dangol.testing.builders import NOW


class MemoryCounts:
    """What `dangol.plugin.Counts` promises, over a dictionary: what `recommenders` have learnt, as of the unix time
    `now`, with its places on `shelf`. The first recommender is the one that asks."""

    def __init__(self, shelf: Shelf, *recommenders: Recommender, now: float = NOW) -> None:
        self._shelf = shelf
        self._by_name = {each.name: each for each in recommenders}
        self._now = float(now)
        self._rows: dict[tuple[str, str], bytes] = {}
        self._totals: dict[tuple[str, str], bytes] = {}

    def learn(self, *entries: Entry) -> None:
        """Let every recommender learn. Raises Invalid for counts that dangol would refuse, before any is added."""
        for entry in entries:
            for name, each in self._by_name.items():
                self.apply(learned(each, entry), of=name)

    def apply(self, counts: Iterable[Count | Total], of: str = "") -> None:
        """Add what one entry taught the recommender. Raises as `learn` does."""
        plugin, touched = self._of(of), set[tuple[str, str]]()
        for each in checked(plugin, counts):
            if isinstance(each, Count):
                name = (plugin.name, each.key)
                self._rows[name] = self._rows.get(name, b"") + pack(each.members, each.by, each.at)
                touched.add(name)
            else:
                name = (plugin.name, each.name)
                self._totals[name] = self._totals.get(name, b"") + pack(each.members, each.by, each.at)
        for name in touched:
            if len(self._rows[name]) > longest(plugin.keep):
                self._rows[name] = merge(self._rows[name], plugin.half_life, plugin.keep)

    async def rows(self, keys: Sequence[str], of: str = "") -> Rows:
        """The rows of the keys, empty ones for those that nothing was counted under."""
        plugin, shelf = self._of(of), self._shelf
        rows = [self._rows.get((plugin.name, key), b"") for key in keys]
        ends = np.cumsum([len(row) // 8 for row in rows], dtype=np.int32)
        scratch = np.full(shelf.size, -1, np.int32)
        found = words(b"".join(rows))
        return Rows(
            *read(found, ends, shelf.marks, shelf.slots, shelf.size, self._now, float(plugin.half_life), scratch)
        )

    async def totals(self, name: str, of: str = "") -> NDArray[np.float32]:
        """A total for each place of the shelf."""
        plugin, shelf = self._of(of), self._shelf
        found, half_life = words(self._totals.get((plugin.name, name), b"")), float(plugin.totals[name])
        totals: NDArray[np.float32] = add_up(found, shelf.marks, shelf.slots, shelf.size, self._now, half_life)
        return totals

    def _of(self, name: str) -> Recommender:
        return self._by_name[name] if name else next(iter(self._by_name.values()))


class MemoryMarks:
    """What `dangol.plugin.Marks` promises, over a dictionary."""

    def __init__(self, learnt: Iterable[Marked]) -> None:
        self._latest: dict[tuple[str, str], float] = {}
        for mark in (mark for each in learnt for mark in each.marks):
            known = self._latest.get((mark.key, mark.who), 0.0)
            if not mark.undone:
                gone = ((mark.key, each) for each in mark.formerly)
                self._latest = {each: at for each, at in self._latest.items() if each not in {*gone}}
                self._latest[mark.key, mark.who] = max(known, mark.at)
            elif known == mark.at:
                del self._latest[mark.key, mark.who]

    async def people(self, key: str, since: float) -> int:
        """How many people have a mark under `key` since the unix time."""
        return sum(1 for (marked, _), at in self._latest.items() if marked == key and at >= since)
