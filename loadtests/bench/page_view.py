"""Server CPU of one page view, as a ratio to a bare Starlette route that decodes and returns the same JSON."""

import asyncio
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import msgspec
import psutil

from dangol.protocol.tokens import Keys, new_visitor, sign
from dangol.store.embedded import EmbeddedStore
from loadtests.bench.definitions import CATEGORIES, PRODUCTS
from loadtests.bench.load import Result, drive, post
from loadtests.bench.server import SECRET

SHOPPERS = 200
REQUESTS = 6000
CONNECTIONS = 16
ROUNDS = 5
PAGE = "http://localhost/product/p1?utm_source=naver&utm_medium=cpc"
HEADERS = ("Origin: http://localhost", "Content-Type: text/plain;charset=UTF-8", "User-Agent: Mozilla/5.0 Chrome/130")
KEYS = Keys.derive(SECRET.encode(), "bench")
TOKENS = [sign(KEYS, new_visitor()) for _ in range(SHOPPERS)]


def request(number: int, name: str, data: Mapping[str, object]) -> bytes:
    """One event of one of the shoppers."""
    now = time.time_ns() // 1_000_000
    event = {"id": f"event-{now}-{number}", "name": name, "at": now, "data": data}
    token = TOKENS[number % SHOPPERS]
    body = {"site": "pk_benchmark", "sent": now, "page": PAGE, "lang": "ko", "visitor": token, "events": [event]}
    return post("/v1/events", msgspec.json.encode(body), (*HEADERS, f"Cookie: dg_bench={token}"))


def history() -> list[bytes]:
    """What gives every shopper 50 recent products."""
    return [
        request(
            number,
            "view_item",
            {"items": [{"item_id": PRODUCTS[(number * 31) % 2000], "item_category": CATEGORIES[number % 40]}]},
        )
        for number in range(SHOPPERS * 50)
    ]


def page_views(count: int) -> list[bytes]:
    """Page views of all shoppers in turn."""
    data = {"page_location": PAGE, "page_referrer": "https://search.naver.com/", "page_title": "A product"}
    return [request(number, "page_view", data) for number in range(count)]


@contextmanager
def served(*arguments: str) -> Iterator[tuple[int, psutil.Process]]:
    """A server process that answers, and its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    kind, *rest = arguments
    process = subprocess.Popen([sys.executable, "-m", "loadtests.bench.server", kind, str(port), *rest])
    try:
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield port, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait()


def cpu(process: psutil.Process) -> float:
    """Seconds of CPU that the process has used."""
    times = process.cpu_times()
    return float(times.user + times.system)


def measure(port: int, process: psutil.Process) -> tuple[float, Result]:
    """CPU microseconds of the server per request."""
    requests = page_views(REQUESTS)
    before = cpu(process)
    result = asyncio.run(drive("127.0.0.1", port, requests, CONNECTIONS))
    assert result.failures == 0, f"{result.failures} requests failed"
    return (cpu(process) - before) / REQUESTS * 1e6, result


def main() -> None:
    """Print the ratio of medians, for a shopper whom the server remembers and for one whom it must read."""
    with tempfile.TemporaryDirectory() as folder:
        store = EmbeddedStore(Path(folder))
        store.start()
        try:
            with (
                served("echo") as echo,
                served("dangol", store.url, "1000", "200", "cached") as warm,
                served("dangol", store.url, "1000", "200", "read") as cold,
            ):
                asyncio.run(drive("127.0.0.1", warm[0], history(), CONNECTIONS))
                rounds = [[measure(*server)[0] for server in (echo, warm, cold)] for _ in range(ROUNDS)]
        finally:
            store.stop()
    base, *others = (statistics.median(column) for column in zip(*rounds[1:], strict=True))
    print(f"echo route                      {base:7.1f} us CPU a request")
    for name, each in zip(("page view, profile remembered", "page view, profile read"), others, strict=True):
        print(f"{name:31} {each:7.1f} us CPU a request, {each / base:.2f} x echo")


if __name__ == "__main__":
    main()
