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
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dangol.plugin import Count, Recommender, Total
from dangol.recommend.records import RECORD, longest, merge, pack
from dangol.store.keys import PARTITIONS, TOTAL_BUCKETS, applied, counter, partition, total, total_bucket
from dangol.store.link import Link
from dangol.store.log import sortable
from dangol.store.script import Script
from dangol.store.wire import Argument

LEAST_TOTAL = 64 * RECORD
"""Bytes up to which a total is not worth merging."""

# KEYS: markers, rows, totals. ARGV: the log's partition, the first and the last of the entries that these records are
# of, the number of rows, and what is to be appended to each key. Answers with the lengths; or, where some entries are
# in there already, with the last one that is. A string that APPEND makes longer takes up to twice its length in memory,
# and one that is set anew does not: rows are many and short, totals few and long.
_ADD = Script("""
local marker = redis.call('HGET', KEYS[1], ARGV[1])
if marker and marker >= ARGV[2] then return marker end
local lengths, rows = {}, tonumber(ARGV[4])
for i = 2, #KEYS do
  if i <= rows + 1 then
    local row = (redis.call('GET', KEYS[i]) or '') .. ARGV[i + 3]
    redis.call('SET', KEYS[i], row)
    lengths[i - 1] = #row
  else
    lengths[i - 1] = redis.call('APPEND', KEYS[i], ARGV[i + 3])
  end
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


Added = tuple[str, str, bytes]
"""Records, the key of the string that they are added to, and before both the entry that they are of."""


class Counters:
    """What one recommender has counted, as a worker adds to it."""

    def __init__(self, link: Link, plugin: Recommender) -> None:
        self.link = link
        self.plugin = plugin
        self._row = Fading(float(plugin.half_life), plugin.keep)
        self._parts: dict[tuple[str, str], list[str]] = {}
        self._totals: dict[str, Fading] = {}
        self._merged: dict[str, int] = {}  # how long totals were when they were merged last

    async def add(self, log_partition: int, batch: Iterable[Learned]) -> None:
        """Add the counts of consecutive entries of one partition of the log. Repeat it until it returns: what was added
        already is left out."""
        shares: list[list[Added]] = [[] for _ in range(PARTITIONS)]
        for learned in batch:
            entry = sortable(learned.id)
            for each in learned.counts:
                if isinstance(each, Count):
                    key = counter(learned.site, self.plugin.name, each.key)
                    shares[partition(each.key)].append((entry, key, pack(each.members, each.by, each.at)))
                    continue
                parts = self._parts_of(learned.site, each.name)
                records = pack(each.members, each.by, each.at)
                for place, member in enumerate(each.members):
                    bucket, start = total_bucket(member), place * RECORD
                    shares[bucket % PARTITIONS].append((entry, parts[bucket], records[start : start + RECORD]))
        await asyncio.gather(
            *(self._send(number, log_partition, share) for number, share in enumerate(shares) if share)
        )

    def _parts_of(self, site: str, name: str) -> list[str]:
        """The keys of a total's strings."""
        parts = self._parts.get((site, name))
        if parts is None:
            parts = [total(site, self.plugin.name, name, bucket) for bucket in range(TOTAL_BUCKETS)]
            self._parts[site, name] = parts
            self._totals |= dict.fromkeys(parts, Fading(float(self.plugin.totals[name])))
        return parts

    async def _send(self, number: int, log_partition: int, share: list[Added]) -> None:
        """Add one partition's records, which are in the order of their entries."""
        while share:
            records: dict[str, list[bytes]] = {}
            for _, key, added in share:
                records.setdefault(key, []).append(added)
            rows = [key for key in records if key not in self._totals]
            names = [*rows, *(key for key in records if key in self._totals)]
            args: list[Argument] = [log_partition, share[0][0], share[-1][0], len(rows)]
            args += [b"".join(records[key]) for key in names]
            answer = await _ADD(self.link, [applied(number, self.plugin.name), *names], args)
            if isinstance(answer, list):
                long = [key for key, length in zip(names, answer, strict=True) if length > self._longest(key)]
                await asyncio.gather(*map(self._merge, long))
                return
            marker = answer.decode()
            share = [each for each in share if each[0] > marker]

    def _longest(self, key: str) -> int:
        if key in self._totals:
            return max(LEAST_TOTAL, 2 * self._merged.get(key, 0))
        return longest(self._row.keep)

    async def _merge(self, key: str) -> None:
        """Put a merged row in place of a long one."""
        row: bytes = await self.link.call("GET", key) or b""
        fading = self._totals.get(key, self._row)
        merged = merge(row, fading.half_life, fading.keep)
        if key in self._totals:
            self._merged[key] = len(merged)
        await _REPLACE(self.link, [key], [row[:RECORD], len(row), merged])
