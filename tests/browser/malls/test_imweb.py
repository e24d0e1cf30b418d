"""Imweb, which tells its trackers, late."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.browser.malls.conftest import item

if TYPE_CHECKING:
    from tests.browser.malls.conftest import Mall


IMWEB = (
    "<script>var SITE_SHOP_DETAIL = {};</script>"
    '<meta property="og:title" content="Teapot"><meta property="product:price:amount" content="28000">'
)
PIXEL = (
    "window.calls = []; const heard = (name) => () => { calls.push(name); return name };"
    "window.FB_PIXEL = {AddToCart: heard('AddToCart'), AddToWishlist: heard('AddToWishlist'),"
    " Purchase: heard('Purchase'), InitiateCheckout() {}, CompleteRegistration() {}, addNpayOrder() {}};"
)


def test_imwebs_late_pixel_is_heard_from_its_first_call(mall: Mall) -> None:
    assert mall.open("/shop_view/?idx=12", head=IMWEB) == [("view_item", {"items": [item("12", "Teapot", 28000)]})]
    script = PIXEL + "window.result = FB_PIXEL.AddToCart('12', 28000, 'KRW', 2); FB_PIXEL.AddToWishlist();"
    line = item("12", "Teapot", 28000)
    assert mall.then(script, 2) == [
        ("add_to_cart", {"items": [{**line, "quantity": 2}]}),
        ("add_to_wishlist", {"items": [line]}),
    ]
    assert mall.page.evaluate("[result, calls]") == ["AddToCart", ["AddToCart", "AddToWishlist"]]


def test_an_imweb_payment_button_is_no_purchase(mall: Mall) -> None:
    mall.open("/shop_view/?idx=12", PIXEL, head=IMWEB)
    mall.nothing(
        "FB_PIXEL.InitiateCheckout(); FB_PIXEL.addNpayOrder({order: 'NPAY1_1'}); FB_PIXEL.Purchase(28000, 'KRW');"
    )


def test_an_imweb_order_is_one_where_its_payment_is_complete(mall: Mall) -> None:
    done = "/shop_payment_complete?order_code=o2025&payment_code=pa1&order_no=202511221234567&rk="
    mall.open("/shop_payment/?order_code=o2025", PIXEL)
    assert mall.all() == [("begin_checkout", {})]
    assert mall.open(done + "F", PIXEL + "FB_PIXEL.Purchase(56000, 'KRW');", 0) == []
    calls = "FB_PIXEL.Purchase(56000, 'KRW'); FB_PIXEL.CompleteRegistration()"
    late = f"var SITE_SHOP_DETAIL = {{}}; setTimeout(() => {{ {PIXEL} {calls} }}, 700);"
    names = [(name, data.get("value")) for name, data in mall.open(done + "S", late, 2)]
    assert names == [("purchase", 56000), ("sign_up", None)]
