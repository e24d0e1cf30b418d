"""From the shop's request to the phone, and the provider's report back to the shop, over real sockets."""

import asyncio
from typing import Any

import httpx
import pytest
from tests.conftest import Fakes

from dangol.house import House
from dangol.protocol.tokens import Keys
from dangol.settings import Settings
from dangol.worker.process import worker_for

pytestmark = pytest.mark.anyio

SENDERS = [{"id": "texts", "use": "solapi", "params": {"number": "0212345678"}, "prices": {"sms": 20}}]
TEMPLATES = [{"kind": "text", "id": "parcel", "text": "#{name}님, 주문하신 상품이 도착했습니다.", "ad": False}]
KEYS = Keys.derive(b"s" * 32, "shop")


@pytest.fixture
def url(fakes: Fakes, monkeypatch: pytest.MonkeyPatch, served: Any, new_house: Any, define: Any) -> str:
    """A shop's dangol, whose provider tells it every report twice."""
    for name, value in fakes.environment.items():
        monkeypatch.setenv(name, value)
    address: str = served(new_house(define(senders=SENDERS, templates=TEMPLATES)))
    fakes.hook("solapi", f"{address}/v1/hooks/shop/texts")
    fakes.fault("double_hook", "solapi", times=1)
    return address


async def test_a_text_arrives_and_the_shop_learns_it(
    url: str, fakes: Fakes, store: Any, registry: Any, opened: Any
) -> None:
    worker = worker_for(await opened(House(Settings(secret="s" * 32), store.url, registry)))
    work = asyncio.create_task(worker.run())
    row = {
        "id": "parcel-1",
        "channel": "texts",
        "template": "parcel",
        "to": "010-1234-5678",
        "variables": {"name": "김단골"},
    }
    async with httpx.AsyncClient(base_url=url, headers={"Authorization": f"Bearer {KEYS.server}"}) as shop:
        key = (await shop.post("/v1/push", json=row)).json()["key"]
        async with asyncio.timeout(10):
            while (told := (await shop.get(f"/v1/push/{key}")).json())["state"] != "delivered":
                await asyncio.sleep(0.02)
        headers = {"Authorization": f"Bearer {KEYS.admin}"}
        report = (await shop.get("/v1/admin/messages/report?campaign=api", headers=headers)).json()
    await worker.stop()
    await work
    [arrived] = fakes.arrived("solapi")
    assert (arrived.to, arrived.key) == ("01012345678", key)
    assert (told["channel"], told["attempts"]) == ("solapi", 1)
    assert [(each["channel"], each["states"]) for each in report["channels"]] == [("solapi", {"delivered": 1})]
    assert report["spent"] > 0
