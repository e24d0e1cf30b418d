"""Generations of past orders: made beside the one in force, put in its place in one step, or not at all.

One process makes one at a time and says so again and again; where it falls silent, the next one takes its place and
removes what it left. What is known of each is kept under its name from before its first row is written, so nothing is
ever left that nobody finds.
"""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from types import TracebackType
from typing import Final, NamedTuple, Self

from msgspec import Struct, field, json

from dangol.errors import DangolError, Unavailable
from dangol.store import keys
from dangol.store.link import Link
from dangol.store.script import Script

SILENT: Final = 60
"""Seconds after which a generation that nobody goes on with is given up."""

FORMER: Final = 60
"""Seconds for which the former generation can still be read by those who do not know yet."""

EVERY: Final = 1.0
"""Seconds between two reports of how far one is."""

AT_ONCE: Final = 500
STEP: Final = 1_000
"""Names that one step of a scan looks at."""

# KEYS: made, generations. ARGV: generation, seconds, unix time. Answers 0 while another is being made.
_BEGIN = Script("""
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
redis.call('HSET', KEYS[1], 'generation', ARGV[1], 'since', ARGV[3], 'stage', '', 'percent', '0')
redis.call('EXPIRE', KEYS[1], ARGV[2])
redis.call('HSET', KEYS[2], ARGV[1], '')
return 1
""")

# KEYS: made. ARGV: generation, seconds, stage, percent. Answers 0 where somebody else has taken its place.
_REPORT = Script("""
if redis.call('HGET', KEYS[1], 'generation') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'stage', ARGV[3], 'percent', ARGV[4])
redis.call('EXPIRE', KEYS[1], ARGV[2])
return 1
""")

# KEYS: made, generations, the catalogue's state. ARGV: generation, what is known of it.
_PUT_IN_FORCE = Script("""
if redis.call('HGET', KEYS[1], 'generation') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
redis.call('HSET', KEYS[3], 'orders', ARGV[1])
redis.call('DEL', KEYS[1])
return 1
""")

# KEYS: made, generations. ARGV: generation.
_GIVE_UP = Script("""
redis.call('HDEL', KEYS[2], ARGV[1])
if redis.call('HGET', KEYS[1], 'generation') == ARGV[1] then redis.call('DEL', KEYS[1]) end
""")


class Busy(DangolError):
    """Past orders of the site are being loaded by somebody else."""


class Loaded(Struct, frozen=True):
    """What is known of a generation: when it was made (unix seconds), of which `rows` of files, how many `orders` and
    `lines` were learned from, placed from `first` to `last` (unix seconds), lines that were `left` out by reason, how
    many rows of counts there are and their bytes."""

    generation: str = ""
    made: int = 0
    rows: int = 0
    refused: int = 0
    orders: int = 0
    lines: int = 0
    first: int = 0
    last: int = 0
    left: dict[str, int] = field(default_factory=dict)
    counts: int = 0
    bytes: int = 0


class Making(NamedTuple):
    """A generation that is being made, since a unix time, and how far it is."""

    generation: str
    since: int
    stage: str
    percent: int


class Status(NamedTuple):
    """How a site's past orders stand: what is in force, what is being made, and generations that somebody left."""

    in_force: Loaded | None
    making: Making | None
    left_behind: Sequence[str]


_decode = json.Decoder(Loaded).decode


async def status(link: Link, site: str) -> Status:
    """How past orders stand."""
    in_force, known, made = await asyncio.gather(
        link.call("HGET", keys.catalogue_state(site), "orders"),
        link.call("HGETALL", keys.generations(site)),
        link.call("HGETALL", keys.generation_made(site)),
    )
    of = {name.decode(): told for name, told in zip(known[::2], known[1::2], strict=True)}
    fields = {name.decode(): value.decode() for name, value in zip(made[::2], made[1::2], strict=True)}
    making = None
    if fields:
        making = Making(fields["generation"], int(fields["since"]), fields["stage"], int(fields["percent"]))
    now = (in_force or b"").decode()
    left = [name for name in of if name not in (now, making.generation if making else "")]
    return Status(_decode(of[now]) if of.get(now) else None, making, left)


class Generation:
    """A generation in the making; a context that leaves nothing behind, unless it is put in force or killed."""

    def __init__(self, link: Link, site: str) -> None:
        self._link, self._site = link, site
        self.name = secrets.token_hex(8)
        self._made, self._known = keys.generation_made(site), keys.generations(site)
        self._is_in_force = False
        self._stage = ""
        self._reported = 0.0

    async def __aenter__(self) -> Self:
        """Begin, and remove what others left behind. Raises `Busy`."""
        if not await _BEGIN(self._link, [self._made, self._known], [self.name, SILENT, int(time.time())]):
            making = (await status(self._link, self._site)).making
            how_far = f", {making.stage} ({making.percent} %)" if making else ""
            raise Busy(f"past orders of {self._site} are being loaded already{how_far}; try again after that")
        for name in (await status(self._link, self._site)).left_behind:
            await self._remove(name)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        if not self._is_in_force:
            await self._remove(self.name)

    async def report(self, stage: str, percent: int) -> None:
        """Tell how far it is: each stage, and within it once in a while. Raises `Unavailable` where somebody else took
        its place."""
        now = time.monotonic()
        if stage == self._stage and now < self._reported + EVERY:
            return
        self._stage, self._reported = stage, now
        if not await _REPORT(self._link, [self._made], [self.name, SILENT, stage, percent]):
            raise Unavailable(f"nothing was heard of this load for {SILENT} s, so it was given up; nothing was changed")

    async def write(self, rows: Mapping[str, bytes]) -> None:
        """Rows and totals under their names. Raises `Unavailable`, also where the store is full."""
        named = list(rows.items())
        for start in range(0, len(named), AT_ONCE):
            await asyncio.gather(*(self._link.call("SET", *each) for each in named[start : start + AT_ONCE]))

    async def put_in_force(self, loaded: Loaded) -> None:
        """Let all read this one instead of the one before, which goes after `FORMER` seconds. Raises `Unavailable`."""
        former = (await status(self._link, self._site)).in_force
        names = [self._made, self._known, keys.catalogue_state(self._site)]
        if not await _PUT_IN_FORCE(self._link, names, [self.name, json.encode(loaded)]):
            raise Unavailable(f"nothing was heard of this load for {SILENT} s, so it was given up; nothing was changed")
        self._is_in_force = True
        if former:
            await self._remove(former.generation, FORMER)

    async def _remove(self, name: str, seconds: int = 0) -> None:
        async for found in self._names(name):
            calls = (("EXPIRE", each, seconds) if seconds else ("UNLINK", each) for each in found)
            await asyncio.gather(*(self._link.call(*each) for each in calls))
        await _GIVE_UP(self._link, [self._made, self._known], [name])

    async def _names(self, name: str) -> AsyncIterator[list[bytes]]:
        cursor = b"0"
        while True:
            reply = await self._link.call("SCAN", cursor, "MATCH", keys.of_generation(self._site, name), "COUNT", STEP)
            cursor, found = reply
            yield found
            if cursor == b"0":
                return
