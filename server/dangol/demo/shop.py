"""The demo shop as an ASGI application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import files

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dangol.demo.accounts import with_regular
from dangol.demo.adviser import Adviser
from dangol.demo.backoffice import BackOffice
from dangol.demo.board import Board
from dangol.demo.desk import Desk
from dangol.demo.entrance import Entrance
from dangol.demo.front import Front, policy
from dangol.demo.pages import Pages
from dangol.demo.post import Post
from dangol.demo.purchase import Purchase
from dangol.demo.sessions import Sessions
from dangol.demo.settings import ShopSettings
from dangol.demo.teller import Teller
from dangol.errors import Invalid
from dangol.web.body import refusal


def create(settings: ShopSettings) -> Starlette:
    """The whole shop; what it remembers ends with it."""
    front, teller = Front(settings, Sessions(settings.identity_secret)), Teller(settings)
    pages, office = Pages(front), BackOffice(settings)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        await teller.close()
        await office.close()

    async def missing(request: Request, _: Exception) -> Response:
        return pages.missing(request)

    async def refused(_: Request, error: Exception) -> Response:
        assert isinstance(error, Invalid)  # it is registered for nothing else
        return refusal(error)

    shop = Starlette(
        routes=[
            *pages.routes(),
            *Purchase(front, teller).routes(),
            *Entrance(front, with_regular(), teller).routes(),
            *Desk(front, settings, office).routes(),
            *Board(front, settings, office).routes(),
            *Post(front, office).routes(),
            *Adviser(front, office).routes(),
            Mount("/static", StaticFiles(directory=str(files("dangol.demo") / "static"))),
        ],
        lifespan=lifespan,
        exception_handlers={404: missing, Invalid: refused},
    )
    shop.add_middleware(Guard, settings=settings)
    return shop


class Guard:
    """Refuses what other sites' pages post, and gives every response its policy."""

    def __init__(self, app: ASGIApp, settings: ShopSettings) -> None:
        self._app = app
        self._origin = settings.base_url
        self._headers = [
            (b"content-security-policy", policy(settings).encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"strict-origin-when-cross-origin"),
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        if scope["method"] == "POST" and self._foreign(scope):
            refusal = PlainTextResponse(f"this form must be sent from a page of {self._origin}", 403)
            return await refusal(scope, receive, send)
        await self._app(scope, receive, self._guarded(send))

    def _foreign(self, scope: Scope) -> bool:
        """Every browser tells the origin of a post; whoever does not is no browser of ours."""
        return Headers(scope=scope).get("origin") != self._origin

    def _guarded(self, send: Send) -> Send:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(one for one in self._headers if one[0] not in own)]
            await send(message)

        return guarded
