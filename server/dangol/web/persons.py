"""What is kept of one person: handed out, or deleted, for holders of the admin key.

Who it is stands in the body, since addresses are logged on the way.
"""

from typing import Annotated

import msgspec
from msgspec import Meta, Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dangol.errors import Invalid, Problem
from dangol.house import House
from dangol.members.person import Person
from dangol.protocol.strict import decode
from dangol.runtime import SiteRuntime
from dangol.web.body import json, read_body
from dangol.web.keyed import admin_route

LONGEST_BODY = 4096


class Asked(Struct, forbid_unknown_fields=True):
    """A member by the shop's id, or a visitor by the token of the cookie or the profile id."""

    member: Annotated[str, Meta(max_length=100)] = ""
    visitor: Annotated[str, Meta(max_length=64)] = ""


_decode = msgspec.json.Decoder(Asked).decode


def routes(house: House) -> list[Route]:
    """The routes for admin keys."""

    async def person(request: Request, runtime: SiteRuntime) -> Person:
        asked = decode(_decode, await read_body(request.scope, request.receive, LONGEST_BODY))
        if bool(asked.member) == bool(asked.visitor):
            raise Invalid([Problem("body", "both or neither", "an object with either member or visitor")])
        who = {"member": asked.member, "visitor": asked.visitor}
        return Person(house.link, house.profiles, runtime.keys, runtime.site.id, **who)

    async def export(request: Request, runtime: SiteRuntime) -> Response:
        return json(await (await person(request, runtime)).export())

    async def forget(request: Request, runtime: SiteRuntime) -> Response:
        return json(await (await person(request, runtime)).forget())

    return [
        admin_route(house, "/v1/admin/person", export, "POST"),
        admin_route(house, "/v1/admin/person/forget", forget, "POST"),
    ]
