"""APNs: one request for each device, over HTTP/2 only.

After https://developer.apple.com/documentation/usernotifications/sending-notification-requests-to-apns,
.../establishing-a-token-based-connection-to-apns and .../handling-notification-responses-from-apns.
"""

import re
import uuid
from typing import Any

import jwt
import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dangol.fakes.accounts import claims_of
from dangol.fakes.arrival import Arrival, Card
from dangol.fakes.door import Refused, body_of, door, json
from dangol.fakes.world import World

LIFE = 3600
LONGEST = 4096
LONGEST_COLLAPSE = 64
TOKEN = re.compile(r"[0-9a-fA-F]{64,200}")
TYPES = {"alert", "background", "location", "voip", "complication", "fileprovider", "mdm", "liveactivity"}
DEAD, EXPIRED, FOREIGN = "dead", "e0e0", "f0f0"
"""What tokens begin with that are no longer registered, have expired, or are another app's."""


class Apns:
    """The handlers."""

    def __init__(self, world: World) -> None:
        self.world = world

    def routes(self) -> list[Route]:
        """Under `/apns`."""
        return [Route("/3/device/{token}", door(self.world, "apns", self.send, refusal), methods=["POST"])]

    async def send(self, request: Request) -> Response:
        """One notification."""
        if request.scope["http_version"] != "2":
            raise Refused(505, "HTTPVersionNotSupported", "APNs speaks HTTP/2")
        self._authorize(request.headers.get("authorization", ""))
        headers, token = request.headers, request.path_params["token"]
        self._check(headers, token)
        body = await body_of(request)
        if not body:
            raise Refused(400, "PayloadEmpty", "")
        if len(body) > LONGEST:
            raise Refused(413, "PayloadTooLarge", "")
        try:
            payload = msgspec.json.decode(body, type=dict[str, Any])
        except msgspec.DecodeError:
            raise Refused(400, "BadMessageId", "the payload is no JSON") from None
        given = headers.get("apns-id") or str(uuid.uuid4()).upper()
        self.world.accept([self._arrival(given, token, payload)])
        return Response(status_code=200, headers={"apns-id": given})

    def _authorize(self, header: str) -> None:
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Refused(403, "MissingProviderToken", "")
        try:
            head = jwt.get_unverified_header(token)
            claims = claims_of(token, self.world.accounts.apple.public_key(), "ES256")
        except jwt.InvalidTokenError:
            raise Refused(403, "InvalidProviderToken", "") from None
        at = claims.get("iat")
        if head.get("kid") != self.world.accounts.key_id or claims.get("iss") != self.world.accounts.team:
            raise Refused(403, "InvalidProviderToken", "")
        if not isinstance(at, int | float) or abs(self.world.clock() - at) > LIFE:
            raise Refused(403, "ExpiredProviderToken", "")

    def _check(self, headers: Any, token: str) -> None:
        if not headers.get("apns-topic"):
            raise Refused(400, "MissingTopic", "")
        if headers.get("apns-push-type", "alert") not in TYPES:
            raise Refused(400, "InvalidPushType", "")
        if headers.get("apns-priority", "10") not in ("10", "5", "1"):
            raise Refused(400, "BadPriority", "")
        if not headers.get("apns-expiration", "0").isdecimal():
            raise Refused(400, "BadExpirationDate", "")
        if len(headers.get("apns-collapse-id", "").encode()) > LONGEST_COLLAPSE:
            raise Refused(400, "BadCollapseId", "")
        if not TOKEN.fullmatch(token):
            raise Refused(400, "BadDeviceToken", "")
        if headers["apns-topic"] != self.world.accounts.topic or token.startswith(FOREIGN):
            raise Refused(400, "DeviceTokenNotForTopic", "")
        if token.startswith(DEAD) or self.world.faults.strikes("apns", "dead_token"):
            raise Refused(410, "Unregistered", "")
        if token.startswith(EXPIRED):
            raise Refused(410, "ExpiredToken", "")

    def _arrival(self, given: str, token: str, payload: dict[str, Any]) -> Arrival:
        aps = payload.get("aps")
        alert = aps.get("alert") if isinstance(aps, dict) else None
        shown = alert if isinstance(alert, dict) else {"body": alert or ""}
        return Arrival(
            id=given,
            provider="apns",
            kind="push",
            to=token,
            at=self.world.clock(),
            due=self.world.clock(),
            fate="delivered",
            code="",
            title=str(shown.get("title") or ""),
            text=str(shown.get("body") or ""),
            key=str(payload.get("key") or ""),
            fields={name: str(value) for name, value in payload.items() if name != "aps"},
            card=Card(subtitle=str(shown.get("subtitle") or ""), image=str(payload.get("image") or "")),
            link=str(payload.get("link") or ""),
            ad=str(shown.get("title") or shown.get("body") or "").startswith("(광고)"),
            form="ios",
        )


def refusal(status: int, code: str, words: str) -> Response:
    """An error: a reason, and since when a token is not registered (milliseconds)."""
    reason = {"TooManyRequests": "TooManyRequests", "GatewayTimeout": "InternalServerError"}.get(code, code)
    body: dict[str, object] = {"reason": reason}
    if status == 410:
        body["timestamp"] = 1_760_000_000_000
    return json(body, status, {"apns-id": str(uuid.uuid4()).upper()})
