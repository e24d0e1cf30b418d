"""NHN Cloud's SMS v3.0: SMS, LMS and MMS, advertisements apart.

After TOAST-DOCS/SMS, ko/api-guide.md, ko/error-code.md, ko/webhook.md, ko/sending-policy.md.
"""

import re
from collections.abc import Sequence
from typing import Any
from zlib import crc32

import msgspec
from msgspec import Struct, field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dangol.fakes.arrival import Arrival, Card, Kind
from dangol.fakes.door import body_of, json
from dangol.fakes.hooks import Hooks
from dangol.fakes.nhn import MOST, WORDS, Fault, Service, header, paged, shown
from dangol.fakes.numbers import ENDINGS, Fate, digits, is_korean, size
from dangol.fakes.world import World, new_id

BASE = "/sms/v3.0/appKeys/{app_key}"
TYPES: dict[str, tuple[str, bool]] = {
    "sms": ("sms", False),
    "mms": ("mms", False),
    "ad-sms": ("sms", True),
    "ad-mms": ("mms", True),
}
PRICES: dict[Kind, float] = {"sms": 9.9, "lms": 27.0, "mms": 70.0}
LARGEST = 300_000
REFUSE = re.compile(r"무료(수신)?거부\s*080[0-9-]{7,10}\s*$")
CODES: dict[Fate, str] = {
    "delivered": "1000",
    "bad_number": "3003",
    "off": "2003",
    "spam": "3012",
    "opted_out": "3006",
    "night": "E919",
    "unknown": "E999",
    "not_kakao": "E999",
    "blocked": "3013",
    "dead_token": "E999",
}


class Recipient(Struct, rename="camel"):
    """One of `recipientList`."""

    recipient_no: str = ""
    country_code: str = "82"
    international_recipient_no: str = ""
    recipient_grouping_key: str = ""


class Asked(Struct, rename="camel"):
    """`POST …/sender/sms` and its like."""

    body: str = ""
    send_no: str = ""
    title: str = ""
    recipient_list: list[Recipient] = field(default_factory=list)
    request_date: str | None = None
    sender_grouping_key: str = ""
    attach_file_id_list: list[int] = field(default_factory=list)


class File(Struct, rename="camel"):
    """`POST …/attachfile/binaryUpload`."""

    file_name: str
    create_user: str
    file_body: bytes


class Sms(Service):
    """The handlers."""

    def __init__(self, world: World, hooks: Hooks) -> None:
        account = world.accounts.nhn
        super().__init__(world, hooks, "SMS", account.sms_app_key, account.sms_secret)

    def routes(self) -> list[Route]:
        """Under `/nhn`."""
        return [
            self.route(f"{BASE}/sender/{{form}}", self.send, "POST"),
            self.route(f"{BASE}/sender/{{form}}", self.search),
            self.route(f"{BASE}/sender/{{form}}/{{request_id}}", self.single),
            self.route(f"{BASE}/message-results", self.results),
            self.route(f"{BASE}/attachfile/binaryUpload", self.keep, "POST"),
        ]

    async def send(self, request: Request) -> Response:
        """Take texts in."""
        form, is_ad = self._form(request)
        asked = msgspec.json.decode(await body_of(request), type=Asked)
        self._check(asked, form, is_ad)
        kind: Kind = "sms" if form == "sms" else "mms" if asked.attach_file_id_list else "lms"
        group, now = new_id("2026", 25), self.world.clock()
        results, arrivals = [], []
        for place, each in enumerate(asked.recipient_list, 1):
            to = digits(each.recipient_no or each.international_recipient_no)
            code = self._refusal(to, each, is_ad)
            results.append(
                {
                    "recipientNo": to,
                    "resultCode": code,
                    "resultMessage": WORDS[code],
                    "recipientSeq": place,
                    "recipientGroupingKey": each.recipient_grouping_key or None,
                }
            )
            if not code:
                arrivals.append(self._arrival(asked, each, kind, is_ad, (group, place, to, now)))
        self.world.accept(arrivals)
        self.hooks.report("nhn", arrivals, self.write)
        data = {
            "requestId": group,
            "statusCode": "2",
            "senderGroupingKey": asked.sender_grouping_key or None,
            "sendResultList": results,
        }
        return json({"header": header(), "body": {"data": data}})

    async def keep(self, request: Request) -> Response:
        """Take an image; its number is what counts."""
        file = msgspec.json.decode(await body_of(request), type=File)
        if not file.file_name.endswith((".jpg", ".jpeg")):
            raise Fault(-2003, "Attach file required jpg or jpeg.")
        if not 0 < len(file.file_body) <= LARGEST:
            raise Fault(-2005, "The file size must be greater than 0 and less than 300KB.")
        number = crc32(file.file_body)
        self.world.store(str(number), file.file_body)
        data = {"fileId": number, "fileName": file.file_name, "filePath": ""}
        return json({"header": header(), "body": {"data": data}})

    def _form(self, request: Request) -> tuple[str, bool]:
        form = TYPES.get(request.path_params["form"])
        if form is None:
            raise Fault(-9998, "Not exist API.")
        return form

    def _check(self, asked: Asked, form: str, is_ad: bool) -> None:
        if not asked.recipient_list:
            raise Fault(-2001)
        if len(asked.recipient_list) > MOST:
            raise Fault(-2016)
        if digits(asked.send_no) not in self.world.accounts.numbers:
            raise Fault(-2312)
        if asked.request_date:
            raise Fault(-9997, "requestDate: this fake sends at once")
        if not asked.body or (form == "mms" and not asked.title):
            raise Fault(-2014)
        if len(asked.body) > (255 if form == "sms" else 4000) or len(asked.title) > 120:
            raise Fault(-2015)
        if size(asked.body) is None or size(asked.title) is None:
            raise Fault(-2023)
        if is_ad and not (asked.body.startswith("(광고)") and REFUSE.search(asked.body)):
            raise Fault(-6003)

    def _refusal(self, to: str, each: Recipient, is_ad: bool) -> int:
        """NHN's code for a recipient to whom nothing is sent; 0 for the others."""
        if not to.isdecimal() or (each.country_code == "82" and each.recipient_no and not is_korean(to)):
            return -2019
        if is_ad and (to in self.world.refused or ENDINGS.get(to[-4:]) == "opted_out"):
            return -6001
        return 0

    def _arrival(
        self, asked: Asked, each: Recipient, kind: Kind, is_ad: bool, where: tuple[str, int, str, float]
    ) -> Arrival:
        group, place, to, now = where
        fate = self.world.fate("nhn", to, is_kakao=False)
        limit = 90 if kind == "sms" else 2000
        return Arrival(
            id=f"{group}/{place}",
            provider="nhn",
            kind=kind,
            to=to,
            at=now,
            due=self.world.due(fate),
            fate=fate,
            code=CODES[fate],
            group=group,
            place=place,
            sender=digits(asked.send_no),
            title=asked.title,
            # What is too long for a phone is cut off there, as NHN's guide warns.
            text=asked.body.encode("euc-kr")[:limit].decode("euc-kr", "ignore"),
            card=Card(image=str(asked.attach_file_id_list[0])) if asked.attach_file_id_list else None,
            ad=is_ad,
            key=each.recipient_grouping_key,
            fields={"senderGroupingKey": asked.sender_grouping_key},
            price=PRICES[kind],
            form=f"{'AD' if is_ad else 'NORMAL'}_{'SMS' if kind == 'sms' else 'MMS'}",
        )

    async def search(self, request: Request) -> Response:
        """Texts that were asked for."""
        form, is_ad = self._form(request)
        kinds = ("sms",) if form == "sms" else ("lms", "mms")
        found = [arrival for arrival in self.found(request, kinds) if arrival.ad == is_ad]
        return self._page(request, found)

    async def results(self, request: Request) -> Response:
        """Those whose result became known lately."""
        return self._page(request, self.updated(request, ("sms", "lms", "mms")))

    def _page(self, request: Request, found: Sequence[Arrival]) -> Response:
        page, number, count = paged(request, found)
        data = [self._told(arrival) for arrival in page]
        body = {"pageNum": number, "pageSize": count, "totalCount": len(found), "data": data}
        return json({"header": header(), "body": body})

    async def single(self, request: Request) -> Response:
        """One text: the query tells which of its request."""
        place = request.query_params.get("recipientSeq", "")
        arrival = self.world.arrived.get(("nhn", f"{request.path_params['request_id']}/{place}"))
        if arrival is None:
            raise Fault(-2012, "Search parameter is invalid.(requestId and mtPr).")
        return json({"header": header(), "body": {"data": self._told(arrival)}})

    def _told(self, arrival: Arrival) -> dict[str, Any]:
        state = arrival.state(self.world.clock())
        known = state != "accepted"
        return {
            "requestId": arrival.group,
            "recipientSeq": arrival.place,
            "requestDate": shown(arrival.at),
            "resultDate": shown(arrival.due) if known else None,
            "updateDate": shown(arrival.due) if known else None,
            "body": arrival.text,
            "title": arrival.title or None,
            "sendNo": arrival.sender,
            "countryCode": "82",
            "recipientNo": arrival.to,
            "msgStatus": "2" if not known else "3" if state == "delivered" else "0",
            "resultCode": arrival.code if known else None,
            "messageType": arrival.kind.upper(),
            "messageCount": 1,
            "adYn": "Y" if arrival.ad else "N",
            "senderGroupingKey": arrival.fields.get("senderGroupingKey") or None,
            "recipientGroupingKey": arrival.key or None,
        }

    def write(self, arrivals: Sequence[Arrival], count: int) -> tuple[dict[str, str], bytes]:
        """A hook with results."""
        return self.hook(
            "MESSAGE_RESULT_UPDATE",
            [
                {
                    "senderType": arrival.form,
                    "requestId": arrival.group,
                    "recipientSeq": arrival.place,
                    "requestDate": shown(arrival.at, "%Y-%m-%dT%H:%M:%S"),
                    "receiveDate": shown(arrival.due, "%Y-%m-%dT%H:%M:%S"),
                    "sendNo": arrival.sender,
                    "recipientNo": arrival.to,
                    "messageStatus": "COMPLETED" if arrival.fate == "delivered" else "FAILED",
                    "recipientGroupingKey": arrival.key or None,
                    "senderGroupingKey": arrival.fields.get("senderGroupingKey") or None,
                    "resultCode": arrival.code,
                    "messageCount": 1,
                }
                for arrival in arrivals
            ],
        )

    def refused(self, number: str, free: str) -> tuple[dict[str, str], bytes]:
        """A hook that tells of somebody who called the free number."""
        at = shown(self.world.clock(), "%Y-%m-%dT%H:%M:%S.000+09:00")
        hook = {"recipientNo": number, "unsubscribeNo": free, "enterpriseName": "dangol", "createdDateTime": at}
        return self.hook("UNSUBSCRIBE", [hook])
