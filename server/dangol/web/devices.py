"""Devices for notifications: what the shop's server tells of its apps, and the key under which browsers subscribe."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dangol.errors import Invalid, PluginFailure, Problem
from dangol.host.params import check_params
from dangol.house import House
from dangol.members.row import ShopId
from dangol.profile.model import Device
from dangol.protocol import device, tokens
from dangol.protocol.strict import decode
from dangol.protocol.text import clean
from dangol.runtime import SiteRuntime
from dangol.web.body import json, read_body
from dangol.web.keyed import keyed

LONGEST_BODY = 16_384
ANYBODY = {"Access-Control-Allow-Origin": "*"}
"""A public key is no secret, and pages of every origin read it."""


class DeviceRow(Struct, forbid_unknown_fields=True):
    """A member's device: `token` is the registration token or, of a browser, the subscription as JSON. `app` is the
    shop's own name for what runs there."""

    member: ShopId
    kind: Literal["fcm", "apns", "webpush"]
    token: Annotated[str, Meta(max_length=device.LONGEST_TOKEN)]
    app: Annotated[str, Meta(max_length=100)] = ""


def routes(house: House) -> list[Route]:
    """`/v1/members/devices` for server keys, and `/v1/push-key` for everybody."""
    doors = Devices(house)
    return [
        Route("/v1/members/devices", keyed(house, "server", doors.add), methods=["POST"]),
        Route("/v1/members/devices", keyed(house, "server", doors.drop), methods=["DELETE"]),
        Route("/v1/push-key", doors.key, methods=["GET"]),
    ]


class Devices:
    """The handlers."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def add(self, request: Request, runtime: SiteRuntime) -> Response:
        """Note a device, or that it is still in use."""
        row, token = await _row(request)
        now, profile_id = int(self._house.now()), tokens.member_profile(runtime.keys, row.member)
        told = Device(row.kind, token, now, clean(row.app, 100))
        await self._house.engine.add_device(runtime.site.id, profile_id, told, row.member)
        return json({"accepted": 1})

    async def drop(self, request: Request, runtime: SiteRuntime) -> Response:
        """Forget a device, such as at the app's logout."""
        row, token = await _row(request)
        await self._house.engine.drop_devices(runtime, tokens.member_profile(runtime.keys, row.member), (token,))
        return json({"accepted": 1})

    async def key(self, request: Request) -> Response:
        """The key of the site whose own key is asked for."""
        runtime = self._house.by_key.get(request.query_params.get("site", ""))
        if runtime is None:
            return json({"error": "site: expected the key of a site"}, 404, ANYBODY)
        found = self._public_key(runtime)
        if not found:
            return json({"error": "web push is not set up; see `dangol push-keys`"}, 404, ANYBODY)
        return json({"key": found}, headers=ANYBODY)

    def _public_key(self, runtime: SiteRuntime) -> str:
        """That of the first sender which has one, else of a channel that needs no parameters."""
        registry, guard = self._house.registry, self._house.guard
        senders = [(sender.use, sender.params) for sender in runtime.definitions.senders]
        for use, params in [*senders, *((channel.name, {}) for channel in registry.channels())]:
            try:
                channel = registry.channel(use)
                checked = check_params(channel, params, "params")
                key = guard.run(channel, "public_key", lambda: channel.public_key(checked), expect=str)  # noqa: B023
            except (PluginFailure, Invalid):
                continue  # without its plugin, or its parameters, nothing is sent through it either
            if key:
                return key
        return ""


async def _row(request: Request) -> tuple[DeviceRow, str]:
    """What the shop tells, and the token in its one form. Raises `Invalid`, without the token."""
    raw = await read_body(request.scope, request.receive, LONGEST_BODY)
    row = decode(msgspec.json.Decoder(DeviceRow).decode, raw)
    token = device.normal(row.kind, row.token)
    if token is None:
        raise Invalid([Problem("token", "another", device.EXPECTED[row.kind])])
    return row, token
