"""Where a link of a campaign leads, for holders of the admin key."""

from typing import Annotated

import msgspec
from msgspec import Meta, Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dangol import landing, outside
from dangol.house import House
from dangol.protocol.strict import decode
from dangol.runtime import SiteRuntime
from dangol.web.body import json, read_body
from dangol.web.keyed import admin_route

LONGEST_BODY = 4096


class Asked(Struct, forbid_unknown_fields=True):
    """An http(s) address, or a path on the shop."""

    url: Annotated[str, Meta(min_length=1, max_length=landing.LONGEST_URL)]


_decode = msgspec.json.Decoder(Asked).decode


def routes(house: House) -> list[Route]:
    """The route for admin keys."""

    async def follow(request: Request, runtime: SiteRuntime) -> Response:
        asked = decode(_decode, await read_body(request.scope, request.receive, LONGEST_BODY))
        site = runtime.site
        return json(await landing.look(asked.url, site.origins[0], site.key, outside.permit(house.settings)))

    return [admin_route(house, "/v1/admin/links", follow, "POST")]
