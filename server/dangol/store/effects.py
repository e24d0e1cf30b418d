"""Figures of campaigns: sums over shoppers, each entry of the log added exactly once.

As with recommenders' counters, the last entry that is in there stands beside the figures, for every partition of the
log, and changes in the same script. The figures of a campaign are in one hash for each month of entry, so what is
counted of a campaign lapses by itself some time after its last change; a field is a cell, or names the shares by which
arms were drawn.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import msgspec

from dangol.effects.figures import Cell, Figures, cells_of, figures_of
from dangol.protocol.event import Credit
from dangol.store import keys
from dangol.store.link import Link
from dangol.store.log import sortable
from dangol.store.script import Script

KEPT = 400 * 86_400
"""Seconds for which figures are kept after their last change."""

SHARES = "="
"""What the fields begin with that tell shares."""

# KEYS: markers, hashes of figures. ARGV: the log's partition; seconds to live; MessagePack of
# [entry id, [[hash, field, [sums]], ...], [[hash, field, text], ...]], ... where a hash is a place in KEYS.
_APPLY = Script("""
local marker = redis.call('HGET', KEYS[1], ARGV[1]) or ''
local before = marker
for _, entry in ipairs(cmsgpack.unpack(ARGV[3])) do
  if entry[1] > marker then
    for _, change in ipairs(entry[2]) do
      local key, field, sums = KEYS[change[1]], change[2], change[3]
      local known = redis.call('HGET', key, field)
      if known then
        for place, sum in ipairs(cmsgpack.unpack(known)) do sums[place] = sums[place] + sum end
      end
      redis.call('HSET', key, field, cmsgpack.pack(sums))
    end
    for _, text in ipairs(entry[3]) do redis.call('HSETNX', KEYS[text[1]], text[2], text[3]) end
    marker = entry[1]
  end
end
if marker ~= before then
  redis.call('HSET', KEYS[1], ARGV[1], marker)
  for place = 2, #KEYS do redis.call('EXPIRE', KEYS[place], ARGV[2]) end
end
""")

_pack = msgspec.msgpack.Encoder().encode
_sums = msgspec.msgpack.Decoder(list[int | float]).decode  # Lua's, of more than 63 bits, are floats
_shares = msgspec.json.Decoder(dict[str, float]).decode


@dataclass(frozen=True, slots=True)
class Credited:
    """What one entry of the log adds: its stream id, its site, and the credits."""

    id: str
    site: str
    credits: Sequence[Credit]


@dataclass(slots=True)
class _Share:
    """What a batch adds to one partition's figures."""

    keys: dict[str, int]
    entries: dict[str, tuple[list[tuple[int, str, Figures]], list[tuple[int, str, str]]]] = field(
        default_factory=lambda: defaultdict(lambda: ([], []))
    )

    def add(self, entry_id: str, site: str, credit: Credit) -> None:
        name = keys.effect(site, credit.campaign, _month(date.fromordinal(credit.day)))
        place = self.keys.setdefault(name, len(self.keys) + 1)
        sums, texts = self.entries[entry_id]
        added = figures_of(credit)
        sums.extend((place, _field(cell), added) for cell in cells_of(credit))
        if credit.shares:
            texts.append((place, SHARES + credit.draw, msgspec.json.encode(credit.shares).decode()))


async def apply(link: Link, log_partition: int, batch: Iterable[Credited]) -> None:
    """Add what consecutive entries of one partition of the log tell. Repeat it until it returns: what was added already
    is left out."""
    shares: dict[int, _Share] = {}
    for credited in batch:
        for credit in credited.credits:
            number = keys.partition(credit.campaign)
            if number not in shares:
                shares[number] = _Share({keys.effects_applied(number): 1})
            shares[number].add(sortable(credited.id), credited.site, credit)
    await asyncio.gather(*(_add(link, log_partition, share) for share in shares.values()))


async def _add(link: Link, log_partition: int, share: _Share) -> None:
    told = [(entry_id, *each) for entry_id, each in share.entries.items()]
    await _APPLY(link, list(share.keys), [log_partition, KEPT, _pack(told)])


@dataclass(frozen=True, slots=True)
class Counted:
    """All that is counted of a campaign: sums by cell, and the shares by which the arms of each draw were drawn."""

    cells: dict[Cell, Figures]
    shares: dict[str, dict[str, float]]


async def read(link: Link, site: str, campaign: str, now: float) -> Counted:
    """The figures at `now`, unix seconds."""
    names = _names(site, campaign, now)
    hashes = await asyncio.gather(*(link.call("HGETALL", name) for name in names))
    return await asyncio.to_thread(_counted, hashes)  # of a long campaign with many segments they are many


def _counted(hashes: Iterable[Sequence[bytes]]) -> Counted:
    counted = Counted({}, {})
    for flat in hashes:
        for name, value in zip(flat[::2], flat[1::2], strict=True):
            text = name.decode()
            if text.startswith(SHARES):
                counted.shares[text.removeprefix(SHARES)] = _shares(value)
            else:
                day, draw, arm, segment = text.split(" ")
                counted.cells[Cell(int(day), draw, arm, segment)] = Figures(*map(int, _sums(value)))
    return counted


async def forget(link: Link, site: str, campaign: str, now: float) -> bool:
    """Delete what is counted of a campaign; what its shoppers do from then on is counted again. Returns whether there
    was anything."""
    return bool(await link.call("DEL", *_names(site, campaign, now)))


def _names(site: str, campaign: str, now: float) -> list[str]:
    """The hashes that there may be at `now`."""
    day = date.fromtimestamp(now) + timedelta(days=2)  # a time zone ahead, an order told a day too early
    oldest = date.fromtimestamp(now - KEPT) - timedelta(days=62)  # a window, and some days
    names = []
    while day >= oldest:
        names.append(keys.effect(site, campaign, _month(day)))
        day = day.replace(day=1) - timedelta(days=1)
    return names


def _month(day: date) -> str:
    return f"{day:%Y-%m}"


def _field(cell: Cell) -> str:
    return f"{cell.day} {cell.draw} {cell.arm} {cell.segment}"
