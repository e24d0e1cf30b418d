"""Dry runs for holders of the admin key.

A dry run takes a core for as long as it lasts, so it is another process's work, which gives way to the page views.
"""

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dangol.errors import Invalid, Problem
from dangol.house import House
from dangol.rehearsal.span import span_of
from dangol.runtime import SiteRuntime
from dangol.web.admin import read_definitions
from dangol.web.beside import run
from dangol.web.body import NO_SNIFF, encode, json
from dangol.web.keyed import admin_route

LONGEST = 300.0
"""Seconds that an answer may take."""
HINT = "ask for fewer days, or run `dangol rehearse`"


def routes(house: House) -> list[Route]:
    """The route for admin keys."""
    return [admin_route(house, "/v1/admin/rehearse", Rehearsals(house).rehearse, "POST")]


class Rehearsals:
    """The handler; it lets one dry run happen at a time. `longest` is in seconds."""

    def __init__(self, house: House, longest: float = LONGEST) -> None:
        self._house = house
        self._longest = longest
        self._free = asyncio.Lock()

    async def rehearse(self, request: Request, runtime: SiteRuntime) -> Response:
        """What the document in the body would have done in the last `days` (7), up to the time `until` (now); with
        `compare=1` also what the definitions in force would have done. The answer is `dangol.rehearsal.answer`'s."""
        definitions = await read_definitions(request, runtime, self._house.registry)
        query = request.query_params
        days, until = _number(query.get("days", "7")), query.get("until", "")
        span_of(days, until, definitions.site.timezone, self._house.now())
        options = [f"--days={days!r}", f"--until={until}", *(["--compare"] if query.get("compare") == "1" else [])]
        if self._free.locked():
            busy = {"error": "another dry run is under way here; try again when it is done"}
            return json(busy, 429, {"Retry-After": "10"})
        command = ["rehearse", "-", "--from-json", "--json", "--nice", *options]
        async with self._free:
            answer = await run(self._house, command, encode(definitions), self._longest, HINT)
        return Response(answer, headers=NO_SNIFF, media_type="application/json")


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise Invalid([Problem("days", text, "a number")]) from None
