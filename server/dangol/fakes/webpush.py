"""A push service for browsers, and browsers of its own that subscribe to it and read what comes.

RFC 8030 (protocol), RFC 8291 (encryption), RFC 8292 (VAPID).
"""

import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import http_ece
import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dangol.fakes.accounts import claims_of
from dangol.fakes.arrival import Arrival, Card
from dangol.fakes.door import Refused, body_of, door, json
from dangol.fakes.world import World

LONGEST = 4096
LONGEST_LIFE = 86_400
MOST = 10_000
URGENCIES = {"very-low", "low", "normal", "high"}
TOPIC = re.compile(r"[A-Za-z0-9_-]{1,32}")
VAPID = re.compile(r"^vapid\s+(?=.*\bt=([^,\s]+))(?=.*\bk=([^,\s]+))", re.IGNORECASE)


class Wanted(Struct, forbid_unknown_fields=True):
    """A new subscription; `key` is the only application server's that may use it, as browsers have it."""

    key: str = ""


class Browser(Struct):
    """A subscribed browser."""

    private: ec.EllipticCurvePrivateKey
    auth: bytes
    key: str
    gone: bool = False

    @property
    def public(self) -> bytes:
        """Its half of the encryption's key."""
        return self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


class WebPush:
    """The handlers, and the browsers by their ids."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.browsers: dict[str, Browser] = {}

    def routes(self) -> list[Route]:
        """Under `/webpush`."""
        return [
            Route("/subscriptions", self.subscribe, methods=["POST"]),
            Route("/{id}", door(self.world, "webpush", self.send, refusal), methods=["POST"]),
            Route("/{id}", self.leave, methods=["DELETE"]),
        ]

    async def subscribe(self, request: Request) -> Response:
        """What `PushSubscription.toJSON()` gives in a browser."""
        try:
            wanted = msgspec.json.decode(await body_of(request) or b"{}", type=Wanted)
        except (msgspec.DecodeError, Refused) as error:
            return refusal(400, "BadRequest", str(error))
        browser = Browser(ec.generate_private_key(ec.SECP256R1()), secrets.token_bytes(16), wanted.key)
        name = secrets.token_urlsafe(24)
        if len(self.browsers) >= MOST:
            del self.browsers[next(iter(self.browsers))]
        self.browsers[name] = browser
        endpoint = f"{_origin(request)}/webpush/{name}"
        keys = {"p256dh": _encoded(browser.public), "auth": _encoded(browser.auth)}
        return json({"endpoint": endpoint, "expirationTime": None, "keys": keys}, 201)

    async def leave(self, request: Request) -> Response:
        """The browser has unsubscribed: its address is gone for good."""
        browser = self.browsers.get(request.path_params["id"])
        if browser is None:
            return refusal(404, "NotFound", "no such subscription")
        browser.gone = True
        return Response(status_code=204)

    async def send(self, request: Request) -> Response:
        """One message for one browser."""
        name = request.path_params["id"]
        browser = self.browsers.get(name)
        if browser is None:
            raise Refused(404, "NotFound", "no such subscription")
        if browser.gone or self.world.faults.strikes("webpush", "dead_token"):
            raise Refused(410, "Gone", "the subscription has ended")
        key = self._authorize(request)
        if browser.key and browser.key != key:
            raise Refused(403, "Forbidden", "the subscription is another application server's")
        self._check(request)
        body = await body_of(request)
        if len(body) > LONGEST:
            raise Refused(413, "PayloadTooLarge", f"expected at most {LONGEST} bytes")
        arrival = self._arrival(name, self._read(browser, body))
        self.world.accept([arrival])
        return Response(status_code=201, headers={"Location": f"{_origin(request)}/webpush/m/{arrival.id}"})

    def _authorize(self, request: Request) -> str:
        """The application server's key, once its signature was checked. Raises `Refused`."""
        found = VAPID.match(request.headers.get("authorization", ""))
        if not found:
            raise Refused(401, "Unauthorized", "Authorization: expected vapid t=…, k=…")
        try:
            public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _raw(found[2]))
            claims = claims_of(found[1], public, "ES256")
        except (jwt.InvalidTokenError, ValueError):
            raise Refused(403, "Forbidden", "the token was not signed with that key") from None
        end, now = claims.get("exp"), self.world.clock()
        if not isinstance(end, int | float) or not now < end <= now + LONGEST_LIFE:
            raise Refused(403, "Forbidden", "exp: expected a time within 24 hours")
        if claims.get("aud") != _origin(request):
            raise Refused(403, "Forbidden", "aud: expected the origin of the push service")
        return _encoded(_raw(found[2]))

    def _check(self, request: Request) -> None:
        headers = request.headers
        if not headers.get("ttl", "").isdecimal():
            raise Refused(400, "BadRequest", "TTL: expected seconds")
        if headers.get("urgency", "normal") not in URGENCIES:
            raise Refused(400, "BadRequest", f"Urgency: expected one of {', '.join(sorted(URGENCIES))}")
        if "topic" in headers and not TOPIC.fullmatch(headers["topic"]):
            raise Refused(400, "BadRequest", "Topic: expected up to 32 characters of base64url")
        if headers.get("content-encoding") != "aes128gcm":
            raise Refused(415, "UnsupportedMediaType", "Content-Encoding: expected aes128gcm")

    def _read(self, browser: Browser, body: bytes) -> dict[str, Any]:
        """The message as the browser reads it. A real service can't see that it can't be read; here that is told."""
        try:
            plain = http_ece.decrypt(body, private_key=browser.private, auth_secret=browser.auth)
        except (http_ece.ECEException, ValueError) as error:
            raise Refused(400, "BadRequest", f"the browser can't decrypt it: {type(error).__name__}") from None
        try:
            return msgspec.json.decode(plain, type=dict[str, Any])
        except msgspec.DecodeError:
            return {"text": plain.decode(errors="replace")}

    def _arrival(self, name: str, said: dict[str, Any]) -> Arrival:
        title, text = str(said.get("title") or ""), str(said.get("text") or said.get("body") or "")
        return Arrival(
            id=secrets.token_urlsafe(12),
            provider="webpush",
            kind="push",
            to=name,
            at=self.world.clock(),
            due=self.world.clock(),
            fate="delivered",
            code="",
            title=title,
            text=text,
            key=str(said.get("key") or said.get("tag") or ""),
            card=Card(image=str(said.get("image") or "")),
            link=str(said.get("link") or said.get("url") or ""),
            ad=title.startswith("(광고)") or text.startswith("(광고)"),
            form="web",
        )


def refusal(status: int, code: str, words: str) -> Response:
    """An error: push services have no common form."""
    return json({"error": code, "message": words}, status)


def _origin(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}"


def _raw(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _encoded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
