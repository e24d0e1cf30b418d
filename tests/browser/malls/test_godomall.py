"""Godomall, which is read from its addresses and forms and from the lines that its skin is given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.browser.malls.conftest import item, request

if TYPE_CHECKING:
    from tests.browser.malls.conftest import Mall


GOODS = (
    '<meta property="og:title" content="Teapot">'
    '<form id="frmView"><input type="hidden" name="set_goods_price" value="28000"></form>'
)


def test_a_godomall_product_is_read_from_its_address_and_form(mall: Mall) -> None:
    expected = item("1000000101", "Teapot", 28000)
    assert mall.open("/goods/goods_view.php?goodsNo=1000000101", body=GOODS) == [("view_item", {"items": [expected]})]
    mall.page.route("**/order/cart_ps.php", lambda route: route.fulfill(json={}))
    add = "mode=cartIn&cartMode=&goodsNo[]=1000000101&goodsCnt[]=3"
    assert mall.then(request("/order/cart_ps.php", add)) == [("add_to_cart", {"items": [{**expected, "quantity": 3}]})]
    mall.nothing(request("/order/cart_ps.php", add.replace("cartMode=", "cartMode=d")))


def test_the_lines_that_a_skin_is_given_tell_the_rest(mall: Mall) -> None:
    line = (
        '<i data-item-id="{}" data-item-name="Teapot" data-price="28,000원" data-quantity="{}" data-item-brand="Lumen">'
    )
    lines = line.format("101", 1) + "</i>" + line.format("102", 2) + "</i>"
    expected = [
        item("101", "Teapot", 28000, 1, item_brand="Lumen"),
        item("102", "Teapot", 28000, 2, item_brand="Lumen"),
    ]
    cart = mall.open("/order/cart.php", body=f'<div hidden data-dangol="view_cart">{lines}</div>')
    assert cart == [("view_cart", {"items": expected})]
    order = f'<div hidden data-dangol="purchase" data-transaction-id="2511220001" data-value="84,000">{lines}</div>'
    assert mall.open("/order/order_end.php", body=order) == [
        ("purchase", {"items": expected, "value": 84000, "transaction_id": "2511220001"})
    ]
    assert mall.open("/order/order_end.php?again", "", 0, body=order) == []
