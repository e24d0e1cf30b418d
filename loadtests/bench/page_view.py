"""Server CPU of one page view, as a ratio to a bare Starlette route that decodes and returns the same JSON.

1,000 segments, 200 campaigns, a profile with 50 recent products. Both servers run on uvicorn, dangol's with the options
of `dangol serve`; what is counted is the CPU time of their processes, so the load generator and the store cost nothing
here. How that grows from 10 to 10,000 segments is measured with two campaigns, whose audiences are the same.
"""

import asyncio
import statistics
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from dangol.store.embedded import EmbeddedStore
from loadtests.bench.load import Result, drive, run
from loadtests.bench.process import cpu, served
from loadtests.bench.shoppers import history, page_views, see_all, shoppers

REQUESTS = 6000
CONNECTIONS = 16
ROUNDS = 7
WARMING = 1  # rounds that don't count: widgets that may be shown once a session are shown then
ECHO, REMEMBERED, READ = "echo route", "page view, profile remembered", "page view, profile read"
FIRST = "first page view of a visitor"
FEW, MANY = "page view, 10 segments", "page view, 10,000 segments"


@dataclass(frozen=True)
class Subject:
    """A server under measurement, which has shoppers of its own: others would make it lose races. Without `tokens`
    every page view is a new visitor's."""

    name: str
    port: int
    process: psutil.Process
    tokens: list[str] = field(default_factory=list)

    def measure(self) -> tuple[float, Result]:
        """CPU microseconds of the server per request, and how the requests went."""
        requests = page_views(REQUESTS, self.tokens or shoppers(REQUESTS))
        before = cpu(self.process)
        result = run(drive("127.0.0.1", self.port, requests, CONNECTIONS))
        if result.failures:
            raise SystemExit(f"{self.name}: {result.failures} of {REQUESTS} requests failed")
        return (cpu(self.process) - before) / REQUESTS * 1e6, result


def rounds(subjects: list[Subject]) -> tuple[dict[str, list[float]], dict[str, int]]:
    """Microseconds of each round by server, each round in the other direction, and how many answers had a widget."""
    costs: dict[str, list[float]] = {subject.name: [] for subject in subjects}
    shown = dict.fromkeys(costs, 0)
    for number in range(WARMING + ROUNDS):
        for subject in subjects[:: 1 if number % 2 else -1]:
            cost, result = subject.measure()
            if number >= WARMING:
                costs[subject.name].append(cost)
                shown[subject.name] += result.shown
    return costs, shown


def main() -> None:
    """Print each server's cost and its ratio to the echo route's."""
    with ExitStack() as stack:
        store = EmbeddedStore(Path(stack.enter_context(tempfile.TemporaryDirectory())))
        store.start()
        stack.callback(store.stop)
        subjects = [Subject(ECHO, *stack.enter_context(served("echo")), shoppers())]
        for name, kind in ((REMEMBERED, "cached"), (READ, "read")):
            server = stack.enter_context(served("dangol", store.url, "1000", "200", kind))
            subjects.append(Subject(name, *server, shoppers()))
            run(drive("127.0.0.1", server[0], history(subjects[-1].tokens), CONNECTIONS))
            asyncio.run(see_all(server[0], subjects[-1].tokens))
        subjects.append(Subject(FIRST, *stack.enter_context(served("dangol", store.url, "1000", "200", "cached"))))
        for name, segments in ((FEW, "10"), (MANY, "10000")):
            server = stack.enter_context(served("dangol", store.url, segments, "2", "cached"))
            subjects.append(Subject(name, *server, shoppers()))
            run(drive("127.0.0.1", server[0], history(subjects[-1].tokens), CONNECTIONS))
        costs, shown = rounds(subjects)
    for name, each in costs.items():
        # By round and then the median: what slows the machine for a while slows both.
        ratio = statistics.median(cost / base for cost, base in zip(each, costs[ECHO], strict=True))
        spread = f"{min(each):.0f} to {max(each):.0f}"
        share = f", {shown[name] / REQUESTS / ROUNDS:.1%} with a widget" if name != ECHO else ""
        print(f"{name:33} {statistics.median(each):6.1f} us CPU ({spread}), {ratio:5.2f} x echo route{share}")
    growth = statistics.median(many / few for many, few in zip(costs[MANY], costs[FEW], strict=True))
    print(f"growth from 10 to 10,000 segments {growth:.2f} x (bar 1.3, aim 1.1)")
    print("bar 3.0, aim 2.0, for the remembered profile, whose widgets were shown before")


if __name__ == "__main__":
    main()
