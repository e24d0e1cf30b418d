"""What campaigns bring about, for holders of the admin key."""

import asyncio
from collections.abc import Sequence
from datetime import date

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dangol.definitions.model import LANGUAGES, Campaign, Language
from dangol.definitions.shapes import nearest
from dangol.effects.answer import Report
from dangol.effects.report import report
from dangol.effects.selection import Span
from dangol.effects.strips import strip_report
from dangol.effects.table import spreadsheet
from dangol.errors import Invalid, Problem
from dangol.house import House
from dangol.runtime import SiteRuntime
from dangol.store import effects
from dangol.web import query
from dangol.web.body import NO_SNIFF, json
from dangol.web.keyed import admin_route

KNOWN = ("from", "to", "segment", "draw", "language", "format")
STRIP_KNOWN = ("from", "to", "draw", "language")


def routes(house: House) -> list[Route]:
    """The routes for admin keys."""
    reports = Reports(house)
    return [
        admin_route(house, "/v1/admin/campaigns/report", reports.overview),
        admin_route(house, "/v1/admin/campaigns/{campaign}/report", reports.report),
        admin_route(house, "/v1/admin/campaigns/{campaign}/report", reports.forget, "DELETE"),
        admin_route(house, "/v1/admin/campaigns/{campaign}/strip", reports.strip),
    ]


class Reports:
    """The handlers."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def report(self, request: Request, runtime: SiteRuntime) -> Response:
        """All that is told of one campaign; also of a deleted one, as long as its figures are kept. `from` and `to` are
        days of entry."""
        span, languages = _asked(request)
        form = query.one_of(request, "format", ("json", "csv"))
        told = await self._report(runtime, request.path_params["campaign"], span, languages)
        if not told.draws and told.campaign not in runtime.plan.by_id:
            return _unknown(runtime, told.campaign)
        if form == "csv":
            headers = {**NO_SNIFF, "Content-Disposition": f'attachment; filename="{told.campaign}.csv"'}
            return Response(spreadsheet(told), headers=headers, media_type="text/csv; charset=utf-8")
        return json(told)

    async def strip(self, request: Request, runtime: SiteRuntime) -> Response:
        """What is told of the products that one campaign recommends. `from` and `to` are days of entry."""
        span, languages = _asked(request, STRIP_KNOWN)
        now, campaign = self._house.now(), _campaign(runtime, request.path_params["campaign"])
        counted = await effects.read(self._house.link, runtime.site.id, campaign.id, now)
        told = await asyncio.to_thread(
            strip_report, runtime.definitions, campaign, counted.cells, counted.shares, now, span, languages
        )
        if not told.draws and campaign.id not in runtime.plan.by_id:
            return _unknown(runtime, campaign.id)
        return json(told)

    async def overview(self, request: Request, runtime: SiteRuntime) -> Response:
        """What is told of each campaign of the definitions, without its days and segments."""
        span, languages = _asked(request)
        told = []
        for campaign in runtime.definitions.campaigns:  # one after the other: page views go in between
            each = await self._report(runtime, campaign.id, span, languages)
            told.append(
                {name: getattr(each, name) for name in each.__struct_fields__ if name not in ("days", "segments")}
            )
        return json({"version": runtime.version, "campaigns": told})

    async def forget(self, request: Request, runtime: SiteRuntime) -> Response:
        """Delete what was counted of a campaign. Shoppers who entered it stay in it, and what they do counts again."""
        name = request.path_params["campaign"]
        return json({"forgotten": await effects.forget(self._house.link, runtime.site.id, name, self._house.now())})

    async def _report(self, runtime: SiteRuntime, name: str, span: Span, languages: Sequence[Language]) -> Report:
        now = self._house.now()
        counted = await effects.read(self._house.link, runtime.site.id, name, now)
        campaign = _campaign(runtime, name)
        return await asyncio.to_thread(
            report, runtime.definitions, campaign, counted.cells, counted.shares, now, span, languages
        )


def _campaign(runtime: SiteRuntime, name: str) -> Campaign:
    """That of the definitions, or a deleted one."""
    rule = runtime.plan.by_id.get(name)
    return rule.campaign if rule else Campaign(name, active=False)


def _unknown(runtime: SiteRuntime, name: str) -> Response:
    return json({"error": f"campaign: expected one of this site{nearest(name, list(runtime.plan.by_id))}"}, 404)


def _asked(request: Request, known: Sequence[str] = KNOWN) -> tuple[Span, Sequence[Language]]:
    """Raises `Invalid` for what the query can't mean."""
    query.only(request, *known)
    since, until = query.day(request, "from") or date.min, query.day(request, "to") or date.max
    if since > until:
        raise Invalid([Problem("to", f"{until}", f"a day from {since} on")])
    wanted = query.one_of(request, "language", ("", *LANGUAGES))
    given = request.query_params
    span = Span(since, until, given.get("segment", ""), given.get("draw", ""))
    return span, [each for each in LANGUAGES if wanted in ("", each)]
