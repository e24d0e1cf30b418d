"""One pipelined connection: commands out in one write per loop turn, replies matched in order."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any, Final

import hiredis
from redis.exceptions import ResponseError

from dangol.errors import Unavailable

Argument = str | bytes | int | float
NOTHING_YET: Final = object()

# Error replies that mean "not now" rather than "wrong command".
AWAY: Final = (
    "LOADING",
    "BUSY ",  # not BUSYGROUP
    "MASTERDOWN",
    "READONLY",
    "CLUSTERDOWN",
    "TRYAGAIN",
    "OOM",
    "MISCONF",
    "NOREPLICAS",
)


class Wire(asyncio.Protocol):
    """Lives as long as its transport; a broken one is thrown away, never mended."""

    def __init__(self, greeting: list[tuple[Argument, ...]], on_lost: Callable[["Wire", str], None]) -> None:
        self.greeting = greeting
        self.greeted: asyncio.Future[list[Any]] | None = None
        self.waiting: deque[tuple[asyncio.Future[Any], float]] = deque()
        self._on_lost = on_lost
        self._outgoing: list[bytes] = []
        self._transport: asyncio.Transport | None = None
        self._reader = hiredis.Reader(
            replyError=ResponseError, protocolError=ConnectionError, notEnoughData=NOTHING_YET
        )

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet before anyone else can use the connection."""
        self._loop = asyncio.get_running_loop()
        self._transport = transport  # type: ignore[assignment]  # streams give a full Transport
        self.greeted = asyncio.gather(*(self.send(command) for command in self.greeting))

    def send(self, command: tuple[Argument, ...], deadline: float = float("inf")) -> asyncio.Future[Any]:
        """The reply to come; `deadline` is loop time and enforced by `Link`."""
        future: asyncio.Future[Any] = self._loop.create_future()
        if not self._outgoing:
            self._loop.call_soon(self._flush)
        self._outgoing.append(hiredis.pack_command(command))  # type: ignore[arg-type]  # its stub says a 1-tuple
        self.waiting.append((future, deadline))
        return future

    def _flush(self) -> None:
        outgoing, self._outgoing = self._outgoing, []
        if self._transport is not None and outgoing:
            self._transport.write(b"".join(outgoing))

    def data_received(self, data: bytes) -> None:
        """Hand each reply to the caller whose turn it is."""
        try:
            self._reader.feed(data)
            while (reply := self._reader.gets()) is not NOTHING_YET:
                self._deliver(reply)
        except (ConnectionError, IndexError) as error:
            self.drop(f"the store answered what nobody asked: {error}")

    def _deliver(self, reply: Any) -> None:
        future, _ = self.waiting.popleft()
        if future.done():  # its caller gave up; the reply still took its place in the order
            return
        if isinstance(reply, ResponseError):
            away = str(reply).startswith(AWAY)
            future.set_exception(Unavailable(f"the store says: {reply}") if away else reply)
        else:
            future.set_result(reply)

    def connection_lost(self, exc: Exception | None) -> None:
        self.drop(f"the connection to the store was lost: {exc or 'closed by the store'}")

    def drop(self, reason: str) -> None:
        """Replies can't be matched any more: fail all that waits."""
        transport, self._transport = self._transport, None
        if transport is None:
            return
        transport.abort()
        waiting, self.waiting = self.waiting, deque()
        for future, _ in waiting:
            if not future.done():
                future.set_exception(Unavailable(reason))
        self._on_lost(self, reason)
