"""`POST /v1/events`: what browsers send, and what they get to show. The hot path."""

from functools import lru_cache
from http.cookies import CookieError, SimpleCookie
from typing import Any

import msgspec
from prometheus_client import Counter, Histogram
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from dangol.engine import Context, Outcome
from dangol.errors import Invalid, Unavailable
from dangol.protocol import envelope, tokens
from dangol.protocol.envelope import LONGEST_BODY, Envelope
from dangol.protocol.event import Event
from dangol.protocol.tokens import Identity, Keys, Refused
from dangol.runtime import SiteRuntime
from dangol.stage import Shown
from dangol.store.orders import claim
from dangol.web.agent import environment
from dangol.web.body import json, read_body, refusal
from dangol.web.house import House

COOKIE_DAYS = 400  # the most that browsers keep a cookie

REQUESTS = Counter("dangol_event_requests", "Requests to /v1/events by what became of them.", ["outcome"])
EVENTS = Counter("dangol_events", "Events that were taken in.", ["site"])
DROPPED = Counter("dangol_events_dropped", "Events that were dropped, by why.", ["site", "reason"])
SECONDS = Histogram(
    "dangol_event_seconds",
    "Time from a read request to its answer.",
    buckets=(0.0005, 0.001, 0.002, 0.004, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0),
)


class Answer(msgspec.Struct, omit_defaults=True):
    """What the snippet gets back."""

    visitor: str = ""
    dropped: int = 0
    show: list[dict[str, Any]] = msgspec.field(default_factory=list)


_encode = msgspec.json.Encoder().encode


class Collector:
    """An ASGI endpoint: the hot path does without the framework's request objects."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; every refusal is told in JSON."""
        headers = {name: value for name, value in scope["headers"] if name in WANTED}
        origin = headers.get(b"origin", b"").decode("latin-1")
        try:
            response = await self._answer(scope, receive, headers, origin)
        except Invalid as error:
            REQUESTS.labels("refused").inc()
            response = refusal(error)
        except Unavailable as error:
            REQUESTS.labels("unavailable").inc()
            response = json({"error": str(error)}, 503, {"Retry-After": "2"})
        except ClientDisconnect:
            REQUESTS.labels("disconnected").inc()
            return
        if origin and self._is_known(origin):
            # Also refusals must be readable for the snippet, or it can't tell them from a network that failed.
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Allow-Credentials"] = "true"
            response.headers["Access-Control-Expose-Headers"] = "Retry-After"
            response.headers["Vary"] = "Origin"
        await response(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, headers: dict[bytes, bytes], origin: str) -> Response:
        house, now = self._house, self._house.now()
        client = scope.get("client")
        if wait := house.limit.wait(client[0] if client else "", now):
            REQUESTS.labels("too_fast").inc()
            return json({"error": "too many requests from this address"}, 429, {"Retry-After": str(int(wait) + 1)})
        sent = envelope.read(await read_body(scope, receive, LONGEST_BODY))
        if not house.loaded:
            raise Unavailable("the definitions are not loaded yet")
        runtime = house.by_key.get(sent.site)
        if runtime is None or origin not in runtime.origins:
            REQUESTS.labels("foreign").inc()
            return json({"error": "site: expected the key of a site and one of its origins"}, 403)
        with SECONDS.time():
            return await self._serve(runtime, sent, headers, now, scope["scheme"] == "https")

    async def _serve(
        self, runtime: SiteRuntime, sent: Envelope, headers: dict[bytes, bytes], now: float, secure: bool
    ) -> Response:
        site, page = runtime.site, envelope.path_of(sent.page)
        events, dropped = envelope.events(sent, page, site.currency, int(now * 1000))
        cookie = _cookie(headers.get(b"cookie", b""), f"dg_{site.id}")
        given, profile_id = _visitor(runtime.keys, sent, cookie)
        identity = None
        if sent.member:
            try:
                identity = _identity(runtime.keys, sent.member, now)
            except Refused:
                dropped["member"] += 1
        known = profile_id is not None
        if not known and (cookie or sent.visitor) and not sent.logout:
            dropped["visitor"] += 1
        outcome = await self._take(
            runtime,
            profile_id or tokens.new_visitor(),
            known,
            events,
            Context(
                now=now,
                page=page,
                language=sent.lang[:2].lower(),
                open=frozenset(sent.open),
                identity=identity,
                environment=environment(headers.get(b"user-agent", b"").decode("latin-1"), sent.lang),
            ),
        )
        _count(site.id, outcome, dropped)
        token = tokens.sign(runtime.keys, outcome.profile_id)
        answer = Answer(
            visitor=token if token != given else "",
            dropped=sum(dropped.values()),
            show=[_show(shown, self._house) for shown in outcome.shown],
        )
        response = Response(_encode(answer), media_type="application/json", headers=NO_STORE)
        if token != cookie:
            response.set_cookie(
                f"dg_{site.id}",
                token,
                max_age=COOKIE_DAYS * 86_400,
                httponly=True,
                samesite="none" if secure else "lax",
                secure=secure,
            )
        return response

    async def _take(
        self, runtime: SiteRuntime, profile_id: str, known: bool, events: list[Event], context: Context
    ) -> Outcome:
        engine, identity = self._house.engine, context.identity
        if identity is not None:
            member_id = tokens.member_profile(runtime.keys, identity.sub)
            if known and profile_id.startswith("v"):
                await engine.join(runtime, profile_id, member_id)
            profile_id, known = member_id, True
        ours = [
            event for event in events if event.name != "purchase" or await self._is_ours(runtime, profile_id, event)
        ]
        return await engine.take(runtime, profile_id, ours, context, known)

    async def _is_ours(self, runtime: SiteRuntime, profile_id: str, event: Event) -> bool:
        return await claim(self._house.link, runtime.site.id, event.key, profile_id) in ("", profile_id)

    def _is_known(self, origin: str) -> bool:
        return any(origin in runtime.origins for runtime in self._house.by_key.values())


WANTED = frozenset({b"origin", b"cookie", b"user-agent"})
NO_STORE = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


def _cookie(header: bytes, name: str) -> str:
    if name.encode() not in header:
        return ""
    try:
        morsel = SimpleCookie(header.decode("latin-1")).get(name)
    except CookieError:
        return ""
    return morsel.value if morsel else ""


def _visitor(keys: Keys, sent: Envelope, cookie: str) -> tuple[str, str | None]:
    """The token to go by and its profile id; the cookie before what the page kept. Forged ones count as none."""
    if not sent.logout:
        for token in (cookie, sent.visitor):
            if token and (profile_id := tokens.verify(keys, token)):
                return token, profile_id
    return "", None


def _identity(keys: Keys, token: str, now: float) -> Identity:
    identity = _read_member(keys, token)
    tokens.check_life(identity, now)
    return identity


@lru_cache(8192)
def _read_member(keys: Keys, token: str) -> Identity:
    """A page sends the same token many times; its life is checked each time anew."""
    return tokens.read_member(keys, token)


def _count(site: str, outcome: Outcome, dropped: dict[str, int]) -> None:
    REQUESTS.labels("ok").inc()
    EVENTS.labels(site).inc(len(outcome.taken))
    for reason, count in dropped.items():
        DROPPED.labels(site, reason).inc(count)


def _show(shown: Shown, house: House) -> dict[str, Any]:
    campaign, use = shown.decision.campaign, shown.decision.campaign.widget
    assert use is not None
    fields: dict[str, Any] = {
        "campaign": campaign.id,
        "exposure": shown.decision.key,
        "widget": shown.widget.name,
        "slot": shown.widget.slot,
        "label": shown.label,
        "lang": shown.language,
        "style": house.engine.stage.renderer.style_path(shown.widget.name),
        "tree": msgspec.Raw(shown.tree),
    }
    if use.at:
        fields["at"] = use.at
    if campaign.delay:
        fields["delay"] = campaign.delay
    if campaign.later:
        fields["later"] = campaign.later
    return fields
