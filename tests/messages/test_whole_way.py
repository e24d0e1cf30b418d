"""From a shopper on a page to the click on a text: server, worker and provider over real sockets."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import jwt
import pytest
from loadtests.browser import DESKTOP
from tests.conftest import Fakes

from dangol.house import House
from dangol.protocol.tokens import Keys, member_profile
from dangol.settings import Settings
from dangol.store import outbox
from dangol.worker.process import worker_for

pytestmark = pytest.mark.anyio

KEYS = Keys.derive(b"s" * 32, "shop")
LINKS = "https://go.example"
NUMBER = "01012340000"  # does not use KakaoTalk
SHOP = {
    "senders": [{"id": "talk", "use": "solapi", "params": {"profile": "KA01PF", "number": "0212345678"}}],
    "templates": [
        {
            "kind": "alimtalk",
            "id": "parcel",
            "code": "T1",
            "review": "approved",
            "text": "#{이름}님, 상품이 출발했습니다.",
        },
        {
            "kind": "text",
            "id": "parcel-text",
            "text": "[가게] {name|고객}님, 상품이 출발했습니다. https://shop.example/parcel",
            "ad": False,
        },
    ],
    "segments": [{"id": "members", "include": {"logged_in": {"is": True}}}],
    "campaigns": [
        {
            "id": "parcel",
            "audience": ["members"],
            "on": ["page_view"],
            "holdout": 0,
            "link": {"params": {"utm_source": "sms"}},
            "message": {
                "use": "talk",
                "template": "parcel",
                "fill": {"이름": "{name|고객}"},
                "fallback": {"use": "talk", "template": "parcel-text"},
            },
        }
    ],
}


@pytest.fixture
async def url(
    fakes: Fakes, monkeypatch: pytest.MonkeyPatch, served: Any, new_house: Any, define: Any, opened: Any
) -> AsyncIterator[str]:
    """A shop's dangol, its worker, and a provider that knows its template and tells it results late and twice."""
    for name, value in fakes.environment.items():
        monkeypatch.setenv(name, value)
    house = new_house(define(**SHOP), public_url=LINKS)
    address: str = served(house)
    fakes.template("solapi", "T1", "#{이름}님, 상품이 출발했습니다.")
    fakes.hook("solapi", f"{address}/v1/hooks/shop/talk")
    fakes.fault("late_hook", "solapi", times=1, seconds=0.3)
    fakes.fault("double_hook", "solapi", times=1)
    settings = Settings(secret="s" * 32, public_url=LINKS)
    worker = worker_for(await opened(House(settings, house.link.url, house.registry)))
    work = asyncio.create_task(worker.run())
    yield address
    await worker.stop()
    await work


async def visit(url: str) -> None:
    """A member looks at a page of the shop, signed in."""
    token = jwt.encode({"sub": "kim", "exp": int(time.time()) + 600, "name": "김단골"}, KEYS.identity, "HS256")
    now = int(time.time() * 1000)
    event = {"id": str(uuid4()), "name": "page_view", "at": now, "data": {"page_location": "https://shop.example/"}}
    page = {"site": "public-key", "sent": now, "page": "https://shop.example/", "member": token, "events": [event]}
    headers = {"Origin": "https://shop.example", "User-Agent": DESKTOP}
    async with httpx.AsyncClient(headers=headers) as browser:
        assert (await browser.post(f"{url}/v1/events", json=page)).status_code == 200


async def test_a_shopper_without_kakaotalk_gets_a_text_once_and_the_click_counts(url: str, fakes: Fakes) -> None:
    async with httpx.AsyncClient(base_url=url) as shop:
        server, admin = ({"Authorization": f"Bearer {key}"} for key in (KEYS.server, KEYS.admin))
        rows = [{"id": "kim", "name": "김단골", "phone": "010-1234-0000"}]
        assert (await shop.post("/v1/members", json={"members": rows}, headers=server)).status_code == 200
        await visit(url)
        async with asyncio.timeout(15):
            while len(fakes.arrived("solapi")) < 2 or any(each.told < 1 for each in fakes.arrived("solapi")):
                await asyncio.sleep(0.02)
        await asyncio.sleep(0.3)  # for what must not happen
        talk, text = fakes.arrived("solapi")
        assert (talk.kind, talk.to, talk.text, talk.code) == (
            "alimtalk",
            NUMBER,
            "김단골님, 상품이 출발했습니다.",
            "3104",
        )
        assert (text.kind, text.to, text.replaces, text.code) == ("sms", NUMBER, "", "4000")
        short = text.text.split()[-1]
        assert text.text == f"[가게] 김단골님, 상품이 출발했습니다. {short}"
        path = short.removeprefix(LINKS)
        for _ in range(2):
            answer = await shop.get(path, headers={"User-Agent": DESKTOP})
            assert (answer.status_code, answer.headers["location"]) == (
                302,
                "https://shop.example/parcel?utm_source=sms",
            )
        report = (await shop.get("/v1/admin/messages/report?campaign=parcel", headers=admin)).json()
    [channel] = report["channels"]
    assert channel["states"] == {"failed": 1, "delivered": 1}
    assert channel["clicks"] == 1
    assert (outbox.partition(talk.key), member_profile(KEYS, "kim")[0]) == (outbox.partition(text.key), "m")
