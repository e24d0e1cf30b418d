"""FCM's HTTP v1, and Google's token endpoint in front of it.

After https://firebase.google.com/docs/reference/fcm/rest/v1/projects.messages, .../ErrorCode and
https://developers.google.com/identity/protocols/oauth2/service-account.
"""

import secrets
from typing import Any
from urllib.parse import parse_qs

import jwt
import msgspec
from msgspec import Struct, field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dangol.fakes.accounts import claims_of
from dangol.fakes.arrival import Arrival, Card
from dangol.fakes.door import Refused, body_of, door, json
from dangol.fakes.world import World

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
SCOPE = "https://www.googleapis.com/auth/firebase.messaging"
LIFE = 3600
SKEW = 300
LONGEST = 4096
STATUSES = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND",
            429: "RESOURCE_EXHAUSTED", 500: "INTERNAL", 503: "UNAVAILABLE", 504: "DEADLINE_EXCEEDED"}  # fmt: skip
FCM_CODES = {404: "UNREGISTERED", 429: "QUOTA_EXCEEDED", 500: "INTERNAL", 503: "UNAVAILABLE"}
DEAD, FOREIGN, WRONG = "dead", "foreign", "wrong"
"""What tokens begin with that are no longer registered, another project's, or none at all."""


class Notification(Struct):
    """What is shown."""

    title: str = ""
    body: str = ""
    image: str = ""


class Options(Struct):
    """`webpush.fcm_options`."""

    link: str = ""


class Web(Struct):
    """`webpush`."""

    fcm_options: Options = field(default_factory=Options)


class Android(Struct):
    """`android`; a duration such as `86400s`."""

    ttl: str = ""
    priority: str = ""
    collapse_key: str = ""
    notification: dict[str, Any] = field(default_factory=dict)


class Message(Struct):
    """`message`."""

    token: str | None = None
    topic: str | None = None
    condition: str | None = None
    notification: Notification = field(default_factory=Notification)
    data: dict[str, str] = field(default_factory=dict)
    android: Android = field(default_factory=Android)
    webpush: Web = field(default_factory=Web)


class Asked(Struct):
    """`POST …/messages:send`."""

    message: Message
    validate_only: bool = False


class Fcm:
    """The handlers, and the access tokens by the unix time at which each ends."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.tokens: dict[str, float] = {}

    def routes(self) -> list[Route]:
        """Under `/fcm`."""
        return [
            Route("/token", door(self.world, "fcm", self.token, refuse_token, "look_up"), methods=["POST"]),
            Route(
                "/v1/projects/{project}/messages:send", door(self.world, "fcm", self.send, refusal), methods=["POST"]
            ),
        ]

    async def token(self, request: Request) -> Response:
        """An access token for a signed assertion."""
        given = {name: values[0] for name, values in parse_qs((await body_of(request)).decode("latin-1")).items()}
        if given.get("grant_type") != GRANT:
            raise Refused(400, "unsupported_grant_type", f"grant_type: expected {GRANT}")
        try:
            claims = claims_of(given.get("assertion", ""), self.world.accounts.google.public_key(), "RS256")
        except jwt.InvalidTokenError as error:
            raise Refused(400, "invalid_grant", f"Invalid JWT: {error}") from None
        self._check(claims, {str(request.url), "https://oauth2.googleapis.com/token"})
        token, now = "ya29." + secrets.token_urlsafe(48), self.world.clock()
        self.tokens = {known: until for known, until in self.tokens.items() if until > now}
        self.tokens[token] = now + LIFE
        return json({"access_token": token, "expires_in": LIFE - 1, "token_type": "Bearer"})

    def _check(self, claims: dict[str, Any], audiences: set[str]) -> None:
        now = self.world.clock()
        if claims.get("iss") != self.world.accounts.email:
            raise Refused(400, "invalid_grant", "Invalid grant: account not found")
        if claims.get("aud") not in audiences:
            raise Refused(400, "invalid_grant", "Invalid JWT: aud is not the token endpoint")
        if SCOPE not in str(claims.get("scope", "")).split():
            raise Refused(400, "invalid_scope", "scope: expected firebase.messaging")
        start, end = claims.get("iat"), claims.get("exp")
        if not isinstance(start, int | float) or not isinstance(end, int | float):
            raise Refused(400, "invalid_grant", "Invalid JWT: iat and exp are required")
        if not now - LIFE - SKEW < start <= now + SKEW or not now < end <= start + LIFE:
            raise Refused(400, "invalid_grant", "Invalid JWT: iat and exp must be within an hour")

    async def send(self, request: Request) -> Response:
        """One message to one device."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or self.tokens.get(token, 0.0) <= self.world.clock():
            raise Refused(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.")
        if request.path_params["project"] != self.world.accounts.project:
            raise Refused(403, "PERMISSION_DENIED", "Permission denied on resource project.")
        try:
            asked = msgspec.json.decode(await body_of(request), type=Asked)
        except msgspec.DecodeError as error:
            raise Refused(400, "INVALID_ARGUMENT", f"Invalid JSON payload received. {error}") from None
        message = asked.message
        self._check_message(message)
        arrival = self._arrival(message)
        if not asked.validate_only:
            self.world.accept([arrival])
        return json({"name": f"projects/{self.world.accounts.project}/messages/{arrival.id}"})

    def _check_message(self, message: Message) -> None:
        if len([target for target in (message.token, message.topic, message.condition) if target]) != 1:
            raise Refused(400, "INVALID_ARGUMENT", "expected exactly one of token, topic and condition")
        shown = msgspec.json.encode([message.notification, message.data, message.android.notification])
        if len(shown) > LONGEST:
            raise Refused(400, "INVALID_ARGUMENT", "Android message is too big")
        token = message.token or ""
        if token.startswith(DEAD) or self.world.faults.strikes("fcm", "dead_token"):
            raise Refused(404, "UNREGISTERED", "Requested entity was not found.")
        if token.startswith(FOREIGN):
            raise Refused(403, "SENDER_ID_MISMATCH", "SenderId mismatch")
        if token.startswith(WRONG):
            raise Refused(400, "INVALID_TOKEN", "The registration token is not a valid FCM registration token")

    def _arrival(self, message: Message) -> Arrival:
        note = message.notification
        return Arrival(
            id=secrets.token_hex(8),
            provider="fcm",
            kind="push",
            to=message.token or message.topic or "",
            at=self.world.clock(),
            due=self.world.clock(),
            fate="delivered",
            code="",
            title=note.title or message.data.get("title", ""),
            text=note.body or message.data.get("body", "") or message.data.get("text", ""),
            key=message.data.get("key", ""),
            fields=message.data,
            card=Card(image=note.image or message.data.get("image", "")),
            link=message.webpush.fcm_options.link or message.data.get("link", ""),
            ad=note.title.startswith("(광고)") or note.body.startswith("(광고)"),
            form="android",
        )


def refusal(status: int, code: str, words: str) -> Response:
    """An error as Google's APIs tell it; the detail names FCM's own code where there is one."""
    name = FCM_CODES.get(status) or {"SENDER_ID_MISMATCH": code, "INVALID_TOKEN": "INVALID_ARGUMENT"}.get(code)
    kind = "type.googleapis.com/google.firebase.fcm.v1.FcmError"
    details = [{"@type": kind, "errorCode": name}] if name else []
    error = {"code": status, "message": words, "status": STATUSES.get(status, "UNKNOWN"), "details": details}
    return json({"error": error}, status)


def refuse_token(status: int, code: str, words: str) -> Response:
    """An error of the token endpoint (RFC 6749, 5.2)."""
    return json({"error": code, "error_description": words}, status)
