"""Manual sends, tests and schedules, for holders of the admin key."""

import asyncio
import secrets
import tempfile
from collections.abc import Awaitable, Callable
from typing import BinaryIO, TypeVar

import msgspec
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dangol.campaigns.calendar import local_time
from dangol.definitions.shapes import shape_problems
from dangol.errors import Invalid, Problem
from dangol.house import House
from dangol.members.columns import Refusal
from dangol.members.report import brief
from dangol.messages import schedule
from dangol.runtime import SiteRuntime
from dangol.sends import making, testing, uploading
from dangol.sends.making import Asked, Conflict
from dangol.sends.testing import Tested
from dangol.store import draws, sends, slots
from dangol.store.sends import Send
from dangol.web.body import json, read_body
from dangol.web.keyed import Handler, admin_route
from dangol.web.member_import import LARGEST, MOST_TOLD, PAUSE, flag, receive

LONGEST = 1 << 18
NEXT = 5
LAST = 20

T = TypeVar("T", bound=Struct)


class Started(Struct, forbid_unknown_fields=True):
    """The body of a start; without a time it is at once, or when the draft says."""

    at: str | None = None


def routes(house: House) -> list[Route]:
    """The routes for admin keys."""
    desk = Desk(house)

    def route(path: str, handler: Handler, method: str = "GET") -> Route:
        return admin_route(house, path, _refusing(handler), method)

    return [
        route("/v1/admin/sends", desk.listed),
        route("/v1/admin/sends", desk.create, "POST"),
        route("/v1/admin/sends/test", desk.test, "POST"),
        route("/v1/admin/sends/{id}", desk.one),
        route("/v1/admin/sends/{id}/recipients", desk.upload, "POST"),
        route("/v1/admin/sends/{id}/start", desk.start, "POST"),
        route("/v1/admin/sends/{id}/cancel", desk.cancel, "POST"),
        route("/v1/admin/schedules", desk.schedules),
    ]


def _refusing(handler: Handler) -> Handler:
    async def handle(request: Request, runtime: SiteRuntime) -> Response:
        try:
            return await handler(request, runtime)
        except Conflict as error:
            return json({"error": str(error)}, 409)

    return handle


class Desk:
    """The handlers. One file at a time is checked: it takes a core, beside the page views."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._busy = asyncio.Lock()

    async def create(self, request: Request, runtime: SiteRuntime) -> Response:
        """A draft of the `Asked` in the body."""
        asked = await _body(request, Asked)
        made = await making.create(self._house.link, runtime, self._house.registry, asked, self._house.now())
        return json(making.brief(made, runtime), 201)

    async def listed(self, request: Request, runtime: SiteRuntime) -> Response:
        """All sends, the newest first."""
        found = await sends.every(self._house.link, runtime.site.id)
        return json({"sends": [making.brief(each, runtime) for each in found]})

    async def one(self, request: Request, runtime: SiteRuntime) -> Response:
        """A send, with what was drawn and what became of it."""
        return await self._told(request, runtime, lambda send: _same(send))

    async def start(self, request: Request, runtime: SiteRuntime) -> Response:
        """Begin it now, or at the time in the body."""
        asked, now = await _body(request, Started), self._house.now()
        at = making.time(asked.at) if asked.at else None
        return await self._told(
            request, runtime, lambda send: making.start(self._house.link, runtime, send.id, at, now)
        )

    async def cancel(self, request: Request, runtime: SiteRuntime) -> Response:
        """Let nothing more of it leave."""
        return await self._told(request, runtime, lambda send: making.cancel(self._house.link, runtime, send.id))

    async def _told(self, request: Request, runtime: SiteRuntime, work: Callable[[Send], Awaitable[Send]]) -> Response:
        send = await sends.read(self._house.link, runtime.site.id, request.path_params["id"])
        if send is None:
            return _unknown()
        return json(await making.told(self._house.link, await work(send), runtime, self._house.now()))

    async def test(self, request: Request, runtime: SiteRuntime) -> Response:
        """Queue the tests that the `Tested` in the body asks for."""
        asked, settings = await _body(request, Tested), self._house.settings
        made = await testing.test(
            self._house.link, runtime, self._house.registry, asked, self._house.now(), settings.push_days * 86_400
        )
        return json({"keys": [each.key for each in made]}, 202)

    async def upload(self, request: Request, runtime: SiteRuntime) -> Response:
        """Check the CSV in the body, and keep its rows unless one is refused; with `skip_refused` the others."""
        send = await sends.read(self._house.link, runtime.site.id, request.path_params["id"])
        if send is None:
            return _unknown()
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "text/csv":
            raise Invalid([Problem("Content-Type", kind, "text/csv")])
        if send.source != "rows" or send.state not in ("draft", "ready"):
            raise Conflict("expected a send without an audience that was not started yet")
        skip = flag(request, "skip_refused")
        if self._busy.locked():
            return json({"error": "another file is being checked; try again after it"}, 409, {"Retry-After": "30"})
        async with self._busy:
            with tempfile.TemporaryFile() as file:
                await receive(request, file, LARGEST)
                return await self._take(file, send, runtime, skip)

    async def _take(self, file: BinaryIO, send: Send, runtime: SiteRuntime, skip: bool) -> Response:
        problems: list[dict[str, str | int]] = []

        def refuse(refusal: Refusal) -> None:
            if len(problems) < MOST_TOLD:
                problems.append({**refusal._asdict(), "value": brief(refusal.value)})

        reader = making.reader(send, runtime.definitions)
        upload = await uploading.check(file, reader, refuse, PAUSE)
        checked, kept = upload.checked, 0
        stopped = checked.refused == checked.rows or (checked.refused > 0 and not skip)
        if not stopped:
            name, link = secrets.token_hex(8), self._house.link
            kept = await uploading.keep(link, file, reader, upload, name, runtime.keys, PAUSE)
            now = self._house.now()
            await making.uploaded(link, send, name, upload.columns, kept, checked.refused, now)
        told = {"encoding": checked.encoding.removesuffix("-sig"), "rows": checked.rows, "refused": checked.refused}
        return json({**told, "kept": kept, "problems": problems}, 422 if stopped else 200)

    async def schedules(self, request: Request, runtime: SiteRuntime) -> Response:
        """Each campaign that goes by a schedule: its next slots, and the last ones, run with counts or missed."""
        told = []
        for campaign, table in schedule.scheduled(runtime.definitions):
            upcoming = schedule.upcoming(table, self._house.now(), NEXT)
            last = await slots.latest(self._house.link, runtime.site.id, campaign.id, LAST)
            told.append(
                {
                    "campaign": campaign.id,
                    "name": campaign.name,
                    "next": [_slot(at, runtime) for at in upcoming],
                    "last": [await self._settled(each, campaign.id, runtime) for each in last],
                }
            )
        return json({"schedules": told})

    async def _settled(self, settled: slots.Settled, campaign: str, runtime: SiteRuntime) -> dict[str, object]:
        told: dict[str, object] = {**_slot(settled.slot, runtime), "state": settled.state, "settled": settled.at}
        if settled.state == "missed":
            return told
        parts = await draws.found(self._house.link, draws.slot_id(runtime.site.id, campaign, settled.slot))
        drawn = draws.total(parts)
        counts = {"matched": drawn.matched, "already": drawn.already, "failed": drawn.failed}
        return {**told, "drawing": not draws.is_over(parts), **counts}


def _slot(at: int, runtime: SiteRuntime) -> dict[str, object]:
    return {"slot": at, "local": local_time(at, runtime.site.timezone)}


async def _same(send: Send) -> Send:
    return send


def _unknown() -> Response:
    return json({"error": "id: expected that of a manual send of this site"}, 404)


async def _body(request: Request, shape: type[T]) -> T:
    """Raises `Invalid` with every problem of the body's shape."""
    raw = await read_body(request.scope, request.receive, LONGEST)
    try:
        parsed = msgspec.json.decode(raw or b"{}")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Invalid([Problem("body", raw[:40], f"JSON: {error}")]) from None
    if problems := shape_problems(parsed, shape, ""):
        raise Invalid(problems)
    return msgspec.convert(parsed, shape)
