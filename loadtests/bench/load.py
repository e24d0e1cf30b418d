"""A load generator that costs little: plain HTTP/1.1 over kept connections, each answer awaited."""

import asyncio
import itertools
import random
import time
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass

import uvloop


@dataclass(frozen=True)
class Result:
    """Seconds each request took, in order of completion, and the seconds that all took together. `late` are the seconds
    by which each was sent after it was due; `shown` counts the answers that showed a widget."""

    latencies: list[float]
    late: list[float]
    seconds: float
    failures: int
    shown: int


def quantile(values: Sequence[float], share: float) -> float:
    """What `share` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def arrivals(count: int, rate: float, seed: int) -> list[float]:
    """Seconds from the start at which independent shoppers come, `rate` a second: a Poisson process."""
    chance = random.Random(seed)
    return list(itertools.accumulate(chance.expovariate(rate) for _ in range(count)))


class Connection(asyncio.Protocol):
    """One kept connection; answers must carry Content-Length."""

    def __init__(self) -> None:
        self._buffer = b""
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None

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
                self._answer.set_result((int(head[9:12]), rest[:length]))

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(ConnectionError("closed"))

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """Send one request and return the status and the body."""
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    def close(self) -> None:
        self._transport.close()


def run(work: Coroutine[None, None, Result]) -> Result:
    """The result of `drive` on the event loop that costs the generator least."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


async def drive(
    host: str, port: int, requests: Sequence[bytes], connections: int, due: Sequence[float] | None = None
) -> Result:
    """Send all requests over `connections`, each as soon as one is free, or with `due` at those seconds from the start.

    With `due` the latency counts from the time at which a request was due, so that a slow server can't hide behind the
    requests that wait for a connection.
    """
    loop = asyncio.get_running_loop()
    opened = [(await loop.create_connection(Connection, host, port))[1] for _ in range(connections)]
    latencies: list[float] = []
    late: list[float] = []
    failures = shown = 0
    todo = iter(enumerate(requests))
    started = time.perf_counter()

    async def work(connection: Connection) -> None:
        nonlocal failures, shown
        for number, request in todo:
            wanted = time.perf_counter() if due is None else started + due[number]
            if (early := wanted - time.perf_counter()) > 0:
                await asyncio.sleep(early)
            late.append(time.perf_counter() - wanted)
            status, body = await connection.ask(request)
            latencies.append(time.perf_counter() - wanted)
            failures += status >= 400
            shown += b'"show":' in body

    await asyncio.gather(*(work(connection) for connection in opened))
    seconds = time.perf_counter() - started
    for connection in opened:
        connection.close()
    return Result(latencies, late, seconds, failures, shown)


def post(path: str, body: bytes, headers: Sequence[str] = ()) -> bytes:
    """The bytes of a POST request."""
    lines = [f"POST {path} HTTP/1.1", "Host: localhost", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body
