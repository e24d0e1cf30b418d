"""Notifications by FCM, APNs and web push, against the fake providers."""

import json
import os
import time
from typing import Any

import httpx
import jwt
import msgspec
import pytest
from tests.conftest import Fakes

from dangol.plugin import Device, PushRequest, Receipt, templates
from dangol.worker.outcomes import Policy
from dangol_plugins import apns, fcm, google, http, notify, smtp, webpush
from dangol_plugins.apns import Apns
from dangol_plugins.fcm import Fcm
from dangol_plugins.http import Answer
from dangol_plugins.notify import combined, place_of
from dangol_plugins.webpush import WebPush

pytestmark = pytest.mark.anyio

SALE = templates.PushTemplate(
    id="sale",
    title="(광고) 단골 가게",
    text="주말 세일 ☕",
    image="https://shop.example/sale.jpg",
    link="https://dangol.example/l/abc",
    data={"page": "sale"},
    life=3600,
    collapse="sale",
)
PHONE = "fcm-token:" + "a" * 140
APPLE = "ab" * 32
KINDS = ("fcm", "apns", "webpush")
CHANNELS = {"fcm": Fcm, "apns": Apns, "webpush": WebPush}
PARAMS: dict[str, dict[str, Any]] = {"fcm": {}, "apns": {"topic": "example.shop.app"}, "webpush": {}}


@pytest.fixture
def providers(fakes: Fakes, monkeypatch: pytest.MonkeyPatch) -> Fakes:
    """The fakes, and the accounts with them."""
    for name, value in fakes.environment.items():
        monkeypatch.setenv(name, value)
    return fakes


def browser(fakes: Fakes, **wanted: str) -> str:
    """A subscription as the browser gives it to the page."""
    return json.dumps(httpx.post(f"{fakes.url}/webpush/subscriptions", json=wanted).json())


def token(kind: str, fakes: Fakes) -> str:
    return {"fcm": PHONE, "apns": APPLE}.get(kind) or browser(fakes)


def dead_token(kind: str, fakes: Fakes) -> str:
    if kind == "webpush":
        gone = browser(fakes)
        httpx.delete(json.loads(gone)["endpoint"])
        return gone
    return {"fcm": "dead" + PHONE, "apns": "dead" * 16}[kind]


def request(*devices: Device, key: str = "key000000001", content: Any = SALE) -> PushRequest:
    return PushRequest(key, "shop", "c", "kim", devices=devices, content=content)


def device(kind: str, token: str, seen_at: int = 0) -> Device:
    return Device(kind, token, seen_at)


async def send(kind: str, *requests: PushRequest) -> list[Receipt]:
    channel = CHANNELS[kind]
    return list(await channel().send_many(msgspec.convert(PARAMS[kind], channel.Params), requests))


@pytest.mark.parametrize("kind", KINDS)
async def test_a_notification_arrives_as_it_was_written(providers: Fakes, kind: str) -> None:
    [receipt] = await send(kind, request(device(kind, token(kind, providers))))
    assert (receipt.state, receipt.dead) == ("accepted", ())
    [arrived] = providers.arrived(kind)  # type: ignore[arg-type]
    assert (arrived.title, arrived.text, arrived.link, arrived.key) == (
        SALE.title,
        SALE.text,
        SALE.link,
        "key000000001",
    )
    assert arrived.card is not None
    assert arrived.card.image == SALE.image
    assert arrived.ad


@pytest.mark.parametrize("kind", KINDS)
async def test_all_devices_are_asked_and_the_dead_ones_named(providers: Fakes, kind: str) -> None:
    dead = dead_token(kind, providers)
    mine = [device(kind, token(kind, providers)), device("pager", "1"), device(kind, dead)]
    both, lost = await send(kind, request(*mine), request(device(kind, dead), key="key000000002"))
    assert (both.state, both.dead) == ("accepted", (dead,))
    assert (lost.state, lost.failure, lost.dead) == ("failed", "bad_address", (dead,))
    assert len(providers.arrived(kind)) == 1  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("fault", "state", "failure"),
    [
        ("429", "retry", "too_fast"),
        ("503", "retry", "provider"),
        ("500", "retry", "provider"),
        ("cut_after_accept", "unknown", "provider"),
    ],
)
async def test_what_goes_wrong_there_is_told(
    providers: Fakes, kind: str, fault: Any, state: str, failure: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "WHOLE", 0.5)
    mine = device(kind, token(kind, providers))
    providers.fault(fault, kind, times=1)  # type: ignore[arg-type]
    [receipt] = await send(kind, request(mine))
    assert (receipt.state, receipt.failure, receipt.dead) == (state, failure, ())
    assert receipt.retry_after == (1.0 if fault in ("429", "503") else 0.0)
    assert [each.state for each in await send(kind, request(mine))] == ["accepted"]


@pytest.mark.parametrize("kind", KINDS)
async def test_silence_after_the_request_leaves_it_unknown(
    providers: Fakes, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = device(kind, token(kind, providers))
    monkeypatch.setattr(http, "WHOLE", 0.2)
    providers.fault("timeout_after_accept", kind, times=1)  # type: ignore[arg-type]
    assert [each.state for each in await send(kind, request(mine))] == ["unknown"]
    assert len(providers.arrived(kind)) == 1  # type: ignore[arg-type]


async def test_what_there_is_no_time_for_was_surely_not_sent(providers: Fakes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notify, "LONGEST", 0.2)
    monkeypatch.setattr(notify, "AT_ONCE", 2)
    providers.fault("timeout", "apns", seconds=1)
    found = await send("apns", *(request(device("apns", APPLE), key=f"key{at:09}") for at in range(5)))
    assert [each.state for each in found] == ["unknown", "unknown", "retry", "retry", "retry"]


@pytest.mark.parametrize("kind", KINDS)
async def test_nobody_there_is_tried_again(providers: Fakes, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = "http://127.0.0.1:1/webpush"
    monkeypatch.setenv(f"{kind.upper()}_URL", nowhere)
    mine = token(kind, providers).replace(f"{providers.url}/webpush", nowhere)
    [receipt] = await send(kind, request(device(kind, mine)))
    assert (receipt.state, receipt.failure) == ("retry", "provider")


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("fcm", "FCM_CREDENTIALS"),
        ("apns", "APNS_KEY"),
        ("webpush", "WEBPUSH_SUBJECT"),
        ("webpush", "WEBPUSH_PRIVATE_KEY"),
    ],
)
@pytest.mark.parametrize("value", ["", "{}", "nonsense"])
async def test_an_account_that_is_not_set_up_is_named_and_its_keys_are_not(
    providers: Fakes, kind: str, name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    [receipt] = await send(kind, request(device(kind, token(kind, providers))))
    assert (receipt.state, receipt.failure) == ("retry", "account")
    assert name in receipt.reason
    assert not value or value not in receipt.reason


@pytest.mark.parametrize("kind", KINDS)
async def test_a_payload_that_is_too_large_never_leaves(providers: Fakes, kind: str) -> None:
    content = msgspec.structs.replace(SALE, text="가" * 1400)
    [receipt] = await send(kind, request(device(kind, token(kind, providers)), content=content))
    assert (receipt.state, receipt.failure) == ("failed", "content")
    assert "bytes" in receipt.reason
    assert not providers.arrived(kind)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", KINDS)
async def test_without_a_device_or_a_template_nothing_is_sent(providers: Fakes, kind: str) -> None:
    mine = device(kind, token(kind, providers))
    text = templates.TextTemplate(id="t", text="hello")
    nobody, other = await send(kind, request(device("pager", "1")), request(mine, content=text))
    assert (nobody.state, nobody.failure) == ("failed", "bad_address")
    assert (other.state, other.failure) == ("failed", "content")


async def test_google_is_asked_for_one_token(providers: Fakes) -> None:
    channel = Fcm()
    for at in range(3):
        many = [request(device("fcm", PHONE), key=f"key{at}{each:08}") for each in range(5)]
        found = await channel.send_many(Fcm.Params(), many)
        assert {each.state for each in found} == {"accepted"}
        providers.fault("500", "fcm", on="look_up")  # a second token is not to be had
    assert len(providers.arrived("fcm")) == 15


async def test_a_token_that_google_takes_no_more_is_renewed(providers: Fakes, monkeypatch: pytest.MonkeyPatch) -> None:
    channel, mine = Fcm(), request(device("fcm", PHONE))
    await channel.send_many(Fcm.Params(), [mine])
    channel._access["FCM"]._token = "withdrawn"
    [refused] = await channel.send_many(Fcm.Params(), [mine])
    assert (refused.state, refused.failure, refused.dead) == ("retry", "account", ())
    [taken] = await channel.send_many(Fcm.Params(), [mine])
    assert taken.state == "accepted"


async def test_a_token_that_takes_too_long_is_not_waited_for(providers: Fakes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fcm, "PATIENCE", 0.1)
    providers.fault("timeout", "fcm", seconds=1, on="look_up", times=1)
    [receipt] = await send("fcm", request(device("fcm", PHONE)))
    assert (receipt.state, receipt.failure) == ("retry", "provider")
    assert not providers.arrived()


async def test_a_service_account_of_another_project_gets_no_token(
    providers: Fakes, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = json.loads(os.environ["FCM_CREDENTIALS"]) | {"client_email": "other@project.example"}
    monkeypatch.setenv("FCM_CREDENTIALS", json.dumps(file))
    [receipt] = await send("fcm", request(device("fcm", PHONE)))
    assert (receipt.state, receipt.failure) == ("retry", "account")
    assert "other@" not in repr((receipt, google.Access("FCM").credentials()))


async def test_another_projects_token_is_dropped(providers: Fakes) -> None:
    foreign, wrong = "foreign" + PHONE, "wrong" + PHONE
    for each in (foreign, wrong):
        [receipt] = await send("fcm", request(device("fcm", each)))
        assert (receipt.state, receipt.dead) == ("failed", (each,))


async def test_a_browser_under_another_key_is_the_accounts_fault(providers: Fakes) -> None:
    channel = WebPush()
    own = browser(providers, key=channel.public_key(WebPush.Params()))
    [receipt] = await send("webpush", request(device("webpush", own)))
    assert receipt.state == "accepted"
    other = webpush._encoded(bytes.fromhex("04") + b"\1" * 64)
    [refused] = await send("webpush", request(device("webpush", browser(providers, key=other))))
    assert (refused.state, refused.failure, refused.dead) == ("failed", "account", ())


@pytest.mark.parametrize(
    "endpoint",
    ["https://127.0.0.1:9/x", "https://localhost:9/x", "https://10.0.0.1/x", "https://[::1]:9/x", "https://[::ffff:10.0.0.1]/x",
     "https://169.254.169.254/latest/meta-data", "http://127.0.0.1:9/x", "http://push.example.net/x"],
)  # fmt: skip
async def test_only_what_is_public_is_called(providers: Fakes, endpoint: str) -> None:
    hostile = json.dumps(json.loads(browser(providers)) | {"endpoint": endpoint})
    [receipt] = await send("webpush", request(device("webpush", hostile)))
    assert (receipt.state, receipt.failure) == ("failed", "bad_address")
    assert not providers.arrived()


async def test_only_the_account_s_own_push_service_may_be_anywhere(providers: Fakes) -> None:
    beside = json.dumps(json.loads(browser(providers)) | {"endpoint": f"{providers.url}/webpush.evil/x"})
    [receipt] = await send("webpush", request(device("webpush", beside)))
    assert (receipt.state, receipt.failure) == ("failed", "bad_address")


@pytest.mark.parametrize("host", ["xn--", "xn--a", "999.1.1.1", "[v1.x]"])
async def test_an_endpoint_that_nobody_can_call_costs_the_others_nothing(providers: Fakes, host: str) -> None:
    odd = json.dumps(json.loads(browser(providers)) | {"endpoint": f"https://{host}/x"})
    hers, mine = request(device("webpush", odd)), request(device("webpush", browser(providers)))
    refused, receipt = await send("webpush", hers, mine)
    assert (refused.state, refused.failure, bool(refused.dead)) == ("failed", "bad_address", True)
    assert receipt.state == "accepted"


@pytest.mark.parametrize("broken", ["", "{}", '{"endpoint":"https://a.example","keys":{"p256dh":"AA","auth":"AA"}}'])
async def test_a_subscription_that_is_none_costs_the_others_nothing(providers: Fakes, broken: str) -> None:
    [receipt] = await send("webpush", request(device("webpush", broken), device("webpush", browser(providers))))
    assert (receipt.state, receipt.dead) == ("accepted", (broken,))


def test_a_browsers_signature_lasts_and_is_for_one_push_service(providers: Fakes) -> None:
    signer, now = webpush.Signer.of("WEBPUSH"), 1_763_778_000.0
    headers = [signer.authorization(f"https://push.example/{each}", now) for each in "ab"]
    assert headers[0] == headers[1] != signer.authorization("https://other.example/a", now)
    claims = jwt.decode(headers[0].split("t=")[1].split(",")[0], options={"verify_signature": False})
    assert (claims["aud"], claims["sub"]) == ("https://push.example", "mailto:shop@example.com")
    assert now + webpush.LIFE / 2 <= claims["exp"] <= now + webpush.LIFE


def test_how_long_and_how_urgent_is_told_to_each() -> None:
    urgent = msgspec.structs.replace(SALE, urgent=True, life=0, collapse="")
    assert webpush.headers_of(urgent) | {"TTL": "0", "Urgency": "high"} == webpush.headers_of(urgent)
    assert "Topic" not in webpush.headers_of(urgent)
    told = apns.headers("k", urgent, APPLE, "app", 1000.0)
    assert (told["apns-priority"], told["apns-expiration"], told["apns-collapse-id"]) == ("10", "0", "k")
    assert told["apns-id"] == apns.headers("k", SALE, APPLE, "app", 2000.0)["apns-id"] != told["apns-topic"]
    body = json.loads(fcm.message("k", SALE, "t", "news", 1000.0))["message"]
    assert body["android"]["ttl"] == "3600s"
    assert (body["android"]["collapse_key"], body["android"]["notification"]["channel_id"]) == ("sale", "news")
    assert body["apns"]["headers"]["apns-expiration"] == "4600"


@pytest.mark.parametrize("collapse", ["세일", "a b", "x" * 33, "줄\n바꿈"])
def test_every_collapse_fits_into_a_header(collapse: str) -> None:
    content = msgspec.structs.replace(SALE, collapse=collapse)
    assert notify.PLAIN.fullmatch(place_of("key", content))
    assert place_of("key", content) != place_of("key", SALE) == "sale"


@pytest.mark.parametrize("name", ["from", "message_type", "google.x", "gcm.x"])
async def test_names_that_firebase_keeps_for_itself_are_refused(providers: Fakes, name: str) -> None:
    [receipt] = await send(
        "fcm", request(device("fcm", PHONE), content=msgspec.structs.replace(SALE, data={name: "1"}))
    )
    assert (receipt.state, receipt.failure) == ("failed", "content")
    assert name in receipt.reason


def test_a_batch_is_over_before_dangol_gives_the_channel_up() -> None:
    assert max(fcm.PATIENCE + notify.LONGEST, smtp.LONGEST + 1) < Policy().budget


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        (["retry", "accepted", "failed"], "accepted"),
        (["failed", "unknown", "retry"], "unknown"),
        (["failed", "retry"], "retry"),
        (["failed", "failed"], "failed"),
    ],
)
def test_one_device_that_has_it_is_enough(states: list[Any], expected: str) -> None:
    receipts = [Receipt(state, retry_after=5.0, dead=(state,) if state == "failed" else ()) for state in states]
    found = combined(receipts)
    assert found.state == expected
    assert found.dead == ("failed",) * states.count("failed")


@pytest.mark.parametrize(
    ("reason", "status", "timestamp", "state", "failure", "is_dead"),
    [
        ("Unregistered", 410, 5_000_000, "failed", "bad_address", True),
        ("Unregistered", 410, 999_000, "failed", "bad_address", False),
        ("ExpiredToken", 410, 0, "failed", "bad_address", True),
        ("BadDeviceToken", 400, 0, "failed", "bad_address", True),
        ("DeviceTokenNotForTopic", 400, 0, "failed", "bad_address", True),
        ("TopicDisallowed", 400, 0, "failed", "account", False),
        ("ExpiredProviderToken", 403, 0, "retry", "account", False),
        ("PayloadTooLarge", 413, 0, "failed", "content", False),
        ("TooManyRequests", 429, 0, "retry", "too_fast", False),
        ("Shutdown", 503, 0, "retry", "provider", False),
    ],
)
def test_apples_reasons_mean_what_apple_says(
    reason: str, status: int, timestamp: int, state: str, failure: str, is_dead: bool
) -> None:
    body = json.dumps({"reason": reason, **({"timestamp": timestamp} if timestamp else {})}).encode()
    found = apns.receipt(Answer(status, {}, body), device("apns", APPLE, 1000))
    assert (found.state, found.failure, bool(found.dead), found.code) == (state, failure, is_dead, reason)


def firebase(status: int, name: str, own: str = "", field: str = "") -> Receipt:
    details: list[dict[str, Any]] = []
    if own:
        details.append({"@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": own})
    if field:
        details.append({"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": [{"field": field}]})
    body = json.dumps({"error": {"code": status, "status": name, "details": details}}).encode()
    return fcm.receipt(Answer(status, {}, body), device("fcm", PHONE))


@pytest.mark.parametrize(
    ("told", "state", "failure", "is_dead"),
    [
        ((404, "NOT_FOUND", "UNREGISTERED"), "failed", "bad_address", True),
        ((404, "NOT_FOUND"), "retry", "account", False),
        ((400, "INVALID_ARGUMENT", "INVALID_ARGUMENT"), "failed", "bad_address", True),
        ((400, "INVALID_ARGUMENT", "INVALID_ARGUMENT", "message.token"), "failed", "bad_address", True),
        ((400, "INVALID_ARGUMENT", "INVALID_ARGUMENT", "message.data"), "failed", "content", False),
        ((400, "INVALID_ARGUMENT"), "failed", "content", False),
        ((403, "PERMISSION_DENIED", "SENDER_ID_MISMATCH"), "failed", "bad_address", True),
        ((403, "PERMISSION_DENIED"), "retry", "account", False),
        ((401, "UNAUTHENTICATED", "THIRD_PARTY_AUTH_ERROR"), "retry", "account", False),
        ((429, "RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED"), "retry", "too_fast", False),
        ((500, "INTERNAL", "INTERNAL"), "retry", "provider", False),
        ((503, "UNAVAILABLE", "UNAVAILABLE"), "retry", "provider", False),
    ],
)
def test_googles_codes_mean_what_google_says(told: Any, state: str, failure: str, is_dead: bool) -> None:
    found = firebase(*told)
    assert (found.state, found.failure, bool(found.dead)) == (state, failure, is_dead)
    assert found.retry_after == (fcm.PAUSE if failure == "too_fast" else 0.0)


@pytest.mark.parametrize(
    "answer",
    [
        Answer(200, {}, b"{}"),
        Answer(302, {}, b"{}"),
        Answer(502, {}, b"<html>"),
        Answer(502, {}, b'{"name":"\xc7"}'),
        Answer(502, {}, b'{"x":' + b"[" * 5000),
    ],
)
def test_an_answer_that_is_not_googles_tells_nothing(answer: Answer) -> None:
    with pytest.raises(http.Lost):
        fcm.receipt(answer, device("fcm", PHONE))


@pytest.mark.parametrize(
    "answer",
    [
        Answer(302, {}, b""),
        Answer(502, {}, b"<html>"),
        Answer(502, {}, b'{"reason":"\xc7"}'),
        Answer(502, {}, b'{"x":' + b"[" * 5000),
    ],
)
def test_an_answer_that_is_not_apples_tells_nothing(answer: Answer) -> None:
    with pytest.raises(http.Lost):
        apns.receipt(answer, device("apns", APPLE))


def test_apples_token_is_made_anew_in_time(providers: Fakes) -> None:
    now = float(int(time.time()) // apns.RENEWED * apns.RENEWED)
    first = apns.provider_token("APNS", now)
    assert (
        apns.provider_token("APNS", now + apns.RENEWED - 1) == first != apns.provider_token("APNS", now + apns.RENEWED)
    )
    assert jwt.get_unverified_header(first) == {"alg": "ES256", "kid": "FAKEKEY001", "typ": "JWT"}
