"""What a browser must not be able to do: every row is refused clearly, or dropped and counted; none is a failure."""

import asyncio
import time
from base64 import urlsafe_b64encode
from typing import Any

import pytest
from prometheus_client import REGISTRY

from dangol.protocol import tokens
from dangol.protocol.tokens import Keys
from dangol.web import body as web_body
from dangol.web.app import create

pytestmark = pytest.mark.anyio

ORIGIN = "https://shop.example"
MARK = "HOSTILE"
HOSTILE = f"{MARK}</script><img src=x onerror=alert(1)>{{{{7*7}}}}${{7*7}}\u202e\u0000\u2066\r\nSet-Cookie: {MARK}=1"

GOOD: dict[str, Any] = {"site": "public-key", "sent": 1_763_778_000_000, "page": f"{ORIGIN}/"}


def dropped(reason: str) -> float:
    return REGISTRY.get_sample_value("dangol_events_dropped_total", {"site": "shop", "reason": reason}) or 0.0


BODIES = {
    "empty": (b"", 400),
    "no JSON": (MARK.encode(), 400),
    "cut short": (b'{"site": "public-key"', 400),
    "no UTF-8": (b'{"site": "\xff"}', 400),
    "UTF-16": ('{"site": "public-key"}'.encode("utf-16"), 400),
    "an array": (b"[]", 400),
    "a number": (b"1", 400),
    "NaN": (b'{"site": "public-key", "sent": NaN, "page": "https://shop.example/"}', 400),
    "a huge number": (b'{"site": "public-key", "sent": 1e400, "page": "https://shop.example/"}', 400),
    "many digits": (b'{"site": "public-key", "sent": ' + b"9" * 9000 + b', "page": "https://shop.example/"}', 400),
    "deep nesting": (b"[" * 60_000, 400),
    "deep nesting in data": (b'{"events": [{"data": ' + b'{"a":' * 10_000, 400),
    "too large": (b"x" * 65_537, 413),
    "a megabyte": (b"x" * (1 << 20), 413),
    "keys repeated": (b'{"site": "public-key", "site": 1, "sent": 1, "page": "https://shop.example/"}', 400),
}


@pytest.mark.parametrize("case", BODIES)
async def test_a_body_that_is_no_envelope_is_refused(browser: Any, case: str) -> None:
    body, status = BODIES[case]
    response = await browser.raw(body)
    assert response.status_code == status
    assert list(response.json()) == ["error"]
    assert MARK not in response.text
    assert "set-cookie" not in response.headers


FIELDS: dict[str, dict[str, Any]] = {
    "a wrong type of site": {"site": 1},
    "a wrong type of time": {"sent": "now"},
    "a wrong type of page": {"page": {MARK: 1}},
    "a wrong type of events": {"events": MARK},
    "an event that is none": {"events": [MARK]},
    "a wrong type of member": {"member": {"sub": MARK}},
    "an unknown field": {MARK: 1},
    "an unknown field of markup": {HOSTILE: 1},
    "a script for a page": {"page": f"javascript:alert('{MARK}')"},
    "data for a page": {"page": f"data:text/html,{MARK}"},
    "a page that is no address": {"page": f"https://[{MARK}"},
    "a page of another scheme": {"page": f"file:///{MARK}"},
    "a hostile page": {"page": HOSTILE},
    "a hostile language": {"lang": HOSTILE[:30]},
    "too long a visitor": {"visitor": MARK * 10},
    "too long a member": {"member": MARK * 300},
    "too many events": {"events": [{"id": "12345678", "name": "page_view", "at": 1}] * 51},
    "a hostile name of an event": {"events": [{"id": "12345678", "name": HOSTILE, "at": 1}]},
    "a hostile id of an event": {"events": [{"id": HOSTILE, "name": "page_view", "at": 1}]},
    "an unknown field of an event": {"events": [{"id": "12345678", "name": "page_view", "at": 1, HOSTILE: 1}]},
    "a negative time": {"sent": -1},
    "a time beyond reason": {"sent": 1 << 60},
}


@pytest.mark.parametrize("case", FIELDS)
async def test_a_wrong_field_is_refused_by_place_and_not_repeated(browser: Any, case: str) -> None:
    response = await browser.send(**FIELDS[case])
    assert response.status_code == 400
    assert ": expected " in response.json()["error"]
    assert MARK not in response.text + str(response.headers)
    assert not await browser.house.link.call("KEYS", "*p:*")


async def test_a_hostile_site_key_is_foreign(browser: Any) -> None:
    response = await browser.send(site=HOSTILE[:64])
    assert response.status_code == 403
    assert MARK not in response.text


TEXTS: dict[str, dict[str, Any]] = {
    "page_view": {"page_location": f"{ORIGIN}/{HOSTILE}?utm_source={HOSTILE}", "page_referrer": HOSTILE},
    "view_item": {"items": [{"item_id": HOSTILE[:99], "item_name": HOSTILE, "item_category": HOSTILE}]},
    "view_item_list": {"item_category": HOSTILE},
    "add_to_cart": {"items": [{"item_id": HOSTILE[:99], "price": "1", "item_brand": HOSTILE}]},
    "search": {"search_term": HOSTILE},
    "purchase": {"transaction_id": HOSTILE[:99], "value": 1},
    "widget_click": {"campaign": HOSTILE[:99], "exposure": HOSTILE[:99]},
    "widget_later": {"campaign": HOSTILE[:99], "exposure": HOSTILE[:99], "choice": HOSTILE[:99]},
    "my_event": {HOSTILE[:99]: HOSTILE},
}


@pytest.mark.parametrize("name", TEXTS)
async def test_hostile_text_is_taken_as_text_and_not_given_back(browser: Any, event: Any, name: str) -> None:
    response = await browser.send(event(name, **TEXTS[name]), open=[HOSTILE[:90]], member=HOSTILE, visitor=HOSTILE[:60])
    assert response.status_code == 200
    assert MARK not in response.text + str(response.headers)
    stored = b"".join([await browser.house.link.call("GET", key) for key in await _profiles(browser)])
    assert not [mark for mark in ("\u202e", "\u2066", "\r\n") if mark.encode() in stored]
    assert "Set-Cookie" not in response.headers.get("set-cookie", "").partition("=")[2]


PERSONAL = {
    "an address in the query": f"{ORIGIN}/cart?mail=kim@shop.kr&ok=1",
    "an address in any parameter": f"{ORIGIN}/cart?x=kim%40shop.kr",
    "an address within an address": f"{ORIGIN}/login?back=%2Fjoin%3Fe%3Dkim%2540shop.kr",
    "an address that hides": f"{ORIGIN}/cart?x=ki\u200bm@shop.kr&y=k\u0000im@shop.kr",
    "an address in the path": f"{ORIGIN}/reset/kim@shop.kr/",
    "an address at the limit": f"{ORIGIN}/{'a' * 980}?x=kim@shop.kr",
    "a user of a host": "https://kim:5678@host.example/",
    "a number": f"{ORIGIN}/?tel=1&kim=010-1234-5678#kim@shop.kr",
}


@pytest.mark.parametrize("case", PERSONAL)
async def test_nothing_personal_of_an_address_is_stored(browser: Any, event: Any, case: str) -> None:
    link = PERSONAL[case]
    view = event(page_location=link, page_referrer=link)
    assert (await browser.send(view, event("view_item", items=[{"item_id": "1"}]), page=link)).status_code == 200
    redis = browser.house.link
    stored = b"".join([await redis.call("GET", key) for key in await _profiles(browser)])
    logged = str([await redis.call("XRANGE", key, "-", "+") for key in await redis.call("KEYS", "*log")]).encode()
    for mark in (b"kim", b"shop.kr", b"5678"):
        assert mark not in stored + logged


async def _profiles(browser: Any) -> list[bytes]:
    keys: list[bytes] = await browser.house.link.call("KEYS", "*p:shop:*")
    assert keys
    return keys


@pytest.mark.parametrize("header", ["User-Agent", "Cookie", "Accept-Language", "Referer", "X-Forwarded-For"])
async def test_hostile_headers_do_no_harm(browser: Any, event: Any, header: str) -> None:
    value = "\x7f\xe9" + MARK * 800 + "</script>; dg_shop=" + MARK
    body = f'{{"site": "public-key", "sent": 1, "page": "{ORIGIN}/"}}'
    headers = [(b"Origin", ORIGIN.encode()), (header.encode(), value.encode("latin-1"))]
    response = await browser.http.post("/v1/events", content=body, headers=headers)
    assert response.status_code == 200
    assert MARK not in response.text + str(response.headers)


def numbers() -> list[tuple[str, str]]:
    odd = [
        "NaN",
        "Infinity",
        "-Infinity",
        "1e400",
        "-1",
        "9" * 400,
        "1e308",
        '"1e9"',
        '"0x10"',
        "true",
        "[]",
        '"\\u0661"',
    ]
    values = [("purchase", f'{{"transaction_id": "1", "value": {number}}}') for number in odd]
    return values + [("view_item", f'{{"items": [{{"item_id": "1", "price": {number}}}]}}') for number in odd]


@pytest.mark.parametrize(("name", "data"), numbers())
async def test_no_number_gets_through_that_is_no_price(browser: Any, name: str, data: str) -> None:
    now = int(time.time() * 1000)
    event = f'{{"id": "12345678", "name": "{name}", "at": {now}, "data": {data}}}'
    body = f'{{"site": "public-key", "sent": {now}, "page": "{ORIGIN}/", "events": [{event}]}}'
    response = await browser.raw(body.encode())
    assert response.status_code == 400 or response.json()["dropped"] == 1


async def test_sums_beyond_64_bits_do_not_break_a_profile(browser: Any, event: Any) -> None:
    dear = {"item_id": "a", "price": 999_999_999_999, "quantity": 100_000}
    for number in range(3):
        batch = [event("purchase", transaction_id=f"{number}-{each}", items=[dear] * 200) for each in range(3)]
        assert (await browser.send(*batch, event("add_to_cart", items=[dear] * 200))).status_code == 200
    profile = await browser.profile()
    assert 0 < profile.spent < 1 << 60


async def test_a_long_query_of_a_campaign_link_is_read(browser: Any, event: Any) -> None:
    page = f"{ORIGIN}/?utm_source=mail" + "&a=1" * 200
    assert (await browser.send(event(), page=page)).status_code == 200
    assert (await browser.profile()).visit.source == "mail"


FORGED_VISITORS = ["v000000000000001.AAAAAAAAAAAAAAAA", "v000000000000001", ".", "..", "m" * 64, "é.é"]


@pytest.mark.parametrize("token", FORGED_VISITORS)
@pytest.mark.parametrize("way", ["in the cookie", "in the envelope"])
async def test_a_forged_visitor_gets_a_profile_of_its_own(browser: Any, event: Any, token: str, way: str) -> None:
    before = dropped("visitor")
    if way == "in the cookie":
        headers = [(b"Origin", ORIGIN.encode()), (b"Cookie", f"dg_shop={token}".encode())]
        body = f'{{"site": "public-key", "sent": 1, "page": "{ORIGIN}/"}}'
        response = await browser.http.post("/v1/events", content=body, headers=headers)
    else:
        response = await browser.send(event(), visitor=token)
    assert response.status_code == 200
    assert response.json()["dropped"] == 1
    assert response.json()["visitor"].startswith("v")
    assert not response.json()["visitor"].startswith(token)
    assert dropped("visitor") == before + 1


async def test_a_visitor_of_another_site_is_nobody_here(browser: Any, event: Any) -> None:
    foreign = tokens.sign(Keys.derive(b"s" * 32, "other"), "v000000000000001")
    assert (await browser.send(event(), visitor=foreign)).json()["dropped"] == 1


def identities() -> dict[str, dict[str, Any]]:
    now = int(time.time())
    return {
        "expired": {"exp": now - 60},
        "expired long ago": {"exp": 0},
        "never expiring": {"exp": now + 10 * 365 * 86_400},
        "of a huge expiry": {"exp": 10**300},
        "signed by somebody else": {"key": "x" * 46},
        "without member": {"sub": ""},
        "of too long a member": {"sub": "x" * 101},
        "with an object for a name": {"name": {"a": 1}},
    }


@pytest.mark.parametrize("case", identities())
async def test_a_member_who_is_not_the_shops_stays_a_visitor(
    browser: Any, event: Any, member_token: Any, case: str
) -> None:
    before = dropped("member")
    claims = {"member": "kim", **identities()[case]}
    claims["member"] = claims.pop("sub", claims["member"])
    response = await browser.send(event(), member=member_token(**claims))
    assert response.status_code == 200
    assert response.json()["dropped"] == 1
    assert browser.cookie.startswith("v")
    assert (await browser.profile()).member is None
    assert dropped("member") == before + 1


async def test_an_expired_identity_is_not_believed_a_second_time(
    browser: Any, event: Any, member_token: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = member_token("kim")
    assert "dropped" not in (await browser.send(event(), member=token)).json()
    later = time.time() + 700
    monkeypatch.setattr(browser.house, "now", lambda: later)
    assert (await browser.send(event(), member=token)).json()["dropped"] == 1


async def test_a_token_without_signature_is_refused(browser: Any, event: Any) -> None:
    parts = ('{"alg":"none"}', '{"sub":"kim","exp":1}'.replace("1", str(int(time.time()) + 60)), "")
    token = ".".join(urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in parts)
    assert (await browser.send(event(), member=token)).json()["dropped"] == 1


def bearer(house: Any, length: bytes) -> list[tuple[bytes, bytes]]:
    """The headers of a page that has the server's key."""
    key = house.by_id["shop"].keys.server
    return [(b"origin", ORIGIN.encode()), (b"authorization", f"Bearer {key}".encode()), (b"content-length", length)]


async def exchange(house: Any, path: str, length: bytes, *messages: dict[str, Any]) -> list[Any]:
    """What the application sends to who sends these messages, whose key is the shop's."""
    headers = bearer(house, length)
    scope = {"type": "http", "method": "POST", "path": path, "headers": headers, "query_string": b"", "scheme": "https"}
    incoming, sent = list(messages), []

    async def receive() -> Any:
        return incoming.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    await create(house)(scope, receive, send)
    return [message["status"] for message in sent if "status" in message]


@pytest.mark.parametrize("path", ["/v1/events", "/v1/orders", "/v1/push"])
async def test_who_leaves_half_way_is_no_failure(house: Any, path: str) -> None:
    half = {"type": "http.request", "body": b"{", "more_body": True}
    assert await exchange(house, path, b"9", half, {"type": "http.disconnect"}) in ([], [400])


@pytest.mark.parametrize("path", ["/v1/events", "/v1/orders"])
async def test_a_body_that_says_it_is_too_large_is_not_read(house: Any, path: str) -> None:
    assert await exchange(house, path, b"999999999") == [413]


@pytest.mark.parametrize("path", ["/v1/events", "/v1/orders"])
@pytest.mark.parametrize("begun", [b"", b"{"])
async def test_a_body_that_does_not_end_is_not_waited_for(
    house: Any, monkeypatch: pytest.MonkeyPatch, path: str, begun: bytes
) -> None:
    monkeypatch.setattr(web_body, "LONGEST_WAIT", 0.05)
    scope = {"type": "http", "method": "POST", "path": path, "headers": bearer(house, b"9"), "query_string": b""}
    sent, parts = [], [{"type": "http.request", "body": begun, "more_body": True}] if begun else []

    async def receive() -> Any:
        return parts.pop() if parts else await asyncio.Event().wait()

    async def send(message: Any) -> None:
        sent.append(message)

    async with asyncio.timeout(5):
        await create(house)(scope, receive, send)
    assert sent[0]["status"] == 400


async def test_a_body_in_very_many_parts_costs_no_more_than_its_bytes() -> None:
    parts = iter(range(60_000))

    async def receive() -> Any:
        return {"type": "http.request", "body": b"x", "more_body": next(parts) < 59_999}

    began = time.process_time()
    assert await web_body.read_body({"headers": []}, receive, 65_536) == b"x" * 60_000
    assert time.process_time() - began < 2
