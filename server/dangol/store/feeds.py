"""What became of the latest fetch of each site's product feed."""

import msgspec
from msgspec import Struct

from dangol.store import keys
from dangol.store.link import Link


class Outcome(Struct, frozen=True, omit_defaults=True):
    """The latest fetch of a feed, `at` a unix second, and what the last one that was put in force has told: `done` is
    when that was, or when it was last found unchanged by its `etag` and `modified`. `problem` is why the latest one
    changed nothing, `refusals` are the first of its rows that were refused, as line, column, value and expected."""

    url: str
    replace: bool
    at: int
    done: int = 0
    etag: str = ""
    modified: str = ""
    rows: int = 0
    refused: int = 0
    added: int = 0
    changed: int = 0
    hidden: int = 0
    problem: str = ""
    refusals: tuple[tuple[int, str, str, str], ...] = ()


_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder(Outcome).decode


async def save(link: Link, site: str, outcome: Outcome) -> None:
    """Keep it instead of the former one."""
    await link.call("SET", keys.feed(site), _pack(outcome))


async def read(link: Link, site: str) -> Outcome | None:
    """The latest; None where the site's feed was never fetched."""
    packed = await link.call("GET", keys.feed(site))
    return None if packed is None else _unpack(packed)
