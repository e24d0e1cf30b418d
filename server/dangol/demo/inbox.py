"""A receiver of dangol's webhook, and a phone that shows what came in."""

import base64
import binascii
import hmac
import os
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct, field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dangol.demo.categories import Language
from dangol.demo.front import Front
from dangol.protocol.strict import decode
from dangol.render.text import fill
from dangol.web.body import json, read_body

RECEIVER = "/inbox/webhook"
SECRET = "WEBHOOK_DEMO_SECRET"  # noqa: S105  (the variable's name)
TOLERANCE = 300
LONGEST_BODY = 65_536
MOST = 50

Word = Annotated[str, Meta(max_length=2000)]
Words = Annotated[dict[Word, Word], Meta(max_length=50)]


class Push(Struct, frozen=True):
    """`data` of the webhook's message; its own `data` has the texts, such as `text_ko`."""

    key: Word
    member: Word
    variables: Words = field(default_factory=dict)
    data: Words = field(default_factory=dict)


class Body(Struct, frozen=True):
    """The webhook's message."""

    type: Literal["push.requested"]
    data: Push


@dataclass(frozen=True, slots=True)
class Bubble:
    """A message on the phone, in one language."""

    key: str
    to: str
    at: str
    title: str
    text: str
    link: str
    button: str


class Inbox:
    """The handlers, and the messages by their id, the oldest first."""

    def __init__(self, front: Front) -> None:
        self._front = front
        self._arrived: OrderedDict[str, tuple[float, Push]] = OrderedDict()

    def routes(self) -> list[Route]:
        """The receiver, the page, and the part of it that is fetched again."""
        return [
            Route(RECEIVER, self.receive, methods=["POST"]),
            Route("/inbox", self.page, methods=["GET"]),
            Route("/inbox/bubbles", self.bubbles, methods=["GET"]),
        ]

    async def receive(self, request: Request) -> Response:
        """Take a message in, once; what came before is acknowledged again."""
        body = await read_body(request.scope, request.receive, LONGEST_BODY)
        now = time.time()
        if not genuine(os.environ.get(SECRET, ""), request.headers, body, now):
            return json({"error": "webhook-signature: expected that of this body, at most five minutes old"}, 401)
        push = decode(msgspec.json.Decoder(Body).decode, body).data
        key = request.headers["webhook-id"]  # signed, unlike other headers
        new = key not in self._arrived
        self._arrived.setdefault(key, (now, push))
        while len(self._arrived) > MOST:
            self._arrived.popitem(last=False)
        return json({"new": new})

    async def page(self, request: Request) -> Response:
        """The phone."""
        visit = self._front.visit(request)
        return self._front.page(visit, "inbox.html", bubbles=self._shown(visit.language))

    async def bubbles(self, request: Request) -> Response:
        """What has arrived, for the page's script."""
        return json({"bubbles": self._shown(self._front.visit(request).language)})

    def _shown(self, language: Language) -> list[Bubble]:
        return [bubble(key, at, push, language) for key, (at, push) in self._arrived.items()]


def genuine(secret: str, headers: Mapping[str, str], body: bytes, now: float) -> bool:
    """Whether a request is signed as Standard Webhooks says (standardwebhooks.com), not more than five minutes ago.

    `secret` is ``whsec_`` and base64, or any text; without one nothing is genuine.
    """
    key = _key(secret)
    id, sent = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not key or not id or not (sent.isascii() and sent.isdigit() and len(sent) <= 12):
        return False
    if abs(now - int(sent)) > TOLERANCE:
        return False
    wanted = b"v1," + base64.b64encode(hmac.digest(key, b"%s.%s.%s" % (id.encode(), sent.encode(), body), sha256))
    given = headers.get("webhook-signature", "").encode().split()
    return any([hmac.compare_digest(one, wanted) for one in given])


def _key(secret: str) -> bytes:
    if not secret.startswith("whsec_"):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        return b""


def bubble(key: str, at: float, push: Push, language: Language) -> Bubble:
    """A message in the reader's language, its variables filled in. Only links into the shop are shown."""

    def text(name: str) -> str:
        return fill(push.data.get(f"{name}_{language}", ""), push.variables.get)

    link = push.data.get("link", "")
    inside = link.startswith("/") and not link.startswith(("//", "/\\"))
    to = push.variables.get("name", push.member)
    when = datetime.fromtimestamp(at).strftime("%H:%M")
    return Bubble(key, to, when, text("title"), text("text"), link if inside else "", text("button"))
