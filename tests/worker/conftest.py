"""What the worker's tests share: entries for the log, and plugins that do as they are told."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import pytest

from dangol.plugin import Channel, PushRequest, Receipt
from dangol.protocol.event import Entry, Event, Item
from dangol.store import keys
from dangol.store.link import Link

Append = Callable[..., Awaitable[list[str]]]


@pytest.fixture
def append(link: Link) -> Append:
    """Writes entries to the log of the partition `number`, as profiles do."""

    async def write(*entries: Entry | bytes, number: int = 0) -> list[str]:
        payloads = [each if isinstance(each, bytes) else msgspec.msgpack.encode(each) for each in entries]
        ids = await asyncio.gather(*(link.call("XADD", keys.log(number), "*", "e", each) for each in payloads))
        return [each.decode() for each in ids]

    return write


@pytest.fixture
def order() -> Callable[..., Entry]:
    """Makes the entry of an order."""

    def make(number: int, *products: str) -> Entry:
        event = Event(f"e{number}", "purchase", number, items=[Item(product) for product in products], key=f"o{number}")
        return Entry("shop", f"v{number}", "", 1_763_778_000_000 + number, [event])

    return make


class Scripted(Channel):
    """Answers with `answers` in turn, the last one again and again; an exception is raised."""

    name = "scripted"
    api = 1

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers) or [Receipt("accepted")]
        self.got: list[PushRequest] = []

    async def send(self, params: Any, request: PushRequest) -> Receipt:
        self.got.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, BaseException):
            raise answer
        found: Receipt = await answer() if callable(answer) else answer
        return found


class Repeatable(Scripted):
    """The same for a provider that drops repetitions."""

    name = "repeatable"
    api = 1
    idempotent = True


@pytest.fixture
def scripted() -> type[Scripted]:
    """A channel that isn't idempotent."""
    return Scripted


@pytest.fixture
def repeatable() -> type[Repeatable]:
    """A channel that is."""
    return Repeatable
