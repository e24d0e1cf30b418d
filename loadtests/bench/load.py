"""A load generator that costs little: plain HTTP/1.1 over kept connections, each answer awaited."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """Seconds each request took, in order of completion, and the seconds that all took together."""

    latencies: list[float]
    seconds: float
    failures: int

    def quantile(self, share: float) -> float:
        """The latency that `share` of the requests did not exceed."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


class Connection(asyncio.Protocol):
    """One kept connection; answers must carry Content-Length."""

    def __init__(self) -> None:
        self._buffer = b""
        self._answer: asyncio.Future[int] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: asyncio.Transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, rest = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return
        lowered = head.lower()
        at = lowered.find(b"content-length:")
        length = int(lowered[at + 15 : (lowered.find(b"\r\n", at) + 1 or len(lowered) + 1) - 1]) if at >= 0 else 0
        if len(rest) >= length:
            self._buffer = rest[length:]
            if self._answer is not None and not self._answer.done():
                self._answer.set_result(int(head[9:12]))

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(ConnectionError("closed"))

    async def ask(self, request: bytes) -> int:
        """Send one request and return the status."""
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    def close(self) -> None:
        self._transport.close()


async def drive(host: str, port: int, requests: Sequence[bytes], connections: int, rate: float | None = None) -> Result:
    """Send all requests over `connections`; with `rate` (a second) at fixed times, else as fast as they are answered.

    With a rate the latency counts from the time at which a request was due, so that a slow server can't hide.
    """
    loop = asyncio.get_running_loop()
    opened = [(await loop.create_connection(Connection, host, port))[1] for _ in range(connections)]
    latencies: list[float] = []
    failures = 0
    todo = iter(enumerate(requests))
    started = time.perf_counter()

    async def work(connection: Connection) -> None:
        nonlocal failures
        for number, request in todo:
            due = time.perf_counter() if rate is None else started + number / rate
            if (early := due - time.perf_counter()) > 0:
                await asyncio.sleep(early)
            status = await connection.ask(request)
            latencies.append(time.perf_counter() - due)
            failures += status >= 400

    await asyncio.gather(*(work(connection) for connection in opened))
    seconds = time.perf_counter() - started
    for connection in opened:
        connection.close()
    return Result(latencies, seconds, failures)


def post(path: str, body: bytes, headers: Sequence[str] = ()) -> bytes:
    """The bytes of a POST request."""
    lines = [f"POST {path} HTTP/1.1", "Host: localhost", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body
