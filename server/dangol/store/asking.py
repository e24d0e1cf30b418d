"""Questions from servers to workers, and their answers, over streams of the store.

A question names the partitions that it wants to hear of; each worker answers for those that it holds. Both ends wait in
a blocking read on a connection of their own.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any

import msgspec
from msgspec import Struct
from redis.exceptions import ResponseError

from dangol.errors import Unavailable
from dangol.store import keys
from dangol.store.link import Link

log = logging.getLogger(__name__)

KEPT = 256
"""Questions or answers that a stream keeps."""

KEPT_SECONDS = 60
BLOCK = 1000
"""Milliseconds of one blocking read; less than a link's time-out."""

PAUSE = 0.5


class Asked(Struct, array_like=True, frozen=True):
    """A definition as it is written."""

    include: dict[str, Any]
    exclude: dict[str, Any] | None = None


class Question(Struct, array_like=True, frozen=True):
    """How many shoppers of `site` the definitions hold for at `now` (unix seconds), or where none are given the site's
    own segments. `version` is that of the site's definitions that the server knows. Of several questions of one `asker`
    only the latest counts."""

    id: str
    server: str
    site: str
    version: int
    now: float
    partitions: list[int]
    asked: list[Asked] = []
    asker: str = ""


class Part(Struct, array_like=True, frozen=True):
    """One partition's part of an answer: four sizes for each definition, and whom the first holds for that was seen
    last, as unix second and id. `share` is less than 1 while the partition is still being read."""

    partition: int
    sizes: list[int] = []
    sample: list[tuple[int, str]] = []
    share: float = 1.0


class Answer(Struct, array_like=True, frozen=True):
    """One worker's answer. `version` is that of the definitions it was given with; `problem` why it can't be given."""

    question: str
    version: int
    parts: list[Part] = []
    problem: str = ""


_encode = msgspec.msgpack.Encoder().encode
_question = msgspec.msgpack.Decoder(Question).decode
_answer = msgspec.msgpack.Decoder(Answer).decode


async def put(link: Link, question: Question) -> None:
    """Ask."""
    await link.call("XADD", keys.QUESTIONS, "MAXLEN", "~", KEPT, "*", "q", _encode(question))


async def reply(link: Link, server: str, answer: Answer) -> None:
    """Answer."""
    stream = keys.answers(server)
    await asyncio.gather(
        link.call("XADD", stream, "MAXLEN", "~", KEPT, "*", "a", _encode(answer)),
        link.call("EXPIRE", stream, KEPT_SECONDS),
    )


async def questions(link: Link) -> AsyncIterator[list[Question]]:
    """All questions that are asked from now on."""
    async for raws in _follow(link, keys.QUESTIONS, None):
        yield [_question(raw) for raw in raws]


async def answers(link: Link, server: str) -> AsyncIterator[list[Answer]]:
    """All answers to a server."""
    async for raws in _follow(link, keys.answers(server), b"0-0"):
        yield [_answer(raw) for raw in raws]


async def _follow(link: Link, stream: str, last: bytes | None) -> AsyncIterator[list[bytes]]:
    """What comes after `last`, or after what is there now."""
    while True:
        try:
            last = last or await _end(link, stream)
            found = await link.call("XREAD", "BLOCK", BLOCK, "COUNT", KEPT, "STREAMS", stream, last)
        except (Unavailable, ResponseError) as error:
            log.info("waiting for the store: %s", error)
            await asyncio.sleep(PAUSE)
            continue
        if found:
            [(_, entries)] = found
            last = entries[-1][0]
            yield [fields[1] for _, fields in entries]


async def _end(link: Link, stream: str) -> bytes:
    try:
        flat = await link.call("XINFO", "STREAM", stream)
    except ResponseError as error:
        if "no such key" in str(error):
            return b"0-0"
        raise
    last: bytes = dict(zip(flat[::2], flat[1::2], strict=True))[b"last-generated-id"]
    return last
