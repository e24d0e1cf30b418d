"""A member import: CPU of checking a file over reading it with Python's csv alone, and rows a second.

The file is checked, written into an empty embedded store, and written again, which changes nothing. The peak of the
process's memory says that a longer file needs no more: give BENCH_ROWS another number.
"""

import asyncio
import csv
import os
import resource
import tempfile
import time
from collections.abc import Awaitable
from pathlib import Path
from typing import BinaryIO, TypeVar

from dangol.definitions.model import Site, Trait
from dangol.house import House
from dangol.members.importing import Checked, check, write
from dangol.protocol.tokens import Keys
from dangol.settings import Settings
from dangol.store.embedded import EmbeddedStore

T = TypeVar("T")
ROWS = int(os.environ.get("BENCH_ROWS", "100000"))
TRAITS = [
    Trait("points", "", "number"),
    Trait("size", "", "text", choices=["S", "M"]),
    Trait("until", "", "time"),
    Trait("likes", "", "list"),
    Trait("vip", "", "boolean"),
]
SITE = Site("shop", "public-key", "Shop", ["https://shop.example"], traits=TRAITS)
HEADER = "id,name,grade,email,joined_at,points,size,until,likes,vip\r\n"


def row(number: int) -> str:
    """A member as a shop in Korea exports one."""
    told = f'm{number},김철수{number},VIP,m{number}@shop.example,2024-03-{number % 28 + 1:02},"{number % 9},000"'
    return f"{told},M,2026-12-31,tea;mugs,{'YN'[number % 2]}\r\n"


def plain(path: Path) -> float:
    """CPU seconds of Python's csv over the file."""
    started = time.process_time()
    with path.open(encoding="utf-8", newline="") as file:
        for _ in csv.reader(file):
            pass
    return time.process_time() - started


async def told(name: str, work: Awaitable[T], size: int) -> tuple[T, float]:
    """What comes of the work, and its CPU seconds; prints one line."""
    wall, cpu = time.perf_counter(), time.process_time()
    done = await work
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{name:16} {ROWS / wall:7,.0f} rows/s, {size / wall / 1e6:4.1f} MB/s, {ROWS / cpu:7,.0f} rows a CPU second; ",
        end="",
    )
    print(f"peak {peak:.0f} MB")
    return done, cpu


async def measure(file: BinaryIO, size: int, house: House) -> float:
    """CPU seconds of the check."""

    def writing(checked: Checked) -> Awaitable[int]:
        return write(file, SITE, checked, Keys.derive(house.master, "shop"), house.engine, lambda position: None)

    checked, cpu = await told("check", check(file, SITE, print, lambda position: None), size)
    await told("write", writing(checked), size)
    await told("write again", writing(checked), size)
    await house.close()
    return cpu


def main() -> None:
    """Make the file and a store of its own, and measure."""
    with tempfile.TemporaryDirectory() as folder:
        path, store = Path(folder) / "members.csv", EmbeddedStore(Path(folder) / "store")
        with path.open("w", encoding="utf-8", newline="") as file:
            file.write(HEADER)
            file.writelines(map(row, range(ROWS)))
        store.start()
        try:
            house = House(Settings(secret="s" * 32), store.url)
            with path.open("rb") as reading:
                cpu = asyncio.run(measure(reading, path.stat().st_size, house))
        finally:
            store.stop()
        print(f"check over csv   {cpu / plain(path):.1f} × the CPU")
