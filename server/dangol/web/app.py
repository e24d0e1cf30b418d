"""The ASGI application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.routing import Route

from dangol.web import admin, assets, ops, shop_api
from dangol.web.collect import Collector
from dangol.web.house import House


def create(house: House) -> Starlette:
    """The server for `house`, which opens and closes with it."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        await house.open()
        yield
        await house.close()

    return Starlette(
        routes=[
            Route("/v1/events", Collector(house), methods=["POST"]),
            *ops.routes(house),
            *shop_api.routes(house),
            *admin.routes(house),
            *assets.routes(house.engine.stage.renderer),
        ],
        lifespan=lifespan,
    )
