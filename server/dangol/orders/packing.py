"""Sums of past orders as the store keeps them. Pure."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dangol.orders.sums import Added, Row
from dangol.recommend.marks import mark
from dangol.store.keys import counter_history, total_bucket, total_history

RECORDS: Final = np.dtype([("mark", "<u8"), ("sum", "<f4"), ("at", "<u4")])
"""As `recommend.records` has them."""


class Packer:
    """Names rows and packs them, for one generation. `ids` are those of products by place, `until` is the unix time as
    of which all sums are."""

    def __init__(self, site: str, generation: str, ids: Sequence[str], until: float) -> None:
        self._site, self._generation, self._until = site, generation, int(until)
        self._marks = np.frombuffer(b"".join(map(mark, ids)), "<u8")
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
        records: NDArray[np.void] = np.empty(len(row.places), RECORDS)
        records["mark"], records["sum"], records["at"] = self._marks[row.places], row.sums, self._until
        return records.tobytes()
