"""A catalogue of 50,000 products: how long it takes to read, what it holds up meanwhile, and memory.

What is held up is told in CPU time of one turn of the loop, which is what a request may have to wait for; others'
work on the machine is not in it.
"""

import asyncio
import gc
import os
import tempfile
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

from dangol.plugin import Product
from dangol.recommend.shelves import Shelves, warm
from dangol.store import catalogue, keys
from dangol.store.embedded import EmbeddedStore
from dangol.store.link import Link
from dangol.store.staging import Staging

PRODUCTS = int(os.environ.get("BENCH_PRODUCTS", "50000"))
NOW = int(time.time())
SEEDS = [f"SKU-{number:07}" for number in (3, 1_000, 777, 20_000, 49_999, -1)]


def products() -> Iterator[Product]:
    """As a shop of general goods has them, three variants of each, a third of them on sale for a time."""
    for number in range(PRODUCTS):
        category = f"카테고리 {number % 200}"
        yield Product(
            f"SKU-{number:07}", f"상품 이름 {number} in two languages", 1_000 + number, f"https://shop.example/p/{number}",
            f"https://cdn.shop.example/{number}.jpg", category, f"brand {number % 500}", number % 50,
            900 if number % 3 == 0 else None, 0, NOW + 10_000 + number,
            categories=(category, f"sub {number % 1_000}"), attributes={"colour": "mint"},
            group=f"g{number // 3}", cost=500,
        )  # fmt: skip


async def longest_turn(turns: list[float]) -> None:
    """Notes the CPU seconds of each turn of the loop, until cancelled."""
    while True:
        before = time.thread_time()
        await asyncio.sleep(0)
        turns.append(time.thread_time() - before)


async def read(link: Link) -> Shelves:
    """Prints what a first reading takes."""
    shelves, turns = Shelves(link), list[float]()
    watching = asyncio.create_task(longest_turn(turns))
    wall, cpu = time.perf_counter(), time.process_time()
    await shelves.caught_up("shop")
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    watching.cancel()
    work = sorted(turn for turn in turns if turn > 5e-5)
    middle, high = work[len(work) // 2], work[int(len(work) * 0.99)]
    print(f"read       {wall:.2f} s, {cpu:.2f} s of CPU with the watching")
    print(f"turns      {middle * 1e3:.2f} ms in the middle, p99 {high * 1e3:.2f} ms, longest {work[-1] * 1e3:.2f} ms")
    return shelves


async def memory(link: Link) -> None:
    """Prints what a shelf holds."""
    tracemalloc.start()
    shelves = Shelves(link)
    before = tracemalloc.get_traced_memory()[0]
    await shelves.caught_up("shop")
    gc.collect()
    held = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    stored = await link.call("MEMORY", "USAGE", keys.catalogue("shop"), "SAMPLES", 1000)
    print(f"memory     {held / 1e6:.1f} MB a process, {stored / 1e6:.1f} MB in the store")


async def changes(link: Link, shelves: Shelves) -> None:
    """Prints what small changes and look-ups take."""
    for number in (1, 500):
        told = [Product(f"SKU-{each:07}", "changed", 5) for each in range(number)]
        await catalogue.put(link, "shop", told)
        started = time.process_time()
        await shelves.caught_up("shop")
        print(f"changed    {number:3} products taken over in {(time.process_time() - started) * 1e3:.2f} ms of CPU")
    shelf = shelves.of("shop")
    for name, work in (
        ("6 places", lambda: shelf.places(SEEDS)),
        ("a sale ends", lambda: shelves._sites["shop"].columns._price(slice(0, shelf.size), time.time())),
    ):
        work()
        started = time.process_time()
        for _ in range(200):
            work()
        print(f"{name:10} {(time.process_time() - started) / 200 * 1e6:.1f} µs")


async def measure(url: str) -> None:
    """All of it, over an empty store."""
    link = Link(url)
    for name in ("first feed", "same feed"):
        wall, cpu = time.perf_counter(), time.process_time()
        async with Staging(link, "shop") as staging:
            batch = []
            for each in products():
                batch.append(each)
                if len(batch) == catalogue.BATCH:
                    await staging.add(batch)
                    batch = []
            await staging.add(batch)
            swapped = await staging.swap(hide_others=True)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        print(f"{name} {wall:.2f} s, {cpu:.2f} s of CPU: {swapped.added} added, {swapped.changed} changed")
    await memory(link)
    await changes(link, await read(link))
    link.close()


def main() -> None:
    """Start a store of its own, and measure."""
    warm()
    with tempfile.TemporaryDirectory() as folder:
        store = EmbeddedStore(Path(folder))
        store.start()
        try:
            asyncio.run(measure(store.url))
        finally:
            store.stop()
