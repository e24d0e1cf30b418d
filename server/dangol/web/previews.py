"""Previews for holders of the admin key: a link that shows an unsaved campaign on the shop's own page."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dangol.errors import Invalid, Problem
from dangol.house import House
from dangol.preview import link
from dangol.preview.trial import LONGEST
from dangol.runtime import SiteRuntime
from dangol.web.body import json, read_body
from dangol.web.keyed import admin_route


def routes(house: House) -> list[Route]:
    """The routes for admin keys."""
    previews = Previews(house)
    return [
        admin_route(house, "/v1/admin/preview", previews.make, "POST"),
        admin_route(house, "/v1/admin/preview/{id}", previews.end, "DELETE"),
    ]


class Previews:
    """The handlers. What they store is no definition and is over by itself."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def make(self, request: Request, runtime: SiteRuntime) -> Response:
        """`{link, preview, until}` for the `dangol.preview.trial.Asked` in the body."""
        raw = await read_body(request.scope, request.receive, LONGEST)
        try:
            asked = msgspec.json.decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise Invalid([Problem("body", raw[:40], f"JSON: {error}")]) from None
        house = self._house
        made = await link.make(house.link, runtime.keys, runtime.definitions, house.registry, asked, house.now())
        return json(msgspec.to_builtins(made))

    async def end(self, request: Request, runtime: SiteRuntime) -> Response:
        """Take a preview away, by its id."""
        await link.end(self._house.link, runtime.keys, runtime.site.id, request.path_params["id"])
        return json({})
