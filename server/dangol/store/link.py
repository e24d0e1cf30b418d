"""The way to the store, shared by all requests of a process: the hot path.

Calls of one loop turn leave in one write, so the cost of a round trip is split between all callers; a client of one
call per connection costs several times as much (docs/architecture.md has the figures).
"""

import asyncio
import logging
import random
import ssl
from collections.abc import Awaitable
from typing import Any, Final

from redis.asyncio.connection import SSLConnection, parse_url
from redis.exceptions import ResponseError

from dangol.errors import Unavailable
from dangol.store.wire import Argument, Wire

log = logging.getLogger(__name__)

LONGEST_PAUSE: Final = 2.0


class Link:
    """A pipelined connection that comes back by itself.

    `url` is redis://, rediss:// or unix://, in the forms that redis-py reads. A call fails with `Unavailable` when the
    store is away, answers later than `timeout` seconds, or has `max_waiting` calls waiting already. Whether a command
    whose reply was lost took effect is then unknown: callers must be able to repeat it.
    """

    def __init__(self, url: str, timeout: float = 2.0, max_waiting: int = 20_000) -> None:
        self.url = url
        self.options: dict[str, Any] = dict(parse_url(url))
        self.timeout = timeout
        self.max_waiting = max_waiting
        self._wire: Wire | None = None
        self._connecting: asyncio.Task[Wire] | None = None
        self._failures = 0
        self._not_before = 0.0
        self._closed = False

    def call(self, *command: Argument) -> Awaitable[Any]:
        """The reply to one command. Error replies raise `redis.ResponseError`."""
        wire = self._wire
        if wire is None:
            return self._call_after_connecting(command)
        return self._send(wire, command)

    async def _call_after_connecting(self, command: tuple[Argument, ...]) -> Any:
        return await self._send(await self._connected(), command)

    def _send(self, wire: Wire, command: tuple[Argument, ...]) -> asyncio.Future[Any]:
        loop = asyncio.get_running_loop()
        if len(wire.waiting) >= self.max_waiting:
            refused: asyncio.Future[Any] = loop.create_future()
            refused.set_exception(Unavailable(f"{len(wire.waiting)} calls wait for the store; try again later"))
            return refused
        return wire.send(command, loop.time() + self.timeout)

    async def _connected(self) -> Wire:
        if self._closed:
            raise Unavailable("this link was closed")
        if self._connecting is None:
            pause = self._not_before - asyncio.get_running_loop().time()
            if pause > 0:
                raise Unavailable(f"the store at {self.address} is away; next try in {pause:.1f} s")
            self._connecting = asyncio.create_task(self._connect())
        return await asyncio.shield(self._connecting)

    async def _connect(self) -> Wire:
        wire = Wire(self._greeting(), self._lost)
        try:
            async with asyncio.timeout(self.timeout):
                await self._open(wire)
                assert wire.greeted is not None
                await wire.greeted
        except (OSError, ResponseError, Unavailable) as error:
            wire.drop("the store did not greet")
            self._failures += 1
            pause = min(LONGEST_PAUSE, 0.05 * 2**self._failures) * random.uniform(0.5, 1)  # noqa: S311
            self._not_before = asyncio.get_running_loop().time() + pause
            raise Unavailable(f"the store at {self.address} can't be reached: {error!r}") from error
        finally:
            self._connecting = None
        self._failures = 0
        self._wire = wire
        self._watch(wire)
        return wire

    async def _open(self, wire: Wire) -> None:
        loop = asyncio.get_running_loop()
        if path := self.options.get("path"):
            await loop.create_unix_connection(lambda: wire, path)
        else:
            host, port = self.options.get("host", "localhost"), self.options.get("port", 6379)
            await loop.create_connection(lambda: wire, host, port, ssl=self._tls())

    def _tls(self) -> ssl.SSLContext | None:
        if self.options.get("connection_class") is not SSLConnection:
            return None
        context = ssl.create_default_context(cafile=self.options.get("ssl_ca_certs"))
        if certificate := self.options.get("ssl_certfile"):
            context.load_cert_chain(certificate, self.options.get("ssl_keyfile"))
        return context

    def _greeting(self) -> list[tuple[Argument, ...]]:
        greeting: list[tuple[Argument, ...]] = []
        if password := self.options.get("password"):
            greeting.append(("AUTH", self.options.get("username") or "default", password))
        if database := self.options.get("db"):
            greeting.append(("SELECT", database))
        return [*greeting, ("PING",)]

    @property
    def address(self) -> str:
        """Where the store is, without the password."""
        path = self.options.get("path")
        return str(path or f"{self.options.get('host', 'localhost')}:{self.options.get('port', 6379)}")

    def _watch(self, wire: Wire) -> None:
        """One timer for all calls: a timer for each would cost more than the call."""
        if self._wire is not wire:
            return
        loop = asyncio.get_running_loop()
        if wire.waiting and wire.waiting[0][1] < loop.time():
            wire.drop(f"the store did not answer within {self.timeout} s")
        else:
            loop.call_later(self.timeout / 4, self._watch, wire)

    def _lost(self, wire: Wire, reason: str) -> None:
        if self._wire is wire:
            self._wire = None
            if not self._closed:
                log.warning("%s (%s)", reason, self.address)

    def close(self) -> None:
        """Give the connection back. Calls that wait fail with `Unavailable`."""
        self._closed = True
        if self._wire is not None:
            self._wire.drop("this link was closed")
