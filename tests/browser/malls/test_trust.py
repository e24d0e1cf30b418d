"""Whom dangol believes where several tell of the same, and pages that would break a careless reader."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.browser.malls.conftest import item, js

if TYPE_CHECKING:
    from tests.browser.malls.conftest import Mall

STUB = "<script>window.dangol=window.dangol||function(){(dangol.q=dangol.q||[]).push(arguments)}</script>"
LAYER = "window.dataLayer = window.dataLayer || [];"
CAFE24 = "var CAFE24 = {}; var iProductNo = 24; var product_name = 'Candle'; var product_price = 12000;"


def push(name: str, **ecommerce: Any) -> str:
    return f"dataLayer.push({js({'event': name, 'ecommerce': ecommerce})});"


def jsonld(**product: Any) -> str:
    return f'<script type="application/ld+json">{js({"@type": "Product", **product})}</script>'


def test_of_one_product_the_best_source_is_believed_and_the_others_complete_it(mall: Mall) -> None:
    script = (
        LAYER
        + push("view_item", items=[{"item_id": "24", "item_name": "GA", "price": 1, "item_brand": "Lumen"}])
        + CAFE24
    )
    told = mall.open(
        "/product/detail.html", script, head=jsonld(sku="24", name="LD", category="Home", offers={"price": 2})
    )
    assert told == [("view_item", {"items": [item("24", "Candle", 12000, item_category="Home", item_brand="Lumen")]})]


def test_another_number_for_the_same_product_is_no_second_product(mall: Mall) -> None:
    script = LAYER + push("view_item", items=[{"item_id": "SKU-24"}]) + CAFE24
    assert mall.open("/product/detail.html", script, head=jsonld(sku="24-A")) == [
        ("view_item", {"items": [item("24", "Candle", 12000)]})
    ]
    mall.nothing(push("view_item", items=[{"item_id": "SKU-24"}]))


def test_without_a_mall_ifdo_goes_before_the_data_layer_and_that_before_structured_data(mall: Mall) -> None:
    layer, data = LAYER + push("view_item", items=[{"item_id": "layer"}]), jsonld(sku="data")
    assert mall.open("/", "var _NB_PC = 'ifdo';" + layer, head=data) == [("view_item", {"items": [item("ifdo")]})]
    assert mall.open("/", layer, head=data) == [("view_item", {"items": [item("layer")]})]


def test_what_the_page_tells_dangol_itself_goes_before_what_is_read(mall: Mall) -> None:
    call = "dangol('track', 'view_item', {items: [{item_id: 'ours', item_name: 'Ours'}]});"
    told = mall.open(
        "/product/detail.html", CAFE24 + LAYER + push("view_item", items=[{"item_id": "layer"}]) + call, head=STUB
    )
    assert told == [("view_item", {"items": [{"item_id": "ours", "item_name": "Ours"}]})]
    add = (
        push("add_to_cart", items=[{"item_id": "24", "quantity": 2}])
        + "dangol('track', 'add_to_cart', {items: [{item_id: '24'}]});"
    )
    assert mall.then(add) == [("add_to_cart", {"items": [{"item_id": "24"}]})]
    mall.nothing()
    mall.page.wait_for_timeout(1_000)
    assert mall.then(push("add_to_cart", items=[{"item_id": "25"}])) == [
        ("add_to_cart", {"items": [{"item_id": "25"}]})
    ]


def test_one_order_counts_once_however_many_tell_it(mall: Mall) -> None:
    order = {"order_id": "T1", "payed_amount": 12000, "order_product": [{"product_no": 24, "quantity": 1}]}
    script = f"var EC_FRONT_EXTERNAL_SCRIPT_VARIABLE_DATA = {js(order)};"
    script += "var _NB_PM = 'b'; var _NB_ORD_NO = 'T1'; var _NB_ORD_AMT = 1;"
    script += LAYER + push("purchase", transaction_id="T1", value=2, items=[{"item_id": "24", "price": 12000}])
    expected = [("purchase", {"items": [item("24", price=12000, quantity=1)], "value": 12000, "transaction_id": "T1"})]
    assert mall.open("/order/order_result.html", script) == expected
    mall.nothing(
        "gtag = function () { dataLayer.push(arguments) }; gtag('event', 'purchase', {transaction_id: 'T1', value: 2});"
    )
    explicit = "dangol('track', 'purchase', {transaction_id: 'T2', value: 3});"
    assert [
        data["transaction_id"]
        for _, data in mall.open("/order/order_result.html", script.replace("T1", "T2") + explicit, head=STUB)
    ] == ["T2"]


BUTTONS = [
    push("purchase", transaction_id="NPAY1_1763", value=12000),
    push("purchase", value=12000, items=[{"item_id": "24"}]),
    push("purchase", transaction_id="T1"),
    f"dataLayer.push({js({'ecommerce': {'purchase': {'actionField': {'revenue': 1}, 'products': [{'id': '24'}]}}})});",
]


def test_a_payment_button_is_no_order(mall: Mall) -> None:
    assert mall.open("/", LAYER + "".join(BUTTONS), 0) == []
    mall.nothing("".join(BUTTONS))


def test_what_is_told_just_before_leaving_is_not_lost(mall: Mall) -> None:
    mall.open("/", LAYER, 0)
    mall.page.evaluate("() => { " + push("add_to_cart", items=[{"item_id": "24"}]) + " location.href = '/other' }")
    mall.page.wait_for_url("**/other")
    mall.collector.wait(mall.all)
    assert [name for name, _ in mall.all()] == ["add_to_cart"]


def test_a_page_that_comes_back_from_the_cache_shows_its_product_again(mall: Mall) -> None:
    mall.open(
        "/", LAYER + push("view_item", items=[{"item_id": "24"}]) + push("add_to_cart", items=[{"item_id": "24"}])
    )
    back = "dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}));"
    assert mall.then(back) == [("view_item", {"items": [{"item_id": "24"}]})]


def test_anonymous_shoppers_leave_nothing_in_the_browser(mall: Mall) -> None:
    script = LAYER + push("purchase", transaction_id="T1", value=1)
    line = f'<script async src="{mall.shop.script}" data-site="pk_testing" data-consent="anonymous"></script>'
    mall.shop.routes["/"] = ("text/html", f"<script>{script}</script>{line}", {})
    mall.page.goto(mall.shop.url)
    mall.collector.wait(lambda: mall.collector.events("purchase"))
    assert mall.page.evaluate("Object.keys(localStorage)") == []


ITEMS = [{"item_id": f"A{number}", "item_name": "Candle " * 20, "price": 1} for number in range(10_000)]


def test_a_list_without_end_is_cut_to_what_may_travel(mall: Mall) -> None:
    [(_, data)] = mall.open(
        "/", LAYER + f"const items = {js(ITEMS)};" + "dataLayer.push({event: 'view_cart', ecommerce: {items}});"
    )
    assert 20 < len(data["items"]) <= 200
    assert data["items"][0] == item("A0", ("Candle " * 20)[:100].strip(), 1)


def test_a_page_that_pushes_without_end_is_not_followed(mall: Mall) -> None:
    mall.open("/", LAYER, 0)
    flood = (
        "for (let n = 0; n < 10_000; n++) dataLayer.push({event: 'add_to_cart', ecommerce: {items: [{item_id: n}]}});"
    )
    assert len(mall.then(flood, 100)) == 100
    assert mall.page.evaluate("dataLayer.length") == 10_000


def test_a_page_whose_own_functions_throw_gets_its_error_and_nothing_is_told(mall: Mall) -> None:
    mall.open("/", "var _NB_MKTCD = 'GCODE00000000'; var _NB_CART_IN = () => { throw Error('mine') };", 0)
    call = "() => { try { _NB_CART_IN('Home', 'A1', 'Candle', 1, 1) } catch (error) { return error.message } }"
    assert mall.page.evaluate(call) == "mine"
    mall.nothing()


AMOUNTS = {
    "12000": 12000, "12,000원": 12000, "₩ 1,234,567": 1234567, "KRW 12.50": 12.5, "12,50 €": 12.5, "1,000.5": 1000.5,
    "": None, "free": None, "10,000 ~ 20,000원": None, "-5000": None, "1e9": None,
}  # fmt: skip


def test_prices_are_read_from_the_texts_that_shops_write(mall: Mall) -> None:
    items = [{"item_id": "x" * (number + 1), "price": text} for number, text in enumerate(AMOUNTS)]
    [(_, data)] = mall.open("/", LAYER + push("view_cart", items=items))
    assert [line.get("price") for line in data["items"]] == list(AMOUNTS.values())


def test_a_strict_policy_lets_the_malls_be_read(mall: Mall) -> None:
    server = mall.collector.url
    policy = f"default-src 'none'; img-src data:; script-src {server} 'unsafe-inline'; connect-src {server};"
    policy += " require-trusted-types-for 'script'; trusted-types 'none'"
    breaches = "window.breaches = 0; addEventListener('securitypolicyviolation', () => breaches++);"
    script = f"<script>{breaches}{LAYER}{push('view_item', items=[{'item_id': '24'}])}</script>"
    mall.shop.put("/", body=script, headers={"Content-Security-Policy": policy})
    mall.page.goto(mall.shop.url)
    mall.collector.wait(lambda: mall.collector.events("view_item"))
    assert mall.page.evaluate("breaches") == 0
