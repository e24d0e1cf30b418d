"""Shelves of a running process: as fresh as the catalogue, never in the way."""

import asyncio
import random
import time
from collections.abc import AsyncIterator

import pytest
from msgspec.structs import replace

from dangol.errors import Unavailable
from dangol.plugin import Product
from dangol.recommend.shelves import Shelves, warm
from dangol.store import catalogue, keys
from dangol.store.embedded import EmbeddedStore
from dangol.store.generations import Generation, Loaded
from dangol.store.link import Link
from dangol.store.staging import Staging
from dangol.testing import Clock

pytestmark = pytest.mark.anyio

MUG = Product("mug", "Mug", 9_000, stock=3)


@pytest.fixture
async def followed(link: Link) -> AsyncIterator[Shelves]:
    """The shelves of a process that serves one site, its kernels compiled."""
    warm()
    shelves = Shelves(link)
    task = asyncio.create_task(shelves.follow(lambda: ["shop"]))
    yield shelves
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def offered(shelves: Shelves) -> set[str]:
    shelf = shelves.of("shop")
    return {id for id, offerable in zip(shelf.ids, shelf.offerable, strict=False) if offerable}


async def within_a_second(shelves: Shelves, *ids: str) -> None:
    start = time.monotonic()
    while offered(shelves) != set(ids) or shelves.unread(["shop"]):
        assert time.monotonic() - start < 10, offered(shelves)
        await asyncio.sleep(0.02)


async def test_changes_reach_every_process_within_about_a_second(link: Link, followed: Shelves) -> None:
    await catalogue.put(link, "shop", [MUG, *(replace(MUG, id=id) for id in ("cup", "pen", "box"))])
    await within_a_second(followed, "mug", "cup", "pen", "box")
    await catalogue.put(link, "shop", [replace(MUG, stock=0), replace(MUG, id="cup", hidden=True)])
    await catalogue.remove(link, "shop", ["pen"])
    await within_a_second(followed, "box")
    assert followed.of("shop").places(["mug", "pen"]).min() == -1


async def test_a_shelf_catches_up_when_asked_to(link: Link) -> None:
    shelves = Shelves(link)
    assert shelves.of("shop").size == 0
    assert shelves.unread(["shop"]) == {"shop": 0}
    await catalogue.put(link, "shop", [MUG])
    await shelves.caught_up("shop")
    assert (offered(shelves), shelves.unread(["shop"])) == ({"mug"}, {})
    former = shelves.of("shop")
    await catalogue.put(link, "shop", [replace(MUG, price=1), replace(MUG, id="cup")])
    await shelves.caught_up("shop")
    assert (former.size, former.prices.tolist()) == (1, [1])
    assert shelves.of("shop").size == 2


async def test_whoever_asks_at_the_same_time_reads_once(link: Link, monkeypatch: pytest.MonkeyPatch) -> None:
    await catalogue.put(link, "shop", [MUG])
    shelves, read = Shelves(link), list[str]()
    scan = catalogue.scan

    def counted(link: Link, site: str, at_once: int) -> AsyncIterator[list[Product]]:
        read.append(site)
        return scan(link, site, at_once)

    monkeypatch.setattr(catalogue, "scan", counted)
    await asyncio.gather(*(shelves.caught_up("shop") for _ in range(5)))
    assert read == ["shop"]
    assert offered(shelves) == {"mug"}


async def test_who_asks_before_a_site_is_served_finds_its_catalogue(
    link: Link, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dangol.recommend.shelves.EVERY", 0)
    await catalogue.put(link, "shop", [MUG])
    shelves, looks, scan, looked = Shelves(link), 0, catalogue.scan, asyncio.Event()

    async def held_up(link: Link, site: str, at_once: int) -> AsyncIterator[list[Product]]:
        await looked.wait()
        async for products in scan(link, site, at_once):
            yield products

    def served() -> list[str]:
        nonlocal looks
        looks += 1
        if looks == 3:
            looked.set()
        return []

    async def asked() -> set[str]:
        await shelves.caught_up("shop")
        return offered(shelves)

    monkeypatch.setattr(catalogue, "scan", held_up)
    following = asyncio.create_task(shelves.follow(served))
    assert await asyncio.gather(*(asked() for _ in range(3))) == [{"mug"}] * 3
    following.cancel()


async def test_all_is_read_again_after_a_gap(link: Link) -> None:
    shelves = Shelves(link)
    await catalogue.put(link, "shop", [MUG, replace(MUG, id="cup")])
    await shelves.caught_up("shop")
    await catalogue.remove(link, "shop", ["mug"])
    await catalogue.put(link, "shop", [replace(MUG, id="pen")])
    await link.call("XTRIM", keys.catalogue_changes("shop"), "MAXLEN", 1)
    await shelves.caught_up("shop")
    assert offered(shelves) == {"cup", "pen"}
    assert shelves.of("shop").places(["mug", "cup", "pen"]).tolist().count(-1) == 1


@pytest.mark.parametrize("seed", range(3))
async def test_whatever_writers_do_at_the_same_time_a_shelf_ends_as_the_catalogue(link: Link, seed: int) -> None:
    chance, shelves = random.Random(seed), Shelves(link)

    def some() -> list[Product]:
        return [replace(MUG, id=f"p{chance.randrange(300)}", price=chance.randrange(99)) for _ in range(40)]

    async def feed() -> None:
        async with Staging(link, "shop") as staging:
            for _ in range(3):
                await staging.add(some())
            await staging.swap(hide_others=chance.random() < 0.5)

    for _ in range(8):
        work = [
            catalogue.put(link, "shop", some()),
            feed(),
            shelves.caught_up("shop"),
            catalogue.put(link, "shop", some()),
        ]
        await asyncio.gather(*work, catalogue.remove(link, "shop", [each.id for each in some()]))
        if chance.random() < 0.3:
            await link.call("XTRIM", keys.catalogue_changes("shop"), "MAXLEN", 1)
    await shelves.caught_up("shop")
    shelf, now = shelves.of("shop"), time.time()
    truth = {each.id: each async for batch in catalogue.scan(link, "shop") for each in batch}
    places = shelf.places([f"p{number}" for number in range(300)])
    assert {shelf.ids[place] for place in places if place >= 0} == truth.keys()
    assert offered(shelves) == {each.id for each in truth.values() if each.is_offerable_at(now)}
    assert shelf.prices[shelf.places(list(truth))].tolist() == [each.price for each in truth.values()]


async def test_an_emptied_store_empties_the_shelf(link: Link) -> None:
    shelves = Shelves(link)
    await catalogue.put(link, "shop", [MUG])
    await shelves.caught_up("shop")
    await link.call("FLUSHALL")
    await shelves.caught_up("shop")
    assert offered(shelves) == set()


async def test_a_whole_feed_is_taken_over(link: Link) -> None:
    shelves = Shelves(link)
    await catalogue.put(link, "shop", [MUG])
    await shelves.caught_up("shop")
    async with Staging(link, "shop") as staging:
        await staging.add([replace(MUG, id=f"p{number}") for number in range(300)])
        await staging.swap(hide_others=True)
    await shelves.caught_up("shop")
    assert len(offered(shelves)) == 300
    assert shelves.of("shop").places(["mug"]).tolist() == [0]


async def test_prices_follow_the_clock_without_a_change(link: Link) -> None:
    clock = Clock()
    shelves = Shelves(link, clock)
    await catalogue.put(link, "shop", [replace(MUG, sale_price=5_000, sale_from=int(clock()) + 60)])
    await shelves.caught_up("shop")
    assert shelves.of("shop").prices.tolist() == [9_000]
    clock.advance(60)
    await shelves.caught_up("shop")
    assert shelves.of("shop").prices.tolist() == [5_000]


async def test_reading_leaves_requests_their_turns(link: Link) -> None:
    await catalogue.put(link, "shop", [replace(MUG, id=f"p{number}") for number in range(2_000)])
    shelves, turns = Shelves(link), list[float]()
    reading = asyncio.create_task(shelves.caught_up("shop"))
    while not reading.done():
        before = time.thread_time()
        await asyncio.sleep(0)
        turns.append(time.thread_time() - before)
    assert len(offered(shelves)) == 2_000
    assert max(turns) < min(0.01, sum(turns) / 4)  # in many steps, not in one


async def test_a_generation_of_orders_is_told(link: Link) -> None:
    shelves = Shelves(link)
    assert shelves.orders("shop") == ""
    async with Generation(link, "shop") as generation:
        await generation.put_in_force(Loaded(generation.name))
    await shelves.caught_up("shop")
    assert shelves.orders("shop") == generation.name


async def test_shelves_stay_while_the_store_is_away_and_go_on_after(
    mortal: EmbeddedStore, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dangol.recommend.shelves.EVERY", 0.1)
    link = Link(mortal.url)
    shelves = Shelves(link)
    await catalogue.put(link, "shop", [MUG])
    task = asyncio.create_task(shelves.follow(lambda: ["shop"]))
    await within_a_second(shelves, "mug")
    mortal.kill()
    with pytest.raises(Unavailable):
        await shelves.caught_up("shop")
    assert offered(shelves) == {"mug"}
    await asyncio.sleep(0.3)
    mortal.start()
    while True:
        try:
            await catalogue.put(link, "shop", [replace(MUG, id="cup")])
            break
        except Unavailable:
            await asyncio.sleep(0.1)
    await within_a_second(shelves, "mug", "cup")
    assert sum("can't follow the catalogue" in record.message for record in caplog.records) == 1
    task.cancel()
    link.close()


async def test_sites_that_are_served_no_more_are_let_go(link: Link, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dangol.recommend.shelves.EVERY", 0.05)
    shelves, served = Shelves(link), ["shop"]
    await catalogue.put(link, "shop", [MUG])
    task = asyncio.create_task(shelves.follow(lambda: served))
    await within_a_second(shelves, "mug")
    served.clear()
    await within_a_second_nothing(shelves)
    task.cancel()


async def within_a_second_nothing(shelves: Shelves) -> None:
    async with asyncio.timeout(10):
        while shelves.of("shop").size:
            await asyncio.sleep(0.02)
