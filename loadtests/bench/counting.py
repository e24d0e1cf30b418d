"""What one order line costs the worker and the store when recommenders count it, by several engines, and their memory.

    python -m loadtests.bench.counting

Orders of a shop of BENCH_PRODUCTS products (50,000), a few of which sell far more than the rest, as BoughtTogether
counts them: each product of an order with all others, and each in a total. All but the last two engines count each
entry once, also where a worker dies.

  rows        what dangol does: records are added to strings, which the worker merges when they have become long
  appended    the same with APPEND, which leaves strings twice as long as they are
  merged      the same with rows merged by the script that adds
  sorted sets ZINCRBY for each pair, cut when twice as long
  sparse      scipy's matrix of all orders, multiplied with itself once: nothing is counted before the next time
  memory      numba in the memory of one process: what counting alone costs

The factor is how long a row grows before it is merged, in members that it keeps.
"""

import asyncio
import os
import random
import tempfile
import time
import tracemalloc
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from itertools import accumulate
from pathlib import Path
from typing import Any
from unittest.mock import patch

import click
import msgspec
import numpy as np
import psutil
from numba import njit
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from dangol.host.guard import Guard
from dangol.host.registry import Registry
from dangol.plugin import Count, Entry, Event, Item, Product
from dangol.recommend import counted, records
from dangol.recommend.counted import Counted
from dangol.recommend.learning import learned
from dangol.recommend.shelves import Shelves
from dangol.store import catalogue, counters, keys
from dangol.store.counters import Counters, Learned
from dangol.store.embedded import EmbeddedStore
from dangol.store.link import Link
from dangol.store.script import Script
from dangol.worker.follow import Logged
from dangol.worker.learners import Learner
from dangol_plugins.bought_together import BoughtTogether
from loadtests.bench.dispatch import tidy
from loadtests.bench.memory import used
from loadtests.bench.process import cpu

PRODUCTS = int(os.environ.get("BENCH_PRODUCTS", "50000"))
ORDERS = int(os.environ.get("BENCH_ORDERS", "20000"))
LINES = 5
BATCH = 100
KEEP = 50
BAR, AIM = 50, 15

APPENDED = Script("""
local marker = redis.call('HGET', KEYS[1], ARGV[1])
if marker and marker >= ARGV[2] then return marker end
local lengths = {}
for i = 2, #KEYS do lengths[i - 1] = redis.call('APPEND', KEYS[i], ARGV[i + 3]) end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return lengths
""")

# As `recommend.records.merged`, with a half-life and members to keep for all rows, none of which it seals: the
# lengths that it answers with leave the worker nothing but totals to merge, and before that its rows may grow longer.
MERGED = Script("""
local marker = redis.call('HGET', KEYS[1], ARGV[1])
if marker and marker >= ARGV[2] then return marker end
local half_life, keep, most, lengths, rows = HALF_LIFE, KEEP, MOST, {}, tonumber(ARGV[4])
for i = rows + 2, #KEYS do lengths[i - 1] = redis.call('APPEND', KEYS[i], ARGV[i + 3]) end
for i = 2, rows + 1 do
  local row = (redis.call('GET', KEYS[i]) or '') .. ARGV[i + 3]
  lengths[i - 1] = #row
  if #row > most then
    local sums, order, latest = {}, {}, 0
    for at = 1, #row, 16 do latest = math.max(latest, (struct.unpack('<I4', row, at + 12))) end
    for at = 1, #row, 16 do
      local member, by, time = struct.unpack('<c8fI4', row, at)
      if not sums[member] then order[#order + 1] = member end
      sums[member] = (sums[member] or 0) + by * 2 ^ ((time - latest) / half_life)
    end
    table.sort(order, function(one, other) return sums[one] > sums[other] end)
    local kept = {}
    for place = 1, math.min(keep, #order) do
      kept[place] = struct.pack('<c8fI4', order[place], sums[order[place]], latest)
    end
    row = table.concat(kept)
    lengths[i - 1] = 0
  end
  redis.call('SET', KEYS[i], row)
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return lengths
""".replace("HALF_LIFE", str(BoughtTogether.half_life)).replace("KEEP", "64").replace("MOST", "1552"))  # fmt: skip

# KEYS: markers, counters. ARGV: the log's partition; MessagePack of [entry id, [[counter, member, by, keep], ...]], ...
SORTED = Script("""
local marker = redis.call('HGET', KEYS[1], ARGV[1]) or ''
for _, entry in ipairs(cmsgpack.unpack(ARGV[2])) do
  if entry[1] > marker then
    for _, count in ipairs(entry[2]) do
      local key = KEYS[count[1]]
      redis.call('ZINCRBY', key, count[3], count[2])
      if redis.call('ZCARD', key) > 2 * count[4] then redis.call('ZREMRANGEBYRANK', key, 0, -(count[4] + 1)) end
    end
    marker = entry[1]
  end
end
redis.call('HSET', KEYS[1], ARGV[1], marker)
""")


Engine = Callable[[int, Sequence[bytes], int], Awaitable[None]]
"""Takes a batch of one partition of the log, and the place of its first entry."""


def entries(number: int, products: int) -> list[Entry]:
    """Orders of different products; a product sells with the inverse of its rank."""
    chance = random.Random(1)
    ranks = list(accumulate(1 / (10 + rank) for rank in range(products)))
    made, now = [], int(time.time() * 1000)
    for order in range(number):
        drawn = chance.choices(range(products), cum_weights=ranks, k=2 * LINES)
        items = [Item(f"p{each}", f"Product {each}", 10_000) for each in list(dict.fromkeys(drawn))[:LINES]]
        event = Event(f"{order:012}", "purchase", now, items=items, value=50_000, key=f"o{order}")
        made.append(Entry("shop", f"v{order:015}", "", now, [event]))
    return made


async def with_learner(link: Link) -> Engine:
    """All that a worker does with entries of the log, from their bytes on."""
    shelves = Shelves(link)
    await shelves.caught_up("shop")
    learner, decode = Learner(link, Guard(), BoughtTogether(), shelves), msgspec.msgpack.Decoder(Entry).decode

    async def take(number: int, batch: Sequence[bytes], first: int) -> None:
        logged = [Logged(f"{place}-0", decode(payload)) for place, payload in enumerate(batch, first)]
        await learner(number, logged)

    return take


async def with_sorted_sets(link: Link) -> Engine:
    """The same with a sorted set for each row, and one a partition for the total."""
    plugin, decode = BoughtTogether(), msgspec.msgpack.Decoder(Entry).decode

    async def take(number: int, batch: Sequence[bytes], first: int) -> None:
        shares: dict[int, tuple[dict[str, int], dict[str, list[Any]]]] = {}
        for place, payload in enumerate(batch, first):
            for each in learned(plugin, decode(payload)):
                for member in each.members:
                    row = each.key if isinstance(each, Count) else member
                    name = f"{keys.TAGS[keys.partition(row)]}z:{row if isinstance(each, Count) else 'total'}"
                    names, counts = shares.setdefault(keys.partition(row), ({}, {}))
                    keep = 64 if isinstance(each, Count) else PRODUCTS
                    count = names.setdefault(name, len(names) + 2), member, each.by, keep
                    counts.setdefault(f"{place:020}", []).append(count)
        await asyncio.gather(
            *(
                SORTED(
                    link, [f"{keys.TAGS[share]}z-applied", *names], [number, msgspec.msgpack.encode([*counts.items()])]
                )
                for share, (names, counts) in shares.items()
            )
        )

    return take


async def run(take: Engine, log: Sequence[bytes], first: int) -> None:
    """Batches of all partitions of the log, side by side."""

    async def partition(number: int) -> None:
        for start in range(number * BATCH, len(log), keys.PARTITIONS * BATCH):
            await take(number, log[start : start + BATCH], first + start)

    await asyncio.gather(*map(partition, range(keys.PARTITIONS)))


async def cost(
    store: EmbeddedStore, engine: Callable[[Link], Awaitable[Engine]], log: Sequence[bytes]
) -> tuple[float, float, float]:
    """Microseconds of worker and store an order line, and the megabytes that the store has grown by."""
    assert store._process is not None
    link, valkey = Link(store.url, timeout=60), psutil.Process(store._process.pid)
    await link.call("FLUSHALL", "SYNC")
    await catalogue.put(link, "shop", [Product(f"p{number}", "", 10_000) for number in range(PRODUCTS)])
    take, early = await engine(link), len(log) // 10
    await run(take, log[:early], 1)  # all is compiled then, and rows are there
    tidy()
    before, size = (time.process_time(), cpu(valkey)), await used(link)
    await run(take, log[early:], early + 1)
    lines = LINES * (len(log) - early) / 1e6
    spent = (time.process_time() - before[0]) / lines, (cpu(valkey) - before[1]) / lines
    grown = (await used(link) - size) / 1e6
    link.close()
    return *spent, grown


def sparse(made: Sequence[Entry]) -> float:
    """Seconds of CPU for all pairs at once."""
    began = time.process_time()
    items = [int(item.id[1:]) for entry in made for item in entry.events[0].items]
    orders = np.repeat(np.arange(len(made)), LINES)
    bought = csr_matrix((np.ones(len(items), np.float32), (orders, items)), shape=(len(made), PRODUCTS))
    assert (bought.T @ bought).nnz
    return time.process_time() - began


@njit(cache=True)
def _count(orders: NDArray[np.int32], members: NDArray[np.int32], sums: NDArray[np.float32]) -> None:
    for order in orders:
        for first in order:
            row, values = members[first], sums[first]
            for other in order:
                if other == first:
                    continue
                lowest = 0
                for slot in range(len(row)):
                    if row[slot] == other:
                        lowest = slot
                        break
                    if values[slot] < values[lowest]:
                        lowest = slot
                row[lowest] = other
                values[lowest] += 1


def in_memory(made: Sequence[Entry]) -> float:
    """Seconds of CPU where rows of arrays take a newcomer in place of their lowest."""
    members, sums = np.full((PRODUCTS, 64), -1, np.int32), np.zeros((PRODUCTS, 64), np.float32)
    orders = np.array([[int(item.id[1:]) for item in entry.events[0].items] for entry in made], np.int32)
    _count(orders[:10], members, sums)
    began = time.process_time()
    _count(orders, members, sums)
    return time.process_time() - began


class Full(BoughtTogether):
    """Keeps as many as the memory is measured for."""

    name = "full"
    keep = KEEP


async def weigh(store: EmbeddedStore) -> None:
    """Memory where every product has a full row, half of its time between two merges; and what a server keeps of it."""
    link, plugin, chance, now = Link(store.url, timeout=60), Full(), random.Random(2), time.time()
    await link.call("FLUSHALL", "SYNC")
    ids = [f"p{number}" for number in range(PRODUCTS)]
    before = await used(link)
    engine = Counters(link, plugin)
    for times, members in enumerate((KEEP, KEEP // 2, KEEP // 4)):
        for start in range(0, PRODUCTS, 500):
            counts = [Count(id, chance.sample(ids, members), 1.0, now) for id in ids[start : start + 500]]
            await engine.add(0, [Learned(f"{times + 1}-{start}", "shop", counts)])
    rows = await used(link) - before
    await catalogue.put(link, "shop", [Product(id, f"Product {id}", 10_000) for id in ids])
    shelves = Shelves(link)
    await shelves.caught_up("shop")
    counts_of = Counted(link, shelves, "shop", Registry.of([plugin])).counts_of("full")
    await counts_of.rows(ids[:1])
    tracemalloc.start()
    await counts_of.rows(ids[: counted.MOST_ROWS])
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    click.echo(
        f"\n{PRODUCTS:,} products with {KEEP} neighbours each, and a quarter as many records: {rows / 1e6:.0f} MB of"
        f" store; all rows that a server may keep {kept / 1e6:.0f} MB"
    )
    link.close()


def longest(factor: float, keep: int) -> int:
    """`records.longest` for rows that grow by another factor."""
    return records.HEAD + records.MEMBER * keep + records.RECORD * int((factor - 1) * keep + 1)


def main() -> None:
    """Measure, and print."""
    made = entries(ORDERS, PRODUCTS)
    log, lines = [msgspec.msgpack.encode(each) for each in made], ORDERS * LINES
    with tempfile.TemporaryDirectory() as folder:
        store = EmbeddedStore(Path(folder))
        store.start()
        try:
            click.echo(f"{'engine':22} {'worker':>8} {'store':>8} {'both':>8}  µs an order line; store's growth")
            for name, engine, script, factor in VARIANTS:
                grow = patch.object(counters, "longest", partial(longest, factor))
                with patch.object(counters, "_ADD", script or counters._ADD), grow:
                    worker, valkey, grown = asyncio.run(cost(store, engine, log))
                click.echo(f"{name:22} {worker:8.1f} {valkey:8.1f} {worker + valkey:8.1f}  {grown:.1f} MB")
            click.echo(f"{'memory':22} {in_memory(made) / lines * 1e6:8.2f}")
            seconds = sparse(made)
            click.echo(
                f"{'sparse':22} {seconds / lines * 1e6:8.2f}  where all is counted once: {seconds:.2f} s each time"
            )
            asyncio.run(weigh(store))
        finally:
            store.stop()


VARIANTS: list[tuple[str, Callable[[Link], Awaitable[Engine]], Script | None, float]] = [
    ("rows (factor 1.5)", with_learner, None, 1.5),
    ("rows (factor 1.25)", with_learner, None, 1.25),
    ("rows (factor 2)", with_learner, None, 2.0),
    ("rows (factor 4)", with_learner, None, 4.0),
    ("appended (factor 1.5)", with_learner, APPENDED, 1.5),
    ("merged (factor 1.5)", with_learner, MERGED, 2.0),
    ("sorted sets", with_sorted_sets, None, 2.0),
]

if __name__ == "__main__":
    main()
