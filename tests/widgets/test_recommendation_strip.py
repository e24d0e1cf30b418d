"""Recommendation strip: what it offers, in both languages."""

from typing import Any

import pytest

from dangol.errors import Invalid
from dangol.plugin import Product
from dangol.testing import profile, render
from dangol_widgets.recommendation_strip import RecommendationStrip


def product(price: int, **facts: Any) -> Product:
    return Product(
        f"p{price}", f"Product {price}", price, **{"url": f"/p/{price}", "image": f"/i/{price}.jpg", **facts}
    )


def test_products_have_picture_name_link_and_price() -> None:
    shown = render(RecommendationStrip(), products=[product(3500)], language="ko")
    assert shown is not None
    assert shown.text == "함께 보면 좋은 상품 Product 3500 3,500원"
    assert '<a class="name" href="/p/3500" data-dg="click">Product 3500</a>' in shown.html
    assert 'src="/i/3500.jpg" alt=""' in shown.html
    assert shown.label == "함께 보면 좋은 상품"


def test_a_product_without_a_picture_shows_its_first_letter() -> None:
    shown = render(RecommendationStrip(), products=[Product("1", "머그컵", 1, "/p")])
    assert shown is not None
    assert '<span class="picture none" aria-hidden="true">머</span>' in shown.html


def test_as_many_products_as_asked_for() -> None:
    shown = render(RecommendationStrip(), {"count": 3, "layout": "grid"}, products=[product(n) for n in range(1, 9)])
    assert shown is not None
    assert shown.html.count("<li") == 3
    assert '<section class="strip grid desk4">' in shown.html


@pytest.mark.parametrize("products", [[], [product(1, url="")]])
def test_without_products_that_can_be_opened_there_is_nothing_to_show(products: list[Product]) -> None:
    assert render(RecommendationStrip(), products=products) is None


FILL = {"fill_gap_goal": 30_000, "count": 2, "title": {"ko": "{cart_gap} 채우기", "en": "Fill {cart_gap}"}}


@pytest.mark.parametrize(
    ("prices", "offered"),
    [
        ([40_000, 9_000, 11_000, 10_000, 15_000], [11_000, 10_000]),  # overshoot by half at most
        ([40_000, 9_000, 12_000], [12_000, 40_000]),  # then dearer ones
        ([9_000, 40_000, 8_000], [40_000, 9_000]),  # then any
        ([9_000, 8_000, 7_000], [9_000, 8_000]),
    ],
)
def test_what_just_closes_the_gap_comes_first(prices: list[int], offered: list[int]) -> None:
    shown = render(
        RecommendationStrip(), FILL, profile=profile(cart={"a": 20_000}), products=[product(price) for price in prices]
    )
    assert shown is not None
    assert shown.label == "Fill ₩10,000"
    assert [price for price in offered if f"/p/{price}" in shown.html] == offered
    assert shown.html.index(f"/p/{offered[0]}") < shown.html.index(f"/p/{offered[1]}")


@pytest.mark.parametrize("cart", [{}, {"a": 30_000}, {"a": 50_000}])
def test_without_a_gap_there_is_nothing_to_fill(cart: dict[str, int]) -> None:
    assert render(RecommendationStrip(), FILL, profile=profile(cart=cart), products=[product(1)]) is None


@pytest.mark.parametrize("wrong", [{"count": 0}, {"count": 13}, {"fill_gap_goal": 0}, {"recommender": "x" * 41}])
def test_wrong_parameters_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(Invalid, match=f"params.{next(iter(wrong))}"):
        render(RecommendationStrip(), wrong)
