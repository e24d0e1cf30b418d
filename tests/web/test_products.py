"""The catalogue over HTTP: what a shop's server tells, takes back and reads."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from tests.conftest import Define, NewHouse, Open
from tests.web.conftest import Browser

from dangol.house import House
from dangol.plugin import Product
from dangol.store import catalogue

pytestmark = pytest.mark.anyio

MUG: dict[str, Any] = {"id": "mug", "name": "Mug", "price": "4500"}


async def tell(shop: httpx.AsyncClient, *rows: dict[str, Any]) -> httpx.Response:
    return await shop.post("/v1/products", json={"products": rows})


async def remove(shop: httpx.AsyncClient, *ids: Any) -> httpx.Response:
    return await shop.request("DELETE", "/v1/products", json={"ids": ids})


def offered(house: House) -> set[str]:
    shelf = house.shelves.of("shop")
    return {id for id, offerable in zip(shelf.ids, shelf.offerable.tolist(), strict=False) if offerable}


async def test_a_product_is_read_as_it_was_told(house: House, shop: httpx.AsyncClient) -> None:
    await tell(shop, {**MUG, "sale_price": 3000, "attributes": {"colour": "빨강"}, "group": "mugs"})
    told = (await shop.get("/v1/products/mug")).json()
    assert (told["price"], told["sale_price"], told["attributes"]) == ("4500", "3000", {"colour": "빨강"})
    assert (told["now"]["price"], told["now"]["offered"]) == ("3000", True)
    again = {name: value for name, value in told.items() if name != "now"}
    assert (await tell(shop, again)).json() == {"accepted": 1, "changed": 0}
    assert (await shop.get("/v1/products/cup")).status_code == 404


@pytest.mark.parametrize("id", ["a/b", "../secret", "한글 머그 ☕", "{cat:shop}", "a?b#c", "%00", "x" * 100])
async def test_any_visible_id_works(house: House, shop: httpx.AsyncClient, id: str) -> None:
    assert (await tell(shop, {**MUG, "id": id})).json()["changed"] == 1
    path = "/v1/products/" + "".join(f"%{byte:02x}" for byte in id.encode())
    assert (await shop.get(path)).json()["id"] == id
    await house.shelves.caught_up("shop")
    assert offered(house) == {id}
    assert (await remove(shop, id)).json() == {"removed": 1}


async def test_a_bad_row_changes_nothing_and_all_that_is_wrong_is_told(house: House, shop: httpx.AsyncClient) -> None:
    refused = await tell(shop, MUG, {**MUG, "price": -1}, {**MUG, "sale_price": 4501}, {**MUG, "id": "\u202e"})
    assert refused.status_code == 400
    assert refused.json()["error"] == (
        "products[1].price: expected zero or more; products[2].sale_price: expected at most the price; "
        "products[3].id: expected a text of visible characters"
    )
    assert await catalogue.state(house.link, "shop") == (0, "")


async def test_what_is_hidden_sold_out_or_removed_is_gone_at_once(house: House, shop: httpx.AsyncClient) -> None:
    await tell(shop, *({**MUG, "id": id} for id in ("mug", "cup", "pen", "box")))
    await house.shelves.caught_up("shop")
    assert offered(house) == {"mug", "cup", "pen", "box"}
    await tell(shop, {**MUG, "hidden": True}, {**MUG, "id": "cup", "stock": 0})
    await remove(shop, "pen", "pen", "nothing")
    now = house.now()
    found = await catalogue.get(house.link, "shop", ["mug", "cup", "pen", "box"])
    assert [id for id, each in found.items() if each.is_offerable_at(now)] == ["box"]
    await house.shelves.caught_up("shop")
    assert offered(house) == {"box"}


async def test_every_server_knows_within_about_a_second(house: House, shop: httpx.AsyncClient) -> None:
    others = [House(house.settings, house.link.url, house.registry) for _ in range(2)]
    await tell(shop, MUG, {**MUG, "id": "cup"}, {**MUG, "id": "pen"})
    try:
        for other in others:
            await other.open()
        await until(lambda: all(offered(other) == {"mug", "cup", "pen"} for other in others))
        assert [await other.troubles() for other in others] == [{}, {}]
        await tell(shop, {**MUG, "hidden": True}, {**MUG, "id": "cup", "stock": 0})
        await until(lambda: all(offered(other) == {"pen"} for other in others))
    finally:
        for other in others:
            await other.close()


async def until(holds: Callable[[], bool]) -> None:
    """Returns once it holds; half a second between two looks, and some time for a busy machine."""
    async with asyncio.timeout(3):
        while not holds():
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("body", [{}, {"ids": "mug"}, {"ids": [""]}, {"ids": ["\u0000"]}, {"ids": ["x"] * 501}])
async def test_only_a_list_of_ids_is_removed(house: House, shop: httpx.AsyncClient, body: dict[str, Any]) -> None:
    await tell(shop, MUG)
    assert (await shop.request("DELETE", "/v1/products", json=body)).status_code == 400
    assert (await shop.get("/v1/products/mug")).status_code == 200


async def test_the_catalogue_is_for_the_shops_server_alone(house: House, admin: httpx.AsyncClient) -> None:
    await catalogue.put(house.link, "shop", [])
    for method, path in (("GET", "/v1/products/mug"), ("DELETE", "/v1/products")):
        assert (await admin.request(method, path, json={"ids": []})).status_code == 401


async def test_a_server_is_ready_once_its_catalogues_are_read(house: House, admin: httpx.AsyncClient) -> None:
    expected = "read for the first time: shop (0 products so far)"
    assert (await admin.get("/readyz")).json() == {"ready": False, "catalogue": expected}
    await house.shelves.caught_up("shop")
    assert (await admin.get("/readyz")).json() == {"ready": True}


async def test_a_text_tells_the_catalogues_price_of_the_moment(
    new_house: NewHouse, opened: Open, define: Define, event: Any
) -> None:
    widget = {"use": "popcorn", "params": {"title": "Now {price}"}}
    campaign = {"id": "price", "widget": widget, "on": ["view_item"], "holdout": 0}
    house = await opened(new_house(define([], [campaign])))
    timed = Product("mug", "Mug", 9_000, sale_price=8_000, sale_until=int(house.now()) + 600)
    await catalogue.put(house.link, "shop", [timed])
    said = []
    for id in ("mug", "unknown"):
        browser = Browser(house)
        answer = await browser.send(event("view_item", items=[{"item_id": id, "price": 9_500}]))
        said += [shown["label"] for shown in answer.json()["show"]]
        await browser.http.aclose()
    assert said == ["Now ₩8,000", "Now ₩9,500"]
