"""Draws: finding the recipients of a slot or of a manual send, partition by partition.

A draw is open until every partition has told what it found. What a partition did not finish is done again from its
beginning by whoever has the partition then: a push request is made once by its key, so nobody gets two.
"""

from typing import Literal

import msgspec
from msgspec import Struct

from dangol.store import keys
from dangol.store.link import Link
from dangol.store.script import Script
from dangol.store.wire import Argument

KEPT = 100 * 86_400
"""Seconds for which what was drawn can be looked up."""


class Draw(Struct, array_like=True, frozen=True):
    """What is to be drawn from the unix time `due` on: the members of the columns that match the `campaign`'s audience
    and were seen `since`, or the rows of the file of the manual send that `campaign` names (send:<id>). `slot` is the
    schedule's. `version` is that of the site's definitions which it was opened by."""

    id: str
    site: str
    campaign: str
    source: Literal["columns", "rows"]
    due: float
    slot: int = 0
    since: float = 0.0
    version: int = 0


class Drawn(Struct, array_like=True, frozen=True):
    """What one partition found: how many `matched`, of whom some had got it `already`; all others were queued. With
    `failed` 1 it was given up."""

    matched: int = 0
    already: int = 0
    failed: int = 0


# KEYS: drawn, draws. ARGV: partition, what it found, seconds, id, partitions. Answers whether the draw is over.
_DONE = Script("""
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[3])
if redis.call('HLEN', KEYS[1]) < tonumber(ARGV[5]) then return 0 end
redis.call('HDEL', KEYS[2], ARGV[4])
return 1
""")

encode = msgspec.msgpack.Encoder().encode
_draw = msgspec.msgpack.Decoder(Draw).decode
_drawn = msgspec.msgpack.Decoder(Drawn).decode


async def begin(link: Link, draw: Draw) -> None:
    """Open a draw; again changes nothing."""
    await link.call("HSETNX", keys.DRAWS, draw.id, encode(draw))


async def under_way(link: Link) -> list[Draw]:
    """All that are open, those that wait for their time among them."""
    return [_draw(raw) for raw in await link.call("HVALS", keys.DRAWS)]


async def finish(link: Link, draw: Draw, number: int, drawn: Drawn) -> bool:
    """A partition is done; True where it is the last one and the draw is over."""
    args: list[Argument] = [number, encode(drawn), KEPT, draw.id, keys.PARTITIONS]
    return bool(await _DONE(link, [keys.drawn(draw.id), keys.DRAWS], args))


async def drop(link: Link, id: str) -> None:
    """Draw no more."""
    await link.call("HDEL", keys.DRAWS, id)


async def found(link: Link, id: str) -> dict[int, Drawn]:
    """What the partitions that are done have found."""
    flat = await link.call("HGETALL", keys.drawn(id))
    return {int(number): _drawn(raw) for number, raw in zip(flat[::2], flat[1::2], strict=True)}


def total(parts: dict[int, Drawn]) -> Drawn:
    """The sum over partitions."""
    return Drawn(*(sum(getattr(part, name) for part in parts.values()) for name in Drawn.__struct_fields__))


def slot_id(site: str, campaign: str, slot: int) -> str:
    """The name of a slot's draw."""
    return f"{site}:{campaign}:{slot}"


def is_over(parts: dict[int, Drawn]) -> bool:
    """Whether every partition is done."""
    return len(parts) == keys.PARTITIONS
