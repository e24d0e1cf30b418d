"""Manual sends: a message and its recipients, who are an audience or the rows of a file."""

import time
from collections.abc import Callable, Sequence
from typing import Literal

import msgspec
from msgspec import Struct, field

from dangol.definitions.model import MessageUse
from dangol.store import draws, keys
from dangol.store.draws import Draw
from dangol.store.link import Link
from dangol.store.script import Script

PREFIX = "send:"
"""What a push request's `campaign` begins with that belongs to a manual send."""

KEPT = 100 * 86_400
MOST = 1000
REMEMBERED = 1.0
"""Seconds for which a process may go by what it has read."""


class Send(Struct, array_like=True, frozen=True):
    """A manual send. A draft of `source` rows gets ready by its file, of which `rows` were taken and `refused` not;
    `columns` are the variables that a row has values of, and `file` is what the rows are kept under since `uploaded`.
    One that was started goes at the unix time `at`; what has not left yet of a cancelled one never will."""

    id: str
    site: str
    name: str
    message: MessageUse
    source: Literal["columns", "rows"]
    created: float
    audience: list[str] = field(default_factory=list)
    state: Literal["draft", "ready", "started", "cancelled"] = "draft"
    at: float = 0.0
    rows: int = 0
    refused: int = 0
    columns: list[str] = field(default_factory=list)
    file: str = ""
    uploaded: float = 0.0

    @property
    def campaign(self) -> str:
        """What its push requests have as their campaign."""
        return PREFIX + self.id


class Recipient(Struct, array_like=True, frozen=True, gc=False):
    """A row of a file: a member's id or an address, the language, and the values of the send's `columns`."""

    member: str
    to: str
    language: str
    values: list[str]


# KEYS: sends, draws. ARGV: id, the document that was read, the new one; a draw's id, and the draw or nothing, where it
# is opened or dropped. Answers whether the document still stood.
_REPLACE = Script("""
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
if ARGV[5] then redis.call('HSET', KEYS[2], ARGV[4], ARGV[5])
elseif ARGV[4] then redis.call('HDEL', KEYS[2], ARGV[4]) end
return 1
""")

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Send).decode
_rows = msgspec.msgpack.Decoder(list[Recipient]).decode


async def create(link: Link, send: Send) -> bool:
    """Keep a new one, and let go of those that are long over. False where there are `MOST` already."""
    known = await every(link, send.site)
    over = [each.id for each in known if max(each.created, each.at) < send.created - KEPT]
    if len(known) - len(over) >= MOST:
        return False
    if over:
        await link.call("HDEL", keys.sends(send.site), *over)
    await link.call("HSET", keys.sends(send.site), send.id, _encode(send))
    return True


async def every(link: Link, site: str) -> list[Send]:
    """All of a site, the newest first."""
    found = [_decode(raw) for raw in await link.call("HVALS", keys.sends(site))]
    return sorted(found, key=lambda send: (-send.created, send.id))


async def read(link: Link, site: str, id: str) -> Send | None:
    """One send; None where there is none."""
    raw = await link.call("HGET", keys.sends(site), id)
    return _decode(raw) if raw else None


async def change(
    link: Link, site: str, id: str, edit: Callable[[Send], Send], draw: Callable[[Send], Draw] | None = None
) -> Send | None:
    """What `edit` made of a send, which is read and edited anew as often as somebody else is quicker; None where there
    is none. What `edit` raises leaves it as it is. In the same step the `draw` of one that is started by this is
    opened, and that of a cancelled one dropped."""
    while raw := await link.call("HGET", keys.sends(site), id):
        edited = edit(_decode(raw))
        args = [id, raw, _encode(edited)]
        if draw is not None:
            made = draw(edited)
            args += [made.id, draws.encode(made)] if edited.state == "started" else [made.id]
        if await _REPLACE(link, [keys.sends(site), keys.DRAWS], args):
            return edited
    return None


class Sends:
    """The sends that a process dispatches for, each read again after `REMEMBERED` seconds."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._known: dict[tuple[str, str], tuple[float, Send | None]] = {}

    async def find(self, site: str, campaign: str) -> Send | None:
        """The send that a push request's `campaign` (send:<id>) names; None where there is none."""
        now, place = time.monotonic(), (site, campaign)
        read_at, send = self._known.get(place, (-REMEMBERED, None))
        if now - read_at >= REMEMBERED:
            send = await read(self._link, site, campaign.removeprefix(PREFIX))
            if len(self._known) >= MOST:
                self._known.clear()
            self._known[place] = now, send
        return send


async def put_rows(link: Link, number: int, send: str, rows: Sequence[Recipient], seconds: int) -> None:
    """Add a chunk of rows to those of a partition; they go by themselves after so many seconds."""
    name = keys.recipients(number, send)
    await link.call("RPUSH", name, _encode(rows))
    await link.call("EXPIRE", name, seconds)


async def rows(link: Link, number: int, send: str, place: int) -> list[Recipient] | None:
    """The chunk at a place; None behind the last."""
    raw = await link.call("LINDEX", keys.recipients(number, send), place)
    return _rows(raw) if raw else None


async def keep_rows(link: Link, send: str, seconds: int) -> None:
    """Let the rows of a file live for so many seconds from now."""
    for number in range(keys.PARTITIONS):
        await link.call("EXPIRE", keys.recipients(number, send), seconds)


async def drop_rows(link: Link, send: str) -> None:
    """Forget the rows of a file."""
    for number in range(keys.PARTITIONS):
        await link.call("UNLINK", keys.recipients(number, send))
