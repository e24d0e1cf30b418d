"""IFDO's variables, structured data, and the tags that are read where there is nothing better."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.browser.malls.conftest import item, js

if TYPE_CHECKING:
    from tests.browser.malls.conftest import Mall

# IFDO -----------------------------------------------------------------------------------------------------------------

NB = "var _NB_gs = 'wlog.ifdo.co.kr'; var _NB_MKTCD = 'GCODE00000000';"


def test_ifdos_functions_work_with_its_script_and_without_it(mall: Mall) -> None:
    mall.open("/", NB, 0)
    added = [("add_to_cart", {"items": [item("A1", "Candle", 12000, 2, item_category="Home")]})]
    call = "if (typeof _NB_CART_IN == 'function') window.result = _NB_CART_IN('Home', 'A1', 'Candle', '2', 12000);"
    assert mall.then(call) == added
    mall.page.evaluate("window._NB_CART_IN = () => 'its own'")
    mall.page.evaluate("document.body.click()")
    mall.page.wait_for_timeout(1_600)
    assert mall.then(call) == added
    assert mall.page.evaluate("result") == "its own"


def test_ifdos_single_page_apps_set_their_variables_and_say_so(mall: Mall) -> None:
    mall.open("/", NB, 0)
    first = "history.pushState(null, '', '/1'); _NB_PD = 'Candle'; _NB_PC = 'A1'; _NB_AMT = 1; _NB_PAGE_EVENT('/1');"
    assert mall.then(first.replace("_NB_", "window._NB_")) == [("view_item", {"items": [item("A1", "Candle", 1)]})]
    mall.nothing("history.pushState(null, '', '/about');")
    second = "history.pushState(null, '', '/2'); window._NB_PC = 'A2'; window._NB_PAGE('/2', 'Tea', 'kim', 'join');"
    assert mall.then(second, 2) == [("view_item", {"items": [item("A2", "Candle", 1)]}), ("sign_up", {})]


def test_ifdos_app_version_is_told_with_every_request(mall: Mall) -> None:
    mall.open("/", NB + "var _NB_APPVER = '2.3.1';", 0)
    mall.then("dangol('track', 'later', {});")
    assert [body.get("app") for body in mall.collector.bodies] == ["2.3.1", "2.3.1"]


# Structured data ------------------------------------------------------------------------------------------------------


TEAPOT = {
    "@type": "Product",
    "name": "Teapot",
    "sku": "T-1",
    "brand": {"@type": "Brand", "name": "Lumen"},
    "offers": {"@type": "Offer", "price": "28000", "priceCurrency": "KRW"},
}
VIEWED = item("T-1", "Teapot", 28000, item_brand="Lumen")


def test_structured_data_that_a_script_adds_or_changes_is_read(mall: Mall) -> None:
    mall.open("/", "window.dataLayer = [];", 0)
    make = "const script = document.createElement('script'); script.type = 'application/ld+json';"
    add = f"{make} script.textContent = {js(js(TEAPOT))}; document.head.append(script);"
    assert mall.then(add) == [("view_item", {"items": [VIEWED]})]
    other = js(js({**TEAPOT, "sku": "T-2"}))
    turn = f"history.pushState(null, '', '/2'); document.querySelector('script[type$=json]').textContent = {other};"
    assert mall.then(turn) == [("view_item", {"items": [{**VIEWED, "item_id": "T-2"}]})]


# The last resorts -----------------------------------------------------------------------------------------------------


def test_navers_conversions_are_read_before_and_after_the_script(mall: Mall) -> None:
    conversion = {
        "type": "purchase",
        "id": "T1",
        "value": "21000",
        "items": [{"id": "A1", "name": "Candle", "category": "Home", "quantity": 2, "payAmount": 21000}],
    }
    wcs = "var wcs = {trans(c) { return c.type }};"
    sent = {"items": [item("A1", "Candle", 10500, 2, item_category="Home")], "value": 21000, "transaction_id": "T1"}
    assert mall.open("/", f"{wcs} var _conv = {js(conversion)}; wcs.trans(_conv);") == [("purchase", sent)]
    later = {"type": "view_product", "items": [{"id": "B2", "name": "Tea"}]}
    assert mall.then(f"window.result = wcs.trans({js(later)});") == [("view_item", {"items": [item("B2", "Tea")]})]
    assert mall.page.evaluate("result") == "view_product"


FBQ = "window.fbq = function () { fbq.queue.push(arguments); return 'its own' }; fbq.queue = []; fbq.version = '2.0';"


def test_metas_pixel_is_read_before_and_after_the_script(mall: Mall) -> None:
    early = "fbq('init', '1', {em: 'kim@shop.example'});"
    early += "fbq('track', 'ViewContent', {content_ids: ['A1'], content_name: 'Candle', value: 12000});"
    assert mall.open("/", FBQ + early) == [("view_item", {"items": [item("A1", "Candle")], "value": 12000})]
    contents = "{contents: [{id: 'A1', quantity: 2, item_price: 12000}]}"
    assert mall.then(f"window.result = fbq('track', 'AddToCart', {contents});") == [
        ("add_to_cart", {"items": [item("A1", price=12000, quantity=2)]})
    ]
    mall.nothing("fbq('track', 'Purchase', {value: 24000, contents: [{id: 'A1'}]});")
    assert mall.page.evaluate("[result, fbq.version, fbq.queue.length]") == ["its own", "2.0", 4]


def test_a_last_resort_is_not_heard_where_somebody_better_speaks(mall: Mall) -> None:
    script = FBQ + "window.dataLayer = []; fbq('track', 'ViewContent', {content_ids: ['A1']});"
    assert mall.open("/", script, 0) == []
    assert not any("fbq.js" in path for _, path, _ in mall.collector.requests)
