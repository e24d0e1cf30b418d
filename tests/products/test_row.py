"""Rows of products: what is kept of them, what is refused, and that they come back."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangol.errors import Invalid, Problem
from dangol.products.product import Product
from dangol.products.row import ProductRow, product, written

ROW: dict[str, Any] = {"id": "mug", "name": "Mug", "price": "45.00"}
NOW = 1_782_874_800


def made(currency: str = "GBP", **told: Any) -> Product:
    return product(msgspec.convert(ROW | told, ProductRow, strict=False), "products[2]", currency)


def test_all_that_is_told_is_kept_cleaned() -> None:
    kept = made(
        name="Mug\u202e\u0000 e\u0301", url="/mug", image="https://cdn.example/mug.png", brand="Dan\u200egol", stock=3,
        category="kitchen", categories=["kitchen", "", "gifts", "gifts\u0007"], images=["/a.png", "", "/a.png"],
        sale_price=30, sale_from="2026-07-01T00:00:00+09:00", sale_until="2026-07-02T00:00:00Z", group="mugs",
        attributes={"colour": "red\u202e", "\u200e": "nothing", "size": ""}, hidden=True, cost=9.99, repurchase_days=7,
    )  # fmt: skip
    assert kept == Product(
        "mug", "Mug é", 4500, "/mug", "https://cdn.example/mug.png", "kitchen", "Dangol", 3, 3000, 1_782_831_600,
        1_782_950_400, ("/a.png",), ("kitchen", "gifts"), {"colour": "red"}, "mugs", True, 999, 7,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("told", "where"),
    [
        ({"price": -1}, "price"),
        ({"price": "1e3"}, "price"),
        ({"price": 10**13}, "price"),
        ({"sale_price": -0.01}, "sale_price"),
        ({"sale_price": 45.01}, "sale_price"),
        ({"cost": "-1"}, "cost"),
        ({"cost": "free"}, "cost"),
        ({"id": "\u202e\u0000"}, "id"),
        ({"name": "\u200b \u00a0"}, "name"),
        ({"sale_from": "1969-12-31T00:00:00+00:00"}, "sale_from"),
        ({"sale_until": "9999-12-31T23:59:59-12:00"}, "sale_until"),
        ({"sale_from": "2026-07-02T00:00:00+00:00", "sale_until": "2026-07-02T00:00:00+00:00"}, "sale_until"),
    ],
)
def test_what_can_not_be_is_refused_with_its_place_and_value(told: dict[str, Any], where: str) -> None:
    with pytest.raises(Invalid) as caught:
        made(**told)
    [problem] = caught.value.problems
    assert problem.where == f"products[2].{where}"
    assert problem.value == told[where]


def test_a_row_is_told_all_that_is_wrong_with_it() -> None:
    with pytest.raises(Invalid) as caught:
        made(price=-5, sale_price=-3, name="\u0000")
    assert caught.value.problems == [
        Problem("products[2].name", "\u0000", "a text of visible characters"),
        Problem("products[2].price", -5, "zero or more"),
        Problem("products[2].sale_price", -3, "zero or more"),
    ]


@pytest.mark.parametrize(
    "told",
    [
        {"url": "javascript:alert(1)"},
        {"image": "//evil.example/a.png"},
        {"images": ["data:text/html,x"]},
        {"images": ["/a.png"] * 11},
        {"categories": ["a"] * 21},
        {"attributes": {str(number): "x" for number in range(31)}},
        {"attributes": {"colour": "x" * 201}},
        {"attributes": {"colour": ["red"]}},
        {"stock": -1},
        {"stock": 1.5},
        {"repurchase_days": 3651},
        {"sale_from": "soon"},
        {"id": "x" * 101},
        {"name": ""},
        {"price": None},
        {"colour": "red"},
    ],
)
def test_what_has_not_the_shape_of_a_product_is_refused(told: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(msgspec.json.encode(ROW | told), type=ProductRow)


def test_a_product_can_be_told_again_as_it_is_written() -> None:
    kept = made(sale_price=30, sale_from="2026-07-01T00:00:00Z", cost=1.5, attributes={"size": "L"}, stock=0)
    told = dict(written(kept, "GBP", NOW))
    assert told.pop("now") == {"price": "30.00", "offered": False, "held": False, "added": None, "source": "shop"}
    again = msgspec.json.decode(msgspec.json.encode(told), type=ProductRow)
    assert product(again, "", "GBP") == kept
    assert (told["price"], told["sale_from"]) == ("45.00", "2026-07-01T00:00:00+00:00")
    assert written(made("KRW", price=4500), "KRW", NOW)["price"] == "4500"


texts = st.text(max_size=60)


@given(st.fixed_dictionaries({"id": texts, "name": texts, "category": texts, "group": texts}), texts, texts)
def test_hostile_texts_are_harmless_or_refused(told: dict[str, str], name: str, text: str) -> None:
    try:
        kept = made(**told, attributes={name: text}, categories=[text])
    except (Invalid, msgspec.ValidationError):
        return
    words = [kept.id, kept.name, kept.category, kept.group, *kept.attributes, *kept.attributes.values()]
    for each in (*words, *kept.categories):
        assert all(c.isprintable() or c in "\u200c\u200d\u00a0\u3000" for c in each)
        each.encode()
    assert kept.id
    assert kept.name.strip()
