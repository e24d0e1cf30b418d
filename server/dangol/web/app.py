"""The ASGI application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send

from dangol.house import House
from dangol.settings import Settings
from dangol.web import (
    admin,
    assets,
    clicks,
    conditions,
    consents,
    devices,
    hooks,
    links,
    messages,
    notices,
    ops,
    persons,
    previews,
    recommendations,
    rehearsals,
    reports,
    sends,
    shop_api,
    sizes,
    templates,
    unsubscribe,
    why,
)
from dangol.web.collect import Collector
from dangol.web.joined import Protocol

EVENTS = "/v1/events"
LONGEST_END = 10
"""Seconds that requests under way get when the server is told to stop."""


class App(Starlette):
    """Takes page views before the framework's routing and middleware, which would cost as much as the decision."""

    collector: Collector

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Any request."""
        if scope["type"] == "http" and scope["path"] == EVENTS and scope["method"] == "POST":
            await self.collector(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def options(settings: Settings) -> dict[str, Any]:
    """How uvicorn serves the app. No log of requests: it would hold the addresses of pages and people."""
    return {
        "http": Protocol,
        "host": settings.host,
        "port": settings.port,
        "log_level": settings.log_level,
        "access_log": False,
        "server_header": False,
        "ws": "none",
        "proxy_headers": bool(settings.trusted_proxies),
        "forwarded_allow_ips": settings.trusted_proxies or None,
        "timeout_graceful_shutdown": LONGEST_END,
    }


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
            *recommendations.routes(house),
            *devices.routes(house),
            *admin.routes(house),
            *consents.routes(house),
            *unsubscribe.routes(house),
            *conditions.routes(house),
            *why.routes(house),
            *sizes.routes(house),
            *rehearsals.routes(house),
            *links.routes(house),
            *clicks.routes(house),
            *hooks.routes(house),
            *messages.routes(house),
            *templates.routes(house),
            *persons.routes(house),
            *reports.routes(house),
            *sends.routes(house),
            *notices.routes(house),
            *previews.routes(house),
            *assets.routes(house.engine.stage.renderer),
        ],
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False  # a redirect would repeat the Host header, which anyone may write
    app.collector = Collector(house)
    return app
