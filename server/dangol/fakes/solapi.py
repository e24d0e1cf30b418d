"""SOLAPI's shape: `send-many/detail`, lists, groups, balance and SINGLE-REPORT hooks.

After solapi-nodejs and solapi-python (models, authenticator, webhook models), https://github.com/solapi, and
https://developers.solapi.dev/references/authentication/api-key.
"""

import hashlib
import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dangol.fakes import solapi_checks
from dangol.fakes.arrival import Arrival
from dangol.fakes.door import Handler, Refused, body_of, door, json
from dangol.fakes.faults import Doing
from dangol.fakes.hooks import Hooks
from dangol.fakes.numbers import Fate, digits
from dangol.fakes.solapi_auth import authorize
from dangol.fakes.solapi_checks import Failed, Judged, Message, typed
from dangol.fakes.solapi_files import file_of
from dangol.fakes.solapi_told import Group, brief, code_of, info, told
from dangol.fakes.world import World, new_id

MOST = 10_000
PAGE = 500
CODES: dict[Fate, str] = {
    "delivered": "4000",
    "not_kakao": "3104",
    "blocked": "3107",
    "bad_number": "3032",
    "off": "3043",
    "spam": "3054",
    "opted_out": "2061",
    "night": "3108",
    "unknown": "3014",
    "dead_token": "3014",
}
FILTERS = {"to": "to", "from": "sender", "type": "form", "groupId": "group", "messageId": "id"}


class Body(Struct, rename="camel"):
    """`POST /messages/v4/send-many/detail`."""

    messages: list[Message]
    allow_duplicates: bool = False
    show_message_list: bool | None = False
    scheduled_date: str | None = None


_decode = msgspec.json.Decoder(Body).decode


class Solapi:
    """The handlers, and the groups by their id."""

    def __init__(self, world: World, hooks: Hooks) -> None:
        self.world = world
        self.hooks = hooks
        self.account = world.accounts.solapi
        self.groups: dict[str, Group] = {}

    def routes(self) -> list[Route]:
        """Under `/solapi`."""
        return [
            self._route("/messages/v4/send-many/detail", self.send, "POST"),
            self._route("/messages/v4/list", self.messages),
            self._route("/messages/v4/list-old", self.messages),  # the Python SDK's address of the same
            self._route("/messages/v4/groups", self.list_groups),
            self._route("/messages/v4/groups/{group}", self.group),
            self._route("/messages/v4/groups/{group}/messages", self.messages),
            self._route("/cash/v1/balance", self.balance),
            self._route("/storage/v1/files", self.keep, "POST", "look_up"),
            self._route("/iam/v1/black", self.black),
        ]

    def _route(self, path: str, handle: Handler, method: str = "GET", doing: Doing | None = None) -> Route:
        async def checked(request: Request) -> Response:
            authorize(self.world, request.headers.get("authorization", ""))
            return await handle(request)

        doing = doing or ("send" if method == "POST" else "look_up")
        return Route(path, door(self.world, "solapi", checked, refusal, doing), methods=[method])

    async def send(self, request: Request) -> Response:
        """Take messages in."""
        try:
            body = _decode(await body_of(request))
        except msgspec.DecodeError as error:
            raise Refused(400, "ValidationError", str(error)) from None
        if not 0 < len(body.messages) <= MOST:
            raise Refused(400, "ValidationError", f"messages: expected 1 to {MOST}")
        if body.scheduled_date:
            raise Refused(400, "ValidationError", "scheduledDate: this fake sends at once")
        if self.world.faults.strikes("solapi", "no_balance") or self.world.balance["solapi"] <= 0:
            raise Refused(402, "NotEnoughBalance", "the balance is used up")
        group = Group(new_id("G4V"), self.world.clock(), len(body.messages), 0, body.allow_duplicates, 0.0)
        took, failed = self._sorted(body, group)
        self.world.accept(took)
        self.groups[group.id] = group
        if len(self.groups) > MOST:
            del self.groups[next(iter(self.groups))]
        self.hooks.report("solapi", took, self.write)
        answer = {"failedMessageList": failed, "groupInfo": info(group, self.account.account)}
        if body.show_message_list:
            answer["messageList"] = [brief(arrival) for arrival in took]
        return json(answer)

    def _sorted(self, body: Body, group: Group) -> tuple[list[Arrival], list[dict[str, Any]]]:
        took: list[Arrival] = []
        failed: list[dict[str, Any]] = []
        seen: set[str] = set()
        for message in body.messages:
            to = digits(message.to)
            try:
                if to in seen and not body.allow_duplicates:
                    raise Failed("1026")
                judged = solapi_checks.judged(self.world, message)
                self._spend(judged.price, group)
            except Failed as refused:
                failed.append(self._failed(message, refused))
                continue
            seen.add(to)
            took += self._arrivals(message, judged, group)
        group.failed = len(failed)
        return took, failed

    def _spend(self, price: float, group: Group) -> None:
        if price > self.world.balance["solapi"]:
            raise Failed("1030")
        self.world.balance["solapi"] -= price
        group.price += price

    def _arrivals(self, message: Message, judged: Judged, group: Group) -> list[Arrival]:
        """The message, and the text in its place where KakaoTalk fails and SOLAPI is let to send one."""
        to, is_kakao = digits(message.to), judged.kind in ("alimtalk", "brand")
        is_ad = judged.kind == "brand" or judged.text.startswith("(광고)")
        fate: Fate = "opted_out" if is_ad and to in self.world.refused else self.world.fate("solapi", to, is_kakao)
        arrival = Arrival(
            id=new_id("M4V"),
            provider="solapi",
            kind=judged.kind,
            to=to,
            at=group.at,
            due=self.world.due(fate),
            fate=fate,
            code=CODES[fate],
            group=group.id,
            sender=digits(message.from_ or ""),
            title=message.subject or "",
            text=judged.text,
            template=judged.template,
            ad=is_ad,
            key=message.custom_fields.get("key", "") if message.custom_fields else "",
            fields=message.custom_fields or {},
            price=judged.price,
            card=judged.card,
            form=judged.form,
        )
        options = message.kakao_options
        if judged.kind != "alimtalk" or options is None or options.disable_sms or fate == "delivered":
            return [arrival]
        kind, form = ("sms", "SMS") if solapi_checks.fits(judged.text) else ("lms", "LMS")
        text = msgspec.structs.replace(
            arrival,
            id=new_id("M4V"),
            kind=kind,
            form=form,
            fate="delivered",
            code="4000",
            replaces=arrival.id,
            card=None,
            key="",
        )
        return [arrival, text]

    def _failed(self, message: Message, refused: Failed) -> dict[str, Any]:
        return {
            "to": message.to,
            "from": message.from_,
            "type": typed(message),
            "country": message.country,
            "messageId": new_id("M4V"),
            "statusCode": refused.code,
            "statusMessage": refused.words,
            "accountId": self.account.account,
            "customFields": message.custom_fields,
        }

    async def messages(self, request: Request) -> Response:
        """Those that the query names, the newest first."""
        asked = request.query_params
        given = asked.get("limit", "")
        limit = min(max(int(given), 1), PAGE) if given.isdecimal() and len(given) < 7 else 20
        wanted = {name: asked[name] for name in (*FILTERS, "statusCode") if asked.get(name)}
        if asked.get("criteria") and asked.get("cond") == "eq":
            wanted[asked["criteria"]] = asked.get("value", "")
        if "group" in request.path_params:
            wanted["groupId"] = request.path_params["group"]
        ids = {*asked.getlist("messageIds"), *asked.getlist("messageIds[]")}
        start, end = _moment(asked.get("startDate"), 0.0), _moment(asked.get("endDate"), math.inf)
        found = [
            arrival
            for arrival in reversed(self.world.of("solapi"))
            if start <= arrival.at <= end and (not ids or arrival.id in ids) and self._is_wanted(arrival, wanted)
        ]
        first = next((place for place, arrival in enumerate(found) if arrival.id == asked.get("startKey")), 0)
        page, rest = found[first : first + limit], found[first + limit :]
        return json(
            {
                "startKey": asked.get("startKey"),
                "nextKey": rest[0].id if rest else None,
                "limit": limit,
                "messageList": {
                    arrival.id: told(arrival, self.account.account, self.world.clock()) for arrival in page
                },
            }
        )

    def _is_wanted(self, arrival: Arrival, wanted: Mapping[str, str]) -> bool:
        is_fixed = all(getattr(arrival, FILTERS[name]) == value for name, value in wanted.items() if name in FILTERS)
        return is_fixed and wanted.get("statusCode") in (None, code_of(arrival, self.world.clock()))

    async def list_groups(self, request: Request) -> Response:
        """The latest groups."""
        asked = request.query_params
        wanted = asked.get("value") if asked.get("criteria") == "groupId" else None
        groups = [group for group in reversed(self.groups.values()) if wanted in (None, group.id)][:PAGE]
        infos = {group.id: info(group, self.account.account) for group in groups}
        return json({"startKey": None, "nextKey": None, "limit": PAGE, "groupList": infos})

    async def group(self, request: Request) -> Response:
        """One group."""
        found = self.groups.get(request.path_params["group"])
        if found is None:
            raise Refused(404, "ResourceNotFound", "no such group")
        return json(info(found, self.account.account))

    async def keep(self, request: Request) -> Response:
        """Take a file in that messages will name."""
        name, content, answer = file_of(await body_of(request))
        self.world.store(name, content)
        return json(answer)

    async def balance(self, request: Request) -> Response:
        """What is left, or with a fault something else."""
        left = self.world.balance["solapi"]
        return json(
            {"balance": 0.5 if self.world.faults.strikes("solapi", "wrong_balance", "look_up") else left, "point": 0}
        )

    async def black(self, request: Request) -> Response:
        """Who has refused advertisements by the free number."""
        refused = {
            f"DENIAL-{number}": {"type": "DENIAL", "recipientNumber": number, "senderNumber": "", "handleKey": number}
            for number in sorted(self.world.refused)
        }
        return json({"startKey": None, "nextKey": None, "limit": PAGE, "blackList": refused})

    def write(self, arrivals: Sequence[Arrival], count: int) -> tuple[dict[str, str], bytes]:
        """A SINGLE-REPORT hook."""
        secret = hashlib.sha1(self.account.hook_secret.encode(), usedforsecurity=False).hexdigest()  # SOLAPI's choice
        headers = {
            "Content-Type": "application/json",
            "X-Solapi-Event-Name": "SINGLE-REPORT",
            "X-Solapi-Secret": secret,
        }
        reports = [
            {
                "eventDataId": f"{arrival.id}-R",
                "data": told(arrival, self.account.account, self.world.clock(), is_over=True),
                "retryCount": count,
            }
            for arrival in arrivals
        ]
        return headers, msgspec.json.encode(reports)


def refusal(status: int, code: str, words: str) -> Response:
    """An error as SOLAPI tells it."""
    return json({"errorCode": code, "errorMessage": words}, status)


def _moment(written: str | None, otherwise: float) -> float:
    if not written:
        return otherwise
    try:
        at = datetime.fromisoformat(written.replace(" ", "+"))  # the "+" of an offset that nobody escaped
    except ValueError:
        raise Refused(400, "ValidationError", "startDate, endDate: expected ISO 8601") from None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
