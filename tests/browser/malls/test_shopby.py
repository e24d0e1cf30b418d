"""Shopby, a single-page app whose globals come and go with its routes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.browser.malls.conftest import item, js

if TYPE_CHECKING:
    from tests.browser.malls.conftest import Mall


SHOPBY_PRODUCT = {
    "baseInfo": {"productNo": 101, "productName": "Teapot", "imageUrls": ["//x"]},
    "price": {"salePrice": 30000, "immediateDiscountAmt": 2000},
    "stock": {"stockCnt": 4},
    "brand": {"name": "Lumen"},
}
TEAPOT = item("101", "Teapot", 28000, item_brand="Lumen")


def option(count: int, **more: Any) -> dict[str, Any]:
    return {
        "cartNo": 5,
        "productNo": 101,
        "orderCnt": count,
        "price": {"salePrice": 30000, "immediateDiscountAmt": 2000, "buyAmt": 28000 * count},
        **more,
    }


SHOPBY_CART = {
    "deliveryGroups": [
        {
            "deliveryCondition": {"aboveDeliveryAmt": 50000},
            "orderProducts": [
                {"productNo": 101, "productName": "Teapot", "orderProductOptions": [option(1), option(2)]}
            ],
        }
    ]
}
BOUGHT = {"productNo": 101, "productName": "Teapot", "orderCnt": 2, "price": {"buyAmt": 56000}}
SHOPBY_ORDER = {
    "orderNo": "202511220001",
    "payType": "CREDIT_CARD",
    "orderer": {"ordererContact1": "010-1234-5678"},
    "lastOrderAmount": {"payAmt": 58500},
    "orderOptionsGroupByPartner": [{"orderOptionsGroupByDelivery": [{"orderOptions": [BOUGHT]}]}],
}
CLEAR = "for (const name of Object.keys(sb)) delete sb[name];"


def route(path: str, **sb: Any) -> str:
    """A single-page shop changes its route: `sb` is emptied, and filled when the API has answered."""
    fill = f"setTimeout(() => Object.assign(sb, {js(sb)}), 300);"
    return f"history.pushState(null, '', '{path}'); setTimeout(() => {{ {CLEAR} {fill} }}, 30);"


def test_the_product_that_shopby_has_yet_to_fetch_is_waited_for(mall: Mall) -> None:
    script = f"var sb = {{getPlatform: () => 'PC'}}; setTimeout(() => {{ sb.product = {js(SHOPBY_PRODUCT)} }}, 300);"
    assert mall.open("/product-detail?productNo=101", script) == [("view_item", {"items": [TEAPOT]})]
    assert len(mall.collector.bodies) == 1


def test_shopby_is_followed_over_its_routes(mall: Mall) -> None:
    mall.open("/", "var sb = {getPlatform: () => 'PC'};", 0)
    line = item("101", "Teapot", 28000, 1)
    assert mall.then(route("/product-detail?productNo=101", product=SHOPBY_PRODUCT)) == [
        ("view_item", {"items": [TEAPOT]})
    ]
    assert mall.then(route("/cart", cart=SHOPBY_CART)) == [("view_cart", {"items": [line, {**line, "quantity": 2}]})]
    assert mall.then(route("/order/x9", orderSheet=SHOPBY_CART)) == [
        ("begin_checkout", {"items": [line, {**line, "quantity": 2}]})
    ]
    bought = {"items": [{**line, "quantity": 2}], "value": 58500, "transaction_id": "202511220001"}
    assert mall.then(route("/order/confirm?result=SUCCESS", order=SHOPBY_ORDER)) == [("purchase", bought)]
    assert mall.then(route("/product-detail?productNo=101", product=SHOPBY_PRODUCT)) == [
        ("view_item", {"items": [TEAPOT]})
    ]
    assert "010-1234" not in js(mall.collector.bodies)
    assert mall.surfaced() == []


def test_shopbys_lists_and_searches(mall: Mall) -> None:
    mall.open("/", "var sb = {};", 0)
    found = {
        "totalCount": 1,
        "items": [
            {
                "productNo": 101,
                "productName": "Teapot",
                "salePrice": 30000,
                "immediateDiscountAmt": 2000,
                "brandName": "Lumen",
            }
        ],
    }
    assert mall.then(route("/products?keywords=tea", searchedProduct=found), 2) == [
        ("search", {"search_term": "tea"}),
        ("view_item_list", {"items": [TEAPOT]}),
    ]
    listed = mall.then(route("/products?categoryNos=3", searchedProduct=found, currentCategory={"label": "Kitchen"}))
    assert listed == [("view_item_list", {"items": [TEAPOT], "item_category": "Kitchen"})]


def test_an_old_order_that_is_looked_at_is_no_purchase(mall: Mall) -> None:
    mall.open("/", "var sb = {};", 0)
    mall.nothing(route("/orders/202511220001", order=SHOPBY_ORDER))
    mall.nothing(route("/order/confirm?result=FAIL", order={**SHOPBY_ORDER, "orderNo": "2"}))


def test_shopby_tells_what_is_put_into_the_cart_and_who_has_come_in(mall: Mall) -> None:
    mall.page.route(
        "**/shop-api.e-ncp.com/**",
        lambda route: route.fulfill(json={"cartNo": 1}, headers={"Access-Control-Allow-Origin": "*"}),
    )
    mall.open("/sign-in", "var sb = {};", 0)
    mall.page.wait_for_timeout(1_600)
    assert mall.then(route("/", profile={"memberNo": 1, "memberName": "Kim"})) == [("login", {})]
    mall.then(route("/product-detail", product=SHOPBY_PRODUCT))
    body = js([{"productNo": 101, "optionNo": 3, "orderCnt": 2}])
    post = f"fetch('https://shop-api.e-ncp.com/cart', {{method: 'POST', body: '{body}'}});"
    assert mall.then(post) == [("add_to_cart", {"items": [{**TEAPOT, "quantity": 2}]})]
    mall.nothing(post.replace("/cart'", "/guest/cart'"))
