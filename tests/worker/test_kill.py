"""A worker that is really killed, again and again, loses nothing and repeats nothing."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from typing import Any

import msgspec
import pytest
from loadtests.forks import forked, killed
from tests.worker import victim

from dangol.effects.figures import Cell
from dangol.host.registry import Registry
from dangol.plugin import Product
from dangol.protocol.event import Credit, Decided, Entry, Event, Item
from dangol.recommend.counted import Counted
from dangol.recommend.shelves import Shelves
from dangol.store import catalogue, effects, keys, outbox
from dangol.store.link import Link
from dangol.worker.triggers import push_of

pytestmark = pytest.mark.anyio

KILLS = 6
REQUESTS = 150
PRODUCTS = 20
NOW = 1_763_778_000
DAY = date.fromtimestamp(NOW).toordinal()


class Receiver:
    """A shop's webhook. It keeps each key once, as it should, and answers late, wrongly or not at all at times."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.accepted: set[str] = set()
        self.repeated: set[str] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            lines = (line.split(": ", 1) for line in head.splitlines()[1:-1])
            fields = {name.lower(): value for name, value in lines}
            await reader.readexactly(int(fields["content-length"]))
            await self.answer(fields["webhook-id"], writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            return  # the worker was killed
        finally:
            writer.close()

    async def answer(self, key: str, writer: asyncio.StreamWriter) -> None:
        if key in self.accepted:
            self.repeated.add(key)
        await asyncio.sleep(self.chance.uniform(0, 0.05))
        if self.chance.random() < 0.1:
            writer.write(b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        else:
            self.accepted.add(key)
            await asyncio.sleep(self.chance.uniform(0, 0.05))
            if self.chance.random() < 0.9:
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()


@asynccontextmanager
async def receiving(receiver: Receiver) -> AsyncIterator[str]:
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


@asynccontextmanager
async def working(store_url: str, receiver_url: str) -> AsyncIterator[None]:
    """A worker process that is killed at the end, if the end is not the end of the test."""
    process = await forked(victim.main, store_url, receiver_url)
    try:
        yield
    finally:
        await killed(process)


def orders() -> list[Entry]:
    """Every one with a message to be sent, over one of two channels, a product to be counted, and a buyer."""
    made = []
    for number in range(REQUESTS):
        event = Event(f"e{number}", "purchase", number, items=[Item(f"p{number % PRODUCTS}")])
        message = Decided(("webhook", "raw")[number % 2], "message", "x")
        credit = Credit(f"c{number % 3}", "on", "d1", DAY, entered=1, orders=1, revenue=number)
        made.append(Entry("shop", f"m{number}", f"m{number}", number, [event], [message], [credit]))
    return made


async def append(link: Link, entries: list[Entry]) -> None:
    for entry in entries:
        await link.call("XADD", keys.log(keys.partition(entry.profile)), "*", "e", msgspec.msgpack.encode(entry))


async def rows(link: Link, entries: list[Entry]) -> list[outbox.Row]:
    return [
        row for row in await outbox.read_many(link, [push_of(each, each.decided[0]).key for each in entries]) if row
    ]


async def in_state(link: Link, entries: list[Entry], *states: str) -> int:
    return sum(row.state in states for row in await rows(link, entries))


async def counted(link: Link) -> bool:
    """Whether every job has all entries."""
    logs = [await link.call("XINFO", "GROUPS", keys.log(number)) for number in range(keys.PARTITIONS)]
    groups = [dict(zip(flat[::2], flat[1::2], strict=True)) for groups in logs for flat in groups]
    return all(group[b"lag"] == group[b"pending"] == 0 for group in groups)


async def finished(link: Link, entries: list[Entry]) -> bool:
    done = await in_state(link, entries, "accepted", "unknown", "failed")
    return done == len(entries) and await counted(link)


async def live_and_die(link: Link, url: str, entries: list[Entry], receiver: Receiver, chance: random.Random) -> int:
    """Entries come in while workers are killed, then the last one may finish. Returns how many sends the kills hit."""
    share, hit = REQUESTS // KILLS, 0
    async with receiving(receiver) as address:
        for number in range(KILLS):
            async with working(url, address):
                await append(link, entries[number * share : (number + 1) * share])
                await asyncio.sleep(chance.uniform(0.0, 0.6))
            hit += await in_state(link, entries, "sending")
        async with working(url, address), asyncio.timeout(60):
            while not await finished(link, entries):  # what happens is in another process
                await asyncio.sleep(0.05)
    return hit


async def test_kills_lose_nothing_and_repeat_nothing(link: Link, store: Any) -> None:
    chance = random.Random(7)
    receiver, entries = Receiver(chance), orders()
    await catalogue.put(link, "shop", [Product(f"p{number}", "", 100) for number in range(PRODUCTS)])
    hit = await live_and_die(link, store.url, entries, receiver, chance)
    assert hit > KILLS / 3, "the kills hit too few sends to prove anything"
    found = await rows(link, entries)
    honoured = {row.key for row in found if row.push.campaign == "webhook"}
    assert {row.state for row in found if row.push.campaign == "webhook"} == {"accepted"}
    assert honoured <= receiver.accepted
    assert receiver.repeated & honoured, "no request had to be repeated"
    assert receiver.repeated <= honoured, "a request was sent blindly to a channel that is not idempotent"
    assert {row.state for row in found if row.push.campaign == "raw"} == {"accepted", "unknown"}
    assert {row.key for row in found if row.state == "accepted"} <= receiver.accepted
    await check_counts(link, entries)
    await check_figures(link)


async def check_counts(link: Link, entries: list[Entry]) -> None:
    """Every product was counted exactly as often as it was sold."""
    names = [f"p{number}" for number in range(PRODUCTS)]
    sold = Counter(entry.events[0].items[0].id for entry in entries)
    shelves = Shelves(link)
    await shelves.caught_up("shop")
    counts = Counted(link, shelves, "shop", Registry.of([victim.Tally()])).counts_of("tally")
    places, rows, totals = shelves.of("shop").places(names), await counts.rows(names), await counts.totals("sold")
    assert rows.places.tolist() == places.tolist()
    assert rows.sums.tolist() == totals[places].tolist() == [sold[name] for name in names]
    assert not any([await link.call("EXISTS", keys.parked(number)) for number in range(keys.PARTITIONS)])


async def check_figures(link: Link) -> None:
    """Every buyer is in the figures of the campaign exactly once."""
    for place in range(3):
        figures = (await effects.read(link, "shop", f"c{place}", NOW)).cells[Cell(DAY, "d1", "on", "")]
        spent = range(place, REQUESTS, 3)
        assert (figures.shoppers, figures.converted, figures.orders) == (len(spent),) * 3
        assert (figures.revenue, figures.squares) == (sum(spent), sum(each**2 for each in spent))
