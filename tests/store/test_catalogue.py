"""The shop's products in the store."""

import pytest

from dangol.plugin import Product
from dangol.store import catalogue, keys
from dangol.store.link import Link

pytestmark = pytest.mark.anyio

MUG = Product("mug", "머그컵", 12_000, "/product/mug", "https://shop.example/mug.png", "kitchen", "dangol", 3)


async def test_a_product_comes_back_as_it_was_put(link: Link) -> None:
    await catalogue.put(link, "shop", [MUG, Product("bare", "", 0)])
    assert await catalogue.get(link, "shop", ["mug", "bare"]) == {"mug": MUG, "bare": Product("bare", "", 0)}


async def test_unknown_products_are_left_out_and_the_order_is_kept(link: Link) -> None:
    await catalogue.put(link, "shop", [Product(name, name, 1) for name in "abc"])
    found = await catalogue.get(link, "shop", ["c", "nothing", "a", "c"])
    assert list(found) == ["c", "a"]


async def test_putting_a_product_again_replaces_it(link: Link) -> None:
    await catalogue.put(link, "shop", [MUG])
    await catalogue.put(link, "shop", [Product("mug", "Mug", 9_000, stock=0)])
    assert (await catalogue.get(link, "shop", ["mug"]))["mug"] == Product("mug", "Mug", 9_000, stock=0)
    assert await link.call("HLEN", keys.catalogue("shop")) == 1


async def test_large_catalogues_go_in_batches(link: Link) -> None:
    products = [Product(f"p{number}", "name", number) for number in range(1_201)]
    await catalogue.put(link, "shop", products)
    assert await link.call("HLEN", keys.catalogue("shop")) == 1_201
    found = await catalogue.get(link, "shop", [product.id for product in products])
    assert list(found.values()) == products


async def test_sites_have_their_own_products(link: Link) -> None:
    await catalogue.put(link, "shop", [MUG])
    assert await catalogue.get(link, "other", ["mug"]) == {}
    assert await catalogue.get(link, "shop", []) == {}
