"""What product pages tell in JSON-LD."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangol.definitions.model import Site
from dangol.products.pages import LARGEST_BLOCK, read
from dangol.products.product import Product

SHOP = Site("shop", "public-key", "Shop", ["https://shop.example", "https://m.shop.example"])
ADDRESS = "https://shop.example/product/12"
OFFER: dict[str, Any] = {"@type": "Offer", "price": "15000", "priceCurrency": "KRW"}
MUG: dict[str, Any] = {
    "@context": "https://schema.org",
    "@type": "Product",
    "sku": "12",
    "name": "머그",
    "offers": OFFER,
}


def page(*told: Any, head: str = "") -> str:
    texts = [each if isinstance(each, str) else json.dumps(each, ensure_ascii=False) for each in told]
    return head + "".join(f'<script type="application/ld+json">{text}</script>' for text in texts)


def found(*told: Any, id: str = "12", address: str = ADDRESS, head: str = "") -> Product | None:
    return read(page(*told, head=head), address, id, SHOP)


def test_a_page_tells_a_whole_product() -> None:
    told = {
        **MUG,
        "url": "https://m.shop.example/p/12",
        "image": ["/a.jpg", {"@type": "ImageObject", "url": "https://cdn.example/b.jpg"}, "data:x", "http://["],
        "brand": {"@type": "Brand", "name": "Ongi"},
        "category": "Home > Mugs",
        "color": "red",
        "offers": {**OFFER, "availability": "https://schema.org/InStock"},
    }
    assert found(told) == Product(
        "12", "머그", 15_000, "https://m.shop.example/p/12", "https://shop.example/a.jpg", "Home > Mugs", "Ongi",
        images=("https://cdn.example/b.jpg",), categories=("Home",), attributes={"color": "red"},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("offers", "price", "stock"),
    [
        ({**OFFER, "availability": "http://schema.org/OutOfStock"}, 15_000, 0),
        ({**OFFER, "availability": "Discontinued", "price": 15000.0}, 15_000, 0),
        ([{**OFFER, "priceCurrency": "USD", "price": 9}, OFFER], 15_000, None),
        ([{**OFFER, "price": 9, "availability": "SoldOut"}, {**OFFER, "price": 20_000}, OFFER], 15_000, None),
        ([{**OFFER, "price": 9}, {**OFFER, "sku": "12", "price": 7_000}], 7_000, None),
        ({"@type": "AggregateOffer", "lowPrice": 8_000, "highPrice": 9_000, "priceCurrency": "KRW"}, 8_000, None),
        ({"@type": "AggregateOffer", "priceCurrency": "KRW", "offers": [{"price": 8_000}]}, 8_000, None),
        ({"priceSpecification": {"price": "8,000", "priceCurrency": "KRW"}}, 8_000, None),
        ({"priceSpecification": [{"price": 8_000, "priceCurrency": "KRW"}, {"price": 1}]}, 8_000, None),
    ],
)
def test_the_offer_that_counts_is_the_shops_currencys(offers: Any, price: int, stock: int | None) -> None:
    product = found({**MUG, "offers": offers})
    assert product is not None
    assert (product.price, product.stock) == (price, stock)


@pytest.mark.parametrize(
    "told",
    [
        {"@graph": [{"@type": "WebPage"}, MUG]},
        [{"@type": "BreadcrumbList"}, MUG],
        {"@type": "ItemPage", "mainEntity": MUG},
        {**MUG, "@type": ["Thing", "https://schema.org/Product"]},
        {**MUG, "sku": None, "productID": "sku:12"},
        {**MUG, "sku": 12},
        {**MUG, "sku": "x", "mpn": "12"},
        {**MUG, "sku": "x", "offers": {**OFFER, "sku": "12"}},
    ],
)
def test_the_product_is_found_wherever_it_is_and_by_whichever_of_its_ids(told: Any) -> None:
    product = found("no JSON", told)
    assert product is not None
    assert (product.id, product.name, product.price) == ("12", "머그", 15_000)


def test_a_variant_has_what_its_group_has() -> None:
    variant = {"@type": "Product", "sku": "12", "color": "red", "offers": {**OFFER, "price": 9_000}}
    group = {
        "@type": "ProductGroup",
        "productGroupID": "mugs",
        "name": "머그",
        "brand": "Ongi",
        "hasVariant": [variant],
    }
    product = found(group)
    assert product is not None
    assert (product.name, product.brand, product.group, product.price) == ("머그", "Ongi", "mugs", 9_000)
    whole = found(group, id="mugs")
    assert whole is not None
    assert (whole.price, whole.attributes) == (9_000, {})


@pytest.mark.parametrize(
    "told",
    [
        {**MUG, "sku": "13"},
        {**MUG, "@type": "Organization"},
        {**MUG, "name": ""},
        {**MUG, "offers": None},
        {**MUG, "offers": {**OFFER, "priceCurrency": "USD"}},
        {**MUG, "offers": {"price": 15_000}},
        {**MUG, "offers": {**OFFER, "price": -1}},
        {**MUG, "offers": {**OFFER, "price": "NaN"}},
        {**MUG, "offers": {**OFFER, "price": 1e30}},
        {**MUG, "offers": {**OFFER, "price": 10**400}},
        {"@type": "Organization", "isRelatedTo": [MUG]},
        "[" * 100_000,
        '{"@graph":' * 50_000,
        json.dumps({**MUG, "description": "x" * LARGEST_BLOCK}),
        json.dumps(MUG)[:-1],
        5,
    ],
)
def test_a_page_that_does_not_soundly_tell_of_the_product_tells_nothing(told: Any) -> None:
    assert found(told) is None


def test_line_breaks_within_texts_are_no_matter() -> None:
    product = found(json.dumps(MUG, ensure_ascii=False).replace("머그", "머\n\t그"))
    assert product is not None
    assert product.name == "머 그"


@pytest.mark.parametrize(
    ("address", "head", "url"),
    [
        (ADDRESS, "", ADDRESS),
        (f"{ADDRESS}?coupon=mine", "", ""),
        (
            f"{ADDRESS}?no=12&coupon=mine",
            '<link rel="canonical" href="/p?no=12&amp;a=1">',
            "https://shop.example/p?no=12&a=1",
        ),
        (ADDRESS, '<link rel=canonical href="https://evil.example/p">', ADDRESS),
        (ADDRESS, '<link rel=canonical href="https://shop.example.evil/p">', ADDRESS),
        (ADDRESS, '<link rel=canonical href="javascript:alert(1)">', ADDRESS),
    ],
)
def test_the_products_address_is_the_pages_and_nothing_of_whoever_looked(address: str, head: str, url: str) -> None:
    product = found(MUG, address=address, head=head)
    assert product is not None
    assert product.url == url


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=9),
    lambda inside: (
        st.lists(inside, max_size=3)
        | st.dictionaries(st.sampled_from([*MUG, "price", "priceCurrency", "url", "@graph", "hasVariant"]), inside)
    ),
    max_leaves=12,
)


@given(
    st.dictionaries(st.sampled_from([*MUG, "image", "brand", "category", "url", "hasVariant", "isVariantOf"]), VALUES)
)
def test_whatever_a_page_tells_is_harmless(told: dict[str, Any]) -> None:
    product = found({**MUG, **told})
    if product is not None:
        assert (product.id, product.price >= 0, bool(product.name)) == ("12", True, True)
