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

HOURS = 72
MOST = 2_000
LONGEST_NAME = 200
DIGEST = 8  # bytes; two of 2,000 people share one once in nine million million

# KEYS: the sets. ARGV: MessagePack of [[place in KEYS, who, at], ...], seconds kept, how many are kept.
_APPLY = Script("""
for _, mark in ipairs(cmsgpack.unpack(ARGV[1])) do
  redis.call('ZADD', KEYS[mark[1]], 'GT', mark[3], mark[2])
end
for _, key in ipairs(KEYS) do
  local latest = tonumber(redis.call('ZRANGE', key, -1, -1, 'WITHSCORES')[2])
  redis.call('ZREMRANGEBYSCORE', key, '-inf', '(' .. (latest - ARGV[2]))
  redis.call('ZREMRANGEBYRANK', key, 0, -(ARGV[3] + 1))
  redis.call('EXPIRE', key, ARGV[2])
end
return 1
""")

_pack = msgspec.msgpack.Encoder().encode


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
        and all(isinstance(name, str) and 0 < len(name) <= LONGEST_NAME for name in (mark.key, mark.who))
        and isinstance(mark.at, int | float)
        and isfinite(mark.at)
        and 0 < mark.at <= now + 1
    )


async def apply(link: Link, plugin: str, batch: Iterable[Marked]) -> None:
    """Leave checked marks. Repeat it until it returns."""
    by_partition: dict[int, tuple[dict[str, int], list[tuple[int, str, float]]]] = {}
    for each in batch:
        for mark in each.marks:
            places, marks = by_partition.setdefault(partition(mark.key), ({}, []))
            place = places.setdefault(tally(each.site, plugin, mark.key), len(places) + 1)
            marks.append((place, who(mark.who), float(mark.at)))
    calls = (_APPLY(link, list(places), [_pack(marks), HOURS * 3600, MOST]) for places, marks in by_partition.values())
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
