import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

import msgspec
import pytest

from dangol.campaigns.contacts import GRACE
from dangol.campaigns.screen import LIVE
from dangol.definitions.model import Definitions
from dangol.engine import Context, Engine, Outcome
from dangol.errors import Unavailable
from dangol.house import House
from dangol.profile.merge import merge
from dangol.profile.model import Profile
from dangol.protocol import tokens
from dangol.protocol.event import Entry, Event, Item
from dangol.protocol.tokens import Identity
from dangol.runtime import SiteRuntime
from dangol.store import keys
from dangol.store.embedded import EmbeddedStore
from dangol.store.link import Link
from dangol.store.profiles import LOST_RACES

pytestmark = pytest.mark.anyio

NOW = 1_763_778_000
DAY = 86_400
V1, V2 = "v000000000000001", "v000000000000002"
NewHouse = Callable[..., House]
Opened = Callable[[House], Coroutine[Any, Any, House]]
Define = Callable[..., Definitions]


def event(name: str, number: int = 0, at: float = NOW, *items: Item, **fields: Any) -> Event:
    return Event(f"{name}-{number}-{at}", name, int(at * 1000), items=list(items), **fields)


def view(number: int = 0, at: float = NOW) -> Event:
    return event("page_view", number, at, page="/")


def on(at: float = NOW, **fields: Any) -> Context:
    return Context(now=at, page="/", language="en", **fields)


def shop(house: House) -> SiteRuntime:
    return house.by_id["shop"]


def member_id(house: House, member: str) -> str:
    return tokens.member_profile(shop(house).keys, member)


@pytest.fixture
def another(opened: Opened) -> Opened:
    """Another server on the same store, which remembers nothing yet."""

    async def make(house: House) -> House:
        return await opened(House(house.settings, f"unix://{house.link.address}", house.registry))

    return make


async def entries(link: Link) -> list[Entry]:
    found = []
    for number in range(keys.PARTITIONS):
        for _, fields in await link.call("XRANGE", keys.log(number), "-", "+"):
            found.append(msgspec.msgpack.decode(fields[1], type=Entry))
    return found


def shown(outcomes: list[Outcome]) -> list[str]:
    return [each.decision.campaign.id for outcome in outcomes for each in outcome.shown]


POPCORN = {"id": "hello", "widget": {"use": "popcorn", "params": {"title": "Hello"}}, "holdout": 0}
ONCE_EVER = {**POPCORN, "caps": [{"times": 1, "per": "lifetime"}]}
WELCOME = {"id": "welcome", "message": {"use": "log"}, "on": ["sign_up"], "holdout": 0}


async def test_a_first_page_view_makes_a_profile_and_a_log_entry(house: House) -> None:
    outcome = await house.engine.take(shop(house), V1, [view()], on(), known=False)
    assert (outcome.profile_id, outcome.taken) == (V1, [view()])
    profile = await house.engine.look(shop(house), V1)
    assert (profile.page_views, profile.visits, profile.first_seen) == (1, 1, NOW)
    assert profile.seed > 0
    assert await entries(house.link) == [Entry("shop", V1, "", NOW * 1000, [view()])]


async def test_a_repeated_request_is_taken_once_and_logged_once(house: House) -> None:
    for _ in range(3):
        await house.engine.take(shop(house), V1, [view()], on())
    assert (await house.engine.look(shop(house), V1)).page_views == 1
    assert len(await entries(house.link)) == 1


LEFT = {"first": {"event": "add_to_cart"}, "then": {"event": "purchase"}, "within": "1h", "last": "7d"}


async def test_a_cart_that_was_left_brings_up_its_campaign_to_the_second(
    new_house: NewHouse, opened: Opened, define: Define
) -> None:
    """Nothing happens in between: the window opens and closes by itself."""
    segment = {"id": "left", "include": {"did_but_not": LEFT}}
    house = await opened(new_house(define(segments=[segment], campaigns=[{**POPCORN, "audience": ["left"]}])))
    for who in (V1, V2):
        await house.engine.take(shop(house), who, [event("add_to_cart", 0, NOW, Item("mug"))], on())
    await house.engine.take(shop(house), V2, [event("purchase", 0, NOW + 3_600, key="1")], on(NOW + 3_600))
    for number, (age, who, found) in enumerate(
        [(3_599, V1, []), (3_600, V1, ["hello"]), (7 * DAY - 1, V1, ["hello"]), (7 * DAY, V1, []), (3_601, V2, [])]
    ):
        outcome = await house.engine.take(shop(house), who, [view(number, NOW + age)], on(NOW + age))
        assert shown([outcome]) == found, age


async def test_a_repeated_request_still_gets_its_widget(new_house: NewHouse, opened: Opened, define: Define) -> None:
    house = await opened(new_house(define(campaigns=[POPCORN])))
    outcomes = [await house.engine.take(shop(house), V1, [view()], on()) for _ in range(2)]
    assert shown(outcomes) == ["hello", "hello"]


async def test_many_requests_at_once_on_two_servers_lose_nothing(house: House, another: Opened) -> None:
    first, second = house, await another(house)
    await asyncio.gather(
        *(
            server.engine.take(shop(server), V1, [view(2 * number + place)], on())
            for number in range(8)
            for place, server in enumerate((first, second))
        )
    )
    third = await another(house)
    logged = [each.id for entry in await entries(first.link) for each in entry.events]
    assert (await third.engine.look(shop(third), V1)).page_views == 16
    assert sorted(logged) == sorted({view(number).id for number in range(16)})


async def test_requests_of_one_profile_take_turns_on_a_server(house: House) -> None:
    lost = LOST_RACES._value.get()
    await asyncio.gather(*(house.engine.take(shop(house), V1, [view(number)], on()) for number in range(50)))
    assert (await house.engine.look(shop(house), V1)).page_views == 50
    assert LOST_RACES._value.get() == lost


async def test_two_tabs_never_both_take_the_last_allowed_view(
    new_house: NewHouse, opened: Opened, another: Opened, define: Define
) -> None:
    first = await opened(new_house(define(campaigns=[ONCE_EVER])))
    second = await another(first)
    await first.engine.take(shop(first), V1, [event("login")], on())
    for round_ in range(5):
        at = NOW + round_ * 1000  # the promises of the last round have lapsed
        outcomes = await asyncio.gather(
            *(
                house.engine.take(shop(house), V1, [view(2 * number + place, at)], on(at))
                for number in range(8)
                for place, house in enumerate((first, second))
            )
        )
        assert shown(outcomes) == ["hello"]


async def test_a_view_counts_once_it_was_seen(new_house: NewHouse, opened: Opened, define: Define) -> None:
    house = await opened(new_house(define(campaigns=[ONCE_EVER])))
    outcome = await house.engine.take(shop(house), V1, [view()], on())
    seen = event("widget_view", key=outcome.shown[0].decision.key, props={"campaign": "hello"})
    await house.engine.take(shop(house), V1, [seen], on(NOW + 5))
    later = NOW + 86_400
    assert shown([await house.engine.take(shop(house), V1, [view(1, later)], on(later))]) == []
    assert (await house.engine.look(shop(house), V1)).contacts["hello"].views == 1


async def test_a_promise_that_nobody_confirms_lapses(new_house: NewHouse, opened: Opened, define: Define) -> None:
    house = await opened(new_house(define(campaigns=[ONCE_EVER])))
    times = (NOW, NOW + GRACE - 1, NOW + GRACE + 1)
    outcomes = [await house.engine.take(shop(house), V1, [view(0, at)], on(at)) for at in times]
    assert [len(outcome.shown) for outcome in outcomes] == [1, 0, 1]


async def test_who_is_held_out_of_a_message_is_counted_and_served(
    new_house: NewHouse, opened: Opened, define: Define
) -> None:
    house = await opened(new_house(define(campaigns=[{**WELCOME, "holdout": 100}, {**POPCORN, "on": ["sign_up"]}])))
    kim = Identity("kim", NOW + 60)
    outcome = await house.engine.take(shop(house), member_id(house, "kim"), [event("sign_up")], on(identity=kim))
    assert (shown([outcome]), len(outcome.taken)) == (["hello"], 1)
    [entry] = await entries(house.link)
    assert {(one.campaign, one.kind) for one in entry.decided} == {("welcome", "holdout"), ("hello", "show")}


async def test_a_login_takes_the_history_along(house: House) -> None:
    kim = member_id(house, "kim")
    cart = event("add_to_cart", 0, NOW, Item("a", price=500))
    await house.engine.take(shop(house), V1, [view(), cart], on())
    await house.engine.join(shop(house), V1, kim)
    outcome = await house.engine.take(
        shop(house), kim, [view(1)], on(identity=Identity("kim", NOW + 60, name="Kim", grade="VIP"))
    )
    profile = await house.engine.look(shop(house), V1)
    assert outcome.profile_id == kim
    assert (profile.page_views, profile.cart_total) == (2, 500)
    assert profile.member is not None
    assert (profile.member.id, profile.member.name, profile.member.grade) == ("kim", "Kim", "VIP")


async def test_a_request_for_an_alias_goes_to_the_member(house: House) -> None:
    kim = member_id(house, "kim")
    await house.engine.take(shop(house), V1, [view()], on())
    await house.engine.join(shop(house), V1, kim)
    outcome = await house.engine.take(shop(house), V1, [view(1)], on())
    assert outcome.profile_id == kim
    assert (await house.engine.look(shop(house), kim)).page_views == 2


async def first_step(engine: Engine, runtime: SiteRuntime, member: str) -> None:
    await engine._become_alias(runtime, V1, member)


async def second_step(engine: Engine, runtime: SiteRuntime, member: str) -> None:
    visitor = await engine._become_alias(runtime, V1, member)
    assert visitor is not None
    await engine._change(runtime.site.id, member, lambda profile: merge(profile, visitor.profile(), V1))


async def all_steps(engine: Engine, runtime: SiteRuntime, member: str) -> None:
    await engine.join(runtime, V1, member)


Step = Callable[[Engine, SiteRuntime, str], Coroutine[Any, Any, None]]


@pytest.mark.parametrize("last", [first_step, second_step, all_steps])
@pytest.mark.parametrize("again", ["the login is repeated", "another tab sends an event"])
async def test_a_merge_that_died_half_way_is_finished(last: Step, again: str, house: House, another: Opened) -> None:
    dying, kim = house, member_id(house, "kim")
    history = [view(), event("purchase", 0, NOW, Item("a", price=500), key="1")]
    await dying.engine.take(shop(dying), V1, history, on())
    await last(dying.engine, shop(dying), kim)
    house = await another(dying)
    for number in (1, 2):
        if again == "the login is repeated":
            await house.engine.join(shop(house), V1, kim)
        await house.engine.take(shop(house), V1, [view(number)], on())
    profile = await house.engine.look(shop(house), kim)
    assert (profile.page_views, profile.visits, profile.orders, profile.spent) == (3, 1, 1, 500)
    raw = await house.link.call("GET", keys.profile("shop", V1))
    assert msgspec.msgpack.decode(raw[8:], type=Profile) == Profile(alias=kim)


async def test_two_browsers_logging_in_at_once_both_count(house: House, another: Opened) -> None:
    first, second = house, await another(house)
    kim = member_id(first, "kim")
    await first.engine.take(shop(first), V1, [view(0), view(1)], on())
    await second.engine.take(shop(second), V2, [view(2), view(3), view(4)], on())
    logins = [(first, V1), (second, V2), (second, V1), (first, V2)]
    await asyncio.gather(*(house.engine.join(shop(house), visitor, kim) for house, visitor in logins))
    third = await another(first)
    profile = await third.engine.look(shop(third), kim)
    assert (profile.page_views, profile.visits) == (5, 2)
    assert sorted(profile.merged) == [V1, V2]


async def test_a_merge_and_the_visitors_last_events_lose_nothing(house: House, another: Opened) -> None:
    first, second = house, await another(house)
    kim = member_id(first, "kim")
    await first.engine.take(shop(first), V1, [view()], on())
    await asyncio.gather(
        first.engine.join(shop(first), V1, kim),
        *(second.engine.take(shop(second), V1, [view(number)], on()) for number in range(1, 10)),
        *(first.engine.take(shop(first), kim, [view(number)], on()) for number in range(10, 15)),
    )
    third = await another(first)
    assert (await third.engine.look(shop(third), V1)).page_views == 15


async def test_a_visitor_of_one_member_does_not_become_anothers(house: House) -> None:
    kim, lee = member_id(house, "kim"), member_id(house, "lee")
    await house.engine.take(shop(house), V1, [view()], on())
    await house.engine.join(shop(house), V1, kim)
    await house.engine.join(shop(house), V1, lee)
    assert (await house.engine.look(shop(house), kim)).page_views == 1
    assert (await house.engine.look(shop(house), lee)).page_views == 0


async def test_a_message_is_decided_once_per_cause(new_house: NewHouse, opened: Opened, define: Define) -> None:
    each = {**WELCOME, "id": "each", "message": {"use": "log", "once": "event"}}
    house = await opened(new_house(define(campaigns=[WELCOME, each])))
    context = on(identity=Identity("kim", NOW + 60))
    kim = member_id(house, "kim")
    requests = [[event("sign_up", number)] for number in (1, 1, 2)]
    await asyncio.gather(*(house.engine.take(shop(house), kim, events, context) for events in requests))
    decided = [one.key for entry in await entries(house.link) for one in entry.decided]
    assert sorted(decided) == sorted(["welcome", f"each:{requests[0][0].id}", f"each:{requests[2][0].id}"])


async def test_nobody_is_sent_a_message_about_history(new_house: NewHouse, opened: Opened, define: Define) -> None:
    house = await opened(new_house(define(campaigns=[WELCOME])))
    old = event("sign_up", 1, NOW - LIVE)
    context = on(identity=Identity("kim", NOW + 60), widgets=False)
    outcome = await house.engine.take(shop(house), member_id(house, "kim"), [old], context)
    assert outcome.taken == [old]
    assert [entry.decided for entry in await entries(house.link)] == [[]]


async def test_an_anonymous_visitor_gets_no_message(new_house: NewHouse, opened: Opened, define: Define) -> None:
    house = await opened(new_house(define(campaigns=[WELCOME])))
    await house.engine.take(shop(house), V1, [event("sign_up")], on())
    assert [entry.decided for entry in await entries(house.link)] == [[]]


async def test_what_the_shop_tells_makes_a_member(house: House) -> None:
    kim = member_id(house, "kim")
    await house.engine.tell("shop", kim, lambda member: setattr(member, "grade", "VIP"), "kim")
    await house.engine.tell("shop", kim, lambda member: setattr(member, "name", "Kim"), "kim")
    profile = await house.engine.look(shop(house), kim)
    assert profile.member is not None
    assert (profile.member.id, profile.member.grade, profile.member.name) == ("kim", "VIP", "Kim")


async def test_nothing_acknowledged_is_lost_when_the_store_dies(
    mortal: EmbeddedStore, new_house: NewHouse, opened: Opened
) -> None:
    house = await opened(new_house(url=mortal.url))
    shopper = Persistent(house)
    running = asyncio.create_task(shopper.deliver_all())
    await shopper.delivered_some.wait()
    await asyncio.to_thread(mortal.kill)
    before = set(shopper.acknowledged)
    await shopper.was_refused.wait()
    await asyncio.to_thread(mortal.start)
    logged = {each.id for entry in await entries(await back(house)) for each in entry.events}
    assert before <= logged
    await running
    logged_in_the_end = [each.id for entry in await entries(house.link) for each in entry.events]
    assert sorted(logged_in_the_end) == sorted(view(number).id for number in range(250))
    profiles = [await house.engine.look(shop(house), f"v{number:015}") for number in range(5)]
    assert [profile.page_views for profile in profiles] == [50] * 5


class Persistent:
    """Five shoppers whose snippets send 250 events, each again and again until it was taken."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.acknowledged: set[str] = set()
        self.delivered_some = asyncio.Event()
        self.was_refused = asyncio.Event()

    async def deliver_all(self) -> None:
        for start in range(0, 250, 10):
            await asyncio.gather(*(self.deliver(number) for number in range(start, start + 10)))

    async def deliver(self, number: int) -> None:
        while True:
            try:
                await self.house.engine.take(shop(self.house), f"v{number % 5:015}", [view(number)], on())
            except Unavailable:
                self.was_refused.set()
                await asyncio.sleep(0.1)
            else:
                break
        self.acknowledged.add(view(number).id)
        if len(self.acknowledged) == 60:
            self.delivered_some.set()


async def back(house: House) -> Link:
    """The house's link once the store answers again."""
    for _ in range(100):
        with suppress(Unavailable):
            await house.link.call("PING")
            return house.link
        await asyncio.sleep(0.05)
    raise TimeoutError("the store did not come back")
