"""Memory of 50,000 products with K = 50 neighbours each, in the store and in a server that has read all it ever keeps.

First every product has a full row of what is bought together, loaded as past orders. Then live rows come on top of it,
of all lengths from K members merged to what rows have before they are merged again, as they are once all is full. Last
the same of what is viewed together, which past orders tell nothing of. A total of all products goes with each. The
server is a process of its own, which first reads the catalogue and then asks for as many rows as it may keep.
So many fits as it may keep of them are weighed apart, by the memory of some. BENCH_PRODUCTS and BENCH_K are other
numbers.
"""

import asyncio
import functools
import multiprocessing
import os
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from dangol.host.registry import Registry
from dangol.plugin import Query
from dangol.recommend.counted import MOST_ROWS, Counted
from dangol.recommend.marks import mark, numbers
from dangol.recommend.records import HEAD, MEMBER, RECORD, longest, sealed
from dangol.recommend.shelf import Shelf
from dangol.recommend.shelves import Shelves, warm
from dangol.store import catalogue, keys
from dangol.store.embedded import EmbeddedStore
from dangol.store.generations import Generation, Loaded
from dangol.store.link import Link
from dangol_plugins import fitted
from dangol_plugins.bought_together import BoughtTogether
from loadtests.bench.catalogue import products
from loadtests.bench.memory import used

K = int(os.environ.get("BENCH_K", "50"))
NAMES = ("bought_together", "viewed_together")
BAR, AIM = 200, 60
FITS = 100
AT_ONCE = 500


Name = Callable[[str], str]


def records(chance: np.random.Generator, marks: Any, members: int, newcomers: int) -> bytes:
    """A merged row of so many members, and up to so many records behind it."""
    now = int(time.time())
    row = sealed(marks[chance.integers(0, len(marks), members)], chance.random(members, np.float32), now)
    added = np.empty(chance.integers(0, newcomers, endpoint=True), [("mark", "<u8"), ("sum", "<f4"), ("at", "<u4")])
    added["mark"] = marks[chance.integers(0, len(marks), len(added))]
    added["sum"], added["at"] = chance.random(len(added)), now
    return row + added.tobytes()


def rows(ids: list[str], name: Name, members: int, newcomers: int = 0) -> Iterator[tuple[str, bytes]]:
    """A row for each product under its name."""
    chance, marks = np.random.default_rng(1), numbers(b"".join(map(mark, ids)))
    for id in ids:
        yield name(id), records(chance, marks, members, newcomers)


def total(ids: list[str], name: Callable[[int], str]) -> Iterator[tuple[str, bytes]]:
    """A total of all products, in its parts."""
    buckets: dict[int, list[str]] = {}
    for id in ids:
        buckets.setdefault(keys.total_bucket(id), []).append(id)
    for bucket, members in buckets.items():
        marks = numbers(b"".join(map(mark, members)))
        yield name(bucket), sealed(marks, np.full(len(marks), 10, np.float32), int(time.time()))


async def write(link: Link, named: Iterator[tuple[str, bytes]]) -> None:
    """All of it."""
    while some := list(islice(named, AT_ONCE)):
        await asyncio.gather(*(link.call("SET", *each) for each in some))


async def fits(counted: Counted, shelf: Shelf, ids: list[str]) -> int:
    """Bytes of all fits that a server may keep of what is bought together."""
    plugin, counts = BoughtTogether(), counted.counts_of(NAMES[0])
    tracemalloc.start()
    await plugin.recommend(Query(ids[:FITS], 10, time.time(), shelf), counts)
    await plugin.settle()
    made = tracemalloc.take_snapshot().filter_traces([tracemalloc.Filter(True, fitted.__file__)])
    tracemalloc.stop()
    return sum(each.size for each in made.statistics("filename")) * fitted.MOST_FITS // FITS


async def serve(url: str, ids: list[str], answers: Any) -> None:
    """A server's part: its memory before, with the catalogue, with all rows that it may keep, and with all fits."""
    process, link = psutil.Process(), Link(url)
    registry = Registry.load()
    warm()
    weights = [process.memory_info().rss]
    shelves = Shelves(link)
    await shelves.caught_up("shop")
    weights.append(process.memory_info().rss)
    counted = Counted(link, shelves, "shop", registry)
    for name in NAMES:
        counts = counted.counts_of(name)
        await counts.totals("products")
        for start in range(0, min(MOST_ROWS // len(NAMES), len(ids)), AT_ONCE):
            await counts.rows(ids[start : start + AT_ONCE])
            counted._kept.since = time.monotonic()  # as if all were asked for within the second that they are kept
    weights.append(process.memory_info().rss)
    weights.append(weights[-1] + await fits(counted, shelves.of("shop"), ids))
    link.close()
    answers.put(weights)


def served(url: str, ids: list[str], answers: Any) -> None:
    """The process of a server."""
    asyncio.run(serve(url, ids, answers))


def server(url: str, ids: list[str]) -> list[int]:
    """The memory of a server of its own, step by step."""
    context = multiprocessing.get_context("spawn")
    answers = context.Queue()
    process = context.Process(target=served, args=(url, ids, answers))
    process.start()
    weights: list[int] = answers.get(timeout=300)
    process.join()
    return weights


async def told(name: str, link: Link, before: int, url: str, ids: list[str]) -> None:
    """Print one line: the store's growth, the server's, and both."""
    stored = await used(link) - before
    empty, shelf, all_rows, all_fits = await asyncio.to_thread(server, url, ids)
    both = (stored + all_fits - empty) / 1e6
    print(
        f"{name:24} store {stored / 1e6:5.1f} MB; server {(shelf - empty) / 1e6:.1f} MB for the catalogue and ", end=""
    )
    print(f"{(all_rows - shelf) / 1e6:.1f} for {MOST_ROWS:,} rows, ", end="")
    print(f"{(all_fits - all_rows) / 1e6:.1f} for fits; {both:.0f} MB together (bar {BAR}, aim {AIM})")


async def measure(url: str) -> None:
    """Fill the store step by step, and weigh it."""
    link = Link(url)
    before = await used(link)
    some = list(products())
    ids = [each.id for each in some]
    await catalogue.put(link, "shop", some)
    with_catalogue = await used(link)
    print(f"{'the catalogue itself':32} store {(with_catalogue - before) / 1e6:5.1f} MB, {len(ids):,} products")
    async with Generation(link, "shop") as generation:
        past = generation.name, NAMES[0]
        await write(link, rows(ids, lambda id: keys.counter_history("shop", *past, id), K))
        await write(link, total(ids, lambda bucket: keys.total_history("shop", *past, "products", bucket)))
        await generation.put_in_force(Loaded(generation.name))
    await told("bought together, past orders", link, with_catalogue, url, ids)
    for name, step in zip(NAMES, ("bought together, live", "viewed together, live"), strict=True):
        of = functools.partial(keys.counter, "shop", name)
        await write(link, rows(ids, of, K, (longest(K) - HEAD - MEMBER * K) // RECORD))
        await write(link, total(ids, functools.partial(keys.total, "shop", name, "products")))
        await told(f"and {step}", link, with_catalogue, url, ids)
    link.close()


def main() -> None:
    """Start a store of its own, and measure."""
    print(f"K = {K}")
    with tempfile.TemporaryDirectory() as folder:
        store = EmbeddedStore(Path(folder))
        store.start()
        try:
            asyncio.run(measure(store.url))
        finally:
            store.stop()
