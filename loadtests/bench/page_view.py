"""Server CPU of one page view, as a ratio to a bare Starlette route that decodes and returns the same JSON.

1,000 segments, 200 campaigns, a profile with 50 recent products. Both servers run on the same uvicorn; what is counted
is the CPU time of their processes, so the load generator and the store cost nothing here.
"""

import statistics
import tempfile
from pathlib import Path

import psutil

from dangol.store.embedded import EmbeddedStore
from loadtests.bench.load import Result, drive, run
from loadtests.bench.process import cpu, served
from loadtests.bench.shoppers import history, page_views

REQUESTS = 4000
CONNECTIONS = 16
ROUNDS = 7
WARMING = 1  # rounds that don't count: widgets that may be shown once a session are shown then
ECHO, REMEMBERED, READ = "echo route", "page view, profile remembered", "page view, profile read"


def measure(port: int, process: psutil.Process) -> tuple[float, Result]:
    """CPU microseconds of the server per request, and how the requests went."""
    requests = page_views(REQUESTS)
    before = cpu(process)
    result = run(drive("127.0.0.1", port, requests, CONNECTIONS))
    if result.failures:
        raise SystemExit(f"{result.failures} of {REQUESTS} requests failed")
    return (cpu(process) - before) / REQUESTS * 1e6, result


def rounds(servers: dict[str, tuple[int, psutil.Process]]) -> tuple[dict[str, list[float]], float]:
    """Microseconds of each round by server, each round in the other direction, and the share of page views that showed
    a widget in the rounds that count."""
    costs: dict[str, list[float]] = {name: [] for name in servers}
    shown = views = 0
    for number in range(WARMING + ROUNDS):
        names = list(servers)[:: 1 if number % 2 else -1]
        for name in names:
            cost, result = measure(*servers[name])
            if number >= WARMING:
                costs[name].append(cost)
                shown += result.shown
                views += REQUESTS * (name != ECHO)
    return costs, shown / views


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
                run(drive("127.0.0.1", warm[0], history(), CONNECTIONS))
                costs, shown = rounds({ECHO: echo, REMEMBERED: warm, READ: cold})
        finally:
            store.stop()
    base = statistics.median(costs[ECHO])
    for name, each in costs.items():
        middle = statistics.median(each)
        spread = f"{min(each):.0f} to {max(each):.0f}"
        print(f"{name:31} {middle:7.1f} us CPU ({spread}), {middle / base:5.2f} x echo route")
    print(f"{shown:.1%} of these page views showed a widget; bar 3.0, aim 2.0, for the remembered profile")


if __name__ == "__main__":
    main()
