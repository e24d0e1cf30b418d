"""Recommendation strip: what it offers, in both languages."""

from typing import Any

import pytest

from dangol.errors import Invalid
from dangol.plugin import Product
from dangol.testing import NOW, profile, render
from dangol_widgets.recommendation_strip import RecommendationStrip


def product(price: int, **facts: Any) -> Product:
    return Product(
        f"p{price}", f"Product {price}", price, **{"url": f"/p/{price}", "image": f"/i/{price}.jpg", **facts}
    )


def test_products_have_picture_name_link_and_price() -> None:
    shown = render(RecommendationStrip(), products=[product(3500)], language="ko")
    assert shown is not None
    assert shown.text == "함께 보면 좋은 상품 Product 3500 3,500원"
    link = '<a class="name" href="/p/3500" data-dg="click" data-for="bought_together:p3500">Product 3500</a>'
    assert link in shown.html
    assert 'src="/i/3500.jpg" alt="" width="320" height="320" loading="lazy"' in shown.html
    assert shown.label == "함께 보면 좋은 상품"


@pytest.mark.parametrize(
    ("language", "said"),
    [("ko", "25% 할인가 30원 정가 40원"), ("en", "25% Sale price ₩30 Former price ₩40")],
)
def test_a_sale_price_stands_before_the_former_one_and_is_read_out_as_such(language: Any, said: str) -> None:
    on_sale = product(40, sale_price=30, sale_until=int(NOW) + 1)
    shown = render(RecommendationStrip(), products=[on_sale], language=language)
    assert shown is not None
    assert shown.text.endswith(f"Product 40 {said}")
    assert '<s class="former">' in shown.html


@pytest.mark.parametrize("sale", [{"sale_until": int(NOW)}, {"sale_from": int(NOW) + 1}, {"sale_price": 40}])
def test_a_sale_that_is_over_or_to_come_is_not_told_of(sale: dict[str, int]) -> None:
    shown = render(RecommendationStrip(), products=[product(40, **{"sale_price": 30} | sale)])
    assert shown is not None
    assert shown.text == "You may also like Product 40 ₩40"


def test_less_than_a_percent_off_is_no_percentage() -> None:
    shown = render(RecommendationStrip(), products=[product(1000, sale_price=999)])
    assert shown is not None
    assert "0%" not in shown.text
    assert "₩999" in shown.text


@pytest.mark.parametrize(("params", "told"), [({}, True), ({"reasons": False}, False)])
def test_each_product_says_why_it_is_there_unless_that_is_not_wanted(params: dict[str, bool], told: bool) -> None:
    shown = render(RecommendationStrip(), params, products=[product(1)], reason={"en": "Bought with tea"})
    assert shown is not None
    assert ("Bought with tea" in shown.text) is told


def test_a_product_without_a_picture_shows_its_first_letter() -> None:
    shown = render(RecommendationStrip(), products=[Product("1", "머그컵", 1, "/p")])
    assert shown is not None
    assert '<span class="picture none" aria-hidden="true">머</span>' in shown.html


def test_as_many_products_as_asked_for() -> None:
    shown = render(RecommendationStrip(), {"count": 3, "layout": "grid"}, products=[product(n) for n in range(1, 9)])
    assert shown is not None
    assert shown.html.count("<li") == 3
    assert '<section class="strip grid desk4">' in shown.html


def test_the_longest_names_and_addresses_leave_as_many_as_there_is_room_for() -> None:
    long = [Product(f"{n}", "<\"'&" * 50, n, "/" + "u" * 1999, "/" + "i" * 1999) for n in range(12)]
    shown = render(RecommendationStrip(), {"count": 12}, products=long)
    assert shown is not None
    assert 3 < shown.html.count("<li") < 12


@pytest.mark.parametrize("products", [[], [product(1, url="")], [product(1, hidden=True), product(2, stock=0)]])
def test_without_products_that_can_be_opened_there_is_nothing_to_show(products: list[Product]) -> None:
    assert render(RecommendationStrip(), products=products) is None


def test_only_products_that_fit_the_conditions_are_shown() -> None:
    filters = {
        "price_from": 2, "price_to": 5, "categories": ["tea"], "brands": ["b"], "margin": 50, "exclude": ["p3"]
    }  # fmt: skip
    facts: dict[str, Any] = {"category": "tea", "brand": "b", "cost": 1}
    others = [product(6, **facts), product(5, **facts | {"cost": 3}), product(4, **facts | {"category": "x"})]
    found = [product(1, **facts), product(2, **facts), product(3, **facts), *others]
    shown = render(RecommendationStrip(), {"filters": filters}, products=found)
    assert shown is not None
    assert shown.text == "You may also like Product 2 ₩2"


@pytest.mark.parametrize(
    ("params", "first"),
    [({}, "bought_together"), ({"recommenders": ["y", "z"]}, "y")],
)
def test_recommenders_are_asked_in_their_order(params: dict[str, Any], first: str) -> None:
    shown = render(RecommendationStrip(), params, products=[product(1)])
    assert shown is not None
    assert f'data-for="{first}:p1"' in shown.html


FILL = {"fill_gap_goal": 30_000, "count": 2}


@pytest.mark.parametrize(
    ("prices", "offered"),
    [
        ([40_000, 9_000, 11_000, 10_000, 15_000], [11_000, 10_000]),
        ([40_000, 9_000, 12_000], [12_000, 40_000]),
        ([9_000, 40_000, 8_000], [40_000, 9_000]),
        ([8_000, 9_000, 7_000], [9_000, 8_000]),
    ],
)
def test_what_just_closes_the_gap_comes_first(prices: list[int], offered: list[int]) -> None:
    products = [product(price) for price in prices]
    shown = render(RecommendationStrip(), FILL, profile=profile(cart={"a": 20_000}), products=products)
    assert shown is not None
    assert [price for price in prices if f"/p/{price}" in shown.html] == [price for price in prices if price in offered]
    assert shown.html.index(f"/p/{offered[0]}") < shown.html.index(f"/p/{offered[1]}")


@pytest.mark.parametrize(
    ("language", "params", "title"),
    [
        ("ko", {}, "10,000원만 더 담으면 무료배송이에요"),
        ("en", {}, "Add ₩10,000 more for free delivery"),
        ("en", {"title": {"ko": "{cart_gap} 채우기", "en": "Fill {cart_gap}"}}, "Fill ₩10,000"),
    ],
)
def test_the_title_knows_the_gap(language: Any, params: dict[str, Any], title: str) -> None:
    cart = profile(cart={"a": 20_000})
    shown = render(RecommendationStrip(), FILL | params, profile=cart, products=[product(1)], language=language)
    assert shown is not None
    assert shown.label == title


@pytest.mark.parametrize("cart", [{}, {"a": 30_000}, {"a": 50_000}])
def test_without_a_gap_there_is_nothing_to_fill(cart: dict[str, int]) -> None:
    assert render(RecommendationStrip(), FILL, profile=profile(cart=cart), products=[product(1)]) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"count": 0},
        {"count": 13},
        {"fill_gap_goal": 0},
        {"recommenders": []},
        {"recommenders": ["x"] * 6},
        {"filters": {"price_from": -1}},
        {"filters": {"margin": 101}},
    ],
)
def test_wrong_parameters_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(Invalid, match=f"params.{next(iter(wrong))}"):
        render(RecommendationStrip(), wrong)
