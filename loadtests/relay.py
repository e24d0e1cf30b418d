"""A SOCKS5 proxy (RFC 1928) between a browser and everything: each host has a road of its own, slow or broken.

Names are resolved here, so every try of a benchmark can have its own host, and with it its own cold connections.
"""

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Literal

CHUNK = 65_536
CONNECTED = b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00"
REFUSED = b"\x05\x05\x00\x01\x00\x00\x00\x00\x00\x00"


@dataclass
class Road:
    """The way to one host; it ends at `port` here. Connecting takes `delay` seconds and a file `hold` more; `away` is
    answered in place of what lies at the end."""

    port: int
    delay: float = 0
    hold: float = 0
    state: Literal["open", "away", "broken"] = "open"
    away: bytes = b""
    connections: set[StreamWriter] = field(default_factory=set)

    def cut(self) -> None:
        """Close what is open, so that the next request finds a cold road."""
        for writer in self.connections:
            writer.close()


Roads = Callable[[str], Road | None]


@asynccontextmanager
async def relay(roads: Roads) -> AsyncIterator[int]:
    """The port of a proxy that asks `roads` for the way to each host; there is none to hosts that it does not know."""

    async def accept(reader: StreamReader, writer: StreamWriter) -> None:
        # Cancelled: the benchmark is over, and somebody still waits for a file.
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            road = roads(await _greet(reader, writer))
            await asyncio.sleep(road.delay if road else 0)
            if road is None or road.state == "broken":
                writer.write(REFUSED)
            else:
                await _join(road, reader, writer)
        writer.close()

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def _greet(reader: StreamReader, writer: StreamWriter) -> str:
    """The name of the host that the browser wants to reach."""
    _, methods = await reader.readexactly(2)
    await reader.readexactly(methods)
    writer.write(b"\x05\x00")
    await reader.readexactly(4)
    [length] = await reader.readexactly(1)
    host = await reader.readexactly(length)
    await reader.readexactly(2)
    return host.decode()


async def _join(road: Road, reader: StreamReader, writer: StreamWriter) -> None:
    onward, outward = await asyncio.open_connection("127.0.0.1", road.port)
    road.connections.add(writer)
    writer.write(CONNECTED)
    try:
        back = asyncio.create_task(_pour(onward, writer))
        await _pass(road, reader, outward, writer)
        back.cancel()
    finally:
        road.connections.discard(writer)
        outward.close()


async def _pass(road: Road, reader: StreamReader, outward: StreamWriter, writer: StreamWriter) -> None:
    """What the browser sends, as long as the road is open."""
    while chunk := await reader.read(CHUNK):
        if road.hold and chunk.startswith(b"GET "):
            await asyncio.sleep(road.hold)
        if road.state == "broken":
            return
        if road.state == "away":
            writer.write(road.away)
            await writer.drain()
            return
        outward.write(chunk)
        await outward.drain()


async def _pour(onward: StreamReader, writer: StreamWriter) -> None:
    with suppress(ConnectionError):
        while chunk := await onward.read(CHUNK):
            writer.write(chunk)
            await writer.drain()
    writer.close()
