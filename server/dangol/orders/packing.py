"""Sums of past orders as the store keeps them. Pure."""

from collections.abc import Iterator, Sequence

import numpy as np

from dangol.orders.sums import Added, Row
from dangol.recommend.marks import mark, numbers
from dangol.recommend.records import sealed
from dangol.store.keys import counter_history, total_bucket, total_history


class Packer:
    """Names rows and packs them, for one generation. `ids` are those of products by place, `until` is the unix time as
    of which all sums are."""

    def __init__(self, site: str, generation: str, ids: Sequence[str], until: float) -> None:
        self._site, self._generation, self._until = site, generation, int(until)
        self._marks = numbers(b"".join(map(mark, ids)))
        self._buckets = np.array([total_bucket(id) for id in ids], np.int64)

    def packed(self, added: Added) -> Iterator[tuple[str, bytes]]:
        """All that a recommender has learned, by the names under which it is kept."""
        plugin = added.plugin.name
        for row in added.rows():
            yield counter_history(self._site, self._generation, plugin, row.key), self._records(row)
        for row in added.totals():
            buckets = self._buckets[row.places]
            for bucket in np.unique(buckets).tolist():
                part = Row(row.key, row.places[buckets == bucket], row.sums[buckets == bucket])
                yield total_history(self._site, self._generation, plugin, row.key, bucket), self._records(part)

    def _records(self, row: Row) -> bytes:
        return sealed(self._marks[row.places], row.sums, self._until)
