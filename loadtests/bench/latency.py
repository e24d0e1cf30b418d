"""The 99th percentile of a page view at half of the highest load that one core holds.

The server has one core, the store and the load generator share another one. The highest load is what a closed loop of
32 connections gets answered. Then page views come at half that rate, at random times (a Poisson process) whatever the
server does; latencies count from the time at which a page view was due, the generator's own delay included. The echo
route gets the same load in turn: what it takes is the machine's part.
"""

import os
import statistics
import tempfile
from pathlib import Path

import psutil

from dangol.store.embedded import EmbeddedStore
from loadtests.bench.load import Result, arrivals, drive, quantile, run
from loadtests.bench.process import cpu, pin, served
from loadtests.bench.shoppers import history, page_views, shoppers

TOKENS = shoppers()
CLOSED = 32
OPEN = 64
REQUESTS = 6000
ROUNDS = 5
SECONDS = 5
QUIET = 0.9
"""Share of its core that a saturated server gets on a machine that does nothing else."""

BAR, AIM = 0.010, 0.004


def closed(port: int) -> float:
    """Requests a second when each is answered before its connection sends the next."""
    result = run(drive("127.0.0.1", port, page_views(REQUESTS, TOKENS), CLOSED))
    return _checked(result, REQUESTS) / result.seconds


def opened(port: int, rate: float, seed: int) -> Result:
    """`SECONDS` of independent page views."""
    count = int(rate * SECONDS)
    result = run(drive("127.0.0.1", port, page_views(count, TOKENS), OPEN, arrivals(count, rate, seed)))
    _checked(result, count)
    return result


def _checked(result: Result, count: int) -> int:
    if result.failures:
        raise SystemExit(f"{result.failures} of {count} requests failed")
    return count


def cores() -> tuple[int, int]:
    """One core for the server, one for the rest."""
    allowed = sorted(os.sched_getaffinity(0))
    if len(allowed) < 2:
        raise SystemExit("latency: needs two cores, one for the server and one for the load generator")
    return allowed[1], allowed[0]


def main() -> None:
    """Print the medians of the rounds."""
    server_core, other_core = cores()
    with tempfile.TemporaryDirectory() as folder:
        store = EmbeddedStore(Path(folder))
        store.start()
        try:
            myself = psutil.Process()
            with served("echo") as echo, served("dangol", store.url, "1000", "200", "cached") as dangol:
                stores = [each for each in myself.children() if each.pid not in (echo[1].pid, dangol[1].pid)]
                pin(other_core, myself, *stores)
                pin(server_core, echo[1], dangol[1])
                measure(echo[0], *dangol)
        finally:
            store.stop()


def measure(echo: int, port: int, process: psutil.Process) -> None:
    """Find the highest load, then judge half of it."""
    run(drive("127.0.0.1", port, history(TOKENS), CLOSED))
    closed(port)
    before = cpu(process)
    rates = [closed(port) for _ in range(ROUNDS)]
    highest = statistics.median(rates)
    busy = (cpu(process) - before) / sum(REQUESTS / rate for rate in rates)
    print(f"closed loop: {highest:.0f} page views a second ({min(rates):.0f} to {max(rates):.0f}), ", end="")
    print(f"the server on its core {busy:.0%} of the time")
    if busy < QUIET:
        print("noisy: others took the server's core or held the generator up; what follows says little")
    ours, theirs = [], []
    for seed in range(ROUNDS):
        ours.append(opened(port, highest / 2, seed))
        theirs.append(opened(echo, highest / 2, seed))
    for name, results in ((f"page view, {highest / 2:.0f} a second", ours), ("echo route, the same", theirs)):
        half, most = ([quantile(each.latencies, share) * 1000 for each in results] for share in (0.5, 0.99))
        late = statistics.median(quantile(each.late, 0.99) for each in results) * 1000
        print(f"{name:29} p50 {statistics.median(half):5.2f} ms, p99 {statistics.median(most):6.2f} ms ", end="")
        print(f"({min(most):.2f} to {max(most):.2f}; sent late {late:.2f})")
    print(f"bar {BAR * 1000:.0f} ms, aim {AIM * 1000:.0f} ms")


if __name__ == "__main__":
    main()
