"""POST /v1/recommendations: what the shop's own pages and letters may show."""

from typing import Any

import httpx
import pytest

from dangol.house import House
from dangol.plugin import Product
from dangol.store import catalogue

pytestmark = pytest.mark.anyio

TEA = Product("tea", "Tea", 12_000, category="drinks", brand="Leaf", cost=3_000, added=9)
PRODUCTS = [
    TEA,
    Product("mug", "Mug", 9_000, sale_price=8_000, category="cups", added=8),
    Product("red", "Red cup", 3_000, category="cups", group="cup", added=7),
    Product("blue", "Blue cup", 3_000, category="cups", group="cup", added=6),
    Product("gone", "Gone", 1_000, stock=0),
]


@pytest.fixture
async def ask(house: House, shop: httpx.AsyncClient) -> Any:
    """Asks, and answers the ids that are offered."""
    await catalogue.put(house.link, "shop", PRODUCTS, now=0)
    await house.shelves.caught_up("shop")

    async def ids(**question: Any) -> list[str]:
        response = await shop.post("/v1/recommendations", json=question)
        assert response.status_code == 200, response.text
        return [each["product"]["id"] for each in response.json()["items"]]

    return ids


async def test_products_come_with_their_price_now_and_who_recommends_them(ask: Any, shop: httpx.AsyncClient) -> None:
    answer = (await shop.post("/v1/recommendations", json={"products": ["tea", "none"], "count": 1})).json()
    [item] = answer["items"]
    assert (item["product"]["id"], item["product"]["price"], item["price"]) == ("mug", "9000", "8000")
    assert (item["recommender"], item["reason"], item["because"]) == ("popular", "Popular right now", None)
    assert answer["unknown"] == ["none"]
    korean = (await shop.post("/v1/recommendations", json={"language": "ko", "count": 1})).json()
    assert korean["items"][0]["reason"] == "지금 인기 있는 상품"


@pytest.mark.parametrize(
    ("question", "offered"),
    [
        ({}, ["tea", "mug", "red"]),
        ({"count": 1}, ["tea"]),
        ({"cart": ["blue"]}, ["mug", "tea"]),
        ({"products": ["tea"]}, ["mug", "red"]),
        ({"filters": {"categories": ["cups"]}}, ["mug", "red"]),
        ({"filters": {"brands": ["Leaf"]}}, ["tea"]),
        ({"filters": {"price_from": "8000", "price_to": 8000}}, ["mug"]),
        ({"filters": {"margin": 75}}, ["tea"]),
        ({"filters": {"margin": 76}}, []),
        ({"filters": {"exclude": ["tea", "mug"]}}, ["red"]),
        ({"gap": 7_500}, ["mug", "tea", "red"]),
        ({"member": "nobody"}, ["tea", "mug", "red"]),
    ],
)
async def test_what_is_asked_for_is_offered(ask: Any, question: dict[str, Any], offered: list[str]) -> None:
    assert await ask(**question) == offered


async def test_a_shoppers_own_cart_and_orders_count_unless_a_cart_is_told(ask: Any, browser: Any, event: Any) -> None:
    lines = [{"item_id": "tea", "price": 12_000, "quantity": 1}]
    await browser.send(event("add_to_cart", items=lines))
    assert await ask(visitor=browser.cookie) == ["mug", "red"]
    assert await ask(visitor=browser.cookie, cart=[]) == ["tea", "mug", "red"]
    await browser.send(event("purchase", transaction_id="1", items=lines))
    assert await ask(visitor=browser.cookie) == ["mug", "red"]


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ({"recommenders": ["nowhere"]}, "recommenders[0]: expected a recommender (no recommender of this name"),
        ({"count": 0}, "count"),
        ({"count": 51}, "count"),
        ({"gap": 0}, "gap: expected an amount above 0"),
        ({"gap": -5}, "gap"),
        ({"filters": {"price_to": "much"}}, "filters.price_to"),
        ({"filters": {"colour": "red"}}, "filters"),
        ({"products": [""]}, "products[0]"),
        ({"products": ["x"] * 101}, "products"),
        ({"seeds": []}, "products, cart"),
    ],
)
async def test_bad_questions_are_refused(ask: Any, shop: httpx.AsyncClient, question: Any, said: str) -> None:
    response = await shop.post("/v1/recommendations", json=question)
    assert response.status_code == 400
    assert said in response.text


async def test_before_the_catalogue_was_read_nobody_is_told_that_there_is_nothing(shop: httpx.AsyncClient) -> None:
    response = await shop.post("/v1/recommendations", json={})
    assert response.status_code == 503
    assert "being read" in response.json()["error"]


async def test_only_the_shops_server_may_ask(admin: httpx.AsyncClient, browser: Any) -> None:
    assert (await admin.post("/v1/recommendations", json={})).status_code == 401
    assert (await browser.http.post("/v1/recommendations", json={})).status_code == 401
