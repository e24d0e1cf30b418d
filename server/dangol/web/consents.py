"""Consents over HTTP: what a shop's server tells of them, and what is to be done about them."""

import asyncio
from collections.abc import Callable
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dangol import consents
from dangol.errors import Invalid, Problem
from dangol.house import House
from dangol.members.consents import ConsentRow, told
from dangol.messages.nights import good_for
from dangol.profile.consents import DAY, TELL_WITHIN, Told, confirmed_at, untold_since
from dangol.profile.model import Subscription
from dangol.protocol.strict import decode
from dangol.runtime import SiteRuntime
from dangol.store import duties
from dangol.store.duties import Duty
from dangol.web.body import json, read_body
from dangol.web.keyed import admin_route, keyed
from dangol.web.shop_rows import MOST_ROWS

LONGEST_BODY = 1 << 20
MOST_LISTED = 200
AHEAD = 30 * DAY
"""Seconds before a consent gets old within which it is named."""


class Consents(Struct, forbid_unknown_fields=True):
    """The body of POST /v1/consents."""

    consents: Annotated[list[ConsentRow], Meta(max_length=MOST_ROWS)]


_decode = msgspec.json.Decoder(Consents).decode


def routes(house: House) -> list[Route]:
    """The routes for server and admin keys."""
    handlers = Handlers(house)
    return [
        Route("/v1/consents", keyed(house, "server", handlers.take), methods=["POST"]),
        admin_route(house, "/v1/admin/consents/duties", handlers.duties),
    ]


class Handlers:
    """The handlers."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def take(self, request: Request, runtime: SiteRuntime) -> Response:
        """Note acts, each once by its channel, act and time; checked whole before anything is noted."""
        now = self._house.now()
        body = decode(_decode, await read_body(request.scope, request.receive, LONGEST_BODY))
        acts: list[Told] = []
        problems: list[Problem] = []
        for at, row in enumerate(body.consents):
            try:
                acts += told(row, f"consents[{at}].", now)
            except Invalid as invalid:
                problems += invalid.problems
        if problems:
            raise Invalid(problems)
        house = self._house
        changed = await consents.take(house.link, house.engine, runtime, acts, now)
        return json({"accepted": len(body.consents), "changed": changed})

    async def duties(self, request: Request, runtime: SiteRuntime) -> Response:
        """Who is still to be told what became of a consent, and whose is to be confirmed by now or within 30 days: how
        many there are, and those that wait longest."""
        now, good = self._house.now(), good_for(runtime.definitions.contact) * DAY
        site, link = runtime.site.id, self._house.link
        before = int(now + AHEAD - good)
        (untold, to_tell), (old, to_ask) = await asyncio.gather(
            duties.untold(link, site, MOST_LISTED), duties.unconfirmed(link, site, before, MOST_LISTED)
        )
        tell, told_by = await self._standing(runtime, to_tell, untold_since), now - TELL_WITHIN
        ask, asked_by = await self._standing(runtime, to_ask, confirmed_at), now - good
        return json(
            {
                "tell": _part(untold - len(to_tell), tell, told_by),
                "confirm": _part(old - len(to_ask), ask, asked_by),
            }
        )

    async def _standing(
        self, runtime: SiteRuntime, found: list[Duty], since: Callable[[Subscription], int]
    ) -> list[dict[str, Any]]:
        """Those that are still so on the profiles. What was done meanwhile leaves the list, and who is gone or has
        become a member."""
        house, rows = self._house, []
        for duty in found:
            home = await house.engine.home(runtime, duty.profile_id)
            profile = await house.engine.look(runtime, home)
            consent = profile.subscriptions.get(duty.channel) if home == duty.profile_id else None
            if consent is not None and since(consent) == duty.at:
                member = profile.member.id if profile.member else ""
                rows.append({"profile": home, "member": member, "channel": duty.channel, "since": duty.at})
            else:
                untold, confirmed = (untold_since(consent), confirmed_at(consent)) if consent else (0, 0)
                await duties.put(house.link, runtime.site.id, duty._replace(at=untold), confirmed)
        return rows


def _part(others: int, listed: list[dict[str, Any]], due: float) -> dict[str, Any]:
    """How many there are, how many of those listed are late, and these; `since` is unix seconds."""
    return {"count": others + len(listed), "late": sum(row["since"] < due for row in listed), "listed": listed}
