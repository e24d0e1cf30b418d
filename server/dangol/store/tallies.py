"""Tallies' marks: who did something lately, so that people can be counted and each counts once.

Under each key stands a sorted set of people by the time of their latest mark. A mark only ever moves a time forward,
so what is applied twice changes nothing, and the number of people since any moment is exact as long as there are fewer
than `MOST`. Beyond that it is too small, never too large. People are kept as digests that lead back to nobody.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2s
from math import isfinite

import msgspec

from dangol.errors import Invalid, Problem
from dangol.plugin import Mark
from dangol.store.keys import partition, tally
from dangol.store.link import Link
from dangol.store.script import Script

MINUTES = 7 * 24 * 60
MOST = 5_000
LONGEST_NAME = 200
MOST_FORMER = 10
DIGEST = 8  # bytes; two of 5,000 people share one once in a million million

# KEYS: the sets. ARGV: MessagePack of [[place in KEYS, who, at, undone, former whos], ...], seconds kept, how many are
# kept. What is undone goes if nothing came after it.
_APPLY = Script("""
for _, mark in ipairs(cmsgpack.unpack(ARGV[1])) do
  local key, who, at, undone, formerly = KEYS[mark[1]], mark[2], mark[3], mark[4], mark[5]
  if undone then
    if tonumber(redis.call('ZSCORE', key, who) or 0) == at then redis.call('ZREM', key, who) end
  else
    if #formerly > 0 then redis.call('ZREM', key, unpack(formerly)) end
    redis.call('ZADD', key, 'GT', at, who)
  end
end
for _, key in ipairs(KEYS) do
  local latest = tonumber(redis.call('ZRANGE', key, -1, -1, 'WITHSCORES')[2])
  if latest then
    redis.call('ZREMRANGEBYSCORE', key, '-inf', '(' .. (latest - ARGV[2]))
    redis.call('ZREMRANGEBYRANK', key, 0, -(ARGV[3] + 1))
    redis.call('EXPIRE', key, ARGV[2])
  end
end
return 1
""")

_pack = msgspec.msgpack.Encoder().encode

Packed = tuple[int, str, float, bool, list[str]]


@dataclass(frozen=True, slots=True)
class Marked:
    """What one entry of the log leaves behind at a site."""

    site: str
    marks: Sequence[Mark]


def check(marks: Iterable[Mark], now: float) -> None:
    """Raises `Invalid` naming every mark that can't be kept; `now` is the unix time of the entry that it came from."""
    expected = f"a mark with names of 1 to {LONGEST_NAME} characters and a unix time no later than the entry's"
    problems = [
        Problem(f"marks[{number}]", mark, expected) for number, mark in enumerate(marks) if not _is_sound(mark, now)
    ]
    if problems:
        raise Invalid(problems)


def _is_sound(mark: object, now: float) -> bool:
    return (
        isinstance(mark, Mark)
        and isinstance(mark.formerly, list | tuple)
        and len(mark.formerly) <= MOST_FORMER
        and all(
            isinstance(name, str) and 0 < len(name) <= LONGEST_NAME for name in (mark.key, mark.who, *mark.formerly)
        )
        and isinstance(mark.undone, bool)
        and isinstance(mark.at, int | float)
        and isfinite(mark.at)
        and 0 < mark.at <= now + 1
    )


async def apply(link: Link, plugin: str, batch: Iterable[Marked]) -> None:
    """Leave checked marks. Repeat it until it returns."""
    by_partition: dict[int, tuple[dict[str, int], list[Packed]]] = {}
    for each in batch:
        for mark in each.marks:
            places, marks = by_partition.setdefault(partition(mark.key), ({}, []))
            place = places.setdefault(tally(each.site, plugin, mark.key), len(places) + 1)
            marks.append((place, who(mark.who), float(mark.at), mark.undone, [who(each) for each in mark.formerly]))
    calls = (_APPLY(link, list(places), [_pack(marks), MINUTES * 60, MOST]) for places, marks in by_partition.values())
    await asyncio.gather(*calls)


def who(name: str) -> str:
    """What is kept of a person."""
    return blake2s(name.encode(), digest_size=DIGEST).hexdigest()


@dataclass(frozen=True, slots=True)
class Tallied:
    """A tally's own marks for one site, as `dangol.plugin.Marks`."""

    link: Link
    site: str
    plugin: str

    async def people(self, key: str, since: float) -> int:
        """How many people have a mark under `key` since the unix time."""
        return int(await self.link.call("ZCOUNT", tally(self.site, self.plugin, key), since, "+inf"))
