"""What the webhook's receiver believes, and what the phone shows."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from dangol.demo.inbox import RECEIVER, SECRET, genuine
from dangol.plugin import PushRequest
from dangol_plugins.webhook import message, signing_key

if TYPE_CHECKING:
    import httpx
    from tests.demo.conftest import Shopper

KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
DATA = {"title_ko": "{name}님 안녕하세요", "title_en": "Hello, {name}", "text_en": "Hi", "link": "/", "button_en": "Go"}


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """The secret that both sides know."""
    monkeypatch.setenv(SECRET, KEY)


def signed(key: str = "k1", name: str = "Mina", at: float = 0, **data: str) -> tuple[dict[str, str], bytes]:
    request = PushRequest(key, "demo", "welcome", "m1", {"member": "m1"}, {"name": name})
    return message(request, {**DATA, **data}, signing_key(KEY), int(at or time.time()))


async def send(shopper: Shopper, headers: dict[str, str], body: bytes) -> httpx.Response:
    return await shopper.http.post(RECEIVER, content=body, headers=headers)


@pytest.mark.anyio
async def test_a_message_is_shown_in_the_readers_language(shopper: Shopper) -> None:
    assert (await send(shopper, *signed())).json() == {"new": True}
    assert "Hello, Mina" in (await shopper.get("/inbox")).text
    assert "Mina님 안녕하세요" in (await shopper.get("/inbox?lang=ko")).text


@pytest.mark.anyio
async def test_a_repeated_message_is_acknowledged_and_shown_once(shopper: Shopper) -> None:
    await send(shopper, *signed())
    assert (await send(shopper, *signed())).json() == {"new": False}
    await send(shopper, *signed("k2"))
    shown = (await shopper.get("/inbox/bubbles")).json()["bubbles"]
    assert [one["key"] for one in shown] == ["k1", "k2"]


@pytest.mark.anyio
async def test_a_message_sent_again_under_another_name_is_no_new_one(shopper: Shopper) -> None:
    headers, body = signed()
    await send(shopper, headers, body)
    assert (await send(shopper, {**headers, "idempotency-key": "another"}, body)).json() == {"new": False}


@pytest.mark.anyio
async def test_what_is_not_signed_is_refused_and_not_shown(shopper: Shopper) -> None:
    headers, body = signed()
    assert (await send(shopper, headers, body.replace(b"Mina", b"Evil"))).status_code == 401
    assert (await send(shopper, {}, body)).status_code == 401
    assert (await shopper.get("/inbox/bubbles")).json() == {"bubbles": []}


@pytest.mark.anyio
async def test_a_hostile_message_stays_text_and_leads_nowhere_else(shopper: Shopper) -> None:
    await send(shopper, *signed(name="<script>alert(1)</script>", link="//evil.example"))
    page = (await shopper.get("/inbox")).text
    assert "&lt;script&gt;alert(1)" in page
    assert "evil.example" not in page


@pytest.mark.parametrize("late", [-301, 301])
def test_a_message_out_of_its_time_is_not_genuine(late: int) -> None:
    headers, body = signed(at=1_000_000)
    assert genuine(KEY, headers, body, 1_000_000)
    assert not genuine(KEY, headers, body, 1_000_000 + late)


@pytest.mark.parametrize("secret", ["", "whsec_*", "another"])
def test_nothing_is_genuine_without_the_secret(secret: str) -> None:
    assert not genuine(secret, *signed(at=1_000_000), 1_000_000)


@pytest.mark.parametrize(
    ("name", "value"),
    [("webhook-id", ""), ("webhook-timestamp", "x"), ("webhook-timestamp", "9" * 30), ("webhook-signature", "v1,")],
)
def test_a_malformed_header_is_not_genuine(name: str, value: str) -> None:
    headers, body = signed(at=1_000_000)
    assert not genuine(KEY, {**headers, name: value}, body, 1_000_000)
