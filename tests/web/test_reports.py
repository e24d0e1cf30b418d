"""Reports on campaigns over HTTP, with a worker that counts meanwhile."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from dangol.house import House
from dangol.worker.process import worker_for

pytestmark = pytest.mark.anyio

POPCORN = {"use": "popcorn", "params": {"title": "Hello"}}
SHOWN = {"id": "shown", "widget": POPCORN, "holdout": 0, "report_by": ["new"], "name": {"ko": "봄", "en": "Spring"}}
KEPT = {"id": "kept", "widget": POPCORN, "holdout": 100, "on": ["search"]}
NEW = {"id": "new", "name": "New here", "include": {"visits": {"lte": 1}}}


@pytest.fixture
async def house(new_house: Any, opened: Any, define: Any) -> House:
    found: House = await opened(new_house(define(campaigns=[SHOWN, KEPT], segments=[NEW])))
    return found


@asynccontextmanager
async def working(house: House) -> AsyncIterator[None]:
    worker = worker_for(house)
    task = asyncio.create_task(worker.run())
    try:
        yield
    finally:
        await worker.stop()
        await task


async def report(admin: httpx.AsyncClient, campaign: str = "shown", **query: str) -> Any:
    response = await admin.get(f"/v1/admin/campaigns/{campaign}/report", params=query)
    assert response.status_code == 200, response.text
    return response.json()


async def until(admin: httpx.AsyncClient, campaign: str, figure: str, wanted: int) -> Any:
    """The arm of the campaign, once its figure is there."""
    async with asyncio.timeout(10):
        while True:
            told = await report(admin, campaign)
            for arm in told["arms"]:
                if arm[figure] == wanted:
                    return arm
            await asyncio.sleep(0.05)


async def test_what_a_shopper_does_is_told_within_two_seconds(
    house: House, new_browser: Any, admin: httpx.AsyncClient, event: Any
) -> None:
    browser = new_browser(house)
    async with working(house):
        await until_counted(house)
        answer = (await browser.send(event())).json()
        [show] = answer["show"]
        reaction = {"campaign": "shown", "exposure": show["exposure"]}
        await asyncio.sleep(1.1)  # an order of the very second of the entry is none that came after it
        order = event("purchase", transaction_id="1", value=30_000, items=[{"item_id": "mug"}])
        started = time.monotonic()
        await browser.send(event("widget_view", **reaction), event("widget_click", **reaction), order)
        arm = await until(admin, "shown", "orders", 1)
        assert time.monotonic() - started < 2
    assert (arm["arm"], arm["shoppers"], arm["seen"], arm["views"], arm["clicks"]) == ("on", 1, 1, 1, 1)
    assert (arm["buyers"], arm["revenue"], arm["conversion"], arm["revenue_per_shopper"]) == (1, 30_000, 1, 30_000)
    told = await report(admin, segment="new")
    assert [each["orders"] for each in told["arms"]] == [1]
    [part] = (await report(admin))["segments"]
    assert (part["segment"], part["name"], part["arms"][0]["orders"]) == ("new", "New here", 1)


async def until_counted(house: House) -> None:
    """Until the worker has its places."""
    async with asyncio.timeout(10):
        while not await house.link.call("EXISTS", "{00}lead:effects"):
            await asyncio.sleep(0.02)


async def test_the_held_out_are_counted_as_the_others_are(
    house: House, new_browser: Any, admin: httpx.AsyncClient, event: Any
) -> None:
    browser = new_browser(house)
    async with working(house):
        await browser.send(event("search", search_term="mug"))
        await asyncio.sleep(1.1)
        await browser.send(event("purchase", transaction_id="1", value=5_000, items=[{"item_id": "mug"}]))
        arm = await until(admin, "kept", "orders", 1)
    assert (arm["arm"], arm["shoppers"], arm["seen"], arm["revenue"]) == ("holdout", 1, 0, 5_000)


async def test_a_report_speaks_korean_and_english(admin: httpx.AsyncClient) -> None:
    told = await report(admin)
    assert told["sentences"] == {
        "ko": ["아직 이 캠페인의 대상이 된 고객이 없습니다."],
        "en": ["Nobody has entered this campaign yet."],
    }
    assert list((await report(admin, language="ko"))["sentences"]) == ["ko"]
    assert (told["window"], told["method"]["level"], told["name"]["ko"]) == (7, 0.05, "봄")


async def test_the_overview_has_every_campaign(admin: httpx.AsyncClient) -> None:
    told = (await admin.get("/v1/admin/campaigns/report")).json()
    assert [each["campaign"] for each in told["campaigns"]] == ["shown", "kept"]
    assert not {"days", "segments"} & told["campaigns"][0].keys()


async def test_a_spreadsheet_gets_a_table(house: House, browser: Any, admin: httpx.AsyncClient, event: Any) -> None:
    async with working(house):
        await browser.send(event())
        await until(admin, "shown", "shoppers", 1)
    response = await admin.get("/v1/admin/campaigns/shown/report?format=csv")
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    head, *rows = response.content.decode("utf-8-sig").splitlines()
    assert head.startswith("day,segment,arm,shoppers,")
    assert [row.split(",")[1:4] for row in rows] == [["", "on", "1"], ["", "on", "1"], ["new", "on", "1"]]
    assert rows[1].startswith("total,")


async def test_figures_can_be_forgotten(house: House, browser: Any, admin: httpx.AsyncClient, event: Any) -> None:
    async with working(house):
        await browser.send(event())
        await until(admin, "shown", "shoppers", 1)
    assert (await admin.delete("/v1/admin/campaigns/shown/report")).json() == {"forgotten": True}
    assert (await report(admin))["together"]["shoppers"] == 0


@pytest.mark.parametrize(
    ("query", "where"),
    [
        ("from=yesterday", "from"), ("from=2026-02-02&to=2026-02-01", "to"), ("language=fr", "language"),
        ("format=xls", "format"), ("days=3", "days"),
    ],
)  # fmt: skip
async def test_a_query_that_means_nothing_is_refused(admin: httpx.AsyncClient, query: str, where: str) -> None:
    response = await admin.get(f"/v1/admin/campaigns/shown/report?{query}")
    assert (response.status_code, response.json()["problems"][0]["where"]) == (400, where)


@pytest.mark.parametrize("name", ["show", "a%0d%0ab", "shown:2026-11"])
async def test_a_campaign_that_nobody_knows_is_not_found(admin: httpx.AsyncClient, name: str) -> None:
    response = await admin.get(f"/v1/admin/campaigns/{name}/report?format=csv")
    assert response.status_code == 404
    assert response.json()["error"].startswith("campaign: expected one of this site")


async def test_reports_are_for_administrators(admin: httpx.AsyncClient) -> None:
    admin.headers["Authorization"] = "Bearer wrong"
    for path in ("campaigns/report", "campaigns/shown/report"):
        assert (await admin.get(f"/v1/admin/{path}")).status_code == 401
