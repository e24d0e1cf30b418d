"""Dry runs for holders of the admin key.

A dry run takes a core for as long as it lasts, so it is another process's work, which gives way to the page views.
"""

import asyncio
import logging
import os
import sys
from asyncio.subprocess import PIPE

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dangol.errors import Invalid, Problem, Unavailable
from dangol.house import House
from dangol.rehearsal.span import span_of
from dangol.runtime import SiteRuntime
from dangol.web.admin import read_definitions
from dangol.web.body import NO_SNIFF, encode, json
from dangol.web.keyed import admin_route

LONGEST = 300.0
"""Seconds that an answer may take."""

log = logging.getLogger(__name__)


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
        async with self._free:
            answer = await self._run(options, encode(definitions))
        return Response(answer, headers=NO_SNIFF, media_type="application/json")

    async def _run(self, options: list[str], document: bytes) -> bytes:
        command = [sys.executable, "-m", "dangol", "rehearse", "-", "--from-json", "--json", "--nice", *options]
        process = await asyncio.create_subprocess_exec(
            *command, stdin=PIPE, stdout=PIPE, stderr=PIPE, env=self._environment()
        )
        try:
            async with asyncio.timeout(self._longest):
                answer, told = await process.communicate(document)
        except TimeoutError:
            text = f"the dry run took more than {self._longest:g} s; ask for fewer days, or run `dangol rehearse`"
            raise Unavailable(text) from None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode:
            log.error("a dry run failed: %s", told.decode(errors="replace"))
            raise Unavailable("the dry run failed; the log says why")
        return answer

    def _environment(self) -> dict[str, str]:
        """This server's settings, and its store."""
        settings = self._house.settings
        given = {f"DANGOL_{name.upper()}": getattr(settings, name) for name in settings.__struct_fields__}
        own = {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in given.items()}
        return {**os.environ, **own, "DANGOL_REDIS_URL": self._house.link.url}


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise Invalid([Problem("days", text, "a number")]) from None
