"""What new definitions watch for is looked up in the log: nothing is lost, nothing counts twice."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from dangol.definitions import drafting, repository
from dangol.definitions.drafts import LASTING
from dangol.definitions.model import Definitions
from dangol.engine import Context
from dangol.host.guard import Guard
from dangol.house import House
from dangol.plugin import Request
from dangol.profile.model import Profile
from dangol.profile.packed import count
from dangol.protocol import tokens
from dangol.protocol.event import Entry, Event, Item
from dangol.purchases import take_reported
from dangol.runtime import SiteRuntime
from dangol.segments.language import behaviour
from dangol.segments.language.reader import parse
from dangol.store import keys, known, log
from dangol.store.orders import GUEST, claim
from dangol.store.profiles import Profiles
from dangol.worker.backfill import BATCH, IDLE, Backfill, Filler
from dangol.worker.loop import Timing, Worker

pytestmark = pytest.mark.anyio

NOW = int(time.time())
V1, V2 = "v000000000000001", "v000000000000002"
Define = Callable[..., Definitions]
NewHouse = Callable[..., House]
Opened = Callable[[House], Coroutine[Any, Any, House]]

MANY = {"id": "many", "include": {"did": {"event": "view_item", "gte": 500, "within": "30d"}}}
LEFT = {
    "id": "left",
    "include": {
        "did_but_not": {
            "first": {"event": "add_to_cart"}, "then": {"event": "purchase"}, "within": "30m", "last": "7d",
        }
    },
}  # fmt: skip
BOUGHT = {"id": "bought", "include": {"did": {"event": "purchase", "gte": 1, "within": "30d"}}}


def view(number: int, age: int = 60) -> Event:
    return Event(f"event-{number}", "view_item", (NOW - age) * 1000, items=[Item("mug")])


def shop(house: House) -> SiteRuntime:
    return house.by_id["shop"]


async def take(house: House, *events: Event, who: str = V1, **fields: Any) -> None:
    await house.engine.take(shop(house), who, events, Context(now=time.time(), page="/", **fields))


async def define_anew(house: House, definitions: Definitions) -> None:
    await repository.save(house.link, definitions)
    await house.adopt(await repository.read_all(house.link))


def lanes(house: House, settling: float = 0.01) -> list[Filler]:
    """Those of a worker of its own, which remembers no profile."""
    job = Backfill(house.link, Profiles(house.link, 86_400), lambda: house.by_id, settling)
    return [Filler(job, number) for number in range(keys.PARTITIONS)]


async def finish(lane: Filler) -> None:
    while await lane.step() != IDLE:
        await asyncio.sleep(0)


async def fill(house: House) -> None:
    await asyncio.gather(*map(finish, lanes(house)))


async def profile(house: House, who: str = V1) -> Profile:
    return await house.engine.look(shop(house), who)


def times(profile: Profile, house: House) -> int:
    """How often the profile knows that what the only counting segment counts has happened."""
    [key] = [key for key, stream in shop(house).watching.streams.items() if not stream.bound.spread]
    return count(profile.behaviours.get(key, b""), 0, NOW + 9_999)


async def segments(house: House, who: str = V1, later: int = 0) -> list[str]:
    return shop(house).index.match(await profile(house, who), Request(now=time.time() + later))


async def test_what_was_done_before_anybody_asked_is_known(new_house: NewHouse, opened: Opened, define: Define) -> None:
    house = await opened(new_house())
    await take(house, *(view(number) for number in range(7)))
    await define_anew(house, define(segments=[MANY]))
    await take(house, view(7))
    assert times(await profile(house), house) == 1
    streams = list(shop(house).watching.streams)
    assert await known.known_since(house.link, "shop", dict.fromkeys(streams, 0)) == {}
    await fill(house)
    assert times(await profile(house), house) == 8
    assert await known.known_since(house.link, "shop", dict.fromkeys([*streams, "other"], 0)) == dict.fromkeys(
        streams, 0
    )
    assert await known.known_since(house.link, "shop", {}) == {}


async def live_on(house: House, first: int, stop: asyncio.Event) -> int:
    """Requests of a shopper that go on until told otherwise; returns how many events there were."""
    number = 0
    while not stop.is_set():
        await take(house, view(first + number), view(first + number + 1))
        number += 2
        await asyncio.sleep(0.005)
    return number


async def die_and_begin_anew(house: House, number: int) -> int:
    """Back-fills that are ended in the middle of a step; returns how many."""
    killed = 0
    for steps in range(12):
        lane = lanes(house)[number]
        for _ in range(steps // 3):
            await lane.step()
        step = asyncio.create_task(lane.step())
        for _ in range(steps % 3):
            await asyncio.sleep(0.0003)
        killed += step.cancel()
        await asyncio.gather(step, return_exceptions=True)
    return killed


async def test_deaths_and_requests_meanwhile_lose_nothing_and_count_nothing_twice(
    new_house: NewHouse, opened: Opened, define: Define
) -> None:
    house = await opened(new_house())
    lagging = await opened(House(house.settings, f"unix://{house.link.address}", house.registry))
    for number in range(0, 600, 3):
        await take(house, *(view(number + each) for each in range(3)))
    await define_anew(house, define(segments=[MANY]))
    stop = asyncio.Event()
    live = [asyncio.create_task(live_on(each, first, stop)) for each, first in ((house, 10_000), (lagging, 20_000))]
    assert await die_and_begin_anew(house, keys.partition(V1)) > 3
    lane = lanes(house)[keys.partition(V1)]
    while not (lane.ways and lane.ways[0].is_last):
        await lane.step()
    await asyncio.sleep(0.1)
    stop.set()
    counted, missed = await asyncio.gather(*live)
    assert counted > 10
    assert missed > 10
    await finish(lane)
    assert times(await profile(house), house) == 600 + counted + missed


async def test_a_visitors_past_is_filled_in_where_it_is_now(
    new_house: NewHouse, opened: Opened, define: Define
) -> None:
    house = await opened(new_house())
    kim = tokens.member_profile(shop(house).keys, "kim")
    await take(house, view(1), view(2), who=V1)
    await take(house, view(3), who=kim, member="kim")
    await house.engine.join(shop(house), V1, kim)
    await define_anew(house, define(segments=[MANY]))
    await take(house, view(4), who=V2)
    await asyncio.gather(fill(house), house.engine.join(shop(house), V2, kim))
    await fill(house)
    assert times(await profile(house, kim), house) == 4
    assert times(await profile(house, V1), house) == 4


async def test_nobody_seems_to_have_left_a_cart_that_he_has_bought(
    new_house: NewHouse, opened: Opened, define: Define
) -> None:
    house = await opened(new_house())
    cart = [Event(f"cart-{who}", "add_to_cart", (NOW - 7_200) * 1000, items=[Item("mug")]) for who in (V1, V2)]
    for who, event in zip((V1, V2), cart, strict=True):
        await take(house, event, who=who)
    for number in range(BATCH):
        await take(house, view(number))
    await take(house, Event("order-1", "purchase", (NOW - 7_000) * 1000, key="1"))
    await define_anew(house, define(segments=[LEFT]))
    for lane in lanes(house):
        while await lane.step() != IDLE:
            assert await segments(house, V1) == []
    assert await segments(house, V2) == ["left"]
    assert await segments(house, V2, later=8 * 86_400) == []


async def test_a_stream_that_was_not_asked_for_for_a_while_is_filled_anew(
    new_house: NewHouse, opened: Opened, define: Define
) -> None:
    """Also where the worker has not seen that while."""
    house = await opened(new_house(define(segments=[MANY])))
    await take(house, view(1))
    await fill(house)
    await define_anew(house, define())
    await take(house, view(2))
    assert (await profile(house)).behaviours == {}
    await define_anew(house, define(segments=[MANY], language="ko"))
    await take(house, view(3))
    await fill(house)
    assert times(await profile(house), house) == 3


async def ask(house: House, now: float, *wanted: dict[str, Any]) -> None:
    """Somebody asks at that time for the sizes of what is not saved."""
    trees = [each["include"] for each in wanted]
    streams = {behaviour.streams([parse(tree, shop(house).scope)])[-1].key: tree for tree in trees}
    drafts = await drafting.ask(house.link, "shop", streams, now)
    await house.adopt(await repository.read_all(house.link), {"shop": drafts})


async def test_a_draft_that_was_let_go_before_it_was_saved_is_filled_anew(
    new_house: NewHouse, opened: Opened, define: Define
) -> None:
    """Also where the worker has not seen that while."""
    house = await opened(new_house())
    await take(house, view(1))
    await ask(house, NOW, MANY)
    await ask(house, NOW + 1, MANY)
    await fill(house)
    assert times(await profile(house), house) == 1
    await ask(house, NOW + 2 * LASTING)
    await take(house, view(2))
    assert (await profile(house)).behaviours == {}
    await define_anew(house, define(segments=[MANY]))
    await fill(house)
    assert times(await profile(house), house) == 2


async def test_a_draft_that_is_saved_is_not_filled_anew(new_house: NewHouse, opened: Opened, define: Define) -> None:
    house = await opened(new_house())
    await ask(house, NOW, LEFT)
    await ask(house, NOW + 1, LEFT)
    await fill(house)
    await define_anew(house, define(segments=[LEFT]))
    await ask(house, NOW + 2)
    assert [await lane.step() for lane in lanes(house)] == [IDLE] * keys.PARTITIONS


async def settling(house: House, seconds: float, *wanted: dict[str, Any]) -> Filler:
    """The lane of the visitor's partition, after its first pass for drafts."""
    await ask(house, NOW, *wanted)
    await ask(house, NOW + 1, *wanted)
    lane = lanes(house, seconds)[keys.partition(V1)]
    while not (lane.ways and lane.ways[0].is_last):
        await lane.step()
    return lane


async def test_the_second_pass_waits_however_often_it_is_asked_to_step(new_house: NewHouse, opened: Opened) -> None:
    house = await opened(new_house())
    lane = await settling(house, 0.2, LEFT)
    began = time.monotonic()
    while lane.ways:
        await lane.step()
        _, streams = await known.read(house.link, lane.number, "shop")
        assert not streams or time.monotonic() > began + 0.15
    assert len(streams) == 2


async def test_others_are_looked_up_meanwhile(new_house: NewHouse, opened: Opened) -> None:
    house = await opened(new_house())
    await take(house, view(1))
    lane = await settling(house, 60, LEFT)
    await ask(house, NOW + 2, LEFT, MANY)
    await ask(house, NOW + 4, LEFT, MANY)
    while [way.is_last for way in lane.ways] != [True, True]:
        await lane.step()
    assert [len(way.wanted["shop"].streams) for way in lane.ways] == [2, 1]
    assert len((await profile(house)).behaviours) == 1


async def test_what_was_let_go_meanwhile_is_begun_anew(new_house: NewHouse, opened: Opened) -> None:
    house = await opened(new_house())
    await take(house, view(1))
    lane = await settling(house, 0.3, MANY)
    later = NOW + 2 * LASTING
    await ask(house, later)
    await take(house, view(2))
    await ask(house, later, MANY)
    await ask(house, later + 1, MANY)
    await lane.step()
    assert [(way.is_last, len(way.wanted["shop"].streams)) for way in lane.ways] == [(True, 0), (False, 1)]
    while lane.ways:
        await lane.step()
    assert times(await profile(house), house) == 2


async def test_definitions_that_ask_for_the_same_fill_nothing_anew(
    new_house: NewHouse, opened: Opened, define: Define
) -> None:
    house = await opened(new_house(define(segments=[MANY])))
    await take(house, view(1))
    await fill(house)
    for language in ("ko", "en"):
        await define_anew(house, define(segments=[MANY], language=language))
    assert [await lane.step() for lane in lanes(house)] == [IDLE] * keys.PARTITIONS
    await house.link.call("DEL", keys.definitions_history("shop"))
    await define_anew(house, define(segments=[MANY], language="ko"))
    await house.link.call("DEL", keys.definitions_history("shop"))
    assert await lanes(house)[0].step() == 0.0, "what lies between is not known, so it is filled anew"


async def test_a_guests_order_counts_once_for_who_turns_out_to_be_the_guest(
    new_house: NewHouse, opened: Opened, define: Define
) -> None:
    house = await opened(new_house())
    await take(house, view(1))
    for number in ("1", "2", "3"):
        told = Event(f"order-{number}", "purchase", (NOW - 500) * 1000, key=number)
        await claim(house.link, "shop", number, GUEST, entry=Entry("shop", "", "", NOW * 1000, [told]))
    await report(house, "1")
    await define_anew(house, define(segments=[BOUGHT]))
    await report(house, "2")
    assert times(await profile(house), house) == 1
    await fill(house)
    assert times(await profile(house), house) == 2


async def report(house: House, number: str) -> None:
    event = Event(f"browser-{number}", "purchase", (NOW - 400) * 1000, key=number)
    await take_reported(house.engine, house.link, shop(house), V1, [event], Context(now=NOW, page="/"))


async def test_who_was_forgotten_stays_so_and_rubbish_is_passed_over(
    new_house: NewHouse, opened: Opened, define: Define
) -> None:
    house = await opened(new_house())
    await take(house, view(1))
    await take(house, view(2), who=V2)
    await house.link.call("DEL", keys.profile("shop", V1))
    await house.link.call("XADD", keys.log(keys.partition(V2)), "*", "e", b"\xffrubbish")
    await define_anew(house, define(segments=[MANY]))
    await fill(house)
    assert not await house.link.call("EXISTS", keys.profile("shop", V1))
    assert times(await profile(house, V2), house) == 1


async def test_it_says_since_when_it_knows(new_house: NewHouse, opened: Opened, define: Define) -> None:
    house = await opened(new_house())
    await take(house, view(1))
    await asyncio.sleep(1.1)
    await take(house, view(2))
    name = keys.log(keys.partition(V1))
    await house.link.call("XTRIM", name, "MAXLEN", 1)
    await define_anew(house, define(segments=[MANY]))
    await fill(house)
    since = await known.known_since(house.link, "shop", dict.fromkeys(shop(house).watching.streams, 0))
    [(oldest, _)] = await log.between(house.link, keys.partition(V1), log.FIRST, "+", 9)
    assert set(since.values()) == {int(oldest.partition("-")[0]) // 1000}
    await house.link.call("XTRIM", name, "MAXLEN", 0)
    assert (await log.reach(house.link, keys.partition(V1)))[0] == int(oldest.partition("-")[0]) // 1000


async def test_a_worker_does_it_beside_its_other_jobs(new_house: NewHouse, opened: Opened, define: Define) -> None:
    house = await opened(new_house())
    await take(house, view(1), view(2))
    await define_anew(house, define(segments=[MANY]))
    job = Backfill(house.link, Profiles(house.link, 86_400), lambda: house.by_id, settling=0.2)
    worker = Worker(
        house.link, house.registry, Guard(), house.by_id.get, house.engine,
        timing=Timing(lease=0.6, beat=0.1), others=[job],
    )  # fmt: skip
    running = asyncio.create_task(worker.run())
    async with asyncio.timeout(8):
        while not await known.known_since(house.link, "shop", dict.fromkeys(shop(house).watching.streams, 0)):
            await asyncio.sleep(0.02)
    await worker.stop()
    await running
    assert times(await profile(house), house) == 2
