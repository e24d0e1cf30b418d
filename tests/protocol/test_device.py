"""Tokens of devices in one form, and what is refused as one."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from dangol.errors import Invalid
from dangol.protocol.device import EXPECTED, SUBSCRIBED, UNSUBSCRIBED, normal, page_told

P256DH = "BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM"
AUTH = "tBHItJI5svbpez7KI4CCXg"
ENDPOINT = "https://push.example.net/send/abc?d=1"


def subscription(endpoint: str = ENDPOINT, p256dh: str = P256DH, auth: str = AUTH, **more: Any) -> str:
    return json.dumps({"endpoint": endpoint, "keys": {"p256dh": p256dh, "auth": auth}, **more})


def test_a_subscription_is_kept_without_what_else_the_browser_says_of_it() -> None:
    padded = subscription(
        p256dh=P256DH.replace("-", "+").replace("_", "/") + "=", auth=AUTH + "==", expirationTime=None
    )
    kept = normal("webpush", padded)
    assert kept == f'{{"endpoint":"{ENDPOINT}","keys":{{"p256dh":"{P256DH}","auth":"{AUTH}"}}}}'
    assert normal("webpush", kept) == kept == normal("webpush", subscription())


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example.net/send/abc",
        "ftp://push.example.net/",
        "https://user@push.example.net/",
        "https:///send",
        "https://push.example.net:port/",
        "https://push.example.net/#there",
        "https://push.example.net/a\\b",
        "https://push.example.net/a b",
        "https://push.example.net/" + "a" * 1000,
        "javascript:alert(1)",
        "",
    ],
)
def test_an_endpoint_must_be_the_address_of_a_push_service(endpoint: str) -> None:
    assert normal("webpush", subscription(endpoint)) is None


def test_on_this_machine_an_endpoint_may_be_plain() -> None:
    assert normal("webpush", subscription("http://127.0.0.1:8010/webpush/1")) is not None


@pytest.mark.parametrize(
    "written",
    [
        subscription(p256dh=P256DH[:-4]),
        subscription(p256dh="B" + "A" * 86),
        '{"deep":' + "[" * 1900,
        subscription(auth="AAAA"),
        subscription(auth="ü"),
        json.dumps({"endpoint": ENDPOINT}),
        '{"endpoint":',
        "[" * 1500,
        "null",
        "",
        "\ud800",
    ],
)
def test_keys_that_nothing_can_be_encrypted_with_are_refused(written: str) -> None:
    assert normal("webpush", written) is None


@pytest.mark.parametrize(
    ("kind", "written", "kept"),
    [
        ("apns", "AB" * 32, "ab" * 32),
        ("apns", "ab" * 31, None),
        ("apns", "xy" * 32, None),
        ("apns", "ab" * 32 + "\n", None),
        ("fcm", "dQw4w9WgXcQ:APA91b" + "a" * 134, "dQw4w9WgXcQ:APA91b" + "a" * 134),
        ("fcm", "short", None),
        ("fcm", "a" * 30 + "/../x", None),
        ("fcm", "a" * 3000, None),
        ("pager", "a" * 30, None),
    ],
)
def test_tokens_of_apps_have_one_form(kind: str, written: str, kept: str | None) -> None:
    assert normal(kind, written) == kept


@given(st.sampled_from([*EXPECTED, "other"]), st.text(max_size=300))
def test_no_text_breaks_it(kind: str, written: str) -> None:
    kept = normal(kind, written)
    assert kept is None or normal(kind, kept) == kept


def said(**fields: Any) -> Raw:
    return Raw(json.dumps({"subscription": json.loads(subscription()), **fields}).encode())


def test_advertisements_need_words_that_were_agreed_to() -> None:
    plain = page_told("event-01", SUBSCRIBED, 7, said(agreed=True, night=True))
    assert (plain.agreed, plain.night, plain.gone) == (False, False, False)
    agreed = page_told("event-01", SUBSCRIBED, 7, said(agreed=True, wording="Offers?\u202e"))
    assert (agreed.agreed, agreed.night, agreed.wording) == (True, False, "Offers?")
    assert page_told("event-01", UNSUBSCRIBED, 7, said()).gone


def test_a_page_can_not_tell_of_a_subscription_that_is_none() -> None:
    with pytest.raises(Invalid, match=r"push_subscribe\.subscription"):
        page_told("event-01", SUBSCRIBED, 7, Raw(b'{"subscription": {"endpoint": "https://a.example"}}'))
