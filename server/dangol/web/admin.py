"""What an administrator asks, with the admin key: why is this shown or not, which plugins work, the definitions."""

from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dangol.campaigns.decide import decide, sentence
from dangol.definitions import document, repository
from dangol.engine import Context, request_of
from dangol.errors import Invalid, Problem
from dangol.house import House
from dangol.profile.model import Profile
from dangol.protocol import envelope, tokens
from dangol.protocol.event import Event, Item
from dangol.runtime import SiteRuntime
from dangol.segments.why import explain
from dangol.web.body import json, read_body
from dangol.web.keyed import Handler, keyed

LONGEST_DEFINITIONS = 1 << 20


def routes(house: House) -> list[Route]:
    """The routes for admin keys."""

    def route(path: str, handler: Handler, method: str = "GET") -> Route:
        return Route(path, keyed(house, "admin", handler), methods=[method])

    admin = Admin(house)
    return [
        route("/v1/admin/explain", admin.explain),
        route("/v1/admin/plugins", admin.plugins),
        route("/v1/admin/definitions", admin.definitions),
        route("/v1/admin/definitions", admin.replace, "PUT"),
    ]


class Admin:
    """The handlers. Nothing here changes a profile."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def explain(self, request: Request, runtime: SiteRuntime) -> Response:
        """For `visitor` (a profile id or visitor token) or `member` on `url`: which segments hold and why, and for
        every campaign what would be decided now, in code and in words."""
        query = request.query_params
        profile_id = _whose(runtime, query.get("visitor", ""), query.get("member", ""))
        profile = await self._house.engine.look(runtime, profile_id)
        if not profile.first_seen and profile.member is None:
            return json({"error": "visitor or member: expected one that this site has seen"}, 404)
        now, page = self._house.now(), envelope.path_of(query.get("url", runtime.site.origins[0]))
        names = query.get("events", "page_view").split(",")
        events = [_imagined(name, query.get("product", ""), page, int(now * 1000)) for name in names]
        asked = request_of(events, Context(now=now, page=page, language=query.get("lang", "")))
        matched = frozenset(runtime.index.match(profile, asked))
        decisions = decide(runtime.plan, profile, asked, matched, events=events, everything=True)
        segments = [explain(segment, profile, asked, runtime.scope) for segment in runtime.definitions.segments]
        campaigns = [
            {
                "campaign": decision.campaign.id,
                "verdict": decision.verdict,
                "reason": decision.reason,
                "detail": decision.detail,
                "words": {language: sentence(decision, language) for language in ("ko", "en")},
            }
            for decision in decisions
        ]
        return json({"profile": profile_id, "segments": segments, "campaigns": campaigns, "facts": _facts(profile)})

    async def plugins(self, request: Request, runtime: SiteRuntime) -> Response:
        """Every plugin that was found, and how it fares."""
        return json({"plugins": self._house.registry.statuses(self._house.guard)})

    async def definitions(self, request: Request, runtime: SiteRuntime) -> Response:
        """The site's definitions as they are in force."""
        return json({"version": runtime.version, "definitions": runtime.definitions})

    async def replace(self, request: Request, runtime: SiteRuntime) -> Response:
        """Put other definitions in force. `?version=` refuses where somebody else was quicker."""
        raw = await read_body(request.scope, request.receive, LONGEST_DEFINITIONS)
        try:
            parsed = msgspec.json.decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise Invalid([Problem("body", raw[:40], f"JSON: {error}")]) from None
        definitions = document.check(parsed, "body", self._house.registry)
        if definitions.site.id != runtime.site.id:
            raise Invalid([Problem("site.id", definitions.site.id, f"{runtime.site.id}, the site of this key")])
        expected = request.query_params.get("version")
        if expected is not None and not expected.isdecimal():
            raise Invalid([Problem("version", expected, "a number")])
        version = await repository.save(self._house.link, definitions, int(expected) if expected else None)
        return json({"version": version})


def _whose(runtime: SiteRuntime, visitor: str, member: str) -> str:
    if member:
        return tokens.member_profile(runtime.keys, member)
    if not visitor:
        raise Invalid([Problem("visitor", visitor, "a profile id or visitor token, unless member is given")])
    return visitor.partition(".")[0]


def _imagined(name: str, product: str, page: str, now: int) -> Event:
    return Event(f"explain-{name}", name, now, page, [Item(product)] if product or name == "view_item" else [])


def _facts(profile: Profile) -> dict[str, Any]:
    """The profile by its fields' names, without what would show how its ids are made."""
    facts: dict[str, Any] = _named(profile)
    for secret in ("seed", "event_ids"):
        del facts[secret]
    return facts


def _named(value: Any) -> Any:
    if isinstance(value, msgspec.Struct):
        return {name: _named(getattr(value, name)) for name in value.__struct_fields__}
    if isinstance(value, list):
        return [_named(each) for each in value]
    return {name: _named(each) for name, each in value.items()} if isinstance(value, dict) else value
