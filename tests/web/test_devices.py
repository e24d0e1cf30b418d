"""Devices that shops and pages tell of, over HTTP."""

import json
from base64 import urlsafe_b64encode
from typing import Any

import httpx
import pytest
from tests.protocol.test_device import P256DH, subscription

from dangol.profile.model import Device
from dangol.protocol.device import normal

pytestmark = pytest.mark.anyio

TOKEN = "fcm-token:" + "a" * 140
ROW = {"member": "kim", "kind": "fcm", "token": TOKEN, "app": "Shop for Android"}


async def test_a_shop_tells_of_a_members_device_and_takes_it_back(
    shop: httpx.AsyncClient, browser: Any, member_id: Any
) -> None:
    for _ in range(2):
        assert (await shop.post("/v1/members/devices", json=ROW)).json() == {"accepted": 1}
    profile = await browser.profile(member_id("kim"))
    assert [(each.kind, each.token, each.app) for each in profile.devices] == [("fcm", TOKEN, "Shop for Android")]
    assert profile.member is not None
    assert profile.member.id == "kim"
    assert (await shop.request("DELETE", "/v1/members/devices", json=ROW)).status_code == 200
    assert (await browser.profile(member_id("kim"))).devices == []


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"token": "too short"}, "token"),
        ({"kind": "webpush"}, "token"),
        ({"kind": "pager"}, "kind"),
        ({"member": ""}, "member"),
        ({"token": "a" * 3000}, "token"),
        ({"color": "red"}, "body"),
    ],
)
@pytest.mark.parametrize("method", ["POST", "DELETE"])
async def test_a_wrong_device_is_refused_without_its_token(
    shop: httpx.AsyncClient, browser: Any, member_id: Any, method: str, change: dict[str, str], where: str
) -> None:
    response = await shop.request(method, "/v1/members/devices", json={**ROW, **change})
    assert response.status_code == 400
    assert where in response.json()["error"]
    assert TOKEN not in response.text
    assert (await browser.profile(member_id("kim"))).first_seen == 0


async def test_without_the_servers_key_nobody_tells_of_devices(shop: httpx.AsyncClient) -> None:
    for method in ("POST", "DELETE"):
        response = await shop.request(method, "/v1/members/devices", json=ROW, headers={"Authorization": "Bearer no"})
        assert response.status_code == 401


def said(**fields: Any) -> dict[str, Any]:
    return {"subscription": json.loads(subscription()), **fields}


async def test_a_page_tells_of_its_browser_and_a_login_brings_it_along(
    browser: Any, event: Any, member_token: Any, member_id: Any
) -> None:
    await browser.send(event())
    await browser.send(event("push_subscribe", **said(agreed=True, wording="Offers?", night=True)))
    [device] = (await browser.profile()).devices
    assert device == Device("webpush", normal("webpush", subscription()) or "", device.seen_at)
    await browser.send(event(), member=member_token("kim"))
    profile = await browser.profile(member_id("kim"))
    assert profile.devices == [device]
    assert (profile.subscriptions["push"].wording, profile.subscriptions["push"].night) == ("Offers?", True)
    await browser.send(event("push_unsubscribe", **said()), member=member_token("kim"))
    assert (await browser.profile(member_id("kim"))).devices == []


async def test_the_log_has_nothing_of_a_subscription(browser: Any, event: Any, house: Any) -> None:
    await browser.send(event("push_subscribe", **said(agreed=True, wording="Offers?")))
    streams = await house.link.call("KEYS", "*log*")
    entries = [await house.link.call("XRANGE", stream, "-", "+") for stream in streams]
    assert b"push_subscribe" in repr(entries).encode()
    assert P256DH.encode() not in repr(entries).encode()
    assert b"push.example.net" not in repr(entries).encode()


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"subscription": "none"},
        {"subscription": {"endpoint": "http://127.0.0.1", "keys": {}}},
        {"subscription": json.loads(subscription("http://10.0.0.1/"))},
        {"subscription": json.loads(subscription()), "agreed": "yes"},
    ],
)
async def test_a_page_that_lies_of_its_browser_changes_nothing(browser: Any, event: Any, data: Any) -> None:
    response = await browser.send(event(), event("push_subscribe", **data))
    assert response.json()["dropped"] == 1
    assert (await browser.profile()).devices == []


async def test_who_is_counted_only_is_not_notified(browser: Any, event: Any, house: Any) -> None:
    response = await browser.send(event("push_subscribe", **said()), anonymous=True)
    assert response.status_code == 200
    for key in await house.link.call("KEYS", "*"):
        if await house.link.call("TYPE", key) == b"string":
            assert P256DH.encode() not in await house.link.call("GET", key)


async def test_dead_tokens_are_dropped_where_the_visitor_has_gone_to(
    browser: Any, event: Any, member_token: Any, member_id: Any, house: Any
) -> None:
    await browser.send(event("push_subscribe", **said()))
    visitor = browser.cookie.partition(".")[0]
    await browser.send(event(), member=member_token("kim"))
    runtime = house.by_id["shop"]
    await house.engine.drop_devices(runtime, visitor, ("another",))
    assert (await browser.profile(member_id("kim"))).devices
    await house.engine.drop_devices(runtime, visitor, (normal("webpush", subscription()),))
    assert not (await browser.profile(member_id("kim"))).devices


async def test_pages_learn_the_key_under_which_they_subscribe(browser: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    unset = await browser.http.get("/v1/push-key", params={"site": "public-key"})
    assert (unset.status_code, "push-keys" in unset.text) == (404, True)
    monkeypatch.setenv("WEBPUSH_SUBJECT", "mailto:shop@shop.example")
    monkeypatch.setenv("WEBPUSH_PRIVATE_KEY", urlsafe_b64encode(b"\0" * 31 + b"\1").decode())
    response = await browser.http.get("/v1/push-key", params={"site": "public-key"})
    # The public point of the private key 1 is the curve's generator (SEC 2, secp256r1).
    assert response.json()["key"].startswith("BGsX0fLhLEJH-Lzm5WOkQPJ3A32BLeszoPShOUXYmMKW")
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert (await browser.http.get("/v1/push-key", params={"site": "another"})).status_code == 404
