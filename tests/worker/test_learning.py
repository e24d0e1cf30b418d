"""From a server through workers to another server's strip: soon, exactly, and the same for all."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from dangol.engine import Context
from dangol.host.guard import Guard
from dangol.host.registry import Registry
from dangol.house import House
from dangol.plugin import Product, Rows
from dangol.protocol.event import Event, Item
from dangol.purchases import take_reported
from dangol.recommend.counted import Counted
from dangol.recommend.offering import Offering
from dangol.recommend.shelves import Shelves
from dangol.recommend.wish import Wish
from dangol.store import catalogue
from dangol.store.link import Link
from dangol.testing import entry, event
from dangol.worker.loop import Timing, Worker
from dangol_plugins.bought_together import BoughtTogether

pytestmark = pytest.mark.anyio

GOODS = ["tea", "cup", "pot", "mat"]


class Server:
    """A server of the shop: what it takes in, and what it offers."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.offering = Offering(house.link, house.registry, house.guard, house.shelves)
        self.counted = Counted(house.link, house.shelves, "shop", house.registry)

    async def takes(self, shopper: int, name: str, *products: str, number: str = "1") -> None:
        """Answers once the event is written."""
        id, at = f"{name}-{number}-{shopper:06}", int(time.time() * 1000)
        event = Event(id, name, at, items=[Item(each, price=100) for each in products], key=number)
        context = Context(now=time.time(), page="/")
        runtime = self.house.by_id["shop"]
        await take_reported(self.house.engine, self.house.link, runtime, f"v{shopper:015}", [event], context)

    async def goes_with(self, product: str) -> set[str]:
        """What is offered since it was bought together with the product."""
        wish = Wish(recommenders=["bought_together"], count=3, now=time.time(), products=[product])
        offered = await self.offering.offer(self.house.by_id["shop"].site, wish)
        return {each.product.id for each in offered if each.recommender == "bought_together"}

    async def row(self, product: str) -> dict[str, float]:
        shelf = self.house.shelves.of("shop")
        rows: Rows = await self.counted.counts_of("bought_together", shelf).rows([product])
        return {shelf.ids[place]: float(by) for place, by in zip(rows.places, rows.sums, strict=True)}


@pytest.fixture
async def servers(link: Link, new_house: Any, opened: Any) -> list[Server]:
    """Two servers of one shop."""
    houses = [await opened(new_house()) for _ in range(2)]
    await catalogue.put(link, "shop", [Product(each, each, 100) for each in GOODS])
    for house in houses:
        await house.shelves.caught_up("shop")
    return [Server(house) for house in houses]


@asynccontextmanager
async def two_workers(link: Link, house: House) -> AsyncIterator[None]:
    """Both at work, each with a share of the partitions."""
    registry, timing = Registry.of([BoughtTogether()]), Timing(lease=2.0, beat=0.1, drain=5.0)
    workers = [
        Worker(link, registry, Guard(), house.by_id.get, house.engine, timing=timing, shelves=Shelves(link))
        for _ in range(2)
    ]
    tasks = [asyncio.create_task(each.run()) for each in workers]
    try:
        await until(lambda: both_have_work(workers))
        yield
    finally:
        for each in workers:
            await each.stop()
        await asyncio.gather(*tasks)


async def both_have_work(workers: list[Worker]) -> bool:
    held = [sum(place.job == "learn:bought_together" for place in each._crew.shifts) for each in workers]
    return all(held) and sum(held) == 16


async def until(condition: Callable[[], Awaitable[bool]], seconds: float = 8.0) -> float:
    """Waits for the condition; returns the seconds that it took."""
    began = time.monotonic()
    async with asyncio.timeout(seconds):
        while not await condition():  # what happens is in the store
            await asyncio.sleep(0.02)
    return time.monotonic() - began


async def test_an_order_counts_within_two_seconds_and_its_cancellation_too(link: Link, servers: list[Server]) -> None:
    here, there = servers
    async with two_workers(link, here.house):
        assert await there.goes_with("tea") == set()
        await here.takes(1, "purchase", "tea", "cup", "forged")
        assert await until(lambda: are(there.goes_with("tea"), {"cup"})) < 2.0
        await here.takes(1, "refund")
        assert await until(lambda: are(there.goes_with("tea"), set())) < 2.0
    assert await there.row("tea") == {}


async def test_all_servers_and_workers_count_the_same(link: Link, servers: list[Server]) -> None:
    pairs = [("tea", "cup"), ("tea", "pot"), ("cup", "mat")]
    async with two_workers(link, servers[0].house):
        for round in range(2):  # the second time it is what all of them have bought today before
            orders = [(each, pairs[each % 3], f"{round}-{each}") for each in range(60)]
            await asyncio.gather(
                *(servers[each % 2].takes(each, "purchase", *pair, number=number) for each, pair, number in orders)
            )
        weight = next(each.by for each in BoughtTogether().learn(entry(event("purchase", "tea", "cup"))))
        twenty = pytest.approx(20 * weight, rel=1e-4)
        expected = {"cup": twenty, "pot": twenty}
        for server in servers:
            await until(lambda server=server: are(server.row("tea"), expected))  # type: ignore[misc]
    assert [await each.row("mat") for each in servers] == [{"cup": twenty}] * 2


async def are(found: Awaitable[Any], expected: Any) -> bool:
    return bool(await found == expected)
