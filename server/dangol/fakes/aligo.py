"""What Aligo's two hosts share: forms go in, the account is in each of them, results are only ever asked for.

After https://smartsms.aligo.in/admin/api/spec.html, /admin/api/status.html and /alimapi.html.
"""

import hmac
import math
from collections.abc import Callable, Mapping
from datetime import datetime
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dangol.fakes.arrival import Arrival, Kind
from dangol.fakes.door import body_of, door, json
from dangol.fakes.faults import Doing
from dangol.fakes.nhn import SEOUL
from dangol.fakes.numbers import Fate, digits
from dangol.fakes.world import World

PRICES: dict[Kind, float] = {"sms": 8.4, "lms": 25.9, "mms": 60.0, "alimtalk": 6.5}
KINDS: dict[str, Kind] = {"SMS": "sms", "LMS": "lms", "MMS": "mms"}
STATES: dict[Fate, str] = {
    "delivered": "발송완료",
    "bad_number": "번호오류",
    "off": "단말기전원꺼짐",
    "spam": "스팸차단",
    "opted_out": "수신거부",
    "night": "발송제한시간",
    "unknown": "전송중",
}
RESULTS: dict[Fate, tuple[str, str]] = {
    "delivered": ("0", ""),
    "not_kakao": ("N", "카카오톡을 사용하지 않는 사용자"),
    "blocked": ("B", "수신자가 알림톡을 차단함"),
    "bad_number": ("P", "전화번호 오류"),
    "night": ("T", "발송 가능한 시간이 아님"),
}


class Bad(Exception):
    """The request is refused: Aligo's code and words."""

    def __init__(self, code: int, words: str) -> None:
        super().__init__(words)
        self.code, self.words = code, words


class Names(NamedTuple):
    """What a host calls the key, the user and the result's code."""

    key: str
    user: str
    code: str


Form = Mapping[str, str]
Handle = Callable[[Form], Response]


class Service:
    """One of the hosts. Messages of one request share a number, `mid`; they begin after `first`."""

    def __init__(self, world: World, names: Names, first: int) -> None:
        self.world, self.names = world, names
        self.account = world.accounts.aligo
        self._mid = first

    def route(self, path: str, handle: Handle, doing: Doing = "send") -> Route:
        """A route behind the key and the address."""
        key, user, code = self.names

        def refuse(status: int, name: str, words: str) -> Response:
            return json({code: -status, "message": words}, status)

        async def checked(request: Request) -> Response:
            form = _form(request.headers.get("content-type", ""), await body_of(request))
            try:
                self._authorize(request, form.get(key, ""), form.get(user, "") or form.get("userid", ""))
                return handle(form)
            except Bad as bad:
                return json({code: bad.code, "message": bad.words})

        return Route(path, door(self.world, "aligo", checked, refuse, doing), methods=["POST"])

    def _authorize(self, request: Request, key: str, user: str) -> None:
        if not hmac.compare_digest(key.encode(), self.account.key.encode()) or user != self.account.user:
            raise Bad(-101, "인증오류입니다.")
        if request.client is None or request.client.host not in self.account.addresses:
            raise Bad(-99, "등록되지 않은 서버 IP입니다.")

    def spend(self, price: float) -> None:
        """Raises `Bad` where the balance is not enough."""
        if self.world.faults.strikes("aligo", "no_balance") or price > self.world.balance["aligo"]:
            raise Bad(-99, "포인트가 부족합니다.")
        self.world.balance["aligo"] -= price

    def next_mid(self) -> int:
        """The number of another request."""
        self._mid += 1
        return self._mid

    def arrival(
        self, mid: int, place: int, kind: Kind, to: str, text: str, sender: str, form: str, **more: Any
    ) -> Arrival:
        """A message that has just come."""
        fate = self.world.fate("aligo", to, is_kakao=kind == "alimtalk")
        code = RESULTS.get(fate, RESULTS["blocked"])[0] if kind == "alimtalk" else STATES.get(fate, "전송실패")
        return Arrival(
            id=f"{mid}/{place}",
            provider="aligo",
            kind=kind,
            to=to,
            at=self.world.clock(),
            due=self.world.due(fate),
            fate=fate,
            code=code,
            group=str(mid),
            place=place,
            sender=digits(sender),
            text=text,
            ad=text.startswith("(광고)"),
            price=PRICES[kind],
            form=form,
            **more,
        )

    def left(self, kind: Kind) -> int:
        """How many of a kind the balance is enough for."""
        is_wrong = self.world.faults.strikes("aligo", "wrong_balance", "look_up")
        return 0 if is_wrong else int(self.world.balance["aligo"] / PRICES[kind])

    def of(self, kinds: tuple[Kind, ...]) -> list[Arrival]:
        """What has arrived, the oldest first."""
        return [arrival for arrival in self.world.of("aligo") if arrival.kind in kinds]


def _form(kind: str, body: bytes) -> dict[str, str]:
    """The texts of a form, and of each file its name."""
    if not kind.startswith("multipart/form-data"):
        return dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))
    parts = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + kind.encode("latin-1") + b"\r\n\r\n" + body)
    form = {}
    for part in parts.iter_parts():
        name, content = part.get_param("name", header="content-disposition"), part.get_payload(decode=True)
        form[str(name)] = part.get_filename() or (
            content.decode(errors="replace") if isinstance(content, bytes) else ""
        )
    return form


def at(at: float | None) -> str:
    """A time as Aligo writes it."""
    return datetime.fromtimestamp(at or 0, SEOUL).strftime("%Y-%m-%d %H:%M:%S")


def _number(form: Form, name: str, otherwise: int) -> int:
    given = form.get(name, "")
    return max(int(given), 1) if given.isdecimal() and len(given) < 7 else otherwise


def page(rows: list[Any], form: Form, name: str, otherwise: int) -> dict[str, Any]:
    """A page of a list of texts' host."""
    page, count = _number(form, "page", 1), min(_number(form, name, otherwise), 500)
    return {"list": rows[(page - 1) * count : page * count], "next_yn": "Y" if len(rows) > page * count else "N"}


def pages(rows: list[Any], form: Form) -> dict[str, Any]:
    """A page of a list of Alimtalk's host."""
    page, count = _number(form, "page", 1), min(max(_number(form, "limit", 50), 50), 500)
    return {
        "list": rows[(page - 1) * count : page * count],
        "currentPage": page,
        "totalPage": math.ceil(len(rows) / count),
        "totalCount": len(rows),
    }
