"""What became of messages, for holders of the admin key: results, lists, single requests, exports."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from dangol.campaigns.calendar import day_number
from dangol.definitions.model import LANGUAGES
from dangol.errors import Invalid, Problem
from dangol.house import House
from dangol.messages import counted, view
from dangol.messages.push import FINAL, WAITING
from dangol.messages.results import spreadsheet
from dangol.runtime import SiteRuntime
from dangol.store import listing, outbox, results
from dangol.store.outbox import Row
from dangol.web import query
from dangol.web.body import NO_SNIFF, explained, json
from dangol.web.keyed import admin_route

ORDINARY_SPAN = 30
"""Days that are told where nobody says which."""
STATES = ("", *sorted(WAITING | FINAL | {"accepted"}))
MOST_ROWS = 500


def routes(house: House) -> list[Route]:
    """The routes for admin keys."""
    messages = Messages(house)
    return [
        admin_route(house, "/v1/admin/messages", messages.listed),
        admin_route(house, "/v1/admin/messages/report", messages.report),
        admin_route(house, "/v1/admin/messages/export", messages.export),
        admin_route(house, "/v1/admin/messages/{key}", messages.one),
        admin_route(house, "/v1/admin/messages/{key}/release", messages.release, "POST"),
        admin_route(house, "/v1/admin/messages/{key}/cancel", messages.cancel, "POST"),
    ]


class Messages:
    """The handlers."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def report(self, request: Request, runtime: SiteRuntime) -> Response:
        """Counts and money by channel and day: of one campaign or manual send (``send:<id>``), also of one that is
        gone, else of all that there are. `from` and `to` are days on which messages were asked for."""
        query.only(request, "campaign", "from", "to", "format")
        form = query.one_of(request, "format", ("json", "csv"))
        name = request.query_params.get("campaign", "")
        span = self._span(request, runtime)
        try:
            told = await counted.report(self._house.link, runtime.definitions, name, span)
        except Invalid as error:
            return json({"error": explained(error)}, 404)
        if form == "csv":
            return _attached(spreadsheet(told), "messages")
        return json(told[0] if name else {"from": span[0], "to": span[-1], "campaigns": told})

    async def listed(self, request: Request, runtime: SiteRuntime) -> Response:
        """Requests of a `state` and of a `campaign`, a page at a time: what waits in the order in which it is due. A
        page may be empty while there is a `cursor` to go on with."""
        query.only(request, "state", "campaign", "cursor", "limit")
        state = query.one_of(request, "state", STATES)
        cursor, limit = request.query_params.get("cursor", ""), query.number(request, "limit", 50, MOST_ROWS)
        if not listing.is_cursor(state, cursor):
            raise Invalid([Problem("cursor", cursor, "one that an answer for the same state has given")])
        found = await listing.page(self._house.link, state, _of(request, runtime), cursor, limit)
        told = {"messages": [view.brief(row) for row in found.rows]}
        return json(told | ({"cursor": found.cursor} if found.cursor else {}))

    async def one(self, request: Request, runtime: SiteRuntime) -> Response:
        """All that is known of one request, its reasons in words."""
        row = await self._row(request, runtime)
        return json(view.whole(row)) if row else _unknown()

    async def release(self, request: Request, runtime: SiteRuntime) -> Response:
        """Begin a parked request anew."""

        async def change(key: str, now: float) -> int:
            return await outbox.release(self._house.link, [key], now)

        return await self._changed(request, runtime, change, "parked")

    async def cancel(self, request: Request, runtime: SiteRuntime) -> Response:
        """Refuse a request that waits. One that a worker has in hand is sent."""

        async def change(key: str, now: float) -> int:
            return await outbox.cancel(self._house.link, [key], now, keep=self._house.settings.push_days * 86_400)

        return await self._changed(request, runtime, change, "queued or held")

    async def export(self, request: Request, runtime: SiteRuntime) -> Response:
        """Every recipient of a campaign as CSV, one after the other: nothing of it is kept in memory. `bom` 1 is for
        Excel."""
        query.only(request, "campaign", "state", "language", "bom")
        state = query.one_of(request, "state", STATES)
        if not request.query_params.get("campaign"):
            raise Invalid([Problem("campaign", "", "a campaign or manual send (send:<id>)")])
        language, bom = query.one_of(request, "language", LANGUAGES), query.one_of(request, "bom", ("0", "1"))
        wanted, timezone = _of(request, runtime), runtime.site.timezone

        async def lines() -> AsyncIterator[str]:
            yield view.head(bom == "1")
            async for row in listing.every(self._house.link, wanted):
                if state in ("", row.state):
                    yield view.cells(row, timezone, language)

        return StreamingResponse(lines(), headers=_headers("recipients"), media_type="text/csv; charset=utf-8")

    async def _changed(
        self, request: Request, runtime: SiteRuntime, change: Callable[[str, float], Awaitable[int]], needed: str
    ) -> Response:
        row = await self._row(request, runtime)
        if row is None:
            return _unknown()
        if not await change(row.key, self._house.now()):
            now = await outbox.read(self._house.link, row.key) or row
            return json({"error": f"state: expected a request that is {needed}; this one is {now.state}"}, 409)
        return json(view.brief(await outbox.read(self._house.link, row.key) or row))

    async def _row(self, request: Request, runtime: SiteRuntime) -> Row | None:
        row = await outbox.read(self._house.link, request.path_params["key"])
        return row if row and row.push.site == runtime.site.id else None

    def _span(self, request: Request, runtime: SiteRuntime) -> list[str]:
        today = date.fromordinal(day_number(self._house.now(), runtime.site.timezone))
        until = query.day(request, "to") or today
        since = query.day(request, "from") or date.fromordinal(max(1, until.toordinal() - ORDINARY_SPAN + 1))
        if not 0 <= (until - since).days < results.LONGEST:
            expected = f"a day up to {results.LONGEST} days before {until}, or that day"
            raise Invalid([Problem("from", f"{since}", expected)])
        return results.days(since, until)


def _of(request: Request, runtime: SiteRuntime) -> listing.Wanted:
    return listing.of(runtime.site.id, request.query_params.get("campaign", ""))


def _unknown() -> Response:
    return json({"error": "key: expected that of a push request of this site"}, 404)


def _attached(text: str, name: str) -> Response:
    return Response(text, headers=_headers(name), media_type="text/csv; charset=utf-8")


def _headers(name: str) -> dict[str, str]:
    return {**NO_SNIFF, "Content-Disposition": f'attachment; filename="{name}.csv"'}
