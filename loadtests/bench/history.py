"""Past orders in bulk: a million lines into all recommenders, time by stage and peak memory.

    python -m loadtests.bench history --data FOLDER_WITH_online_retail_ii.parquet

Both forms of a file are loaded, each by a process of its own that uses one thread, into a catalogue of all its codes:
the real orders of `retail` with their cancellations, credit notes and negative prices, all times moved to end now;
without the folder as many made up ones. Peak memory less what the process had before tells what the load needs; give
BENCH_ORDERS another number to see that it does not grow with the file.
"""

import asyncio
import gc
import multiprocessing
import os
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil

from dangol.definitions.model import Site
from dangol.host.registry import Registry
from dangol.orders.loading import Options, Shop, Source, load
from dangol.plugin import Product
from dangol.protocol.tokens import Keys
from dangol.store import catalogue
from dangol.store.embedded import EmbeddedStore
from dangol.store.link import Link
from loadtests.bench.retail import FILE

ORDERS = int(os.environ.get("BENCH_ORDERS", "50000"))
LINES, PRODUCTS, CUSTOMERS = 20, 5_000, 6_000
BAR, AIM = 30, 8
SITE = Site("shop", "public-key", "Shop", ["https://shop.example"], currency="GBP", timezone="Europe/London")


def real(folder: Path) -> Any:
    """The columns of the real file, all times moved so that the last is now."""
    import pyarrow as pa
    from pyarrow import compute, parquet

    names = ["invoice_no", "invoice_ts", "stock_code", "quantity", "unit_price", "customer_id"]
    table = parquet.read_table(folder / FILE, columns=names)
    last = compute.max(table["invoice_ts"]).as_py().timestamp()
    ahead = pa.scalar(int(time.time() - last) * 1_000_000, pa.duration("us"))
    times = compute.add(table["invoice_ts"], ahead)
    names = ["order_id", "at", "product_id", "quantity", "price", "customer_id"]
    return table.set_column(1, "invoice_ts", times).rename_columns(names)


def made_up() -> Any:
    """As many lines: orders of a few products that sell a lot and many that do not, in two years."""
    import numpy as np
    import pyarrow as pa

    chance, count = np.random.default_rng(3), ORDERS * LINES
    orders = np.arange(count) // LINES
    at = (time.time() - chance.integers(0, 2 * 365 * 86_400, ORDERS))[orders]
    columns = {
        "order_id": orders,
        "at": at.astype("datetime64[s]"),
        "product_id": (PRODUCTS * chance.random(count) ** 3).astype(np.int64),
        "quantity": chance.integers(1, 9, count),
        "price": chance.integers(100, 2_000, count) / 100,
        "customer_id": chance.integers(0, CUSTOMERS, ORDERS)[orders],
    }
    return pa.table(columns).take(pa.array(chance.permutation(count)))


class Stages:
    """CPU seconds of each stage of a load, as it tells of them."""

    def __init__(self) -> None:
        self._seconds: dict[str, float] = {}
        self._stage, self._since = "", time.process_time()

    def __call__(self, stage: str, percent: int) -> None:
        """The stage goes on, or a new one begins."""
        now = time.process_time()
        # The first report of a stage comes when some of it is done.
        self._seconds[stage] = self._seconds.get(stage, 0.0) + now - self._since
        self._stage, self._since = stage, now

    def __str__(self) -> str:
        return ", ".join(f"{stage} {seconds:.2f}" for stage, seconds in self._seconds.items())


def highest() -> int:
    """The most bytes that this process has held. What `getrusage` tells has those of the process that started it."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM:")).split()[1]) * 1024


async def store_cpu(link: Link) -> float:
    """CPU seconds that the store has used."""
    lines = dict(line.split(b":") for line in (await link.call("INFO", "cpu")).split(b"\r\n") if b":" in line)
    return float(lines[b"used_cpu_user"]) + float(lines[b"used_cpu_sys"])


async def measure(url: str, path: Path, told: bool) -> None:
    """Load one file."""
    link, stages = Link(url), Stages()
    before, of_store = psutil.Process().memory_info().rss, await store_cpu(link)
    shop = Shop(SITE, Keys.derive(b"s" * 32, "shop"), Registry.load().recommenders())
    wall, cpu = time.perf_counter(), time.process_time()
    with path.open("rb") as file:
        options = Options(skip_refused=True)
        loaded = await load(link, shop, [Source(path.name, file)], options, time.time(), lambda refusal: None, stages)
    wall, cpu, of_store = time.perf_counter() - wall, time.process_time() - cpu, await store_cpu(link) - of_store
    link.close()
    peak = highest()
    if told:
        print(
            f"{path.name:16} {loaded.rows:,} lines in {cpu:.1f} s of CPU (bar {BAR}, aim {AIM}), {wall:.1f} s; ", end=""
        )
        print(f"the store {of_store:.2f} s; peak {peak / 1e6:.0f} MB, {(peak - before) / 1e6:.0f} of them for this")
        print(f"{'':16} {stages}")
        left = ", ".join(f"{reason} {count:,}" for reason, count in loaded.left.items())
        print(
            f"{'':16} {loaded.orders:,} orders with {loaded.lines:,} lines; refused {loaded.refused}; left out: {left}"
        )
        print(f"{'':16} {loaded.counts:,} rows of counts, {loaded.bytes / 1e6:.1f} MB")


def child(url: str, path: Path, told: bool) -> None:
    """The process of one load, as `dangol orders import` sets it up."""
    gc.freeze()
    gc.set_threshold(1_000_000, 20, 100)
    asyncio.run(measure(url, path, told))


def in_a_process(url: str, path: Path, told: bool = True) -> None:
    """Raises RuntimeError where it fails."""
    process = multiprocessing.get_context("spawn").Process(target=child, args=(url, path, told))
    process.start()
    process.join()
    if process.exitcode:
        raise RuntimeError(f"the load of {path.name} failed")


async def fill(url: str, table: Any) -> None:
    """A catalogue of everything that was ever sold."""
    link = Link(url)
    ids = sorted({str(id).strip() for id in table["product_id"].unique().to_pylist()} - {""})
    await catalogue.put(link, "shop", [Product(id, f"Product {id}", 500, category=f"c{id[:2]}") for id in ids])
    link.close()


def main(data: Path | None = None) -> None:
    """Write the files, and load them."""
    from pyarrow import csv, parquet

    table = real(data) if data and (data / FILE).exists() else made_up()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store = EmbeddedStore(folder / "store")
        csv.write_csv(table, folder / "orders.csv")
        parquet.write_table(table, folder / "orders.parquet")
        store.start()
        try:
            asyncio.run(fill(store.url, table))
            in_a_process(store.url, folder / "orders.parquet", told=False)  # compiles what is not compiled yet
            for form in ("csv", "parquet"):
                in_a_process(store.url, folder / f"orders.{form}")
        finally:
            store.stop()
