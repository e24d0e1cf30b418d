"""The event log as jobs read it: a consumer group for each job on every partition's stream.

A partition of a job has one reader at a time, the holder of the lease `keys.lead`. Every step checks the lease inside
the store, so a reader that slept through the end of its lease can't acknowledge or park anything.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import msgspec
from redis.exceptions import ResponseError

from dangol.errors import DangolError
from dangol.protocol.event import Entry, Head
from dangol.store import keys
from dangol.store.link import Link
from dangol.store.script import Script
from dangol.store.wire import Argument

FIRST = "0-0"
"""An id before all entries."""

PARKED_LIMIT = 1000
"""Entries that a partition keeps parked; the oldest go first."""

# KEYS: log, lease. ARGV: lease token, group, most entries, where to start ("0": pending, ">": new). All readers go by
# the same name, so that who takes over sees what its predecessor left pending.
_READ = Script("""
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return false end
local reply = redis.call('XREADGROUP', 'GROUP', ARGV[2], 'worker', 'COUNT', ARGV[3], 'STREAMS', KEYS[1], ARGV[4])
local found = {}
if not reply then return found end
for _, entry in ipairs(reply[1][2]) do
  local payload, tries = '', 1
  if entry[2] then payload = entry[2][2] end
  if ARGV[4] ~= '>' then
    local pending = redis.call('XPENDING', KEYS[1], ARGV[2], entry[1], entry[1], 1)
    tries = pending[1][4]
  end
  found[#found + 1] = {entry[1], payload, tries}
end
return found
""")

# KEYS: log, lease. ARGV: lease token, group, ids.
_ACKNOWLEDGE = Script("""
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return false end
return redis.call('XACK', KEYS[1], ARGV[2], unpack(ARGV, 3))
""")

# KEYS: log, lease, parked. ARGV: lease token, group, id, payload, reason, most parked.
_PARK = Script("""
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return false end
redis.call('XADD', KEYS[3], 'MAXLEN', ARGV[6], '*', 'job', ARGV[2], 'id', ARGV[3], 'reason', ARGV[5], 'e', ARGV[4])
return redis.call('XACK', KEYS[1], ARGV[2], ARGV[3])
""")

# KEYS: log. ARGV: unix milliseconds before which entries may go. Answers with the number of deleted entries, then the
# name and backlog of each group. An id's number within its millisecond is small, so doubles hold both parts.
_TRIM = Script("""
if redis.call('EXISTS', KEYS[1]) == 0 then return {0} end
local function parse(id)
  local ms, seq = string.match(id, '(%d+)-(%d+)')
  return {tonumber(ms), tonumber(seq)}
end
local function before(a, b) return a[1] < b[1] or (a[1] == b[1] and a[2] < b[2]) end
local floor = {tonumber(ARGV[1]), 0}
local answer = {0}
for _, flat in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
  local group = {}
  for i = 1, #flat, 2 do group[flat[i]] = flat[i + 1] end
  local needed = parse(group['last-delivered-id'])
  needed[2] = needed[2] + 1
  if group['pending'] > 0 then needed = parse(redis.call('XPENDING', KEYS[1], group['name'])[2]) end
  if before(needed, floor) then floor = needed end
  answer[#answer + 1] = group['name']
  answer[#answer + 1] = (group['lag'] or redis.call('XLEN', KEYS[1])) + group['pending']
end
if #answer > 1 then
  answer[1] = redis.call('XTRIM', KEYS[1], 'MINID', string.format('%.0f-%.0f', floor[1], floor[2]))
end
return answer
""")

_decode = msgspec.msgpack.Decoder(Entry).decode
_decode_head = msgspec.msgpack.Decoder(Head).decode

T = TypeVar("T")
logger = logging.getLogger(__name__)


class LeaseLost(DangolError):
    """Another worker runs this partition of the job now, or nobody does."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """An entry as it was handed to a job: its id, its document, and how often it was handed over, now included."""

    id: str
    payload: bytes
    tries: int

    def entry(self) -> Entry:
        """The decoded document. Raises msgspec.MsgspecError where it can't be read."""
        return _decode(self.payload)


@dataclass(frozen=True, slots=True)
class Reader:
    """One partition of one job, read under the lease of `token`. All methods raise `LeaseLost` once it is over."""

    link: Link
    job: str
    number: int
    token: str

    async def open(self) -> None:
        """Make the group where there is none, from the first entry that the log still has."""
        try:
            await self.link.call("XGROUP", "CREATE", keys.log(self.number), self.job, "0", "MKSTREAM")
        except ResponseError as error:
            if not str(error).startswith("BUSYGROUP"):
                raise

    async def pending(self) -> Delivery | None:
        """The oldest entry that was handed out and not acknowledged; each call counts as one try."""
        found = await self._read(1, "0")
        return found[0] if found else None

    async def new(self, limit: int) -> list[Delivery]:
        """The next entries in order, at most `limit`."""
        return await self._read(limit, ">")

    async def _read(self, limit: int, start: str) -> list[Delivery]:
        log, lease = keys.log(self.number), keys.lead(self.number, self.job)
        found = await _READ(self.link, [log, lease], [self.token, self.job, limit, start])
        if found is None:
            raise LeaseLost(f"{self.job}, partition {self.number}")
        return [Delivery(entry_id.decode(), payload, tries) for entry_id, payload, tries in found]

    async def acknowledge(self, ids: Sequence[str]) -> None:
        """Mark entries as done."""
        log, lease = keys.log(self.number), keys.lead(self.number, self.job)
        if ids and await _ACKNOWLEDGE(self.link, [log, lease], [self.token, self.job, *ids]) is None:
            raise LeaseLost(f"{self.job}, partition {self.number}")

    async def park(self, delivery: Delivery, reason: str) -> None:
        """Put an entry that can't be handled aside, and go on behind it."""
        log, lease = keys.log(self.number), keys.lead(self.number, self.job)
        parked = keys.parked(self.number)
        args: list[Argument] = [self.token, self.job, delivery.id, delivery.payload, reason, PARKED_LIMIT]
        if await _PARK(self.link, [log, lease, parked], args) is None:
            raise LeaseLost(f"{self.job}, partition {self.number}")


async def length(link: Link, number: int) -> int:
    """How many entries a partition's log has."""
    return int(await link.call("XLEN", keys.log(number)))


async def between(link: Link, number: int, after: str, until: str, limit: int) -> list[tuple[str, bytes]]:
    """The ids and documents of the first entries with after < id <= until, at most `limit`."""
    found = await link.call("XRANGE", keys.log(number), f"({after}", until, "COUNT", limit)
    return [(entry_id.decode(), fields[1]) for entry_id, fields in found]


async def reach(link: Link, number: int) -> tuple[int, str]:
    """Since when the log has everything that happened in this partition, in unix seconds (0: from the first event
    on), and the id of its last entry."""
    try:
        flat = await link.call("XINFO", "STREAM", keys.log(number))
    except ResponseError as error:
        if "no such key" in str(error):
            return 0, FIRST
        raise
    about = dict(zip(flat[::2], flat[1::2], strict=True))
    last = about[b"last-generated-id"].decode()
    if about[b"entries-added"] == about[b"length"]:
        return 0, last
    oldest = about[b"first-entry"]
    return int((oldest[0].decode() if oldest else last).partition("-")[0]) // 1000, last


def sortable(entry_id: str) -> str:
    """A stream id whose order as text is its order in time."""
    milliseconds, _, sequence = entry_id.partition("-")
    return f"{milliseconds:0>20}-{sequence:0>20}"


async def trim(link: Link, number: int, retention: float) -> tuple[int, dict[str, int]]:
    """Delete what every job has and what is older than `retention` seconds.

    Returns how many entries were deleted, and for each job how many wait for it. A log that no job reads yet keeps all.
    """
    removed, *groups = await _TRIM(link, [keys.log(number)], [int((time.time() - retention) * 1000)])
    names, backlogs = groups[::2], groups[1::2]
    return removed, {name.decode(): backlog for name, backlog in zip(names, backlogs, strict=True)}


async def forget(link: Link, number: int, job: str) -> bool:
    """Take a job out for good, so that the log no longer waits for it. Returns whether it was there."""
    try:
        return bool(await link.call("XGROUP", "DESTROY", keys.log(number), job))
    except ResponseError as error:
        if "requires the key to exist" in str(error):
            return False
        raise


def entry(payload: bytes) -> Entry | None:
    """A logged entry; None, and a line in the log, for one that can't be decoded: it stands in nobody's way."""
    return _passed_over(_decode, payload)


def head(payload: bytes) -> Head | None:
    """Whose an entry is and when it was made, as `entry` reads it."""
    return _passed_over(_decode_head, payload)


def _passed_over(decode: Callable[[bytes], T], payload: bytes) -> T | None:
    try:
        return decode(payload)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        logger.error("an entry of the log is passed over, since it can't be decoded: %s", error)
        return None
