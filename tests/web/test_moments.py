"""Campaigns that wait for their moment, from page view to the view that counts."""

import asyncio
import time
from typing import Any

import jwt
import msgspec
import pytest

from dangol.protocol.event import Entry
from dangol.store import keys

pytestmark = pytest.mark.anyio

ORIGIN = "https://shop.example"
POPCORN: dict[str, Any] = {"id": "hello", "widget": {"use": "popcorn", "params": {"title": "Hello"}}, "holdout": 0}
ONCE = {"caps": [{"times": 1, "per": "session"}]}
MUG = {"items": [{"item_id": "mug", "item_name": "Red mug", "price": 4500, "item_category": "Mugs"}]}


@pytest.fixture
def visit(new_house: Any, opened: Any, define: Any, new_browser: Any) -> Any:
    """A browser in front of a shop: `browser = await visit({...campaign}, manners={...})`."""

    async def make(*campaigns: dict[str, Any], **parts: Any) -> Any:
        return new_browser(await opened(new_house(define(campaigns=campaigns, **parts))))

    return make


@pytest.fixture
def jwt_of() -> Any:
    """Signs who has logged in: `jwt_of(house, "kim")`."""

    def sign(house: Any, member: str) -> str:
        claims = {"sub": member, "exp": int(time.time()) + 600}
        return jwt.encode(claims, house.by_id["shop"].keys.identity, "HS256")

    return sign


def ids(answer: Any, part: str = "show") -> list[str]:
    return [one["campaign"] for one in answer.json().get(part, [])]


async def decided(browser: Any) -> list[tuple[str, str]]:
    found = []
    for number in range(keys.PARTITIONS):
        for _, fields in await browser.house.link.call("XRANGE", keys.log(number), "-", "+"):
            entry = msgspec.msgpack.decode(fields[1], type=Entry)
            found += [(one.campaign, one.kind) for one in entry.decided]
    return found


@pytest.mark.parametrize(
    "moment", [{"delay": 2.5}, {"scroll": 50}, {"idle": 30}, {"exit": True}, {"delay": 3, "exit": True}]
)
async def test_a_page_waits_for_the_moment_and_then_asks(visit: Any, event: Any, moment: dict[str, Any]) -> None:
    browser = await visit({**POPCORN, **moment})
    answer = await browser.send(event())
    assert answer.json()["wait"] == [{"campaign": "hello", **moment}]
    assert ids(answer) == []
    assert (await browser.profile()).leases == []
    shown = await browser.send(due=["hello"])
    assert (ids(shown), ids(shown, "wait")) == (["hello"], [])
    assert [lease.campaign for lease in (await browser.profile()).leases] == ["hello"]
    exposure = shown.json()["show"][0]["exposure"]
    await browser.send(event("widget_view", campaign="hello", exposure=exposure))
    assert (await browser.profile()).contacts["hello"].views == 1


async def test_who_leaves_before_the_moment_gets_it_on_the_next_page(visit: Any, event: Any) -> None:
    browser = await visit({**POPCORN, **ONCE, "delay": 5})
    for _ in range(3):
        assert ids(await browser.send(event()), "wait") == ["hello"]
    assert ids(await browser.send(due=["hello"])) == ["hello"]


async def test_what_was_used_up_since_is_not_shown_at_its_moment(visit: Any, event: Any) -> None:
    browser = await visit({**POPCORN, **ONCE, "delay": 5})
    await browser.send(event())
    await browser.send(event())  # in another tab
    exposure = (await browser.send(due=["hello"])).json()["show"][0]["exposure"]
    assert ids(await browser.send(due=["hello"]), "wait") == ["hello"]  # the other tab may be about to show it
    await browser.send(event("widget_view", campaign="hello", exposure=exposure))
    answer = await browser.send(due=["hello"])
    assert (ids(answer), ids(answer, "wait")) == ([], [])


async def test_the_audience_is_judged_at_the_moment(visit: Any, event: Any) -> None:
    filled = {"id": "filled", "include": {"cart_total": {"gte": 1}}}
    browser = await visit({**POPCORN, "audience": ["filled"], "delay": 5}, segments=[filled])
    await browser.send(event(), event("add_to_cart", **MUG))
    await browser.send(event("remove_from_cart", **MUG))
    assert ids(await browser.send(due=["hello"])) == []


async def test_a_page_says_again_what_it_is_about(visit: Any, event: Any) -> None:
    params = {"title": "The {product} waits"}
    looking = {"id": "looking", "include": {"product_now": {"is": "mug"}}}
    campaign = {**POPCORN, "audience": ["looking"], "widget": {"use": "popcorn", "params": params}, "delay": 5}
    browser = await visit({**campaign, "pages": {"kinds": ["product"]}}, segments=[looking])
    now = (await browser.send(event(), event("view_item", **MUG))).json()["now"]
    assert now == {"product": "mug", "name": "Red mug", "category": "Mugs", "price": 4500, "kind": "product"}
    assert ids(await browser.send(due=["hello"])) == []
    (shown,) = (await browser.send(due=["hello"], now=now)).json()["show"]
    assert "The Red mug waits" in str(shown["tree"])


@pytest.mark.parametrize("now", [[], "x", {"price": -1}, {"kind": "shelf"}, {"product": "x" * 300}])
async def test_a_page_that_says_nonsense_of_itself_is_about_nothing(visit: Any, event: Any, now: Any) -> None:
    browser = await visit({**POPCORN, "delay": 5})
    answer = await browser.send(event(), now=now)
    assert (answer.json()["dropped"], ids(answer, "wait")) == (1, ["hello"])
    assert (await browser.profile()).page_views == 1


async def test_what_waits_and_is_open_is_updated_in_place(visit: Any, event: Any) -> None:
    browser = await visit({**POPCORN, **ONCE, "delay": 5, "on": ["page_view", "search"]})
    await browser.send(event())
    await browser.send(due=["hello"])
    answer = await browser.send(event("search", search_term="mug"), open=["hello"])
    assert (ids(answer), ids(answer, "wait")) == (["hello"], [])
    assert len((await browser.profile()).leases) == 1


async def test_only_what_can_be_shown_comes_when_it_is_said_to_be_due(visit: Any, event: Any) -> None:
    off = {**POPCORN, "id": "off", "active": False}
    elsewhere = {**POPCORN, "id": "elsewhere", "pages": {"only": ["/cart"]}}
    message = {"id": "message", "message": {"use": "log"}, "holdout": 0, "on": ["purchase"]}
    browser = await visit(off, elsewhere, message)
    await browser.send(event())
    answer = await browser.send(due=["off", "elsewhere", "message", "nothing", "", "x" * 100])
    assert answer.json() == {}
    assert (await browser.send(due=["x"] * 11)).status_code == 400


async def test_a_stranger_for_whom_nothing_was_taken_in_is_shown_nothing(visit: Any) -> None:
    browser = await visit({**POPCORN, "delay": 5})
    assert ids(await browser.send(due=["hello"])) == []


async def test_both_groups_of_a_comparison_begin_at_the_moment(visit: Any, event: Any) -> None:
    shown = {**POPCORN, "delay": 5}
    held = {**POPCORN, "id": "held", "exit": True, "holdout": 100}
    browser = await visit(held, shown)
    assert sorted(ids(await browser.send(event()), "wait")) == ["held", "hello"]
    assert await decided(browser) == []
    await browser.send(due=["held", "hello"])
    assert sorted(await decided(browser)) == [("held", "holdout"), ("hello", "show")]


async def test_a_second_interruption_waits_until_the_first_was_digested(visit: Any, event: Any) -> None:
    second = {**POPCORN, "id": "second", "on": ["search"]}
    browser = await visit(POPCORN, second, manners={"gap": 60})
    exposure = (await browser.send(event())).json()["show"][0]["exposure"]
    await browser.send(event("widget_view", campaign="hello", exposure=exposure))
    (wait,) = (await browser.send(event("search", search_term="mug"))).json()["wait"]
    assert wait["campaign"] == "second"
    assert 55 < wait["delay"] <= 61
    assert ids(await browser.send(due=["second"])) == []


async def test_a_page_that_may_be_asked_about_later_tells_what_it_is_about(visit: Any, event: Any) -> None:
    added = {**POPCORN, "on": ["add_to_cart"], "pages": {"kinds": ["product"]}}
    browser = await visit(added)
    answer = (await browser.send(event(), event("view_item", **MUG))).json()
    assert (answer["now"]["kind"], "wait" in answer) == ("product", False)
    assert ids(await browser.send(event("add_to_cart", **MUG))) == []
    assert ids(await browser.send(event("add_to_cart", **MUG), now=answer["now"])) == ["hello"]


async def test_a_page_on_which_nothing_else_is_judged_tells_nothing(visit: Any, event: Any) -> None:
    browser = await visit({**POPCORN, "pages": {"only": ["/goods?no=7"]}})
    await browser.send(event())
    assert (await browser.send(event(), event("view_item", **MUG))).json() == {}
    assert ids(await browser.send(event(), page=f"{ORIGIN}/goods?x=1&no=7")) == ["hello"]


async def test_a_shopper_stays_with_a_variant(visit: Any, event: Any, new_browser: Any) -> None:
    variants = [{"id": "a"}, {"id": "b", "params": {"title": "Hi"}}]
    first = await visit({**POPCORN, "variants": variants}, manners={"gap": 0})
    arms = {}
    for _ in range(12):
        browser = new_browser(first.house)
        titles = {str((await browser.send(event())).json()["show"][0]["tree"]) for _ in range(3)}
        assert len(titles) == 1
        arms["Hi" in titles.pop()] = True
        await browser.http.aclose()
    assert arms == {True: True, False: True}
    assert {kind for _, kind in await decided(first)} == {"show"}


async def test_who_logs_in_goes_on_seeing_what_was_counted(
    visit: Any, event: Any, new_browser: Any, jwt_of: Any
) -> None:
    variants = [{"id": "a"}, {"id": "b", "params": {"title": "Hi"}}]
    first = await visit({**POPCORN, "variants": variants, "on": ["search"]}, manners={"gap": 0})
    for number in range(8):
        devices = [new_browser(first.house) for _ in range(2)]
        token = jwt_of(first.house, f"kim{number}")
        await devices[0].send(event(), member=token)  # the member has a seed of their own
        trees = [
            (await devices[1].send(event("search", search_term="mug"), **who)).json()["show"][0]["tree"]
            for who in ({}, {"member": token})
        ]
        assert trees[0] == trees[1]
        for device in devices:
            await device.http.aclose()


async def test_what_other_tabs_ask_for_during_a_login_passes_no_limit(visit: Any, event: Any, jwt_of: Any) -> None:
    browser = await visit({**POPCORN, "delay": 1, "caps": [{"times": 1, "per": "lifetime"}]}, manners={"gap": 0})
    await browser.send(event())
    visitor, member = browser.cookie, jwt_of(browser.house, "kim")
    browser.http.cookies.clear()
    asked = [browser.send(due=["hello"], visitor=visitor) for _ in range(10)]
    login = browser.send(event("login"), member=member, visitor=visitor)
    answers = await asyncio.gather(*asked[:5], login, *asked[5:])
    answers.append(await browser.send(due=["hello"], member=member))
    assert sum(ids(each) == ["hello"] for each in answers) == 1
    assert (await browser.profile()).member is not None  # no late answer took the newer token away
