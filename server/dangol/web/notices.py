"""What happened in the shop, told by its server or by the mall's webhook: notices to customers."""

import hmac
import os
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta, Struct
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from dangol import consents
from dangol.errors import Invalid, Unavailable
from dangol.house import House
from dangol.malls import cafe24
from dangol.messages.notices import Told, checked
from dangol.notifying import notify
from dangol.profile.consents import Act
from dangol.profile.consents import Told as Consented
from dangol.profile.model import Member
from dangol.protocol import tokens
from dangol.protocol.strict import decode
from dangol.runtime import SiteRuntime
from dangol.web.body import json, read_body, refusal
from dangol.web.keyed import keyed

LONGEST = 4 << 20
LONGEST_HOOK = 1 << 18
SECRET = "CAFE24_HOOK_SECRET"  # noqa: S105  # the variable's name
"""The variable with the app's webhook token; ``CAFE24_HOOK_SECRET_<SITE>`` goes before it, for a site of its own."""


class Notices(Struct, forbid_unknown_fields=True):
    """The body of POST /v1/notices."""

    notices: Annotated[list[Told], Meta(min_length=1, max_length=500)]


def routes(house: House, environment: Mapping[str, str] = os.environ) -> list[Route]:
    """The routes for server keys and for malls."""
    desk = Desk(house, environment)
    return [
        Route("/v1/notices", keyed(house, "server", desk.take), methods=["POST"]),
        Route("/v1/malls/cafe24/{site}", desk.mall, methods=["POST"]),
    ]


class Desk:
    """The handlers."""

    def __init__(self, house: House, environment: Mapping[str, str]) -> None:
        self._house = house
        self._environment = environment

    async def take(self, request: Request, runtime: SiteRuntime) -> Response:
        """Raise notices, all or none; each goes once by its id, whoever repeats it."""
        raw = await read_body(request.scope, request.receive, LONGEST)
        body = decode(msgspec.json.Decoder(Notices).decode, raw)
        return json(await self._raise(runtime, body.notices))

    async def _raise(self, runtime: SiteRuntime, notices: list[Told]) -> dict[str, int]:
        now, problems, found = self._house.now(), [], []
        for place, told in enumerate(notices):
            try:
                found.append(checked(told, f"notices[{place}].", now))
            except Invalid as invalid:
                problems += invalid.problems
        if problems:
            raise Invalid(problems)
        made = await notify(self._house.link, runtime, found, now, self._house.settings.push_days * 86_400)
        new = sum(each.new for each in made)
        return {"accepted": len(found), "queued": new, "known": len(made) - new}

    async def mall(self, request: Request) -> Response:
        """A webhook of Cafe24; an event that tells customers nothing is taken as well, or it would come again."""
        try:
            if not self._house.loaded.is_set():
                raise Unavailable("the definitions are not loaded yet")
            runtime = self._house.by_id.get(request.path_params["site"])
            given = request.headers.get("x-api-key", "").encode("latin-1", "replace")
            secret = self._secret(request.path_params["site"])
            if not hmac.compare_digest(given, secret) or not secret or runtime is None:
                return json({"error": "x-api-key: expected the webhook token of a mall of this site"}, 401)
            raw = await read_body(request.scope, request.receive, LONGEST_HOOK)
            body = decode(msgspec.json.Decoder(cafe24.Body).decode, raw)
            return json(await self._hear(runtime, body))
        except Invalid as error:
            return refusal(error)
        except Unavailable as error:
            return json({"error": str(error)}, 503, {"Retry-After": "5"})
        except ClientDisconnect:
            return json({"error": "body: expected all of it"}, 400)  # nobody reads it

    def _secret(self, site: str) -> bytes:
        own = f"{SECRET}_{re.sub('[^A-Z0-9]', '_', site.upper())}"
        return (self._environment.get(own) or self._environment.get(SECRET, "")).encode()

    async def _hear(self, runtime: SiteRuntime, body: cafe24.Body) -> dict[str, int]:
        today = datetime.fromtimestamp(self._house.now(), ZoneInfo(runtime.site.timezone)).date()
        heard = cafe24.heard(body, runtime.site, today.isoformat())
        if heard.joined:
            await self._join(runtime, heard.joined)
        return await self._raise(runtime, heard.notices)

    async def _join(self, runtime: SiteRuntime, joined: cafe24.Joined) -> None:
        """Tell of the member, and of the consents that were given with it. A repeated webhook finds them given."""
        engine, now = self._house.engine, self._house.now()
        profile_id = tokens.member_profile(runtime.keys, joined.id)

        def change(member: Member) -> None:
            for name in ("name", "phone", "email"):
                setattr(member, name, getattr(joined, name) or getattr(member, name))

        await engine.tell(runtime.site.id, profile_id, change, joined.id)
        given = (await engine.look(runtime, profile_id)).subscriptions
        addresses = {"sms": joined.phone, "email": joined.email}
        told = [
            Consented(joined.id, Act(channel, "agreed", int(now), addresses[channel], source="cafe24"))
            for channel in joined.agreed
            if channel not in given  # what was withdrawn since is not agreed to again
        ]
        await consents.take(self._house.link, engine, runtime, told, now)
