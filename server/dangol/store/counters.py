"""Recommenders' counters: sums of what the event log taught, each entry counted exactly once.

Beside its counters each partition keeps, for every partition of the log, the last entry that it holds. Both change in
one script, so whatever is applied a second time, whole or in part, is skipped. This needs entries to arrive in the
order of the log, which the reader's lease and its "pending first" see to.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isfinite

import msgspec

from dangol.errors import Invalid, Problem
from dangol.plugin import Count
from dangol.store.keys import applied, counter, partition
from dangol.store.link import Link
from dangol.store.log import sortable
from dangol.store.script import Script

LONGEST_NAME = 200
LARGEST = 1e290  # sums stay far from infinity, which an increment could turn into NaN half way through a script
MOST_KEPT = 10_000

# KEYS: markers, counters. ARGV: the log's partition; MessagePack of [entry id, [[counter, member, by, keep], ...]], ...
# where `counter` is a place in KEYS. A counter may grow to twice what it keeps before it is cut, so that a newcomer
# has time to rise.
_APPLY = Script("""
local marker = redis.call('HGET', KEYS[1], ARGV[1]) or ''
local applied = 0
for _, entry in ipairs(cmsgpack.unpack(ARGV[2])) do
  if entry[1] > marker then
    for _, count in ipairs(entry[2]) do
      local key = KEYS[count[1]]
      redis.call('ZINCRBY', key, count[3], count[2])
      if redis.call('ZCARD', key) > 2 * count[4] then redis.call('ZREMRANGEBYRANK', key, 0, -(count[4] + 1)) end
    end
    marker = entry[1]
    applied = applied + 1
  end
end
if applied > 0 then redis.call('HSET', KEYS[1], ARGV[1], marker) end
return applied
""")

_pack = msgspec.msgpack.Encoder().encode


@dataclass(frozen=True, slots=True)
class Learned:
    """What one entry of the log adds: its stream id, its site, and the counts."""

    id: str
    site: str
    counts: Sequence[Count]


def check(counts: Iterable[Count]) -> None:
    """Raises `Invalid` naming every count that the store could not add."""
    problems = [
        Problem(
            f"counts[{number}]", count, "a count with names of 1 to 200 characters, a finite `by`, `keep` 1 to 10000"
        )
        for number, count in enumerate(counts)
        if not _is_sound(count)
    ]
    if problems:
        raise Invalid(problems)


def _is_sound(count: object) -> bool:
    return (
        isinstance(count, Count)
        and all(isinstance(name, str) and 0 < len(name) <= LONGEST_NAME for name in (count.key, count.member))
        and isinstance(count.by, int | float)
        and isfinite(count.by)
        and abs(count.by) <= LARGEST
        and isinstance(count.keep, int)
        and 0 < count.keep <= MOST_KEPT
    )


class _Share:
    """What a batch adds to one partition's counters."""

    def __init__(self, markers: str) -> None:
        self.keys: dict[str, int] = {markers: 1}
        self.entries: dict[str, list[tuple[int, str, float, int]]] = {}

    def add(self, entry_id: str, key: str, count: Count) -> None:
        place = self.keys.setdefault(key, len(self.keys) + 1)
        self.entries.setdefault(entry_id, []).append((place, count.member, float(count.by), count.keep))


def _shares(plugin: str, batch: Iterable[Learned]) -> dict[int, _Share]:
    shares: dict[int, _Share] = {}
    for learned in batch:
        entry_id = sortable(learned.id)
        for count in learned.counts:
            number = partition(count.key)
            share = shares.setdefault(number, _Share(applied(number, plugin)))
            share.add(entry_id, counter(learned.site, plugin, count.key), count)
    return shares


async def apply(link: Link, plugin: str, log_partition: int, batch: Sequence[Learned]) -> None:
    """Add the counts of consecutive entries of one partition of the log. Repeat it until it returns: what was added
    already is left out. Raises `Invalid` for counts that can't be added, before anything is."""
    check(count for learned in batch for count in learned.counts)
    await asyncio.gather(
        *(
            _APPLY(link, list(share.keys), [log_partition, _pack(list(share.entries.items()))])
            for share in _shares(plugin, batch).values()
        )
    )


@dataclass(frozen=True, slots=True)
class Counters:
    """A recommender's own counters for one site, as `dangol.plugin.Counts`."""

    link: Link
    site: str
    plugin: str

    async def top(self, keys: Sequence[str], count: int) -> Sequence[Sequence[tuple[str, float]]]:
        """For each key its `count` highest members with their sums, highest first."""
        if count <= 0:
            return [[] for _ in keys]
        return await asyncio.gather(*(self._top(key, count) for key in keys))

    async def _top(self, key: str, count: int) -> list[tuple[str, float]]:
        name = counter(self.site, self.plugin, key)
        reply = await self.link.call("ZREVRANGE", name, 0, count - 1, "WITHSCORES")
        return [(member.decode(), float(score)) for member, score in zip(reply[::2], reply[1::2], strict=True)]
