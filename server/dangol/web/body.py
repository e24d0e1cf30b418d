"""Reading request bodies, and refusing them."""

from collections.abc import Iterable

import msgspec
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import Receive, Scope

from dangol.errors import Invalid, Problem
from dangol.host.eager import Overrun, within

encode = msgspec.json.Encoder().encode
LONGEST_WAIT = 20.0
"""Seconds for a whole body; who sends it in drops must not hold a connection, nor the server when it wants to stop."""
MOST_TOLD = 20
"""Problems of one request."""

NO_SNIFF = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}


class TooLarge(Invalid):
    """A body over the limit."""


async def read_body(scope: Scope, receive: Receive, longest: int) -> bytes:
    """The whole body. Raises `TooLarge` as soon as it is known to be longer, without reading on."""
    for name, value in scope["headers"]:
        if name == b"content-length" and (not value.isdigit() or int(value) > longest):
            raise TooLarge([Problem("body", value.decode("latin-1"), f"at most {longest} bytes long")])
    try:
        return await within(LONGEST_WAIT, _whole(receive, longest))
    except Overrun:
        raise Invalid([Problem("body", "a part", f"all of it within {LONGEST_WAIT:g} seconds")]) from None


async def _whole(receive: Receive, longest: int) -> bytes:
    """The parts may be many and small, so each is looked at once."""
    body, more = bytearray(), True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        part, more = message.get("body", b""), message.get("more_body", False)
        body += part
        if len(body) > longest:
            raise TooLarge([Problem("body", "a body", f"at most {longest} bytes long")])
    return bytes(body)


def json(value: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A JSON response that no browser takes for anything else, and that nobody keeps."""
    return Response(encode(value), status, {**NO_SNIFF, **(headers or {})}, media_type="application/json")


def refusal(error: Invalid, told: bool = False) -> Response:
    """The response to a request that was refused; `told` adds each problem with the value, for who edits it."""
    body: dict[str, object] = {"error": explained(error)}
    if told:
        body["problems"] = listed(error.problems[:MOST_TOLD])
    return json(body, 413 if isinstance(error, TooLarge) else 400)


def listed(problems: Iterable[Problem]) -> list[dict[str, str]]:
    """Problems for who edits what was refused; `message` has the value."""
    return [{"where": each.where, "expected": each.expected, "message": str(each)} for each in problems]


def explained(error: Invalid) -> str:
    """Where and what was expected; never the value, which may be an attacker's."""
    return "; ".join(f"{problem.where}: expected {problem.expected}" for problem in error.problems[:MOST_TOLD])
