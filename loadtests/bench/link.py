"""CPU of this process per call of the store: `dangol.store.link` and redis-py's asyncio client.

Both call the same script, which writes a profile of 1,000 bytes and appends 200 bytes to the log, on one event loop
over the same unix socket; redis-py parses with hiredis and keeps a pool of as many connections as there are callers.
"""

import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import uvloop
from redis.asyncio import BlockingConnectionPool, Redis

from dangol.store import keys
from dangol.store.embedded import EmbeddedStore
from dangol.store.link import Link
from dangol.store.profiles import WRITE
from dangol.store.script import Script

CALLS = 4000
ROUNDS = 7
CALLERS = (1, 16)
DOCUMENT, ENTRY = os.urandom(992), os.urandom(200)
VERSION = b"8 bytes."

Call = Callable[[int], Awaitable[Any]]


async def cost(call: Call, callers: int) -> float:
    """CPU microseconds per call."""

    async def caller(number: int) -> None:
        for _ in range(CALLS // callers):
            await call(number)

    started = time.process_time()
    await asyncio.gather(*map(caller, range(callers)))
    return (time.process_time() - started) / CALLS * 1e6


def names(number: int) -> list[str]:
    """Each caller has a profile of its own."""
    return [keys.profile("bench", f"v{number}"), keys.log(keys.partition(f"v{number}"))]


async def compare(link: Link, redis: Redis, callers: int) -> None:
    """Measure both in turn, each round in the other order, and print the ratio of medians."""
    arguments: list[str | bytes | int | float] = [VERSION, VERSION + DOCUMENT, 3600, "e", ENTRY]

    async def ours(number: int) -> Any:
        return await WRITE(link, names(number), arguments)

    async def theirs(number: int) -> Any:
        return await redis.evalsha(WRITE.digest, 2, *names(number), *arguments)

    calls: dict[str, Call] = {"link": ours, "redis-py": theirs}
    if [await ours(0), await theirs(0)] != [None, None]:
        raise SystemExit("link: the script found another version and wrote nothing")
    costs: dict[str, list[float]] = {name: [] for name in calls}
    for number in range(ROUNDS + 1):
        for name in list(calls)[:: 1 if number % 2 else -1]:
            costs[name].append(await cost(calls[name], callers))
    link_cost, redis_cost = (statistics.median(costs[name][1:]) for name in calls)
    print(f"{callers:3} callers: link {link_cost:6.1f} us CPU a call, redis-py evalsha {redis_cost:6.1f} us, ", end="")
    print(f"{redis_cost / link_cost:4.1f} x link")


async def prepare(link: Link) -> None:
    """Profiles that every call finds in the version it expects, and a script that the store knows."""
    first = Script(WRITE.lua)
    for number in range(max(CALLERS)):
        await first(link, names(number), [b"", VERSION + DOCUMENT, 3600, b""])


async def measure(url: str) -> None:
    """All numbers of callers."""
    link = Link(url)
    pool = BlockingConnectionPool.from_url(url, max_connections=max(CALLERS), timeout=None)
    redis = Redis(connection_pool=pool)
    await prepare(link)
    for callers in CALLERS:
        await compare(link, redis, callers)
    await redis.aclose()
    await pool.aclose()
    link.close()


def main() -> None:
    """Print CPU per call at each number of callers."""
    with tempfile.TemporaryDirectory() as folder:
        store = EmbeddedStore(Path(folder))
        store.start()
        try:
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(measure(store.url))
        finally:
            store.stop()


if __name__ == "__main__":
    main()
