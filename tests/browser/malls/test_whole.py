"""From a mall's pages through the real server and the real store to what a profile holds."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import jwt
import pytest
from tests.browser.malls.conftest import js
from tests.browser.test_whole_way import popcorn, site

if TYPE_CHECKING:
    from playwright.sync_api import Page

STUB = "window.dangol=window.dangol||function(){(dangol.q=dangol.q||[]).push(arguments)};"
LAYER = "window.dataLayer = window.dataLayer || [];"
LINE = {"product_no": 24, "product_name": "Candle", "product_price": 12000, "quantity": 2, "main_cate_no": 7}
SHOWN = (
    "var CAFE24 = {}; var iProductNo = 24; var iCategoryNo = 7; var product_name = 'Candle'; var product_price = 12000;"
)
ORDER = {"order_id": "T1", "payed_amount": "26500.00", "order_product": [LINE]}


@pytest.fixture
def walk(dangol: Any, front: Any, page: Page) -> Any:
    """Open pages as one member, and give what dangol knows then."""
    segment = {"id": "app", "include": {"device": {"is": "app"}}}
    dangol.apply(site(front.url, popcorn(audience=["app"]), segments=[segment]))
    keys = {key[:2]: key for key in dangol.run("keys", "testing").split()}

    def open_page(member: str, path: str, script: str, head: str = "") -> Any:
        token = jwt.encode({"exp": int(time.time()) + 600, "sub": member}, keys["id"], "HS256")
        body = f"<main></main><script>{STUB} dangol('member', {js(token)}); {script}</script>"
        front.put(path.split("?")[0], head=head, body=body)
        with page.expect_response("**/v1/events") as answered:
            page.goto(front.url + path)
        answered.value.finished()
        path = f"/v1/admin/explain?member={member}"
        return json.loads(dangol.get(path, {"Authorization": f"Bearer {keys['ak']}"})[1])["facts"]

    return open_page


def push(name: str, **ecommerce: Any) -> str:
    return f"{LAYER} dataLayer.push({js({'event': name, 'ecommerce': ecommerce})});"


def ld(**product: Any) -> str:
    return f'<script type="application/ld+json">{js({"@type": "Product", **product})}</script>'


def test_what_four_sources_tell_of_a_visit_is_one_view_one_cart_and_one_order(walk: Any, page: Page) -> None:
    layer = push("view_item", items=[{"item_id": "SKU-24", "price": 1}])
    viewed = walk("kim", "/product/detail.html", SHOWN + layer, ld(sku="24-LD", brand="Lumen"))
    assert [(seen["id"], seen["times"], seen["price"]) for seen in viewed["viewed"]] == [("24", 1, 12000)]

    layer = push("view_cart", items=[{"item_id": "SKU-24", "price": 1, "quantity": 9}])
    script = f"var CAFE24 = {{}}; var aBasketProductData = {js([LINE])}; var _NB_PM = 'u'; var _NB_LO = [];"
    cart = walk("kim", "/order/basket.html", script + layer)["cart"]
    assert [(line["id"], line["price"], line["quantity"], line["category"]) for line in cart] == [("24", 12000, 2, "7")]

    explicit = (
        "dangol('track', 'purchase', {transaction_id: 'T1', value: 26500, items: [{item_id: '24', quantity: 2}]});"
    )
    layer = push("purchase", transaction_id="T1", value=99, items=[{"item_id": "SKU-24"}])
    script = f"var CAFE24 = {{}}; var EC_FRONT_EXTERNAL_SCRIPT_VARIABLE_DATA = {js(ORDER)};" + layer + explicit
    for reload in ("?1", "?2"):
        facts = walk("kim", f"/order/order_result.html{reload}", script, ld(sku="24-LD"))
        assert (facts["orders"], facts["spent"], facts["cart"]) == (1, 26500, [])
        assert [order["number"] for order in facts["recent_orders"]] == ["T1"]


def test_early_and_late_pushes_a_payment_button_and_the_shops_app(walk: Any, page: Page) -> None:
    early = "function gtag() { dataLayer.push(arguments) }" + LAYER
    early += (
        f"gtag('event', 'purchase', {js({'transaction_id': 'G1', 'value': '5,000', 'items': [{'item_id': 'A1'}]})});"
    )
    button = push("purchase", transaction_id="NPAY1_7", value=9000)
    assert walk("lee", "/done", early + button)["orders"] == 1
    with page.expect_response("**/v1/events"):
        page.evaluate(f"() => {{ {push('add_to_cart', items=[{'item_id': 'B2', 'price': 700, 'quantity': 3}])} }}")
    facts = walk("lee", "/", "")
    assert (facts["orders"], facts["spent"], facts["environment"]["device"]) == (1, 5000, "pc")
    assert [(line["id"], line["price"], line["quantity"]) for line in facts["cart"]] == [("B2", 700, 3)]
    in_app = walk("lee", "/app", "var _NB_MKTCD = 'GCODE00000000'; var _NB_APPVER = '2.3.1';")
    assert in_app["environment"]["device"] == "app"
    page.locator("dangol-widget").wait_for(state="attached")
