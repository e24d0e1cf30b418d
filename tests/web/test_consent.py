"""What the server does with a shopper's choice: anonymous, forgotten, or known; and who is who on a shared computer."""

import asyncio
import time
from typing import Any

import jwt
import msgspec
import pytest
from loadtests.browser import PHONE

from dangol.profile.model import Environment, Member, Profile
from dangol.protocol import tokens
from dangol.protocol.tokens import Keys
from dangol.store import keys
from dangol.store.profiles import DAY, Profiles
from dangol.web import whose
from dangol.web.said import Visitor

pytestmark = pytest.mark.anyio

NOW = 1_795_300_000.0
DUE = {"id": "hello", "widget": {"use": "popcorn", "params": {"title": "Hi {name|you}"}}, "holdout": 0}


async def stored(browser: Any) -> dict[str, Profile]:
    """All profiles by their ids."""
    names = await browser.house.link.call("KEYS", "*p:shop:*")
    found = {name.decode().rpartition(":")[2]: await browser.house.link.call("GET", name) for name in names}
    return {id: msgspec.msgpack.decode(raw[8:], type=Profile) for id, raw in found.items()}


async def test_an_anonymous_shopper_is_given_nothing_and_read_nothing(
    browser: Any, event: Any, member_token: Any
) -> None:
    await browser.send(event())
    cookie = browser.cookie
    event_of_traits = event("traits", traits={"size": "M"})
    response = await browser.send(event(), event_of_traits, anonymous=True, member=member_token("kim"), visitor=cookie)
    assert "set-cookie" not in response.headers
    assert response.json() == {"dropped": 1}
    profiles = await stored(browser)
    (anonymous,) = [id for id in profiles if id.startswith("a")]
    assert profiles.keys() == {cookie.partition(".")[0], anonymous}
    assert (profiles[anonymous].anonymous, profiles[anonymous].member) == (True, None)
    assert profiles[cookie.partition(".")[0]].page_views == 1


async def test_an_anonymous_shopper_is_one_for_a_day_by_address_and_browser(browser: Any, event: Any) -> None:
    for headers in ({}, {}, {"User-Agent": PHONE}):
        await browser.send(event(), anonymous=True, headers=headers)
    assert sorted(each.page_views for each in (await stored(browser)).values()) == [1, 2]


async def test_a_pseudonym_changes_with_the_shops_day_and_its_secret_goes(
    house: Any, browser: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime, visitor = house.by_id["shop"], Visitor("192.0.2.1", PHONE, "", Environment())
    midnight = 1_795_359_600.0  # 2026-11-23 in Seoul
    one, same, next_day = [
        await whose._pseudonym(house, runtime, visitor, now) for now in (midnight - 7200, midnight - 1, midnight)
    ]
    assert one == same != next_day
    names = await house.link.call("KEYS", "*salt*")
    assert len(names) == 2
    assert all([0 < await house.link.call("TTL", name) <= 26 * 3600 for name in names])


async def test_all_servers_know_a_pseudonym_alike(house: Any) -> None:
    other = type(house.salts)(house.link)
    salts = await asyncio.gather(*(each.of("shop", 1) for each in (house.salts, other) for _ in range(5)))
    assert len(set(salts)) == 1
    assert await other.of("other", 1) not in salts


async def test_an_anonymous_profile_lives_a_day_in_all(house: Any) -> None:
    profiles = Profiles(house.link, 400 * DAY)
    for hours in (0, 23):
        profile = Profile(first_seen=int(NOW), last_seen=int(NOW) + hours * 3600, anonymous=True)
        await profiles.write("shop", f"a{hours}", await profiles.read("shop", f"a{hours}"), profile)
        left = await house.link.call("TTL", keys.profile("shop", f"a{hours}"))
        assert left == pytest.approx((24 - hours) * 3600, abs=2)


async def test_an_anonymous_shopper_sees_campaigns_but_nothing_personal(
    new_house: Any, opened: Any, define: Any, new_browser: Any, event: Any
) -> None:
    browser = new_browser(await opened(new_house(define(campaigns=[DUE]))))
    keys = browser.house.by_id["shop"].keys
    token = jwt.encode({"sub": "kim", "exp": int(time.time()) + 60, "name": "Kim"}, keys.identity, "HS256")
    (shown,) = (await browser.send(event(), anonymous=True, member=token)).json()["show"]
    assert "Hi you" in str(shown["tree"])
    assert "Hi Kim" in (await browser.send(event(), member=token)).text


async def test_who_withdraws_is_forgotten_with_all_that_is_known(browser: Any, event: Any) -> None:
    await browser.send(event(), event("purchase", transaction_id="1", value=5))
    token = browser.cookie
    response = await browser.send(visitor=token, forget=True)
    assert response.json() == {}
    assert set(response.headers["set-cookie"].split("; ")) >= {"dg_shop=", "Max-Age=0", "Path=/", "HttpOnly"}
    assert not any(one.first_seen for one in (await stored(browser)).values())
    touched = await browser.house.link.call("XRANGE", keys.touched(keys.partition(token.partition(".")[0])), "-", "+")
    assert touched[-1][1] == [b"p", f"shop:{token.partition('.')[0]}".encode()]


async def test_what_other_tabs_have_under_way_does_not_bring_the_forgotten_back(
    house: Any, browser: Any, new_browser: Any, event: Any, opened: Any
) -> None:
    other = await opened(type(house)(house.settings, f"unix://{house.link.address}", house.registry))
    tabs = [new_browser(house), new_browser(other)]
    for _ in range(5):
        await browser.send(event())
        token = browser.cookie
        order = event("purchase", transaction_id=token, value=5)
        under_way = [tab.send(*events, visitor=token) for tab in tabs for events in ([event()], [order], [event()])]
        await asyncio.gather(*under_way[::2], browser.send(visitor=token, forget=True), *under_way[1::2])
        late = await browser.send(event(), headers={"Cookie": f"dg_shop={token}"})
        assert late.json() == {}
        assert "Max-Age=0" in late.headers["set-cookie"]
    assert not any(one.first_seen for one in (await stored(browser)).values())
    for tab in tabs:
        await tab.http.aclose()


async def test_a_forgotten_profile_leaves_no_trace_after_a_minute(browser: Any, event: Any) -> None:
    await browser.send(event())
    profile_id = browser.cookie.partition(".")[0]
    await browser.send(visitor=browser.cookie, forget=True)
    assert 0 < await browser.house.link.call("TTL", keys.profile("shop", profile_id)) <= 60


async def test_a_server_does_not_remember_whom_it_has_forgotten(
    house: Any, browser: Any, event: Any, opened: Any
) -> None:
    await browser.send(event())
    token = browser.cookie
    other = await opened(type(house)(house.settings, f"unix://{house.link.address}", house.registry))
    await other.engine.forget("shop", token.partition(".")[0])
    assert (await browser.send(event())).json() == {}
    await house.link.call("DEL", keys.profile("shop", token.partition(".")[0]))  # a minute later
    await browser.send(event(), visitor=token)
    assert (await browser.profile(token.partition(".")[0])).page_views == 1


@pytest.mark.parametrize("token", ["unknown", "", "v000000000000001.AAAAAAAAAAAAAAAA", "m" * 64])
async def test_who_says_somebody_elses_token_forgets_nobody(browser: Any, event: Any, token: str) -> None:
    await browser.send(event())
    before = await stored(browser)
    browser.http.cookies.clear()
    assert (await browser.send(visitor=token, forget=True)).status_code == 200
    assert await stored(browser) == before


async def test_a_member_who_withdraws_stays_the_shops_but_leaves_the_browser(
    browser: Any, event: Any, member_token: Any, member_id: Any
) -> None:
    await browser.send(event())
    await browser.send(event(), member=member_token("kim"))
    response = await browser.send(visitor=browser.cookie, forget=True)
    assert "Max-Age=0" in response.headers["set-cookie"]
    assert (await browser.profile(member_id("kim"))).page_views == 2
    assert (await browser.send(event())).json()["visitor"].startswith("v")


async def test_an_older_copy_of_a_token_does_not_become_the_member(
    house: Any, browser: Any, new_browser: Any, event: Any, member_token: Any, member_id: Any
) -> None:
    """Somebody notes the token of a shared computer, or plants their own there, and waits for a login."""
    await browser.send(event())
    thief = new_browser(house)
    token = browser.cookie
    await browser.send(event(), member=member_token("kim", name="Kim"))
    for events in ([event()], [event("purchase", transaction_id="9", value=5)], []):
        thief.http.cookies.clear()
        answer = (await thief.send(*events, visitor=token)).json()
        assert answer.get("visitor", "")[:1] == ("v" if events else "")
        assert answer.get("visitor") != token
    profile = await browser.profile(member_id("kim"))
    assert (profile.page_views, profile.orders) == (2, 0)


async def test_two_members_on_one_computer_do_not_mix(
    browser: Any, event: Any, member_token: Any, member_id: Any
) -> None:
    """One logs out, the other only closes the window."""
    await browser.send(event(), member=member_token("mother"))
    await browser.send(event(), logout=True)
    await browser.send(event("add_to_cart", items=[{"item_id": "a", "price": 5}]), member=member_token("father"))
    await browser.send(event(), member=member_token("mother"))
    mother, father = [await browser.profile(member_id(name)) for name in ("mother", "father")]
    assert (mother.page_views, mother.cart) == (2, [])
    assert (father.page_views, father.cart_total) == (1, 5)
    assert (mother.member, father.member) == (Member("mother"), Member("father"))


async def test_tokens_of_one_site_are_worth_nothing_at_another(browser: Any, event: Any) -> None:
    master = browser.house.master
    other = Keys.derive(master, "other")
    visitor = tokens.sign(other, tokens.new_visitor(other))
    assert (await browser.send(event(), visitor=visitor)).json()["dropped"] == 1
    assert visitor.partition(".")[0] not in await stored(browser)
    assert tokens.member_profile(other, "kim") != tokens.member_profile(browser.house.by_id["shop"].keys, "kim")


async def test_a_member_token_of_another_site_is_refused(browser: Any, event: Any, member_token: Any) -> None:
    forged = member_token("kim", key=Keys.derive(browser.house.master, "other").identity)
    assert (await browser.send(event(), member=forged)).json()["dropped"] == 1
    assert all(each.member is None for each in (await stored(browser)).values())


async def test_global_privacy_control_is_the_snippets_matter(browser: Any, event: Any) -> None:
    """It sends nothing before the shopper has agreed, so who comes with the header has."""
    assert (await browser.send(event(), headers={"Sec-GPC": "1"})).json()["visitor"] == browser.cookie
