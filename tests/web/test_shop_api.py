import asyncio
import json
import time
from typing import Any

import httpx
import msgspec
import pytest

from dangol.house import House
from dangol.plugin import Request
from dangol.profile.model import Coupon, Member, Profile, Rfm
from dangol.profile.reduce import reduce
from dangol.protocol.event import Entry
from dangol.store import catalogue, keys
from dangol.web.shop_api import SIDE_BY_SIDE
from dangol.web.shop_rows import OrderRow, order

pytestmark = pytest.mark.anyio

MUG: dict[str, Any] = {"id": "mug", "name": "Mug", "price": "4500"}
KIM: dict[str, Any] = {"id": "kim", "name": "Kim"}
ORDER: dict[str, Any] = {"id": "1", "at": "2026-01-05T10:00:00Z", "items": [{"item_id": "mug", "price": 4500}]}
PUSH: dict[str, Any] = {"id": "p1", "member": "kim", "channel": "log"}


@pytest.mark.parametrize("path", ["/v1/products", "/v1/members", "/v1/orders", "/v1/push"])
@pytest.mark.parametrize("key", [b"", b"Bearer ", b"Bearer sk_wrong", b"Basic c2s6", b"Bearer \xe9", b"Bearer " * 999])
async def test_without_the_servers_key_nothing_is_done(
    house: Any, shop: httpx.AsyncClient, path: str, key: bytes
) -> None:
    before = await house.link.call("DBSIZE")
    response = await shop.post(path, json={}, headers={b"Authorization": key})
    assert response.status_code == 401
    assert "server key" in response.json()["error"]
    assert await house.link.call("DBSIZE") == before


async def test_the_admin_key_is_no_server_key(shop: httpx.AsyncClient, admin: httpx.AsyncClient) -> None:
    assert (await admin.post("/v1/products", json={"products": []})).status_code == 401
    assert (await shop.get("/v1/admin/plugins")).status_code == 401


async def test_products_get_into_the_catalogue(house: Any, shop: httpx.AsyncClient) -> None:
    rows = [{**MUG, "url": "/product/mug", "stock": 3}, {"id": "cup", "name": "Cup\u202e\u0000", "price": 1000}]
    assert (await shop.post("/v1/products", json={"products": rows})).json() == {"accepted": 2, "changed": 2}
    assert (await shop.post("/v1/products", json={"products": rows})).json() == {"accepted": 2, "changed": 0}
    found = await catalogue.get(house.link, "shop", ["mug", "cup"])
    assert (found["mug"].price, found["mug"].stock, found["mug"].url) == (4500, 3, "/product/mug")
    assert found["cup"].name == "Cup"


TRAITS: list[dict[str, Any]] = [
    {"id": "points", "name": "points", "type": "number"},
    {"id": "size", "name": "size", "type": "text", "choices": ["S", "M"], "public": True},
    {"id": "likes", "name": "likes", "type": "list", "public": True},
    {"id": "until", "name": "until", "type": "time"},
    {"id": "vip", "name": "VIP", "type": "boolean"},
]


@pytest.fixture
async def house(new_house: Any, opened: Any, define: Any) -> House:
    """A shop with traits of its own."""
    segments = [{"id": "medium", "include": {"trait.size": {"is": "M"}}}]
    opened_house: House = await opened(new_house(define(segments, traits=TRAITS)))
    return opened_house


async def test_what_is_told_of_members_adds_up(browser: Any, shop: httpx.AsyncClient, member_id: Any) -> None:
    rows = [
        {**KIM, "grade": "VIP", "joined_at": "2026-01-01T00:00:00Z", "birthday": "03-10", "traits": {"points": 5}},
        {"id": "kim", "email": "kim@shop.example", "name": "Kim\u202e"},
    ]
    assert (await shop.post("/v1/members", json={"members": rows})).json() == {"accepted": 2}
    told = (await browser.profile(member_id("kim"))).member
    expected = Member("kim", "Kim", "VIP", birthday="03-10", joined_at=1_767_225_600, email="kim@shop.example")
    expected.traits = {"points": 5}
    assert told == expected


async def test_traits_are_changed_one_by_one_and_null_forgets(
    browser: Any, shop: httpx.AsyncClient, member_id: Any
) -> None:
    tellings: list[dict[str, Any]] = [
        {"points": 5, "size": "S", "likes": ["tea"], "vip": True, "until": "2026-11-30"},
        {"points": None, "size": "M", "likes": None},
        {"until": "2026-11-30T18:00:00+09:00"},
    ]
    for traits in tellings:
        assert (await shop.post("/v1/members", json={"members": [{**KIM, "traits": traits}]})).status_code == 200
    told = (await browser.profile(member_id("kim"))).member
    assert told.traits == {"vip": True, "size": "M", "until": 1_796_029_200}


async def test_what_a_page_tells_is_kept_beside_what_the_shop_tells(
    house: House, browser: Any, event: Any, shop: httpx.AsyncClient, member_id: Any, member_token: Any
) -> None:
    await shop.post("/v1/members", json={"members": [{**KIM, "traits": {"size": "S"}}]})
    page = {"size": "M", "likes": ["tea"], "points": 1_000_000, "vip": "yes"}
    answer = await browser.send(event("traits", traits=page), event(), member=member_token("kim"))
    assert answer.json()["dropped"] == 2
    profile = await browser.profile(member_id("kim"))
    assert (profile.member.traits, profile.traits) == ({"size": "S"}, {"size": "M", "likes": ["tea"]})
    index = house.by_id["shop"].index
    assert index.match(profile, Request(now=time.time())) == []
    profile.member = None
    assert index.match(profile, Request(now=time.time())) == ["medium"]


async def test_what_a_member_holds_and_is_worth_is_kept(browser: Any, shop: httpx.AsyncClient, member_id: Any) -> None:
    coupons = [{"id": "W1", "name": "10%\u202e", "expires": "2026-01-01T09:00:00+09:00"}, {"id": "W2"}]
    worth = {"rfm": {"grade": "loyal", "recency": 5, "monetary": 3}, "revenue": "120000"}
    for row in ({**KIM, "coupons": coupons, **worth}, KIM):
        assert (await shop.post("/v1/members", json={"members": [row]})).status_code == 200
        told = (await browser.profile(member_id("kim"))).member
        assert told.coupons == [Coupon("W1", "10%", 1_767_225_600), Coupon("W2")]
        assert (told.rfm, told.revenue) == (Rfm("loyal", 5, 0, 3), 120_000)


@pytest.mark.parametrize("rows", [[], [{"id": "W2"}, {"id": "W2", "name": "new"}]])
async def test_coupons_are_replaced_whole(browser: Any, shop: httpx.AsyncClient, member_id: Any, rows: Any) -> None:
    for coupons in ([{"id": "W1"}], rows):
        await shop.post("/v1/members", json={"members": [{**KIM, "coupons": coupons}]})
    told = (await browser.profile(member_id("kim"))).member
    assert told.coupons == ([Coupon("W2", "new")] if rows else [])


async def test_orders_of_members_and_guests_count_once(browser: Any, shop: httpx.AsyncClient, member_id: Any) -> None:
    body = {"orders": [{**ORDER, "member": "kim"}, {**ORDER, "id": "2"}, {**ORDER, "id": "3", "member": "kim"}]}
    assert (await shop.post("/v1/orders", json=body)).json() == {"accepted": 3, "known": 0}
    assert (await shop.post("/v1/orders", json=body)).json() == {"accepted": 0, "known": 3}
    profile = await browser.profile(member_id("kim"))
    assert (profile.orders, profile.spent, profile.bought[0].times) == (2, 9000, 2)


def test_an_order_of_a_clock_that_is_ahead_was_placed_now() -> None:
    def placed(at: str) -> int:
        return order(msgspec.convert({**ORDER, "at": at}, OrderRow), "orders[0]", "KRW", now=1_767_607_200).at

    assert placed("2026-01-05T19:00:00") == placed("2026-01-05T10:00:00Z") == 1_767_607_200_000
    assert placed("2026-01-05T18:59:59+09:00") == 1_767_607_199_000


async def test_many_orders_at_once_leave_page_views_their_turn(
    house: House, shop: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    take, taking, most = house.engine.take, 0, 0

    async def counted(*given: Any) -> Any:
        nonlocal taking, most
        taking += 1
        most = max(most, taking)
        try:
            return await take(*given)
        finally:
            taking -= 1

    monkeypatch.setattr(house.engine, "take", counted)
    orders = [{**ORDER, "id": str(number), "member": f"member {number}"} for number in range(2 * SIDE_BY_SIDE)]
    assert (await shop.post("/v1/orders", json={"orders": orders})).json()["accepted"] == len(orders)
    assert most == SIDE_BY_SIDE


async def test_a_cancelled_order_is_taken_back(browser: Any, shop: httpx.AsyncClient, member_id: Any) -> None:
    order = {**ORDER, "member": "kim"}
    for state in ("placed", "cancelled", "cancelled", "placed"):
        assert (await shop.post("/v1/orders", json={"orders": [{**order, "state": state}]})).status_code == 200
    profile = await browser.profile(member_id("kim"))
    assert (profile.orders, profile.spent) == (0, 0)


async def test_a_cancelled_order_of_an_anonymous_browser_is_taken_back(
    browser: Any, event: Any, shop: httpx.AsyncClient
) -> None:
    await browser.send(event("purchase", transaction_id="1", value=4500))
    cancelled = {**ORDER, "member": "kim", "state": "cancelled"}
    await shop.post("/v1/orders", json={"orders": [cancelled]})
    profile = await browser.profile()
    assert (profile.orders, profile.spent) == (0, 0)


async def test_a_push_request_is_made_once_by_its_id(shop: httpx.AsyncClient) -> None:
    first, second = await shop.post("/v1/push", json=PUSH), await shop.post("/v1/push", json=PUSH)
    assert (first.status_code, first.json()["new"]) == (202, True)
    assert (second.status_code, second.json()["new"]) == (200, False)
    assert first.json()["key"] == second.json()["key"]
    state = (await shop.get(f"/v1/push/{first.json()['key']}")).json()
    assert (state["state"], state["channel"], state["attempts"], state["reason"]) == ("queued", "log", 0, "")


async def test_the_same_push_request_many_times_at_once_is_one(shop: httpx.AsyncClient) -> None:
    responses = await asyncio.gather(*(shop.post("/v1/push", json=PUSH) for _ in range(10)))
    assert sorted(response.status_code for response in responses) == [200] * 9 + [202]


@pytest.mark.parametrize("key", ["unknown", "x" * 300, "%00", "..%2f..", "\u00e9"])
async def test_an_unknown_push_request_is_not_found(shop: httpx.AsyncClient, key: str) -> None:
    response = await shop.get(f"/v1/push/{key}")
    assert response.status_code == 404
    assert key not in response.text


async def test_a_replay_of_the_log_takes_the_same_traits(house: House, browser: Any, event: Any) -> None:
    await browser.send(event("traits", traits={"size": "M", "points": 5}), event())
    await browser.send(event("traits", traits={"likes": ["tea", "tea"], "size": "L"}))
    profile = await browser.profile()
    log = keys.log(keys.partition(browser.cookie.partition(".")[0]))
    entries = [
        msgspec.msgpack.decode(raw, type=Entry) for _, (_, raw) in await house.link.call("XRANGE", log, "-", "+")
    ]
    again = Profile()
    reduce(again, [each for entry in entries for each in entry.events], house.by_id["shop"].site, time.time(), 1)
    assert again.traits == profile.traits == {"size": "M", "likes": ["tea"]}


def told(**traits: Any) -> dict[str, Any]:
    """Kim, and Kim again with traits."""
    return {"members": [KIM, {**KIM, "traits": traits}]}


BAD: dict[str, tuple[str, Any, str]] = {
    "no JSON": ("/v1/products", b"{", "body"),
    "a list": ("/v1/products", [], "body"),
    "an unknown field": ("/v1/products", {"products": [], "x": 1}, "body"),
    "an unknown field of a row": ("/v1/products", {"products": [{**MUG, "x": 1}]}, "products[0]"),
    "no name": ("/v1/products", {"products": [MUG, {"id": "b", "price": 1}]}, "products[1]"),
    "a negative price": ("/v1/products", {"products": [MUG, {**MUG, "price": -1}]}, "products[1].price"),
    "a price in words": ("/v1/products", {"products": [MUG, {**MUG, "price": "cheap"}]}, "products[1].price"),
    "a price beyond reason": ("/v1/products", {"products": [MUG, {**MUG, "price": 1e300}]}, "products[1].price"),
    "a script for an address": (
        "/v1/products",
        {"products": [{**MUG, "url": "javascript:alert(1)"}]},
        "products[0].url",
    ),
    "an address without scheme": ("/v1/products", {"products": [{**MUG, "image": "//evil/x"}]}, "products[0].image"),
    "a negative stock": ("/v1/products", {"products": [{**MUG, "stock": -1}]}, "products[0].stock"),
    "a stock beyond 64 bits": ("/v1/products", {"products": [{**MUG, "stock": 1 << 70}]}, "products[0].stock"),
    "an id of nothing visible": ("/v1/products", {"products": [{**MUG, "id": "\u202e"}]}, "products[0].id"),
    "too many rows": ("/v1/products", {"products": [MUG] * 501}, "products"),
    "too large a body": ("/v1/products", b" " * (5 << 20), "body"),
    "a member without id": ("/v1/members", {"members": [KIM, {"name": "x"}]}, "members[1]"),
    "a birthday in words": ("/v1/members", {"members": [KIM, {**KIM, "birthday": "may"}]}, "members[1].birthday"),
    "a time in words": ("/v1/members", {"members": [KIM, {**KIM, "joined_at": "may"}]}, "members[1].joined_at"),
    "a day that is none": ("/v1/members", {"members": [KIM, {**KIM, "birthday": "02-30"}]}, "members[1].birthday"),
    "an unknown trait": ("/v1/members", told(sizes="M"), "members[1].traits.sizes: expected a trait that site.traits"),
    "an unknown trait of markup": ("/v1/members", told(**{"<b>": "M"}), "members[1].traits: expected a trait that"),
    "a nested trait": ("/v1/members", told(size={}), "members[1].traits.size: expected a text"),
    "another choice": ("/v1/members", told(size="XL"), "members[1].traits.size: expected one of S, M"),
    "a number as text": ("/v1/members", told(points="5"), "members[1].traits.points: expected a number"),
    "a trait beyond 64 bits": ("/v1/members", told(points=1 << 70), "members[1].traits.points: expected a number"),
    "a yes that is none": ("/v1/members", told(vip=1), "members[1].traits.vip: expected true or false"),
    "a time in seconds": ("/v1/members", told(until=1_796_029_200), "members[1].traits.until: expected a date"),
    "too long a list": ("/v1/members", told(likes=["x"] * 51), "members[1].traits.likes: expected a list of at most"),
    "no traits": ("/v1/members", {"members": [KIM, {**KIM, "traits": []}]}, "members[1].traits"),
    "too many traits": ("/v1/members", told(**{str(n): 1 for n in range(101)}), "members[1].traits"),
    "too many coupons": (
        "/v1/members",
        {"members": [KIM, {**KIM, "coupons": [{"id": "a"}] * 51}]},
        "members[1].coupons",
    ),
    "a coupon of nothing visible": (
        "/v1/members",
        {"members": [KIM, {**KIM, "coupons": [{"id": "a"}, {"id": "\u202e"}]}]},
        "members[1].coupons[1].id",
    ),
    "a coupon that ended before computers": (
        "/v1/members",
        {"members": [{**KIM, "coupons": [{"id": "a", "expires": "0001-01-01T00:00:00+14:00"}]}]},
        "members[0].coupons[0].expires",
    ),
    "a score of six": ("/v1/members", {"members": [{**KIM, "rfm": {"recency": 6}}]}, "members[0].rfm.recency"),
    "a negative revenue": ("/v1/members", {"members": [KIM, {**KIM, "revenue": -1}]}, "members[1].revenue"),
    "an order of nothing": ("/v1/orders", {"orders": [ORDER, {**ORDER, "items": []}]}, "orders[1].items"),
    "an order without time": ("/v1/orders", {"orders": [ORDER, {"id": "2", "items": ORDER["items"]}]}, "orders[1]"),
    "an order from the future": (
        "/v1/orders",
        {"orders": [ORDER, {**ORDER, "at": "2999-01-01T00:00:00Z"}]},
        "orders[1].at",
    ),
    "an order before computers": (
        "/v1/orders",
        {"orders": [ORDER, {**ORDER, "at": "0001-01-01T00:00:00+14:00"}]},
        "orders[1].at",
    ),
    "a negative total": ("/v1/orders", {"orders": [ORDER, {**ORDER, "total": -1}]}, "orders[1].total"),
    "a state of its own": ("/v1/orders", {"orders": [ORDER, {**ORDER, "state": "<b>"}]}, "orders[1].state"),
    "an order number of nothing": ("/v1/orders", {"orders": [ORDER, {**ORDER, "id": "\u202e"}]}, "orders[1].id"),
    "a huge quantity": (
        "/v1/orders",
        {"orders": [ORDER, {**ORDER, "items": [{"item_id": "a", "quantity": 1 << 70}]}]},
        "orders[1].items[0].quantity",
    ),
    "nobody to send to": ("/v1/push", {**PUSH, "member": ""}, "member"),
    "an unknown template": ("/v1/push", {**PUSH, "template": "<b>"}, "template"),
    "an unknown channel": ("/v1/push", {**PUSH, "channel": "<b>"}, "channel"),
    "a channel that is a widget": ("/v1/push", {**PUSH, "channel": "popcorn"}, "channel"),
    "unknown parameters": ("/v1/push", {**PUSH, "params": {"x": 1}}, "params"),
    "a variable that is none": ("/v1/push", {**PUSH, "variables": {"a": 1}}, "variables[...]"),
}


@pytest.mark.parametrize("case", BAD)
async def test_a_bad_body_is_refused_by_place_and_changes_nothing(
    house: Any, shop: httpx.AsyncClient, case: str
) -> None:
    path, body, where = BAD[case]
    before = await house.link.call("DBSIZE")
    response = await shop.post(path, content=body if isinstance(body, bytes) else json.dumps(body))
    assert response.status_code == (413 if case == "too large a body" else 400)
    assert response.json()["error"].startswith(where)
    assert "<b>" not in response.text
    assert await house.link.call("DBSIZE") == before
