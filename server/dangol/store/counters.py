"""Recommenders' counters: what the event log taught, each entry counted exactly once.

A row of counts is a string that is only ever appended to (`recommend.records`). Beside its rows each partition keeps,
for every partition of the log, the last entry that it holds. Both change in one script, so whatever is added a second
time, whole or in part, is skipped. This needs entries to arrive in the order of the log, which the reader's lease and
its "pending first" see to.

Who has made a row long merges it outside the store, and puts it back in place of what it was made of, unless somebody
else has merged it meanwhile. So the store does no more than append, and a worker that dies on the way leaves a long row
that the next one to append to it merges.
"""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from dangol.plugin import Count, Recommender, Total
from dangol.recommend.records import RECORD, longest, pack, sealed
from dangol.store.keys import applied, counter, partition, total, total_bucket
from dangol.store.link import Link
from dangol.store.log import FIRST, sortable
from dangol.store.script import Script
from dangol.store.wire import Argument

LEAST_TOTAL = 64 * RECORD
"""Bytes up to which a total is not worth merging."""

# KEYS: markers, rows. ARGV: the log's partition, the first and the last of the entries that these records are of, and
# what is to be appended to each row. Answers with the rows' lengths; or, where some of the entries are in there
# already, with the last one that is. A string that APPEND makes longer takes twice its length in memory; one that is
# set anew does not.
_ADD = Script("""
local marker = redis.call('HGET', KEYS[1], ARGV[1])
if marker and marker >= ARGV[2] then return marker end
local lengths = {}
for i = 2, #KEYS do
  local row = (redis.call('GET', KEYS[i]) or '') .. ARGV[i + 2]
  redis.call('SET', KEYS[i], row)
  lengths[i - 1] = #row
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return lengths
""")

# KEYS: a row. ARGV: its first record as it was read, how many bytes of it were merged, what became of them. Only a
# merge changes what a row begins with, and puts a new seal there.
_REPLACE = Script("""
if redis.call('GETRANGE', KEYS[1], 0, 15) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[3] .. redis.call('GETRANGE', KEYS[1], ARGV[2], -1))
return 1
""")


@dataclass(frozen=True, slots=True)
class Learned:
    """What one entry of the log adds: its stream id, its site, and the counts, which `recommend.learning` has
    checked."""

    id: str
    site: str
    counts: Sequence[Count | Total]


@dataclass(frozen=True, slots=True)
class Fading:
    """How a row is merged: its sums count half after `half_life` seconds (0: never), and it keeps so many members (0:
    all)."""

    half_life: float
    keep: int = 0


class _Share:
    """What a batch adds to one partition's rows: records by entry, in order."""

    def __init__(self) -> None:
        self.added: list[tuple[str, str, bytes]] = []
        self.rows: dict[str, Fading] = {}

    def add(self, entry: str, key: str, records: bytes, fading: Fading) -> None:
        self.added.append((entry, key, records))
        self.rows[key] = fading

    def after(self, marker: str) -> tuple[list[str], dict[str, list[bytes]]]:
        """The entries behind the marker, and by row the records that they add."""
        entries: list[str] = []
        rows: dict[str, list[bytes]] = {}
        for entry, key, records in self.added:
            if entry > marker:
                entries.append(entry)
                rows.setdefault(key, []).append(records)
        return entries, rows


class Counters:
    """What one recommender has counted, as a worker adds to it."""

    def __init__(self, link: Link, plugin: Recommender) -> None:
        self.link = link
        self.plugin = plugin
        self._merged: dict[str, int] = {}  # how long totals were when they were merged last

    async def add(self, log_partition: int, batch: Sequence[Learned]) -> None:
        """Add the counts of consecutive entries of one partition of the log. Repeat it until it returns: what was added
        already is left out."""
        shares = self._shares(batch)
        await asyncio.gather(*(self._send(number, log_partition, share) for number, share in shares.items()))

    def _shares(self, batch: Iterable[Learned]) -> dict[int, _Share]:
        shares: dict[int, _Share] = {}
        for learned in batch:
            entry = sortable(learned.id)
            for each in learned.counts:
                for number, key, records, fading in self._records(learned.site, each):
                    shares.setdefault(number, _Share()).add(entry, key, records, fading)
        return shares

    def _records(self, site: str, each: Count | Total) -> Iterator[tuple[int, str, bytes, Fading]]:
        name = self.plugin.name
        if isinstance(each, Count):
            fading = Fading(self.plugin.half_life, self.plugin.keep)
            yield partition(each.key), counter(site, name, each.key), pack(each.members, each.by, each.at), fading
            return
        fading = Fading(self.plugin.totals[each.name])
        for member in each.members:
            bucket = total_bucket(member)
            yield partition(member), total(site, name, each.name, bucket), pack((member,), each.by, each.at), fading

    async def _send(self, number: int, log_partition: int, share: _Share) -> None:
        marker = sortable(FIRST)
        while True:
            entries, rows = share.after(marker)
            if not entries:
                return
            args: list[Argument] = [log_partition, entries[0], entries[-1], *map(b"".join, rows.values())]
            answer = await _ADD(self.link, [applied(number, self.plugin.name), *rows], args)
            if isinstance(answer, list):
                break
            marker = answer.decode()
        lengths = zip(rows, answer, strict=True)
        long = [key for key, length in lengths if length > self._longest(key, share.rows[key])]
        await asyncio.gather(*(self._merge(key, share.rows[key]) for key in long))

    def _longest(self, key: str, fading: Fading) -> int:
        if fading.keep:
            return longest(fading.keep)
        return max(LEAST_TOTAL, 2 * self._merged.get(key, 0))

    async def _merge(self, key: str, fading: Fading) -> None:
        row: bytes = await self.link.call("GET", key) or b""
        merged = sealed(row, fading.half_life, fading.keep)
        if not fading.keep:
            self._merged[key] = len(merged)
        await _REPLACE(self.link, [key], [row[:RECORD], len(row), merged])
