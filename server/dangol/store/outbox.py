"""The push outbox: one row per cause, and the order in which waiting rows are due.

A row goes queued → sending → accepted, failed or unknown; a retry takes it from sending back to queued. Claiming moves
a due row a lease ahead and writes the claimer's token into it, so that a dead dispatcher's rows come up again. The
first two digits of a row's key are its partition: the key alone finds it. A finished row is kept for a while; as long
as it is there, its cause can't make another.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, Literal, NamedTuple

import msgspec

from dangol.plugin import PushRequest
from dangol.store import keys
from dangol.store.link import Link
from dangol.store.script import Script
from dangol.store.wire import Argument

State = Literal["queued", "sending", "accepted", "delivered", "failed", "unknown"]
KEY = re.compile(r"[0-9a-f]{32}")
DAY = 86_400
LONGEST_TEXT = 500

# KEYS: row, due. ARGV: key, unix time due, then the row's fields and values. Answers with the state that was there.
_ENQUEUE = Script("""
local state = redis.call('HGET', KEYS[1], 'state')
if state then return state end
redis.call('HSET', KEYS[1], unpack(ARGV, 3))
redis.call('ZADD', KEYS[2], ARGV[2], ARGV[1])
return false
""")

# KEYS: row, due. ARGV: key, now, end of the lease, token. Answers with the row as it was, or with nothing.
_CLAIM = Script("""
local due = redis.call('ZSCORE', KEYS[2], ARGV[1])
if not due or tonumber(due) > tonumber(ARGV[2]) then return {} end
local row = redis.call('HGETALL', KEYS[1])
if #row == 0 then
  redis.call('ZREM', KEYS[2], ARGV[1])
  return {}
end
redis.call('HSET', KEYS[1], 'state', 'sending', 'token', ARGV[4], 'updated', ARGV[2])
redis.call('HINCRBY', KEYS[1], 'attempts', 1)
redis.call('ZADD', KEYS[2], ARGV[3], ARGV[1])
return row
""")

# KEYS: row, due. ARGV: key, token, milliseconds to keep the row, then fields and values.
_FINISH = Script("""
if redis.call('HGET', KEYS[1], 'token') ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], unpack(ARGV, 4))
redis.call('HDEL', KEYS[1], 'token')
redis.call('PEXPIRE', KEYS[1], ARGV[3])
redis.call('ZREM', KEYS[2], ARGV[1])
return 1
""")

# KEYS: row, due. ARGV: key, token, unix time due, then fields and values.
_RETRY = Script("""
if redis.call('HGET', KEYS[1], 'token') ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], unpack(ARGV, 4))
redis.call('HDEL', KEYS[1], 'token')
redis.call('ZADD', KEYS[2], ARGV[3], ARGV[1])
return 1
""")

# KEYS: row, due. ARGV: key.
_FORGET = Script("""
redis.call('DEL', KEYS[1])
redis.call('ZREM', KEYS[2], ARGV[1])
""")

_pack = msgspec.msgpack.Encoder().encode
_request = msgspec.msgpack.Decoder(PushRequest).decode
_params = msgspec.msgpack.Decoder(dict[str, Any]).decode


class Enqueued(NamedTuple):
    """Where a cause stands: `new` tells whether this call made the row."""

    key: str
    state: State
    new: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A push request in the outbox. Times are unix seconds; `params` are the channel's, as the definitions say them.
    In a row that was claimed, `state` is what it was before: "sending" when whoever had it never finished."""

    key: str
    state: State
    channel: str
    params: dict[str, Any]
    request: PushRequest
    attempts: int
    created: float
    updated: float
    reason: str = ""
    provider_id: str = ""


def key_of(site: str, cause: str, recipient: str) -> str:
    """The key of a cause: 32 hexadecimal digits, the first two of them the recipient's partition."""
    digest = sha256(_pack((site, cause, recipient))).hexdigest()
    return f"{keys.partition(recipient):02x}{digest[:30]}"


def partition(key: str) -> int | None:
    """The partition that a key names; None where no row can have such a key."""
    number = int(key[:2], 16) if KEY.fullmatch(key) else keys.PARTITIONS
    return number if number < keys.PARTITIONS else None


def _places(key: str) -> list[str]:
    number = partition(key)
    if number is None:
        raise ValueError(f"{key!r} is not the key of a push request; make one with `key_of`")
    return [keys.push(number, key), keys.due(number)]


async def enqueue(
    link: Link, request: PushRequest, channel: str, params: Mapping[str, Any], now: float, due: float | None = None
) -> Enqueued:
    """Make the row of `request.key`, unless there is one. It waits until `due`, at once where that is None."""
    fields: dict[str, Argument] = {
        "state": "queued",
        "channel": channel,
        "params": _pack(dict(params)),
        "request": _pack(request),
        "attempts": 0,
        "created": now,
        "updated": now,
    }
    pairs = [part for pair in fields.items() for part in pair]
    state = await _ENQUEUE(link, _places(request.key), [request.key, now if due is None else due, *pairs])
    return Enqueued(request.key, "queued", True) if state is None else Enqueued(request.key, state.decode(), False)


async def due(link: Link, number: int, now: float, limit: int) -> list[str]:
    """The keys of at most `limit` rows of a partition that are due, longest due first. Nobody holds them yet."""
    return [key.decode() for key in await link.call("ZRANGEBYSCORE", keys.due(number), "-inf", now, "LIMIT", 0, limit)]


async def claim(link: Link, due_keys: Sequence[str], now: float, lease: float, token: str) -> list[Row]:
    """Take those rows over for `lease` seconds that nobody else took meanwhile."""
    claims = (_CLAIM(link, _places(key), [key, now, now + lease, token]) for key in due_keys)
    replies: list[list[bytes]] = await asyncio.gather(*claims)
    rows = [_row(key, reply) for key, reply in zip(due_keys, replies, strict=True) if reply]
    return [replace(row, attempts=row.attempts + 1) for row in rows]


async def finish(
    link: Link,
    key: str,
    token: str,
    state: Literal["accepted", "delivered", "failed", "unknown"],
    now: float,
    *,
    reason: str = "",
    provider_id: str = "",
    keep: float = 90 * DAY,
) -> bool:
    """Close a row, and keep it for `keep` seconds. False where `token` holds it no longer."""
    told: list[Argument] = ["reason", _short(reason), "provider_id", _short(provider_id)]
    args: list[Argument] = [key, token, int(keep * 1000), "state", state, "updated", now, *told]
    return bool(await _FINISH(link, _places(key), args))


async def retry_at(
    link: Link, key: str, token: str, due: float, now: float, *, reason: str = "", attempts: int
) -> bool:
    """Let a row wait until `due`, with so many attempts made. False where `token` holds it no longer."""
    args: list[Argument] = [
        key,
        token,
        due,
        "state",
        "queued",
        "updated",
        now,
        "reason",
        _short(reason),
        "attempts",
        attempts,
    ]
    return bool(await _RETRY(link, _places(key), args))


async def read(link: Link, key: str) -> Row | None:
    """The row as it stands; None where there is none, also for a key that can't be."""
    if partition(key) is None:
        return None
    reply = await link.call("HGETALL", _places(key)[0])
    return _row(key, reply) if reply else None


async def every(link: Link) -> AsyncIterator[str]:
    """The keys of all rows that stand there throughout; one may come twice."""
    cursor = b"0"
    while True:
        cursor, found = await link.call("SCAN", cursor, "MATCH", keys.PUSHES, "COUNT", 1000)
        for name in found:
            yield name.decode().rpartition(":")[2]
        if cursor == b"0":
            return


async def forget(link: Link, key: str) -> None:
    """Delete a row, whatever its state. A message that is being sent just now still goes."""
    await _FORGET(link, _places(key), [key])


async def waiting(link: Link, number: int) -> int:
    """How many rows of a partition are not finished."""
    return int(await link.call("ZCARD", keys.due(number)))


def _short(text: str) -> bytes:
    """What a provider or a plugin said, whatever characters it used."""
    return text[:LONGEST_TEXT].encode(errors="replace")


def _row(key: str, reply: Sequence[bytes]) -> Row:
    fields = {name.decode(): value for name, value in zip(reply[::2], reply[1::2], strict=True)}
    return Row(
        key=key,
        state=fields["state"].decode(),  # type: ignore[arg-type]  # only this module writes it
        channel=fields["channel"].decode(),
        params=_params(fields["params"]),
        request=_request(fields["request"]),
        attempts=int(fields["attempts"]),
        created=float(fields["created"]),
        updated=float(fields["updated"]),
        reason=fields.get("reason", b"").decode(errors="replace"),
        provider_id=fields.get("provider_id", b"").decode(errors="replace"),
    )
