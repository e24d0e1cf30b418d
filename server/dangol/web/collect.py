"""`POST /v1/events` on the wire: limits, origins, CORS. The hot path, so it does without request objects."""

import logging

from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from dangol.errors import Invalid, Unavailable
from dangol.house import Headers, House
from dangol.protocol import envelope
from dangol.protocol.envelope import LONGEST_BODY
from dangol.web import cookie
from dangol.web.agent import environment
from dangol.web.body import TooLarge, encode, explained, read_body
from dangol.web.bots import kind
from dangol.web.limits import RateLimit
from dangol.web.looking import look
from dangol.web.said import Visitor
from dangol.web.tally import TALLY
from dangol.web.visit import serve

log = logging.getLogger(__name__)

Reply = tuple[int, bytes, Headers]

PLAIN: Headers = [(b"content-type", b"application/json"), (b"x-content-type-options", b"nosniff")]
LATER: Headers = [(b"retry-after", b"2")]
NOTHING = b"{}"


class Collector:
    """The endpoint. Whatever comes in, an answer goes out."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._limit = RateLimit(house.settings.rate_limit)
        self._country = house.settings.country_header.lower().encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; every refusal is told in JSON."""
        now = self._house.now()
        given = dict(scope["headers"])
        origin = given.get(b"origin", b"")
        try:
            status, body, headers = await self._answer(scope, receive, given, origin.decode("latin-1"), now)
        except ClientDisconnect:
            return
        TALLY.answered(status, self._house.now() - now)
        length = (b"content-length", str(len(body)).encode())
        # Also refusals are shared, or the snippet could not tell them from a network that failed.
        headers = [*PLAIN, length, *headers, *self._house.sharing.get(origin, ())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _answer(
        self, scope: Scope, receive: Receive, given: dict[bytes, bytes], origin: str, now: float
    ) -> Reply:
        try:
            if wait := self._limit.wait(_address(scope), now):
                return 429, refusal("too many requests from this address"), [(b"retry-after", b"%d" % (int(wait) + 1))]
            return await self._take(await read_body(scope, receive, LONGEST_BODY), scope, given, origin, now)
        except Invalid as error:
            return 413 if isinstance(error, TooLarge) else 400, refusal(explained(error)), []
        except Unavailable as error:
            log.debug("a request to /v1/events was put off: %s", error)  # it names the store: nobody's business
            return 503, refusal("not now; try again after a while"), LATER
        except ClientDisconnect:
            raise
        except Exception:
            log.exception("a request to /v1/events failed")
            return 500, refusal("dangol failed; the log says why"), LATER

    async def _take(self, body: bytes, scope: Scope, given: dict[bytes, bytes], origin: str, now: float) -> Reply:
        sent = envelope.read(body)
        if not self._house.loaded.is_set():
            raise Unavailable("the definitions are not loaded yet")
        runtime = self._house.by_key.get(sent.site)
        if runtime is None and self._house.unserved:
            raise Unavailable("the definitions of a site can't be read")  # perhaps this one's; its events shall wait
        if runtime is None or origin not in runtime.origins:
            return 403, refusal("site: expected the key of a site, sent from one of its origins"), []
        agent = given.get(b"user-agent", b"").decode("latin-1")
        if robot := kind(agent):
            TALLY.met_robot(runtime.site.id, robot)
            return 200, NOTHING, []
        name = cookie.name_of(runtime.site.id)
        held = cookie.read(given.get(b"cookie", b""), name)
        country = given.get(self._country, b"").decode("latin-1") if self._country else ""
        visitor = Visitor(_address(scope), agent, held, environment(agent, sent.lang, country, bool(sent.app)))
        answer, token = await (look if sent.preview else serve)(self._house, runtime, sent, visitor, now)
        if token is None:
            return 200, encode(answer), []
        is_secure, is_same_site = scope["scheme"] == "https", cookie.is_same_site(given, origin)
        headers = [cookie.keep(name, token, is_secure, is_same_site)]
        return 200, encode(answer), headers


def refusal(text: str) -> bytes:
    """The body that says so."""
    return encode({"error": text})


def _address(scope: Scope) -> str:
    client = scope.get("client")
    return client[0] if client else ""
