"""What the columns of a feed tell of a product."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangol.definitions.model import Site
from dangol.errors import Invalid
from dangol.members.columns import Refusal
from dangol.products.columns import FIELDS, product, unused
from dangol.products.product import Product

SHOP = Site("shop", "public-key", "Shop", ["https://shop.example"])
DOLLARS = Site("shop", "public-key", "Shop", ["https://shop.example"], currency="USD", timezone="America/New_York")
BASE = {"id": "m1", "title": "Mug", "price": "15000 KRW"}


def made(site: Site = SHOP, **told: Any) -> Product:
    found = product(2, {**BASE, **told}.items(), site)
    assert isinstance(found, Product), found
    return found


def refused(**told: Any) -> Refusal:
    found = product(2, {**BASE, **told}.items(), SHOP)
    assert isinstance(found, list)
    [refusal] = found
    return refusal


def test_googles_columns_make_a_product() -> None:
    told = {
        "ID": " m1 ",
        "Title": "머그",
        "description": "not kept",
        "link": "https://shop.example/m1",
        "image link": "https://cdn.example/1.jpg",
        "g:additional_image_link": "https://cdn.example/2.jpg, https://cdn.example/3.jpg",
        "availability": "In stock",
        "price": "15,000 KRW",
        "sale_price": "12000 KRW",
        "sale_price_effective_date": "2026-11-01T00:00+0900 / 2026-12-01T00:00+0900",
        "brand": "Ongi",
        "product_type": "Home > Kitchen > Mugs",
        "google_product_category": "2169",
        "item_group_id": "mugs",
        "color": "red",
        "cost_of_goods_sold": "4000 KRW",
        "sell_on_google_quantity": "1,200",
        "custom_label_0": "gift",
    }
    assert product(2, told.items(), SHOP) == Product(
        "m1", "머그", 15_000, "https://shop.example/m1", "https://cdn.example/1.jpg", "Home > Kitchen > Mugs", "Ongi",
        1200, 12_000, 1793458800, 1796050800, ("https://cdn.example/2.jpg", "https://cdn.example/3.jpg"),
        ("Home > Kitchen", "Home"), {"color": "red", "custom_label_0": "gift"}, "mugs", cost=4000,
    )  # fmt: skip


def test_dangols_own_columns_and_json_make_one_too() -> None:
    told = {
        "id": 7,
        "name": "Cup",
        "price": {"value": "3.5", "currency": "USD"},
        "salePrice": 3,
        "sale_from": "2026-11-01",
        "images": ["https://cdn.example/2.jpg", "/3.jpg"],
        "category": "cups",
        "categories": ["tea", "cups"],
        "group": "cups",
        "stock": 3,
        "hidden": True,
        "cost": 1,
        "repurchase_days": 90,
        "attributes": {"Glaze": "matt", "empty": ""},
        "brand": None,
    }
    assert product(1, told.items(), DOLLARS) == Product(
        "7", "Cup", 350, category="cups", categories=("tea",), stock=3, sale_price=300, sale_from=1793505600,
        images=("https://cdn.example/2.jpg", "/3.jpg"), attributes={"glaze": "matt"}, group="cups", hidden=True,
        cost=100, repurchase_days=90,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("told", "stock"),
    [
        ({"availability": "out of stock", "quantity": "5"}, 0),
        ({"availability": "https://schema.org/SoldOut"}, 0),
        ({"availability": "backorder", "quantity": ""}, None),
        ({"availability": "in_stock", "quantity": 2, "stock": 9}, 2),
        ({"quantity": "0"}, 0),
        ({}, None),
    ],
)
def test_what_can_not_be_bought_is_sold_out(told: dict[str, Any], stock: int | None) -> None:
    assert made(**told).stock == stock


@pytest.mark.parametrize("price", ["15000", "15000 KRW", "KRW 15,000", "15,000원", 15000, 15000.0, "15000.00KRW"])
def test_a_price_may_name_the_shops_currency(price: Any) -> None:
    assert made(price=price).price == 15_000


def test_a_sale_price_of_nothing_is_no_sale() -> None:
    assert made(sale_price="0").sale_price is None


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("price", "15000 USD", "an amount of KRW, zero or more"),
        ("price", "-1", "zero or more"),
        ("price", "1,50", "an amount"),
        ("price", "1e9", "an amount"),
        ("price", True, "an amount"),
        ("price", float(10**300), "an amount"),
        ("price", {"value": "1", "currency": "EUR"}, "an amount"),
        ("sale_price", "15001", "at most the price"),
        ("id", "m" * 101, "an id of at most 100"),
        ("id", "a\u202eb", "visible"),
        ("id", 1.5, "an id"),
        ("title", "\u202e", "a name"),
        ("link", "javascript:alert(1)", "an http(s) address"),
        ("link", "//evil.example", "an http(s) address"),
        ("image_link", ["https://cdn.example"], "an http(s) address"),
        ("additional_image_link", "https://cdn.example/1.jpg,ftp://x", "an http(s) address"),
        ("additional_image_link", {}.keys(), "addresses"),
        ("availability", "maybe", "in_stock, out_of_stock"),
        ("quantity", "-3", "a whole number from 0"),
        ("quantity", "1.5", "a whole number"),
        ("quantity", True, "a whole number"),
        ("sale_price_effective_date", "2026-11-01", "two times"),
        ("sale_price_effective_date", "2026-12-01/2026-11-01", "after the sale begins"),
        ("sale_until", "soon", "a date or time"),
        ("hidden", "perhaps", "true or false"),
        ("repurchase_days", "3651", "a whole number from 0 to 3650"),
        ("brand", ["x"], "a text"),
        ("attributes", [1], "an object"),
    ],
)
def test_a_wrong_value_is_told_with_its_column(column: str, value: Any, expected: str) -> None:
    refusal = refused(**{column: value})
    assert (refusal.line, refusal.column) == (2, column)
    assert expected in refusal.expected


def test_all_that_is_wrong_with_a_row_is_told() -> None:
    found = product(3, {"id": "", "price": "x", "quantity": "y"}.items(), SHOP)
    assert isinstance(found, list)
    assert [(each.line, each.column) for each in found] == [(3, "id"), (3, "title"), (3, "price"), (3, "quantity")]


def test_a_header_needs_an_id_a_name_and_a_price() -> None:
    assert unused(["id", "title", "price", "shipping", "", "mpn", "image link", "image link"][:6]) == ["shipping"]
    assert unused(["id", "title", "price", "product_type", "product_type"]) == []
    with pytest.raises(Invalid, match="did you mean 'titel'") as error:
        unused(["id", "titel"])
    assert error.value.problems[0].expected.startswith("a header with columns title, price;")
    with pytest.raises(Invalid, match="only once"):
        unused(["id", "title", "price", "price"])


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(st.text(max_size=8), inside, max_size=4),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(sorted(FIELDS)) | st.text(max_size=9), VALUES, max_size=8))
def test_whatever_is_told_makes_a_sound_product_or_refusals(told: dict[str, Any]) -> None:
    found = product(1, {**BASE, **told}.items(), SHOP)
    if isinstance(found, list):
        assert found
        assert all(each.expected for each in found)
    else:
        assert found.price >= 0
        assert found.name.strip()
        assert 0 < len(found.id) <= 100
        assert found.stock is None or found.stock >= 0
        assert all(url.startswith(("http", "/")) for url in (found.url, found.image, *found.images) if url)
