"""The ASGI application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send

from dangol.house import House
from dangol.web import admin, assets, conditions, ops, previews, rehearsals, shop_api, sizes, why
from dangol.web.collect import Collector

EVENTS = "/v1/events"


class App(Starlette):
    """Takes page views before the framework's routing and middleware, which would cost as much as the decision."""

    collector: Collector

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Any request."""
        if scope["type"] == "http" and scope["path"] == EVENTS and scope["method"] == "POST":
            await self.collector(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def create(house: House) -> App:
    """The server for `house`, which opens and closes with it."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        await house.open()
        yield
        await house.close()

    app = App(
        routes=[
            *ops.routes(house),
            *shop_api.routes(house),
            *admin.routes(house),
            *conditions.routes(house),
            *why.routes(house),
            *sizes.routes(house),
            *rehearsals.routes(house),
            *previews.routes(house),
            *assets.routes(house.engine.stage.renderer),
        ],
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False  # a redirect would repeat the Host header, which anyone may write
    app.collector = Collector(house)
    return app
