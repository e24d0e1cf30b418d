"""Products from the shop's own pages, as browsers hint at them."""

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from tests.serving import Answer, Asked, serving

from dangol.definitions.model import Definitions
from dangol.plugin import Product
from dangol.protocol.event import Entry, Event, Item
from dangol.store import catalogue, hints, keys
from dangol.store.hints import Hint
from dangol.store.link import Link
from dangol.worker.follow import Logged
from dangol.worker.leases import Place
from dangol.worker.pages import EVERY, IN_VAIN, SOON, Hints, Pages, is_due

pytestmark = pytest.mark.anyio

NOW = 1_782_874_800.0
OWN = Product("12", "Mug", 5)
SEEN = Product("12", "Mug", 5, source="page")


@pytest.mark.parametrize(
    ("product", "price", "found", "tried", "due"),
    [
        (None, None, None, None, True),
        (None, None, NOW - SOON + 1, None, False),
        (None, None, NOW - SOON - 1, None, True),
        (None, None, None, NOW - 1, False),
        (OWN, 6, None, None, False),
        (SEEN, 5, None, None, True),
        (SEEN, 5, NOW - SOON - 1, None, False),
        (SEEN, None, NOW - SOON - 1, None, False),
        (SEEN, 6, NOW - SOON - 1, None, True),
        (SEEN, 6, NOW - SOON + 1, None, False),
    ],
)
def test_a_page_is_looked_at_for_what_is_missing_old_or_told_otherwise(
    product: Product | None, price: int | None, found: int | None, tried: int | None, due: bool
) -> None:
    assert is_due(product, price, found, tried, NOW) is due


def view(product: str, page: str = "/p/12", price: int | None = None, name: str = "view_item") -> Logged:
    event = Event("e", name, 0, page, [Item(product, "Lies", price)])
    return Logged("1-0", Entry("shop", "v", "", 0, [event]))


class Shop:
    """A shop whose product pages are read."""

    def __init__(self, link: Link, runtime: Any) -> None:
        self.link = link
        self.handler = Hints(link, lambda site: runtime if site == "shop" else None)
        job = Pages(link, lambda: {"shop": runtime}, lambda ip: ip == "127.0.0.1")
        self.lanes = [job.lane(Place("pages", number), "token") for number in range(keys.PARTITIONS)]

    async def see(self, *logged: Logged) -> None:
        await self.handler(0, logged)

    async def step(self) -> None:
        assert set(await asyncio.gather(*(lane.step() for lane in self.lanes))) == {EVERY}

    async def product(self, id: str = "12") -> Product | None:
        return (await catalogue.get(self.link, "shop", [id])).get(id)


@pytest.fixture
def open_shop(link: Link, define: Callable[..., Definitions], compiled: Any) -> Callable[..., Shop]:
    def make(*origins: str) -> Shop:
        return Shop(link, compiled(define(origins=list(origins), products={"pages": True})))

    return make


def page(**told: Any) -> Answer:
    offer = {"price": told.pop("price", 5), "priceCurrency": "KRW"}
    told = {"@type": "Product", "sku": "12", "name": "Mug", "offers": offer, **told}
    return Answer(f'<script type="application/ld+json">{json.dumps(told)}</script>'.encode())


async def test_a_viewed_product_comes_from_its_page_and_not_from_the_browser(open_shop: Callable[..., Shop]) -> None:
    with serving(lambda asked: page() if asked.path == "/p/12" else Answer(status=404)) as address:
        shop = open_shop(address)
        await shop.see(view("12", price=1), view("12", "/nowhere", name="page_view"))
        await shop.step()
    product = await shop.product()
    assert product is not None
    assert (product.name, product.price, product.source, product.url) == ("Mug", 5, "page", f"{address}/p/12")
    await shop.see(view("12", price=5))
    assert await hints.take(shop.link, "shop") is None


async def test_a_price_that_is_told_otherwise_leads_to_another_look(open_shop: Callable[..., Shop]) -> None:
    prices = iter((5, 6))
    with serving(lambda asked: page(price=next(prices))) as address:
        shop = open_shop(address)
        for price in (5, 6):
            await shop.see(view("12", price=price))
            await shop.step()
            await hints.found(shop.link, "shop", Hint("12", "/p/12"), time.time() - SOON - 1, 60)
    product = await shop.product()
    assert product is not None
    assert product.price == 6


async def test_what_the_shop_tells_goes_before_its_pages(open_shop: Callable[..., Shop]) -> None:
    with serving(lambda asked: page(price=9)) as address:
        shop = open_shop(address)
        await catalogue.put(shop.link, "shop", [OWN])
        await shop.see(view("12", price=9))
        assert await hints.take(shop.link, "shop") is None
        await hints.leave(shop.link, "shop", [Hint("12", "/p/12")])
        await shop.step()
    product = await shop.product()
    assert product is not None
    assert (product.price, product.source) == (5, "shop")


async def test_one_page_of_a_site_is_looked_at_at_a_time(open_shop: Callable[..., Shop]) -> None:
    asked: list[Asked] = []

    def answer(request: Asked) -> Answer:
        asked.append(request)
        return Answer(status=404)

    with serving(answer) as address:
        shop = open_shop(address)
        await shop.see(*(view(str(number), f"/p/{number}") for number in range(3)))
        for count in (1, 2, 3, 3):
            await shop.step()
            assert len(asked) == count
        await shop.see(*(view(str(number), f"/p/{number}") for number in range(3)))
        await shop.step()
    assert len(asked) == 3
    assert all([0 < await shop.link.call("TTL", key) <= IN_VAIN for key in await shop.link.call("KEYS", "*looked*")])


@pytest.mark.parametrize(
    "answer",
    [
        page(sku="13"),
        Answer(status=302, headers={"Location": "http://127.0.0.1:1/"}),
        Answer(status=302, headers={"Location": "https://shop.example/"}),
        Answer(page().body, status=500),
        Answer(page().body, short=20),
        Answer(b"\xff\xfe\x00" * 1000),
    ],
)
async def test_a_page_of_another_product_or_place_tells_nothing(
    open_shop: Callable[..., Shop], answer: Answer, caplog: pytest.LogCaptureFixture
) -> None:
    with serving(lambda asked: answer) as address:
        shop = open_shop(address)
        await shop.see(view("12"))
        await shop.step()
    assert await shop.product() is None


async def test_a_hint_leads_nowhere_but_to_the_shop(open_shop: Callable[..., Shop]) -> None:
    asked: list[Asked] = []

    def answer(request: Asked) -> Answer:
        asked.append(request)
        return page()

    with serving(answer) as address:
        shop = open_shop("http://127.0.0.1:1")
        for path in (f"@{address.removeprefix('http://')}/p/12", f".{address}/p", "/../..//p\r\nHost: x"):
            await hints.leave(shop.link, "shop", [Hint("12", path)])
            await shop.step()
    assert (asked, await shop.product()) == ([], None)


async def test_each_of_a_shops_addresses_may_have_the_page(
    open_shop: Callable[..., Shop], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dangol.worker.pages.EVERY", 0.01)
    with serving(lambda asked: Answer(status=404)) as first, serving(lambda asked: page()) as second:
        shop = open_shop(first, second)
        await shop.see(view("12"))
        await asyncio.gather(*(lane.step() for lane in shop.lanes))
    product = await shop.product()
    assert product is not None
    assert product.url == f"{second}/p/12"
