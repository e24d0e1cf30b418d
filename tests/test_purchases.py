"""Orders are claimed, counted and settled; whoever dies between finds help in whoever comes next."""

from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from dangol import purchases
from dangol.engine import Context, Engine
from dangol.house import House
from dangol.profile.model import Profile
from dangol.protocol import tokens
from dangol.protocol.event import Entry, Event, Item
from dangol.protocol.tokens import Identity
from dangol.purchases import take_guests, take_reported, take_told
from dangol.store import keys
from dangol.store.orders import GUEST, claim

pytestmark = pytest.mark.anyio

NOW = 1_763_778_000
V1, V2 = "v000000000000001", "v000000000000002"


class Died(BaseException):
    """What a process that is killed raises."""


def order(report: str = "browser", number: str = "1") -> Event:
    return Event(f"{report}-{number}", "purchase", NOW * 1000, value=500, key=number)


def kim(house: House) -> str:
    return tokens.member_profile(house.by_id["shop"].keys, "kim")


async def reported(house: House, profile_id: str = V1, event: Event | None = None) -> None:
    context = Context(now=NOW, page="/", identity=Identity("kim", NOW) if profile_id.startswith("m") else None)
    await take_reported(house.engine, house.link, house.by_id["shop"], profile_id, [event or order()], context)


async def told(house: House, event: Event | None = None) -> int:
    context = Context(now=NOW, member="kim", widgets=False)
    events = [event or order("server")]
    outcome = await take_told(house.engine, house.link, house.by_id["shop"], kim(house), events, context)
    return len(outcome.taken)


async def look(house: House, profile_id: str) -> Profile:
    return await house.engine.look(house.by_id["shop"], profile_id)


Mortal = Callable[[str, int], None]


@pytest.fixture
def dies(monkeypatch: pytest.MonkeyPatch) -> Mortal:
    """`dies("take", 2)`: the process is killed when it is about to call that for the second time."""

    def arrange(step: str, time: int) -> None:
        place: Any = Engine if step == "take" else purchases
        real: Callable[..., Awaitable[Any]] = getattr(place, step)
        calls = iter(range(1, 100))

        async def mortal(*args: Any, **kwargs: Any) -> Any:
            if next(calls) == time:
                raise Died
            return await real(*args, **kwargs)

        monkeypatch.setattr(place, step, mortal)

    return arrange


@pytest.mark.parametrize("step", ["claim", "take", "settle"])
async def test_a_report_that_died_half_way_is_counted_once_when_it_is_repeated(
    house: House, dies: Mortal, step: str
) -> None:
    dies(step, 1)
    with pytest.raises(Died):
        await reported(house)
    for _ in range(2):
        await reported(house)
    profile = await look(house, V1)
    assert (profile.orders, profile.spent) == (1, 500)
    assert (await claim(house.link, "shop", "1", V1)).settled


@pytest.mark.parametrize(("step", "time"), [("claim", 1), ("take", 1), ("take", 2), ("settle", 1)])
@pytest.mark.parametrize("login", [False, True])
async def test_a_move_that_died_half_way_is_finished_when_it_is_repeated(
    house: House, dies: Mortal, step: str, time: int, login: bool
) -> None:
    await reported(house)
    dies(step, time)
    with pytest.raises(Died):
        await told(house)
    if login:
        await house.engine.join(house.by_id["shop"], V1, kim(house))
    for _ in range(2):
        await told(house)
    member, visitor = await look(house, kim(house)), await look(house, V1)
    assert (member.orders, member.spent) == (1, 500)
    assert (visitor.orders, visitor.spent) == ((1, 500) if login else (0, 0))  # the same person by then


async def test_an_order_that_moved_and_came_home_by_a_login_counts_once(house: House) -> None:
    await reported(house)
    await told(house)
    await house.engine.join(house.by_id["shop"], V1, kim(house))
    await told(house)
    assert (await look(house, kim(house))).orders == 1


async def test_an_order_that_a_login_brought_home_counts_once_however_many_came_since(house: House) -> None:
    await reported(house)
    await house.engine.join(house.by_id["shop"], V1, kim(house))
    for number in range(2, 90):
        assert await told(house, order("server", str(number))) == 1
    assert await told(house) == 0
    assert (await look(house, kim(house))).orders == 89


async def test_a_login_while_an_order_moves_does_not_take_it_back(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await reported(house)
    await house.engine.join(house.by_id["shop"], V1, kim(house))

    async def outdated(engine: Engine, runtime: Any, profile_id: str) -> str:
        return profile_id

    monkeypatch.setattr(Engine, "home", outdated)
    await told(house)
    assert (await look(house, kim(house))).orders == 1


async def test_an_order_that_a_late_tab_reports_belongs_to_the_member(house: House) -> None:
    await house.engine.take(house.by_id["shop"], V1, [Event("view-0001", "page_view", NOW * 1000)], Context(now=NOW))
    await house.engine.join(house.by_id["shop"], V1, kim(house))
    await reported(house)
    assert (await claim(house.link, "shop", "1", V2)).owner == kim(house)
    assert await told(house) == 0
    assert (await look(house, kim(house))).orders == 1


async def test_an_order_of_somebody_else_is_on_the_page_but_does_not_count(house: House) -> None:
    await told(house)
    await reported(house, V2)
    assert (await look(house, V2)).orders == 0
    assert (await look(house, kim(house))).orders == 1


async def test_many_orders_in_one_report_are_each_counted(house: House) -> None:
    context = Context(now=NOW, page="/")
    events = [order("browser", str(number)) for number in range(5)]
    for _ in range(2):
        await take_reported(house.engine, house.link, house.by_id["shop"], V1, events, context)
    assert (await look(house, V1)).orders == 5


async def entries(house: House) -> list[Event]:
    """The purchases in the whole log."""
    return [one for one in await logged(house) if one.name == "purchase"]


async def logged(house: House) -> list[Event]:
    found = []
    for number in range(keys.PARTITIONS):
        for _, (_, payload) in await house.link.call("XRANGE", keys.log(number), "-", "+"):
            found += msgspec.msgpack.decode(payload, type=Entry).events
    return found


async def test_a_guests_order_is_the_browsers_that_reports_it_and_logged_once(house: House) -> None:
    entry = Entry("shop", "", "", NOW * 1000, [order("server")])
    await claim(house.link, "shop", "1", GUEST, entry=entry)
    await reported(house)
    await reported(house)
    assert (await look(house, V1)).orders == 1
    assert len(await entries(house)) == 1
    await reported(house, V2)
    assert (await look(house, V2)).orders == 0


async def told_of_guest(house: House, event: Event) -> bool:
    return await take_guests(house.engine, house.link, house.by_id["shop"], event, NOW)


def bought(*products: str, name: str = "purchase", at: int = NOW) -> Event:
    return Event(f"{name}-1", name, at * 1000, items=[Item(each) for each in products], value=500, key="1")


async def test_a_guests_order_is_taken_back_once_as_it_was_told(house: House) -> None:
    back = bought("tea", name="refund", at=NOW + 60)
    assert [await told_of_guest(house, each) for each in (bought("tea"), back, back)] == [True, True, False]
    assert await logged(house) == [bought("tea"), replace(back, props={"placed": NOW * 1000})]


async def test_a_guests_order_that_nobody_told_of_takes_nothing_back(house: House) -> None:
    assert await told_of_guest(house, bought("tea", name="refund"))
    assert await logged(house) == [bought(name="refund")]


async def test_a_guests_cancelled_order_is_nobodys_any_more(house: House) -> None:
    await told_of_guest(house, bought("tea"))
    await told_of_guest(house, bought("tea", name="refund"))
    await reported(house)
    assert (await look(house, V1)).orders == 0


async def test_the_order_of_a_guest_who_is_known_by_now_is_taken_back_there(house: House) -> None:
    await told_of_guest(house, bought("tea"))
    await reported(house, event=bought("tea", "cup"))
    back = bought("tea", name="refund", at=NOW + 60)
    assert await told_of_guest(house, back)
    assert not await told_of_guest(house, back)
    assert (await look(house, V1)).orders == 0
    cancelled = [each for each in await logged(house) if each.name == "refund"]
    assert [[item.id for item in each.items] for each in cancelled] == [["tea", "cup"]]


async def learnable(house: House) -> Counter[str]:
    """What recommenders count of the whole log."""
    sums: Counter[str] = Counter()
    for event in await logged(house):
        by = {"purchase": 1, "refund": -1}.get(event.name, 0)
        sums.update({item.id: by for item in event.items if item.id not in event.again})
    return sums


async def test_an_order_that_moves_is_learnt_once_and_taken_back_whole(house: House) -> None:
    await reported(house, event=bought("tea", "cup"))
    await told(house, bought("tea", "cup"))
    assert [(await look(house, each)).orders for each in (V1, kim(house))] == [0, 1]
    assert await learnable(house) == {"tea": 1, "cup": 1}
    await told(house, bought(name="refund", at=NOW + 60))
    assert await learnable(house) == {"tea": 0, "cup": 0}
