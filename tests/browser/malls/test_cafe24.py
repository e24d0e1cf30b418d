"""Cafe24: globals, requests of its buttons, its front API, and who is logged in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.browser.malls.conftest import item, js, request

if TYPE_CHECKING:
    from tests.browser.malls.conftest import Mall


ROLE = '<meta name="path_role" content="{}">'
CAFE24_PRODUCT = (
    "var CAFE24 = {}; var iProductNo = 24; var iCategoryNo = '7'; var product_name = '무선 초';"
    "var product_price = '12000'; var product_sale_price = 9900;"
)
SHOWN = item("24", "무선 초", 9900, item_category="7")


def test_a_cafe24_product_travels_with_its_page_view(mall: Mall) -> None:
    path = "/product/detail.html?product_no=24"
    assert mall.open(path, CAFE24_PRODUCT, head=ROLE.format("PRODUCT_DETAIL")) == [("view_item", {"items": [SHOWN]})]
    assert mall.open("/product/candle/24/category/7/", CAFE24_PRODUCT) == [("view_item", {"items": [SHOWN]})]
    assert len(mall.collector.bodies) == 2


def test_an_unpaid_cafe24_order_is_worth_its_products(mall: Mall) -> None:
    product = {"product_no": 24, "product_price": "9900", "quantity": "2"}
    order = {"order_id": "T1", "payed_amount": "0.00", "order_product": [product]}
    [(_, data)] = mall.open("/order/order_result.html", f"var EC_FRONT_EXTERNAL_SCRIPT_VARIABLE_DATA = {js(order)};")
    assert data == {"items": [item("24", price=9900, quantity=2)], "transaction_id": "T1"}


BASKET = "/exec/front/order/basket/"


def cafe24_answers(mall: Mall, path: str, answer: Any) -> None:
    mall.page.route(f"**{path}", lambda route: route.fulfill(json=answer))


@pytest.mark.parametrize("method", ["xhr", "fetch"])
def test_cafe24_tells_what_its_cart_has_taken(mall: Mall, method: str) -> None:
    mall.open("/product/detail.html", CAFE24_PRODUCT)
    cafe24_answers(mall, BASKET, {"result": 0})
    add = "command=add&product_no=24&selected_item[]=2%7C%7C000A&selected_item[]=1%7C%7C000B"
    assert mall.then(request(BASKET, add, method)) == [("add_to_cart", {"items": [{**SHOWN, "quantity": 3}]})]
    mall.page.wait_for_timeout(1_500)
    other = "command=add&product_no=31&quantity=2&main_cate_no=8"
    assert mall.then(request(BASKET, other)) == [
        ("add_to_cart", {"items": [item("31", quantity=2, item_category="8")]})
    ]


def test_what_cafe24_refuses_or_changes_in_the_cart_is_no_addition(mall: Mall) -> None:
    mall.open("/product/detail.html", CAFE24_PRODUCT)
    cafe24_answers(mall, BASKET, {"result": -1, "alertMSG": "품절"})
    mall.nothing(request(BASKET, "command=add&product_no=24&quantity=1"))
    mall.page.unroute(f"**{BASKET}")
    cafe24_answers(mall, BASKET, {"result": 0})
    mall.nothing(request(BASKET, "command=delete&product_no=24"))


def test_cafe24_tells_its_wish_list(mall: Mall) -> None:
    path = "/exec/front/Product/Wishlist/"
    mall.open("/product/detail.html", CAFE24_PRODUCT)
    cafe24_answers(mall, path, {"result": "SUCCESS", "command": "add"})
    assert mall.then(request(path, "product_no=24&command=add")) == [("add_to_wishlist", {"items": [SHOWN]})]
    assert mall.then(request(path, "product_no=24&command=del")) == [("remove_from_wishlist", {"items": [SHOWN]})]
    mall.page.unroute(f"**{path}")
    cafe24_answers(mall, path, {"result": "NOT_LOGIN"})
    mall.page.wait_for_timeout(1_500)
    mall.nothing(request(path, "product_no=24&command=add"))


def test_cafe24s_front_api_gives_the_cart_on_any_page(mall: Mall) -> None:
    line = {
        "product_no": 24,
        "product_name": "무선 초",
        "price": "12000.00",
        "discount_price": "9900.00",
        "quantity": 2,
    }
    api = f"var CAFE24API = {{getCartItemList(done) {{ setTimeout(() => done(null, {{items: {js([line])}}}), 50) }}}};"
    assert mall.open("/", api) == [("view_cart", {"items": [item("24", "무선 초", 9900, 2)]})]
    assert mall.open("/other", "var CAFE24API = {getCartItemList(done) { done({code: 403}) }};", 0) == []


def test_a_login_is_told_when_cafe24_shows_that_one_has_happened(mall: Mall) -> None:
    inside = '<div class="xans-element- xans-layout xans-layout-statelogon {}"></div>'
    outside = '<div class="xans-element- xans-layout xans-layout-statelogoff {}"></div>'
    out = inside.format("displaynone") + outside.format("")
    into = inside.format("") + outside.format("displaynone")
    assert mall.open("/", "var CAFE24 = {};", 0, body=into) == []
    assert mall.open("/", "var CAFE24 = {};", 0, body=out) == []
    mall.page.wait_for_timeout(1_600)  # a page that shows everybody as logged out for a moment is none to go by
    assert mall.open("/", "var CAFE24 = {};", body=into) == [("login", {})]
    assert mall.open("/", "var CAFE24 = {};", 0, body=into) == []
