"""From a strip that is shown to the report on its recommenders: what is clicked and bought is counted by a worker."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from dangol.house import House
from dangol.products.product import Product
from dangol.store import catalogue
from dangol.worker.process import worker_for

pytestmark = pytest.mark.anyio

STRIP = {
    "id": "strip",
    "holdout": 0,
    "widget": {"use": "recommendation_strip", "params": {"recommenders": ["similar"], "count": 3}},
}
HOSTILE = 'a:"><b>&amp;'
PRODUCTS = [Product(id, id, 1_000, url=f"/p/{number}") for number, id in enumerate(("mug", "cup", HOSTILE))]


@pytest.fixture
async def house(new_house: Any, opened: Any, define: Any) -> House:
    found: House = await opened(new_house(define(campaigns=[STRIP])))
    await catalogue.put(found.link, "shop", PRODUCTS, source="shop")
    await found.shelves.caught_up("shop")
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


def clicks(node: Any) -> list[str]:
    """What clicks in a tree tell."""
    if isinstance(node, str):
        return []
    own = [node[1]["data-for"]] if node[1].get("data-dg") == "click" else []
    return own + [each for child in node[2:] for each in clicks(child)]


async def told(admin: httpx.AsyncClient, figure: str, wanted: float) -> Any:
    """The only arm, once its figure is there."""
    async with asyncio.timeout(10):
        while True:
            response = await admin.get("/v1/admin/campaigns/strip/strip", params={"language": "en"})
            assert response.status_code == 200, response.text
            for arm in response.json()["arms"]:
                if arm[figure] == wanted:
                    return arm
            await asyncio.sleep(0.05)


async def test_what_is_clicked_and_bought_is_told_by_recommender(
    house: House, new_browser: Any, admin: httpx.AsyncClient, event: Any
) -> None:
    browser = new_browser(house)
    async with working(house):
        [show] = (await browser.send(event())).json()["show"]
        offered = clicks(show["tree"])
        assert {each.partition(":")[2] for each in offered} == {"mug", "cup", HOSTILE}
        reaction = {"campaign": "strip", "exposure": show["exposure"]}
        picked = [event("widget_click", **reaction, item=each) for each in offered if not each.endswith(":cup")]
        forged = [event("widget_click", **reaction, item=each) for each in ("cheap:cup", "similar:gone", offered[0])]
        lines = [{"item_id": each, "price": 1_000, "quantity": 2} for each in ("mug", HOSTILE, "cup")]
        order = event("purchase", transaction_id="1", items=lines)
        await browser.send(event("widget_view", **reaction), *picked, *forged, order)
        arm = await told(admin, "orders", 1)
        assert (arm["shoppers"], arm["views"], arm["clicks"], arm["clickers"]) == (1, 1, 2, 1)
        assert (arm["revenue"], arm["click_share"], arm["buyers"]) == (4_000, 1, 1)
        own = arm["recommenders"]
        assert (sum(each["items"] for each in own), sum(each["revenue"] for each in own)) == (4, 4_000)
        await browser.send(event("refund", transaction_id="1"))
        assert (await told(admin, "orders", 0))["revenue"] == 0
    [product, _] = (await browser.profile()).picks
    assert (product.campaign, product.order) == ("strip", "")


async def test_a_strip_that_nobody_knows_is_not_found(admin: httpx.AsyncClient) -> None:
    response = await admin.get("/v1/admin/campaigns/gone/strip")
    assert (response.status_code, response.json()["error"][:8]) == (404, "campaign")
    refused = await admin.get("/v1/admin/campaigns/strip/strip?segment=new")
    assert (refused.status_code, refused.json()["problems"][0]["where"]) == (400, "segment")
