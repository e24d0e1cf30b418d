"""Behaviour that only an unsaved definition asks for is counted exactly within seconds: what was, and what comes."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Any

import httpx
import pytest

from dangol.definitions import drafting, repository
from dangol.definitions.drafts import LASTING
from dangol.engine import Context
from dangol.house import House
from dangol.protocol.event import Event
from dangol.store import keys
from dangol.store.profiles import Profiles
from dangol.worker.backfill import Backfill
from dangol.worker.census import Census
from dangol.worker.loop import Timing, Worker

pytestmark = pytest.mark.anyio

SETTLING = 0.8
SEARCHED = {"did": {"event": "search", "gte": 2, "within": "7d"}}
LEFT = {
    "did_but_not": {"first": {"event": "add_to_cart"}, "then": {"event": "purchase"}, "within": "1h", "last": "7d"}
}  # fmt: skip
HOUR = 3600


class Shop:
    """A house that follows its definitions, and all events that it was sent, by visitor: name and unix second."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.events: dict[str, list[tuple[str, int]]] = {}

    async def sees(self, number: int, name: str, ages: Iterable[float] = (0,), by: House | None = None) -> None:
        """A visitor does something, `ages` seconds ago, which the house `by` is told of."""
        who, now, house = f"v{number:015}", time.time(), by or self.house
        did = self.events.setdefault(who, [])
        for age in ages:
            at = int(now - age)
            event = Event(f"{who}-{len(did)}", name, at * 1000, key=f"{who}-{len(did)}")
            did.append((name, at))
            await house.engine.take(house.by_id["shop"], who, [event], Context(now=now, page="/"))

    def count(self, holds: Callable[[list[tuple[str, int]]], bool]) -> int:
        """Brute force: of how many visitors that holds, by all that they did."""
        return sum(map(holds, self.events.values()))


def searched(did: list[tuple[str, int]]) -> bool:
    return sum(name == "search" for name, _ in did) >= 2


def left(did: list[tuple[str, int]]) -> bool:
    now, bought = time.time(), [at for name, at in did if name == "purchase"]
    carts = [at for name, at in did if name == "add_to_cart" and at <= now - HOUR]
    return any(not any(cart < at <= cart + HOUR for at in bought) for cart in carts)


@pytest.fixture
async def running(new_house: Any, define: Any) -> AsyncIterator[Shop]:
    """A shop with a worker that counts and looks up."""
    house: House = new_house(
        define(segments=[{"id": "buyers", "include": {"did": {"event": "purchase", "within": "7d"}}}])
    )
    await house.open()
    await house.loaded.wait()
    jobs = [
        Backfill(house.link, Profiles(house.link, 86_400), lambda: house.by_id, SETTLING),
        Census(house.link, lambda: house.by_id),
    ]
    worker = Worker(
        house.link, house.registry, house.guard, lambda *_: None, house.profiles.read,  # type: ignore[arg-type]
        timing=Timing(lease=1.0, beat=0.1), others=jobs,
    )  # fmt: skip
    task = asyncio.create_task(worker.run())
    yield Shop(house)
    await worker.stop()
    await task
    await house.close()


@pytest.fixture
def house(running: Shop) -> House:
    """What `admin` talks to."""
    return running.house


async def size(admin: httpx.AsyncClient, include: dict[str, Any]) -> Any:
    """The answer, as soon as the worker has read the profiles."""
    async with asyncio.timeout(15):
        while (response := await admin.post("/v1/admin/segments/size", json={"include": include})).status_code == 503:
            await asyncio.sleep(0.1)
    assert response.status_code == 200, response.text
    return response.json()


def reasons(answer: Any) -> list[str]:
    return [note["reason"] for note in answer["notes"]]


async def known(admin: httpx.AsyncClient, include: dict[str, Any]) -> Any:
    """The answer, once all of it is known."""
    async with asyncio.timeout(15):
        while reasons(answer := await size(admin, include)):
            assert set(reasons(answer)) == {"looking"}
            await asyncio.sleep(0.2)
    return answer


async def watched(house: House, name: str, is_watched: bool = True) -> None:
    """Until the house looks out for events of that name, or does not."""
    async with asyncio.timeout(5):
        while (name in house.by_id["shop"].watching.by_name) != is_watched:
            await asyncio.sleep(0.02)


async def test_what_was_done_before_and_since_is_counted_exactly(running: Shop, admin: httpx.AsyncClient) -> None:
    for number in range(9):
        await running.sees(number, "search", range(100, 100 + number))
    first = await size(admin, SEARCHED)
    assert (first["all"], reasons(first)) == (0, ["looking"])
    answer = await known(admin, SEARCHED)
    assert (answer["all"], answer["since"]) == (running.count(searched), 0)
    for number in range(5):
        await running.sees(number, "search")
        answer = await size(admin, SEARCHED)
        assert (answer["all"], reasons(answer)) == (running.count(searched), [])
    assert running.count(searched) == 8


async def test_who_left_a_cart_is_counted_exactly(running: Shop, admin: httpx.AsyncClient) -> None:
    for number in range(6):
        await running.sees(number, "add_to_cart", [2 * HOUR + number])
    for number in (1, 2):
        await running.sees(number, "purchase", [1.5 * HOUR])
    await running.sees(8, "add_to_cart", [60])
    answer = await known(admin, {"all": [LEFT, SEARCHED]})
    assert answer["all"] == 0
    answer = await known(admin, LEFT)
    assert answer["all"] == running.count(left) == 4
    await running.sees(3, "purchase", [1.2 * HOUR])
    assert (await known(admin, LEFT))["all"] == running.count(left) == 3


async def test_the_definitions_stay_as_they_are(running: Shop, admin: httpx.AsyncClient) -> None:
    link = running.house.link
    before = await repository.read(link, "shop"), await repository.history(link, "shop")
    await known(admin, SEARCHED)
    assert (await repository.read(link, "shop"), await repository.history(link, "shop")) == before
    assert running.house.by_id["shop"].version == 1
    assert (await admin.get("/v1/admin/definitions")).json()["version"] == 1
    document = (await admin.get("/v1/admin/definitions")).json()["definitions"]
    assert (await admin.put("/v1/admin/definitions?version=1", json=document)).status_code == 200
    assert reasons(await size(admin, SEARCHED)) == [], "still looked out for by the new definitions"


async def test_what_nobody_asks_for_any_more_is_let_go_and_found_again(running: Shop, admin: httpx.AsyncClient) -> None:
    await running.sees(1, "search", [50, 40])
    assert (await known(admin, SEARCHED))["all"] == 1
    await drafting.lapse(running.house.link, time.time() + LASTING)
    await watched(running.house, "search", is_watched=False)
    await running.sees(1, "page_view")
    await running.sees(2, "search", [30, 20])
    profile = await running.house.engine.look(running.house.by_id["shop"], f"v{1:015}")
    assert profile.behaviours == {}
    assert reasons(await size(admin, SEARCHED)) == ["looking"]
    assert (await known(admin, SEARCHED))["all"] == running.count(searched) == 2


async def test_what_a_lagging_server_was_told_is_counted(running: Shop, admin: httpx.AsyncClient, opened: Any) -> None:
    house = running.house
    lagging = await opened(House(house.settings, f"unix://{house.link.address}", house.registry))
    await running.sees(1, "search", [50, 40], by=lagging)
    asking = asyncio.create_task(known(admin, SEARCHED))
    await watched(house, "search")
    end, number = time.monotonic() + SETTLING * 0.4, 2
    while time.monotonic() < end:
        await running.sees(number, "search", [1, 0], by=lagging)
        number += 1
    assert number > 4
    assert (await asking)["all"] == running.count(searched) == number - 1
    assert "search" not in lagging.by_id["shop"].watching.by_name


async def test_a_draft_that_is_saved_needs_no_second_look(running: Shop, admin: httpx.AsyncClient, define: Any) -> None:
    await running.sees(1, "search", [50, 40])
    await known(admin, SEARCHED)
    house = running.house
    await repository.save(house.link, define(segments=[{"id": "searchers", "include": SEARCHED}]))
    async with asyncio.timeout(5):
        while house.by_id["shop"].version == 1:
            await asyncio.sleep(0.02)
    answer = await size(admin, SEARCHED)
    assert (answer["all"], reasons(answer)) == (1, [])
    await asyncio.sleep(0.7)  # by then all workers have compared
    assert reasons(await size(admin, SEARCHED)) == []


async def test_more_than_there_is_room_for_is_told(running: Shop, admin: httpx.AsyncClient) -> None:
    many = {"any": [{"did": {"event": f"event_{number}", "within": "7d"}} for number in range(20)]}
    assert set(reasons(await size(admin, many))) == {"looking"}
    await asyncio.sleep(1.1)
    found = reasons(await size(admin, many))
    assert (found.count("looking"), found.count("unwatched")) == (16, 4)
    assert len(running.house.by_id["shop"].scope.segments) == 1
    assert await running.house.link.call("LLEN", keys.definitions_history("shop")) == 0
