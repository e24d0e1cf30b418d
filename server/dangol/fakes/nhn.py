"""What NHN Cloud's doors share: keys, answers, dates, pages of results, hooks.

After TOAST-DOCS/Alimtalk and TOAST-DOCS/SMS, https://github.com/TOAST-DOCS (API guides, error codes, webhooks).
"""

import hmac
import math
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dangol.fakes.arrival import Arrival
from dangol.fakes.door import Handler, Refused, door, json
from dangol.fakes.faults import Doing
from dangol.fakes.hooks import Hooks
from dangol.fakes.world import World, new_id

SEOUL = ZoneInfo("Asia/Seoul")
MOST = 1000
LONGEST_SEARCH = 31 * 86_400
SHAPES = ("%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S")
WORDS = {
    0: "SUCCESS",
    -1000: "Invalid appKey.",
    -1001: "Invalid secretKey.",
    -1005: "The same 'X-NC-API-IDEMPOTENCY-KEY' was used within the last 10 minute.",
    -2001: "RecipientList can not be null.",
    -2011: "RequestId or start/endRequestDate or start/endCreateDate is required.",
    -2014: "Title or Body can not be empty.",
    -2015: "Title or Body exceed maximum byte.",
    -2016: "The max recipient size is 1000.",
    -2019: "RecipientNo is invalid.",
    -2023: "Unacceptable characters in title and body",
    -2312: "Not regist sendno.",
    -4000: "Search is possible within one month.",
    -6001: "Recipient Number is refused.",
    -6003: "The body must contain block guide ment.",
    -9997: "Invalid API parameters.",
}


class Fault(Exception):
    """The request is refused with this code of NHN's."""

    def __init__(self, code: int, words: str = "") -> None:
        super().__init__(code)
        self.code, self.words = code, words or WORDS[code]


class Service:
    """One of NHN's services, with its key, its secret and the name by which its hooks tell of it."""

    def __init__(self, world: World, hooks: Hooks, product: str, app_key: str, secret: str) -> None:
        self.world, self.hooks = world, hooks
        self.product, self.app_key, self.secret = product, app_key, secret

    def route(self, path: str, handle: Handler, method: str = "GET") -> Route:
        """A route behind the key and the secret."""

        async def checked(request: Request) -> Response:
            try:
                self._authorize(request, method)
                return await handle(request)
            except Fault as fault:
                return json({"header": header(fault.code, fault.words)})
            except msgspec.DecodeError as error:
                return json({"header": header(-9997, f"{WORDS[-9997]} {error}")})

        doing: Doing = "send" if method == "POST" else "look_up"
        return Route(path, door(self.world, "nhn", checked, refusal, doing), methods=[method])

    def _authorize(self, request: Request, method: str) -> None:
        if request.path_params["app_key"] != self.app_key:
            raise Fault(-1000)
        if not hmac.compare_digest(request.headers.get("x-secret-key", "").encode(), self.secret.encode()):
            raise Fault(-1001)
        key = request.headers.get("x-nc-api-idempotency-key")
        if method == "POST" and key and not self.world.requests.is_new(f"{self.app_key}:{key}", self.world.clock()):
            raise Fault(-1005)

    def found(self, request: Request, kinds: Sequence[str]) -> list[Arrival]:
        """Those that a search names, the newest first. Raises `Fault` for one that NHN refuses."""
        asked = request.query_params
        start, end = _span(asked, ("Request", "Create"))
        if not asked.get("requestId") and math.isinf(end):
            raise Fault(-2011)
        wanted = {field: asked[name] for name, field in FILTERS.items() if asked.get(name)}
        return [
            arrival
            for arrival in reversed(self.world.of("nhn"))
            if arrival.kind in kinds
            and start <= arrival.at <= end
            and all(_value(arrival, field) == value for field, value in wanted.items())
        ]

    def updated(self, request: Request, kinds: Sequence[str]) -> list[Arrival]:
        """Those whose result became known within the times of a query."""
        start, end = _span(request.query_params, ("Update",))
        if math.isinf(end):
            raise Fault(-2011)
        now = self.world.clock()
        return [
            arrival
            for arrival in self.world.of("nhn")
            if arrival.kind in kinds and arrival.state(now) != "accepted" and start <= (arrival.due or 0) <= end
        ]

    def one(self, request: Request) -> Arrival:
        """The one that a path names."""
        group, place = request.path_params["request_id"], request.path_params["place"]
        for arrival in self.world.of("nhn"):
            if arrival.group == group and arrival.place == place:
                return arrival
        raise Refused(404, "NotFound", "no such message")

    def hook(self, event: str, hooks: Sequence[dict[str, Any]]) -> tuple[dict[str, str], bytes]:
        """A hook: the signature is the plain word that was agreed on."""
        headers = {
            "Content-Type": "application/json;charset=UTF-8",
            "X-Toast-Webhook-Signature": self.world.accounts.nhn.hook_secret,
        }
        body = {
            "hooksId": new_id("2026"),
            "webhookConfigId": "dangol-fake",
            "productName": self.product,
            "appKey": self.app_key,
            "event": event,
            "hooks": [{"hookId": new_id("2026"), **hook} for hook in hooks],
        }
        return headers, msgspec.json.encode(body)


FILTERS = {
    "requestId": "group",
    "recipientNo": "to",
    "recipientGroupingKey": "key",
    "senderGroupingKey": "senderGroupingKey",
    "templateCode": "template",
    "sendNo": "sender",
}


def _value(arrival: Arrival, field: str) -> str:
    return arrival.fields.get(field, "") if field == "senderGroupingKey" else str(getattr(arrival, field))


def _span(asked: Any, names: Sequence[str]) -> tuple[float, float]:
    """The first span that a query names, seconds; all times where it names none."""
    for name in names:
        start, end = asked.get(f"start{name}Date"), asked.get(f"end{name}Date")
        if start and end:
            first, last = _moment(start, 0), _moment(end, 1)
            if last - first > LONGEST_SEARCH + 60:
                raise Fault(-4000)
            return first, last
    return 0.0, math.inf


def _moment(written: str, late: int) -> float:
    """A time of a query in Seoul; one without seconds stands for its whole minute."""
    for shape, length in zip(SHAPES, (60, 1), strict=True):
        try:
            at = datetime.strptime(written, shape).replace(tzinfo=SEOUL)
        except ValueError:
            continue
        return at.timestamp() + late * length
    raise Fault(-9997, f"expected a time such as 2026-11-22 09:30, not {written[:40]!r}")


def paged(request: Request, found: Sequence[Arrival]) -> tuple[Sequence[Arrival], int, int]:
    """A page, its number and its size."""
    asked = request.query_params
    size = min(max(_number(asked.get("pageSize"), 15), 1), 1000)
    number = max(_number(asked.get("pageNum"), 1), 1)
    return found[(number - 1) * size : number * size], number, size


def _number(written: str | None, otherwise: int) -> int:
    return int(written) if written and written.isdecimal() and len(written) < 7 else otherwise


def header(code: int = 0, words: str = "") -> dict[str, object]:
    """The head of every answer."""
    return {"resultCode": code, "resultMessage": words or WORDS.get(code, ""), "isSuccessful": code == 0}


def refusal(status: int, code: str, words: str) -> Response:
    """An answer of the gateway in front of the services."""
    return json({"header": header(-9999 if status >= 500 else -status, words)}, status)


def shown(at: float | None, shape: str = "%Y-%m-%d %H:%M:%S.0") -> str | None:
    """A time as NHN writes it."""
    return None if at is None else datetime.fromtimestamp(at, SEOUL).strftime(shape)
