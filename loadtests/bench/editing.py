"""The 99th percentile of a page view while segments are edited, over the same without edits.

    python -m loadtests.bench.editing

One segment of many is changed EDITS times a second, which is more than any shop does. Page views come at random times,
at a third of the highest rate that one core holds.
"""

import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import msgspec
import psutil
from redis import Redis

from dangol.definitions.model import Definitions, Segment
from dangol.store import keys
from dangol.store.embedded import EmbeddedStore
from loadtests.bench.definitions import make
from loadtests.bench.latency import TOKENS, closed, cores, opened
from loadtests.bench.load import drive, quantile, run
from loadtests.bench.process import pin, served
from loadtests.bench.shoppers import history

EDITS = 2
ROUNDS = 5
SIZES = (1_000, 10_000)


def documents(definitions: Definitions, first: int) -> list[bytes]:
    """As the store keeps them, in each of them another segment changed."""
    found = []
    segments = list(definitions.segments)
    for version in range(first, first + 20):
        place = version * 7 % len(segments)
        segments[place] = Segment(segments[place].id, {"visits": {"gte": version}})
        raw = msgspec.json.encode(msgspec.structs.replace(definitions, segments=segments))
        found.append(b'{"version":%d,"saved_at":0,"definitions":%b}' % (version, raw))
    return found


@contextmanager
def edited(url: str, prepared: Iterator[bytes]) -> Iterator[None]:
    """Puts one document after the other in force until left."""
    leaving = Event()

    def edit() -> None:
        with Redis.from_url(url) as client:
            while not leaving.wait(1 / EDITS):
                client.hset(keys.DEFINITIONS, "bench", next(prepared))
                client.incr(keys.DEFINITIONS_VERSION)

    thread = Thread(target=edit)
    thread.start()
    yield
    leaving.set()
    thread.join()


def measure(url: str, port: int, segments: int) -> None:
    """Print both, from rounds in turn."""
    prepared = iter([each for first in range(10, 210, 20) for each in documents(make(segments, 200), first)])
    run(drive("127.0.0.1", port, history(TOKENS), 32))
    rate = statistics.median(closed(port) for _ in range(3)) / 3
    still, moved = [], []
    for seed in range(ROUNDS):
        still.append(opened(port, rate, seed))
        with edited(url, prepared):
            moved.append(opened(port, rate, seed))
    for name, results in (("no edits", still), (f"{EDITS} edits a second", moved)):
        half, most = ([quantile(each.latencies, share) * 1000 for each in results] for share in (0.5, 0.99))
        print(f"{segments:6,} segments, {rate:.0f} page views a second, {name:18}", end=" ")
        print(f"p50 {statistics.median(half):5.2f} ms,", end=" ")
        print(f"p99 {statistics.median(most):6.2f} ms ({min(most):.2f} to {max(most):.2f})")


def main() -> None:
    server_core, other_core = cores()
    for segments in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            store = EmbeddedStore(Path(folder))
            store.start()
            try:
                myself = psutil.Process()
                with served("dangol", store.url, str(segments), "200", "live") as (port, process):
                    pin(other_core, myself, *(each for each in myself.children() if each.pid != process.pid))
                    pin(server_core, process)
                    time.sleep(1)
                    measure(store.url, port, segments)
            finally:
                store.stop()


if __name__ == "__main__":
    main()
