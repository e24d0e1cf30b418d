"""A catalogue without a line of code on the shop's server: from its feed, and from the pages that browsers look at."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from tests.serving import Answer, Asked, serving

from dangol.house import House
from dangol.plugin import Product
from dangol.store import catalogue
from dangol.worker.process import worker_for

pytestmark = pytest.mark.anyio

PAGE = b"""<title>Cup</title><script type="application/ld+json">{"@type": "Product", "sku": "cup", "name": "Cup",
 "offers": {"price": 900, "priceCurrency": "KRW"}}</script>"""


@pytest.fixture
def shop_address() -> Iterator[str]:
    answers = {"/feed": Answer(b"id,title,price\nmug,Mug,500\n"), "/p/cup": Answer(PAGE)}

    def answer(asked: Asked) -> Answer:
        return answers.get(asked.path, Answer(status=404))

    with serving(answer) as address:
        yield address


@pytest.fixture
async def house(new_house: Any, opened: Any, define: Any, shop_address: str) -> House:
    rules = {"feed": {"url": f"{shop_address}/feed"}, "pages": True}
    definitions = define(origins=[shop_address], products=rules)
    found: House = await opened(new_house(definitions, allow_private_webhooks=True))
    return found


async def product(house: House, id: str) -> Product:
    async with asyncio.timeout(20):
        while not (found := await catalogue.get(house.link, "shop", [id])):
            await asyncio.sleep(0.05)
    return found[id]


async def test_a_worker_takes_products_from_the_feed_and_from_viewed_pages(
    house: House, shop_address: str, browser: Any, event: Any
) -> None:
    worker = worker_for(house)
    working = asyncio.create_task(worker.run())
    try:
        assert (await product(house, "mug")).price == 500
        view = event("view_item", items=[{"item_id": "cup", "item_name": "Lies", "price": 1}])
        answer = await browser.send(view, page=f"{shop_address}/p/cup", headers={"Origin": shop_address})
        assert answer.status_code == 200
        cup = await product(house, "cup")
        assert (cup.name, cup.price, cup.url, cup.source) == ("Cup", 900, f"{shop_address}/p/cup", "page")
    finally:
        await worker.stop()
        await working
