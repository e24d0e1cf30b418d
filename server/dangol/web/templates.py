"""Message templates for consoles: which there are, and what one looks like filled."""

import asyncio
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct, field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dangol.definitions.basics import Language, Text
from dangol.definitions.document import written
from dangol.definitions.model import Definitions, MessageUse
from dangol.definitions.shapes import nearest, plain_problems, shape_problems
from dangol.definitions.templates import AlimtalkTemplate, Template
from dangol.errors import Invalid, PluginFailure, Problem
from dangol.house import House
from dangol.messages import proof
from dangol.messages.checks import size
from dangol.messages.filling import Whom, tried, values
from dangol.messages.kinds import kind_of, price_forms
from dangol.messages.limits import names
from dangol.messages.places import languages
from dangol.runtime import SiteRuntime
from dangol.web.body import json, listed, read_body
from dangol.web.keyed import admin_route

LONGEST = 512 << 10
STAND_IN = "https://shop.example/u/0"
"""Where a preview's unsubscribe link leads."""


class Asked(Struct, frozen=True, forbid_unknown_fields=True):
    """What to fill: a `template` as definitions have them, or the `id` of one that is saved. `sender` says through whom
    it would go, for what it costs and, of notifications, how much fits."""

    template: Template | None = None
    id: str = ""
    variables: Annotated[dict[str, str], Meta(max_length=100)] = field(default_factory=dict)
    fill: Annotated[dict[str, Text], Meta(max_length=100)] = field(default_factory=dict)
    language: Language | None = None
    sender: str = ""


def routes(house: House) -> list[Route]:
    """The routes for admin keys."""
    templates = Templates(house)
    return [
        admin_route(house, "/v1/admin/templates", templates.listing),
        admin_route(house, "/v1/admin/templates/preview", templates.preview, "POST"),
    ]


class Templates:
    """The handlers. Nothing is stored and nothing is sent."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def listing(self, request: Request, runtime: SiteRuntime) -> Response:
        """Every template with its review, its variables, who uses it and what is wrong with it by now."""
        return json({"templates": await asyncio.to_thread(_all, runtime.definitions)})

    async def preview(self, request: Request, runtime: SiteRuntime) -> Response:
        """`{content, form, size, price, variables, problems}` for the `Asked` in the body."""
        asked = _asked(await read_body(request.scope, request.receive, LONGEST))
        filled = await asyncio.to_thread(self._filled, asked, runtime.definitions)  # HTML may take its time
        return json(filled)

    def _filled(self, asked: Asked, definitions: Definitions) -> dict[str, Any]:
        template = asked.template or _saved(asked.id, definitions)
        site, contact = definitions.site, definitions.contact
        whom = Whom(site, None, asked.language or site.language, self._house.now())
        device, prices = self._sender(asked.sender, definitions)
        given = values(asked.fill, asked.variables, whom)
        made, problems = tried(template, whom, contact, given, unsubscribe=STAND_IN, device=device)
        return {
            "content": written(made.content),
            "form": made.form,
            "size": size(made.content, device),
            "price": prices.get(made.form),
            "variables": made.variables,
            "problems": listed(problems),
        }

    def _sender(self, id: str, definitions: Definitions) -> tuple[str, dict[str, float]]:
        """The kind of devices that a sender notifies, and its prices."""
        if not id:
            return "", {}
        known = {sender.id: sender for sender in definitions.senders}
        if id not in known:
            raise Invalid([Problem("sender", id, f"a sender of this site{nearest(id, list(known))}")])
        try:
            channel = self._house.registry.channel(known[id].use)
        except PluginFailure as failure:
            raise Invalid([Problem("sender", id, f"one whose plugin works: {failure.detail}")]) from failure
        return channel.device, known[id].prices


def _all(definitions: Definitions) -> list[dict[str, Any]]:
    return [_listed(each, definitions) for each in definitions.templates]


def _listed(template: Template, definitions: Definitions) -> dict[str, Any]:
    reviewed = template if isinstance(template, AlimtalkTemplate) else None
    return {
        "id": template.id,
        "kind": kind_of(template),
        "name": template.name,
        "languages": languages(template),
        "forms": price_forms(template),
        "variables": list(names(template)),
        **({"review": reviewed.review, "comments": reviewed.comments} if reviewed else {}),
        "campaigns": [each.id for each in definitions.campaigns if template.id in _used(each.message)],
        "problems": listed(proof.problems(template, definitions.site, definitions.contact)),
    }


def _used(use: MessageUse | None) -> set[str]:
    """The templates of a message and of its fallback."""
    if use is None:
        return set()
    return {use.template, use.fallback.template if use.fallback else ""} - {""}


def _saved(id: str, definitions: Definitions) -> Template:
    found = next((each for each in definitions.templates if each.id == id), None)
    if found is None:
        known = [each.id for each in definitions.templates]
        raise Invalid([Problem("id", id, f"a template of this site{nearest(id, known)}; or give a template")])
    return found


def _asked(raw: bytes) -> Asked:
    try:
        parsed = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Invalid([Problem("body", raw[:40], f"JSON: {error}")]) from None
    if problems := [*plain_problems(parsed, ""), *shape_problems(parsed, Asked, "")]:
        raise Invalid(problems)
    return msgspec.convert(parsed, Asked)
