"""GA4 and Tag Manager, in every form in which shops push."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.browser.malls.conftest import item, js

if TYPE_CHECKING:
    from tests.browser.malls.conftest import Mall

LAYER = "window.dataLayer = window.dataLayer || [];"
GTAG = LAYER + "function gtag() { dataLayer.push(arguments) } gtag('js', new Date()); gtag('config', 'G-1');"
CANDLE = {
    "item_id": "A1",
    "item_name": "Candle",
    "price": "12,000원",
    "quantity": 2,
    "item_brand": "Lumen",
    "item_category": "Home",
    "item_category2": "Lights",
    "item_category3": "Candles",
}
SENT = item("A1", "Candle", 12000, 2, item_category="Home > Lights > Candles", item_brand="Lumen")


def push(name: str, **ecommerce: Any) -> str:
    return f"dataLayer.push({js({'event': name, 'ecommerce': ecommerce})});"


def gtag(name: str, **parameters: Any) -> str:
    return f"gtag('event', '{name}', {js(parameters)});"


@pytest.mark.parametrize("form", [push, gtag])
def test_what_was_pushed_before_the_script_came_travels_with_the_page_view(mall: Mall, form: Any) -> None:
    script = (
        GTAG + "dataLayer.push({ecommerce: null});" + form("view_item", currency="KRW", value=24000, items=[CANDLE])
    )
    assert mall.open("/", script) == [("view_item", {"items": [SENT], "value": 24000})]
    assert len(mall.collector.bodies) == 1


def test_a_push_keeps_its_result_and_tag_manager_may_wrap_it_too(mall: Mall) -> None:
    mall.open("/", LAYER, 0)
    mall.page.evaluate(
        "() => { const own = dataLayer.push; dataLayer.push = function () {"
        " const result = own.apply(dataLayer, [].slice.call(arguments)); return [result, dataLayer.length] } }"
    )
    [(name, _)] = mall.then("window.result = " + push("add_to_cart", items=[CANDLE]))
    assert (name, mall.page.evaluate("result")) == ("add_to_cart", [1, 1])
    mall.nothing()


def test_a_layer_that_comes_after_the_load_and_one_that_replaces_it_are_read(mall: Mall) -> None:
    mall.open("/", "", 0, head="<script type='application/ld+json'>{}</script>")
    [(name, _)] = mall.then(LAYER + push("view_item", items=[CANDLE]))
    assert name == "view_item"
    [(name, _)] = mall.then("window.dataLayer = [];" + push("add_to_cart", items=[CANDLE]))
    assert name == "add_to_cart"
    mall.page.wait_for_timeout(300)
    [(name, _)] = mall.then(push("remove_from_cart", items=[CANDLE]))
    assert name == "remove_from_cart"


def test_an_order_is_not_told_again_after_a_reload(mall: Mall) -> None:
    script = LAYER + push("purchase", transaction_id="T1", value=24000, items=[CANDLE])
    assert [name for name, _ in mall.open("/done", script)] == ["purchase"]
    assert mall.open("/done", script, 0) == []


def test_the_same_push_twice_is_one_and_two_products_are_two(mall: Mall) -> None:
    mall.open("/", LAYER, 0)
    other = {**CANDLE, "item_id": "A2"}
    script = push("add_to_cart", items=[CANDLE]) * 2 + push("add_to_cart", items=[other])
    assert [data["items"][0]["item_id"] for _, data in mall.then(script, 2)] == ["A1", "A2"]
    mall.nothing()
    mall.page.wait_for_timeout(1_000)
    assert len(mall.then(push("add_to_cart", items=[CANDLE]))) == 1
