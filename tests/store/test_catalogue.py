"""The catalogue: what gets in, what stays, and what those who follow it are told."""

import asyncio
from typing import Any

import pytest
from msgspec.structs import replace

from dangol.plugin import Product
from dangol.store import catalogue, keys
from dangol.store.link import Link

pytestmark = pytest.mark.anyio

NOW = 1_782_874_800
MUG = Product("mug", "머그컵 \u2615", 12_000, "https://shop.example/mug", category="kitchen", stock=3, added=NOW)


async def put(link: Link, *products: Product, **how: Any) -> int:
    return await catalogue.put(link, "shop", products, now=NOW, **how)


async def one(link: Link, id: str = "mug") -> Product:
    return (await catalogue.get(link, "shop", [id]))[id]


async def everything(link: Link, at_once: int = 500) -> dict[str, Product]:
    return {each.id: each async for batch in catalogue.scan(link, "shop", at_once) for each in batch}


async def test_products_come_back_as_they_were_told(link: Link) -> None:
    full = replace(
        MUG, id="full", sale_price=9_000, sale_from=1, sale_until=2, images=("/a.png",), categories=("a", "b"),
        attributes={"colour": "red"}, group="mugs", hidden=True, cost=5_000, repurchase_days=7, brand="Dangol",
    )  # fmt: skip
    assert await put(link, MUG, full) == 2
    assert await catalogue.get(link, "shop", ["mug", "full"]) == {"mug": MUG, "full": full}


async def test_unknown_products_are_left_out_and_repeated_ones_come_once(link: Link) -> None:
    await put(link, *(Product(name, name, 1) for name in "abc"))
    found = await catalogue.get(link, "shop", ["c", "nothing", "a", "c"])
    assert list(found) == ["c", "a"]


async def test_a_product_told_again_is_replaced_but_keeps_when_it_came(link: Link) -> None:
    await put(link, MUG)
    await catalogue.put(link, "shop", [Product("mug", "Mug", 9_000, stock=0)], now=NOW + 1000)
    assert await one(link) == Product("mug", "Mug", 9_000, stock=0, added=NOW)
    assert await link.call("HLEN", keys.catalogue("shop")) == 1


async def test_what_is_told_again_unchanged_changes_nothing(link: Link) -> None:
    assert await put(link, MUG) == 1
    before = await catalogue.state(link, "shop")
    assert await put(link, replace(MUG, added=0)) == 0
    assert await catalogue.state(link, "shop") == before


async def test_a_page_never_overrules_the_shop_but_the_shop_a_page(link: Link) -> None:
    assert await put(link, replace(MUG, price=1), source="page") == 1
    assert (await one(link)).source == "page"
    assert await put(link, MUG) == 1
    assert await put(link, replace(MUG, price=1), source="page") == 0
    assert await one(link) == MUG


async def test_large_catalogues_go_in_batches(link: Link) -> None:
    products = [Product(f"p{number}", "x", number) for number in range(1_201)]
    assert await put(link, *products) == 1_201
    found = await catalogue.get(link, "shop", [product.id for product in products])
    assert [product.price for product in found.values()] == list(range(1_201))
    assert await everything(link, at_once=100) == found


async def test_each_site_has_its_own(link: Link) -> None:
    await put(link, MUG)
    assert await catalogue.get(link, "other", ["mug"]) == {}
    assert await catalogue.get(link, "shop", []) == {}
    assert await catalogue.state(link, "other") == (0, "")


async def test_removed_products_are_gone(link: Link) -> None:
    await put(link, MUG, replace(MUG, id="cup"))
    assert await catalogue.remove(link, "shop", ["mug", "nothing", "mug"]) == 1
    assert set(await everything(link)) == {"cup"}
    assert await catalogue.remove(link, "shop", ["mug"]) == 0


async def test_what_was_held_back_by_hand_stays_hidden_whatever_is_told(link: Link) -> None:
    await put(link, MUG)
    assert await catalogue.hold(link, "shop", ["mug", "nothing"], True) == 1
    await put(link, replace(MUG, price=1))
    assert await one(link) == replace(MUG, price=1, hidden=True, held=True)
    assert await catalogue.hold(link, "shop", ["mug"], False) == 1
    assert not (await one(link)).hidden


async def test_changes_are_told_since_any_version(link: Link) -> None:
    await put(link, MUG, replace(MUG, id="cup"))
    first = (await catalogue.state(link, "shop")).version
    assert await catalogue.changes(link, "shop", first) is None
    await put(link, MUG, replace(MUG, id="cup", price=1))
    await catalogue.remove(link, "shop", ["mug"])
    last = (await catalogue.state(link, "shop")).version
    assert await catalogue.changes(link, "shop", first) == (last, ["cup", "mug"])
    assert await catalogue.changes(link, "shop", 0) == (last, ["mug", "cup"])


async def test_who_is_too_far_behind_or_of_another_store_is_told_to_read_all(link: Link) -> None:
    await put(link, MUG)
    first = (await catalogue.state(link, "shop")).version
    await link.call("XTRIM", keys.catalogue_changes("shop"), "MAXLEN", 0)
    await put(link, replace(MUG, price=1))
    assert await catalogue.changes(link, "shop", first - 1) is None
    assert await catalogue.changes(link, "shop", first) is not None
    await link.call("FLUSHALL")
    await put(link, MUG)
    assert await catalogue.changes(link, "shop", first) is None


async def test_the_stream_of_changes_stays_short(link: Link) -> None:
    await asyncio.gather(*(put(link, replace(MUG, id=str(number))) for number in range(600)))
    assert await link.call("XLEN", keys.catalogue_changes("shop")) < 400


async def test_writers_at_the_same_time_lose_nothing(link: Link) -> None:
    await put(link, replace(MUG, source="page"), source="page")
    await asyncio.gather(
        *(put(link, replace(MUG, price=1), source="page") for _ in range(5)),
        catalogue.hold(link, "shop", ["mug"], True),
        put(link, MUG),
        *(put(link, replace(MUG, price=2), source="page") for _ in range(5)),
    )
    assert await one(link) == replace(MUG, hidden=True, held=True)
