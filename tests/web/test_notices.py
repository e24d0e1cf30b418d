"""Notices by the shop's server and by the mall's webhook: each campaign sends one for each, guests too."""

import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from dangol.definitions import document
from dangol.house import House
from dangol.messages.push import Push
from dangol.profile.consents import Act
from dangol.protocol import tokens
from dangol.store import outbox
from dangol.web import notices

pytestmark = pytest.mark.anyio

SITE = {"id": "shop", "key": "public-key", "name": "Shop", "origins": ["https://shop.example"]}
CAMPAIGNS: list[dict[str, Any]] = [
    {"id": "parcel", "notice": "shipped"},
    {"id": "parcel-too", "notice": "shipped", "holdout": 100},
    {"id": "old", "notice": "shipped", "ends": "2020-01-01"},
    {"id": "off", "notice": "shipped", "active": False},
    {"id": "hello", "notice": "joined"},
]


@pytest.fixture
async def house(new_house: Any, opened: Any, registry: Any) -> House:
    campaigns = [{**each, "message": {"use": "log", "once": "event"}} for each in CAMPAIGNS]
    house: House = await opened(new_house(document.check({"site": SITE, "campaigns": campaigns}, "test", registry)))
    return house


@pytest.fixture
async def mall(house: House) -> AsyncIterator[httpx.AsyncClient]:
    """Cafe24, whose token the shop has put into the environment."""
    app = Starlette(routes=notices.routes(house, {"CAFE24_HOOK_SECRET": "token"}))
    transport, headers = httpx.ASGITransport(app), {"x-api-key": "token"}
    async with httpx.AsyncClient(transport=transport, base_url="https://d.example", headers=headers) as client:
        yield client


async def queued(house: House) -> list[Push]:
    rows = await outbox.read_many(house.link, [key async for key in outbox.every(house.link)])
    return sorted((row.push for row in rows if row), key=lambda push: (push.campaign, push.to))


def notice(**fields: Any) -> dict[str, Any]:
    return {"id": "o1", "notice": "shipped", **fields}


async def test_each_active_campaign_sends_one_for_each_notice(shop: httpx.AsyncClient, house: House) -> None:
    told = [
        notice(member="kim", variables={"invoice": "12"}, name="Kim"),
        notice(id="o2", phone="010-1234-5678", language="en"),
    ]
    answer = await shop.post("/v1/notices", json={"notices": told})
    assert answer.json() == {"accepted": 2, "queued": 4, "known": 0}
    assert (await shop.post("/v1/notices", json={"notices": told})).json() == {"accepted": 2, "queued": 0, "known": 4}
    pushes = await queued(house)
    assert [(push.campaign, push.member, push.to) for push in pushes] == [
        ("parcel", "kim", ""),
        ("parcel", "", "01012345678"),
        ("parcel-too", "kim", ""),
        ("parcel-too", "", "01012345678"),
    ]
    assert pushes[0].variables == {"invoice": "12", "name": "Kim"}
    assert pushes[0].profile == tokens.member_profile(house.by_id["shop"].keys, "kim")
    assert (pushes[1].cause, pushes[1].language, pushes[1].origin) == ("parcel:o2", "en", "notice")


async def test_a_notice_goes_to_the_member_as_the_shop_writes_the_id(shop: httpx.AsyncClient, house: House) -> None:
    await shop.post("/v1/notices", json={"notices": [notice(member="jose\u0301")]})
    assert {push.member for push in await queued(house)} == {"jose\u0301"}


async def test_a_notice_waits_for_its_time(shop: httpx.AsyncClient, house: House) -> None:
    at = int(time.time()) + 3600
    told = notice(member="kim", at=datetime.fromtimestamp(at, UTC).isoformat())
    await shop.post("/v1/notices", json={"notices": [told]})
    [first, _] = await queued(house)
    row = await outbox.read(house.link, first.key)
    assert row is not None
    assert row.due == at


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({}, "notices[0]"),
        ({"notice": "", "member": "a"}, "notices[0].notice"),
        ({"notice": "lost", "member": "a"}, "notices[0].notice"),
        ({"phone": "98x"}, "notices[0].phone"),
        ({"email": "kim"}, "notices[0].email"),
        ({"member": "a", "at": "2099-01-01T00:00:00Z"}, "notices[0].at"),
        ({"member": "a", "id": "\u200b"}, "notices[0].id"),
        ({"member": "a", "more": 1}, "notices[0]"),
    ],
)
async def test_a_wrong_notice_is_refused_with_all_others(
    shop: httpx.AsyncClient, house: House, fields: dict[str, Any], place: str
) -> None:
    answer = await shop.post("/v1/notices", json={"notices": [notice(**fields), notice(id="o2", member="kim")]})
    assert answer.status_code == 400
    assert answer.json()["error"].startswith(place)
    assert "98x" not in answer.json()["error"]
    assert await queued(house) == []


async def test_only_the_shop_may_tell(house: House, admin: httpx.AsyncClient) -> None:
    assert (await admin.post("/v1/notices", json={"notices": [notice(member="kim")]})).status_code == 401


async def test_a_webhook_raises_its_notices_once(mall: httpx.AsyncClient, house: House) -> None:
    resource = {"mall_id": "shop", "order_id": "1", "buyer_cellphone": "010-1234-5678", "tracking_no": "12"}
    for _ in range(2):
        answer = await mall.post("/v1/malls/cafe24/shop", json={"event_no": 90162, "resource": resource})
        assert answer.status_code == 200
    assert answer.json() == {"accepted": 1, "queued": 0, "known": 2}
    assert {push.to for push in await queued(house)} == {"01012345678"}
    other = await mall.post("/v1/malls/cafe24/shop", json={"event_no": 90001, "resource": {"x": 1}})
    assert (other.status_code, other.json()["accepted"]) == (200, 0)


async def test_who_joins_is_known_with_consents_and_a_repeated_webhook_brings_no_withdrawn_one_back(
    mall: httpx.AsyncClient, house: House
) -> None:
    body = {
        "event_no": 90032,
        "resource": {"member_id": "lee", "name": "Lee", "cellphone": "010-1111-2222", "sms": "T", "news_mail": "F"},
    }
    assert (await mall.post("/v1/malls/cafe24/shop", json=body)).json()["queued"] == 1
    runtime = house.by_id["shop"]
    id = tokens.member_profile(runtime.keys, "lee")
    profile = await house.engine.look(runtime, id)
    assert profile.member is not None
    assert (profile.member.name, profile.member.phone) == ("Lee", "01011112222")
    assert list(profile.subscriptions) == ["sms"]
    assert profile.subscriptions["sms"].address == "01011112222"
    withdrawn = Act("sms", "withdrawn", int(time.time()) + 1, "01011112222")
    await house.engine.consent(runtime, id, [withdrawn], time.time())
    await mall.post("/v1/malls/cafe24/shop", json=body)
    assert (await house.engine.look(runtime, id)).subscriptions["sms"].withdrawn_at


@pytest.mark.parametrize("key", ["", "tokem", "token "])
async def test_a_forged_webhook_changes_nothing(mall: httpx.AsyncClient, house: House, key: str) -> None:
    body = {"event_no": 90032, "resource": {"member_id": "lee"}}
    answer = await mall.post("/v1/malls/cafe24/shop", json=body, headers={"x-api-key": key})
    assert answer.status_code == 401
    assert (await mall.post("/v1/malls/cafe24/other", json=body)).status_code == 401
    assert await queued(house) == []


async def test_without_a_secret_no_webhook_is_taken_and_a_sites_own_goes_before(house: House) -> None:
    for environment, key, status in (
        ({}, "", 401),
        ({"CAFE24_HOOK_SECRET": "all", "CAFE24_HOOK_SECRET_SHOP": "own"}, "all", 401),
        ({"CAFE24_HOOK_SECRET": "all", "CAFE24_HOOK_SECRET_SHOP": "own"}, "own", 200),
    ):
        transport = httpx.ASGITransport(Starlette(routes=notices.routes(house, environment)))
        async with httpx.AsyncClient(transport=transport, base_url="https://d.example") as client:
            body = {"event_no": 1, "resource": {}}
            answer = await client.post("/v1/malls/cafe24/shop", json=body, headers={"x-api-key": key})
            assert answer.status_code == status


@pytest.mark.parametrize("body", [b"", b"[]", b'{"event_no": 1}', b'{"event_no": {}, "resource": {}}', b"\xff"])
async def test_a_webhook_that_can_not_be_read_is_refused(mall: httpx.AsyncClient, body: bytes) -> None:
    assert (await mall.post("/v1/malls/cafe24/shop", content=body)).status_code == 400
