"""A shop in a process of its own, in front of a dangol that the test plays."""

from collections.abc import AsyncIterator

import httpx
import pytest

from dangol.demo import shop
from dangol.demo.settings import ShopSettings

SHOP = "http://localhost:8001"
SETTINGS = ShopSettings("http://127.0.0.1:9", "pk_demo_shop", "id_secret-for-tests-of-the-demo-shop", "sk_test", SHOP)


class Shopper:
    """A browser without scripts: it keeps cookies, and names its origin when it posts."""

    address = SHOP
    settings = SETTINGS

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def get(self, path: str, **headers: str) -> httpx.Response:
        """A page."""
        return await self.http.get(path, headers=headers, follow_redirects=True)

    async def post(self, path: str, **fields: str) -> httpx.Response:
        """A form, sent from a page of the shop."""
        return await self.http.post(path, data=fields, headers={"Origin": SHOP}, follow_redirects=True)


@pytest.fixture
async def shopper(anyio_backend: str) -> AsyncIterator[Shopper]:
    """A shopper in a new shop, whose dangol is away."""
    app = shop.create(SETTINGS)
    transport = httpx.ASGITransport(app)
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url=SHOP) as http:
        yield Shopper(http)
