"""One way in for all providers' routes: what goes wrong before and after a request is taken, and bounds of bodies."""

import asyncio
from collections.abc import Awaitable, Callable

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from dangol.fakes.faults import Doing, Fault, OfRequest, Provider
from dangol.fakes.world import World

LONGEST_BODY = 32 * 1024 * 1024
LONGEST_WAIT = 60.0
RETRY_AFTER = 1.0

Handler = Callable[[Request], Awaitable[Response]]
Refuse = Callable[[int, str, str], Response]
"""Status, the provider's name of the error and its words, to an answer in the provider's form."""

BEFORE: tuple[tuple[OfRequest, int, str, str], ...] = (
    ("429", 429, "TooManyRequests", "too many requests; slow down"),
    ("500", 500, "InternalServerError", "something went wrong here"),
    ("503", 503, "ServiceUnavailable", "down for maintenance"),
)


class Refused(Exception):
    """Raised by a handler: the provider refuses the whole request."""

    def __init__(self, status: int, code: str, words: str) -> None:
        super().__init__(words)
        self.status, self.code, self.words = status, code, words


class Cut(Response):
    """An answer whose connection ends in the middle."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"4096")]})
        await send({"type": "http.response.body", "body": b"{", "more_body": True})


def json(content: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """An answer in JSON."""
    return Response(msgspec.json.encode(content), status, headers, media_type="application/json")


def door(world: World, provider: Provider, handle: Handler, refuse: Refuse, doing: Doing = "send") -> Handler:
    """An endpoint around `handle`."""

    async def endpoint(request: Request) -> Response:
        try:
            await body_of(request)
        except Refused as refused:
            return refuse(refused.status, refused.code, refused.words)
        for name, status, code, words in BEFORE:
            if fault := world.faults.strikes(provider, name, doing):
                response = refuse(status, code, words)
                if status != 500:
                    response.headers["Retry-After"] = f"{_seconds(fault, RETRY_AFTER):g}"
                return response
        if fault := world.faults.strikes(provider, "timeout", doing):
            await _wait(request, _seconds(fault, LONGEST_WAIT))
            return refuse(504, "GatewayTimeout", "nobody answered")
        try:
            response = await handle(request)
        except Refused as refused:
            return refuse(refused.status, refused.code, refused.words)
        return await _after(world, provider, request, response, doing)

    return endpoint


async def _after(world: World, provider: Provider, request: Request, response: Response, doing: Doing) -> Response:
    if not world.faults.on:
        return response
    if fault := world.faults.strikes(provider, "timeout_after_accept", doing):
        await _wait(request, _seconds(fault, LONGEST_WAIT))
    elif world.faults.strikes(provider, "cut_after_accept", doing):
        return Cut()
    elif world.faults.strikes(provider, "garbled", doing):
        return Response("<html><body><h1>502 Bad Gateway</h1></body></html>", 200, media_type="text/html")
    return response


def _seconds(fault: Fault, otherwise: float) -> float:
    return otherwise if fault.seconds is None else fault.seconds


async def _wait(request: Request, seconds: float) -> None:
    """Until the time is over or the other side has gone."""

    async def gone() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass

    try:
        await asyncio.wait_for(gone(), seconds)
    except TimeoutError:
        return


async def body_of(request: Request) -> bytes:
    """All of a request's body. Raises `Refused` for one that is too long, once all of it has come: an answer before the
    end of an HTTP/2 request would break the connection."""
    if "body" not in request.scope:
        parts, size = [], 0
        async for part in request.stream():
            size += len(part)
            parts.append(part if size <= LONGEST_BODY else b"")
        request.scope["body"] = b"".join(parts) if size <= LONGEST_BODY else None
    body: bytes | None = request.scope["body"]
    if body is None:
        raise Refused(413, "PayloadTooLarge", f"expected at most {LONGEST_BODY} bytes")
    return body
