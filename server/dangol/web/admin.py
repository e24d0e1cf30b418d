"""What an administrator asks, with the admin key: which plugins work, the definitions."""

import asyncio

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dangol.definitions import document, repository
from dangol.definitions.model import Definitions
from dangol.errors import Invalid, Problem
from dangol.host.registry import Registry
from dangol.house import House
from dangol.messages.reviews import demoted
from dangol.runtime import SiteRuntime
from dangol.web.body import json, read_body
from dangol.web.keyed import admin_route

LONGEST_DEFINITIONS = 8 << 20
LONGEST_NUMBER = 18
"""Digits of a version."""


def routes(house: House) -> list[Route]:
    """The routes for admin keys."""
    admin = Admin(house)
    return [
        admin_route(house, "/v1/admin/plugins", admin.plugins),
        admin_route(house, "/v1/admin/definitions", admin.definitions),
        admin_route(house, "/v1/admin/definitions", admin.replace, "PUT"),
    ]


class Admin:
    """The handlers. Nothing here changes a profile."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def plugins(self, request: Request, runtime: SiteRuntime) -> Response:
        """Every plugin that was found, and how it fares."""
        return json({"plugins": self._house.registry.statuses(self._house.guard)})

    async def definitions(self, request: Request, runtime: SiteRuntime) -> Response:
        """The site's definitions as they are in force."""
        return json({"version": runtime.version, "definitions": runtime.definitions})

    async def replace(self, request: Request, runtime: SiteRuntime) -> Response:
        """Put other definitions in force. `?version=` refuses where somebody else was quicker. `drafts` are templates
        whose words are not those approved any more, and which are not sent until they are."""
        definitions = await read_definitions(request, runtime, self._house.registry)
        expected = request.query_params.get("version")
        if expected is not None and not (expected.isdecimal() and len(expected) <= LONGEST_NUMBER):
            raise Invalid([Problem("version", expected, "a number")])
        found = await repository.read(self._house.link, runtime.site.id)
        definitions, drafts = demoted(found[1] if found else None, definitions)
        version = await repository.save(self._house.link, definitions, int(expected) if expected else None)
        return json({"version": version, **({"drafts": drafts} if drafts else {})})


async def read_definitions(request: Request, runtime: SiteRuntime, registry: Registry) -> Definitions:
    """The checked document of a request's body. Raises `Invalid` with every problem, also for another site's."""
    raw = await read_body(request.scope, request.receive, LONGEST_DEFINITIONS)
    definitions = await asyncio.to_thread(_checked, raw, registry)  # of many segments it takes seconds
    if definitions.site.id != runtime.site.id:
        raise Invalid([Problem("site.id", definitions.site.id, f"{runtime.site.id}, the site of this key")])
    return definitions


def _checked(raw: bytes, registry: Registry) -> Definitions:
    try:
        parsed = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Invalid([Problem("body", raw[:40], f"JSON: {error}")]) from None
    return document.check(parsed, "body", registry)
