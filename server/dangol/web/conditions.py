"""What segments can be made of, for consoles and for those who write definitions elsewhere."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dangol.house import House
from dangol.runtime import SiteRuntime
from dangol.segments.language.schema import schema
from dangol.segments.words.describe import described, ready_made
from dangol.web.body import json
from dangol.web.keyed import admin_route


def routes(house: House) -> list[Route]:
    """The routes for admin keys."""
    return [
        admin_route(house, "/v1/admin/conditions", conditions),
        admin_route(house, "/v1/admin/conditions/schema", condition_schema),
    ]


async def conditions(request: Request, runtime: SiteRuntime) -> Response:
    """Every condition of the site, and ready-made segments to begin with."""
    told = described(runtime.scope)
    return json({"conditions": list(told), "presets": list(ready_made(runtime.scope))})


async def condition_schema(request: Request, runtime: SiteRuntime) -> Response:
    """The JSON Schema of a segment's include and exclude."""
    return json(schema(runtime.scope))
