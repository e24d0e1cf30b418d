"""Aligo's texts and Alimtalk: forms go in, results are only ever asked for.

After https://smartsms.aligo.in/admin/api/spec.html, /admin/api/status.html and /alimapi.html.
"""

import hmac
import math
from collections.abc import Callable, Mapping
from datetime import datetime
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dangol.fakes.arrival import Arrival, Button, Card, Kind
from dangol.fakes.door import body_of, door, json
from dangol.fakes.faults import Doing
from dangol.fakes.nhn import SEOUL
from dangol.fakes.numbers import Fate, digits, is_korean, size
from dangol.fakes.templates import Registered, matches
from dangol.fakes.world import World

MOST = 1000
MOST_MASS = 500
LONGEST = {"SMS": 90, "LMS": 2000, "MMS": 2000}
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
MISMATCH = ("U", "메시지가 템플릿과 일치하지않음")


class Bad(Exception):
    """The request is refused: Aligo's code and words."""

    def __init__(self, code: int, words: str) -> None:
        super().__init__(words)
        self.code, self.words = code, words


Form = Mapping[str, str]
Handle = Callable[[Form], Response]


class Aligo:
    """The handlers. Messages of one request share a number, `mid`."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.account = world.accounts.aligo
        self._mid = 100_000_000

    def routes(self) -> list[Route]:
        """Under `/aligo`: what are two hosts at Aligo is one here."""
        text, kakao = ("key", "user_id", "result_code"), ("apikey", "userid", "code")
        return [
            self._route("/send/", self.send, text),
            self._route("/send_mass/", self.mass, text),
            self._route("/list/", self.requests, text, "look_up"),
            self._route("/sms_list/", self.sms_list, text, "look_up"),
            self._route("/remain/", self.remain, text, "look_up"),
            self._route("/akv10/alimtalk/send/", self.alimtalk, kakao),
            self._route("/akv10/history/list/", self.history, kakao, "look_up"),
            self._route("/akv10/history/detail/", self.detail, kakao, "look_up"),
            self._route("/akv10/heartinfo/", self.heart, kakao, "look_up"),
        ]

    def _route(self, path: str, handle: Handle, names: tuple[str, str, str], doing: Doing = "send") -> Route:
        key, user, code = names

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

    def send(self, form: Form) -> Response:
        """One text to many."""
        text, kind = form.get("msg", ""), self._kind(form)
        numbers = [digits(number) for number in form.get("receiver", "").split(",") if number.strip()]
        if not 0 < len(numbers) <= MOST:
            raise Bad(-101, f"receiver: 1 ~ {MOST}")
        named = dict(pair.partition("|")[::2] for pair in form.get("destination", "").split(",") if pair)
        return self._texts(form, kind, [(to, text.replace("%고객명%", named.get(to, ""))) for to in numbers])

    def mass(self, form: Form) -> Response:
        """A text of its own to each."""
        count = form.get("cnt", "")
        if not count.isdigit() or not 0 < int(count) <= MOST_MASS:
            raise Bad(-101, f"cnt: 1 ~ {MOST_MASS}")
        if form.get("msg_type") not in KINDS:
            raise Bad(-101, "msg_type이 올바르지 않습니다.")
        pairs = [(digits(form.get(f"rec_{n}", "")), form.get(f"msg_{n}", "")) for n in range(1, int(count) + 1)]
        return self._texts(form, form["msg_type"], pairs)

    def _kind(self, form: Form) -> str:
        given = form.get("msg_type", "")
        if given and given not in KINDS:
            raise Bad(-101, "msg_type이 올바르지 않습니다.")
        if given:
            return given
        return "SMS" if (size(form.get("msg", "")) or 0) <= LONGEST["SMS"] and not form.get("title") else "LMS"

    def _texts(self, form: Form, form_name: str, pairs: list[tuple[str, str]]) -> Response:
        if digits(form.get("sender", "")) not in self.world.accounts.numbers:
            raise Bad(-103, "등록되지 않은 발신번호입니다.")
        if form.get("rdate"):
            raise Bad(-101, "rdate: this fake sends at once")
        if (size(form.get("title", "")) or 0) > 44:
            raise Bad(-101, "title: 1 ~ 44 byte")
        sizes = [size(text) for _, text in pairs]
        if any(long is None or not 0 < long <= LONGEST[form_name] for long in sizes):
            raise Bad(-101, f"메시지 길이 또는 문자 오류입니다. (1 ~ {LONGEST[form_name]} byte, EUC-KR)")
        kind = KINDS[form_name]
        good = [(to, text) for to, text in pairs if is_korean(to)]
        self._spend(PRICES[kind] * len(good))
        mid = self._next() if form.get("testmode_yn", "").upper() != "Y" else 0
        arrivals = [
            self._arrival(mid, place, kind, to, text, form.get("sender", ""), form_name, title=form.get("title", ""))
            for place, (to, text) in enumerate(good, 1)
        ]
        self.world.accept(arrivals if mid else [])
        return json(
            {
                "result_code": "1",
                "message": "success",
                "msg_id": str(mid),
                "success_cnt": len(good),
                "error_cnt": len(pairs) - len(good),
                "msg_type": form_name,
            }
        )

    def _spend(self, price: float) -> None:
        if self.world.faults.strikes("aligo", "no_balance") or price > self.world.balance["aligo"]:
            raise Bad(-99, "포인트가 부족합니다.")
        self.world.balance["aligo"] -= price

    def _next(self) -> int:
        self._mid += 1
        return self._mid

    def _arrival(
        self, mid: int, place: int, kind: Kind, to: str, text: str, sender: str, form: str, **more: Any
    ) -> Arrival:
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

    def alimtalk(self, form: Form) -> Response:
        """Alimtalk in its final words, to each his own."""
        if form.get("senderkey") != self.account.sender_key:
            raise Bad(-99, "발신프로필키가 올바르지 않습니다.")
        if digits(form.get("sender", "")) not in self.world.accounts.numbers:
            raise Bad(-99, "등록되지 않은 발신번호입니다.")
        places = [n for n in range(1, MOST_MASS + 2) if form.get(f"receiver_{n}")]
        if not 0 < len(places) <= MOST_MASS or not form.get("tpl_code"):
            raise Bad(-99, f"tpl_code, receiver_1 ~ receiver_{MOST_MASS}")
        good = [n for n in places if is_korean(digits(form[f"receiver_{n}"]))]
        total = PRICES["alimtalk"] * len(good)
        self._spend(total)
        mid = self._next() if form.get("testMode", "").upper() != "Y" else 0
        arrivals = [self._talk(form, mid, n) for n in good]
        self.world.accept(arrivals if mid else [])
        info = {
            "type": "AT",
            "mid": mid,
            "current": round(self.world.balance["aligo"], 1),
            "unit": PRICES["alimtalk"],
            "total": round(total, 1),
            "scnt": len(good),
            "fcnt": len(places) - len(good),
        }
        return json({"code": 0, "message": "성공적으로 전송요청 하였습니다.", "info": info})

    def _talk(self, form: Form, mid: int, n: int) -> Arrival:
        text, buttons = form.get(f"message_{n}", ""), _buttons(form.get(f"button_{n}", ""))
        code = form["tpl_code"]
        card = Card(title=form.get(f"emtitle_{n}", ""), buttons=buttons)
        to = digits(form[f"receiver_{n}"])
        arrival = self._arrival(mid, n, "alimtalk", to, text, form["sender"], "AT", template=code, card=card)
        template = self.world.templates["aligo"].known.get(code)
        if isinstance(template, Registered):
            same = [(b.kind, b.name) for b in buttons] == [(b.kind, b.name) for b in template.buttons]
            fits = template.approved and same and matches(template.text, text)
        else:
            fits = self.world.templates["aligo"].learn
        return arrival if fits else msgspec.structs.replace(arrival, fate="blocked", code=MISMATCH[0])

    def requests(self, form: Form) -> Response:
        """The latest requests of texts."""
        groups = {arrival.group: arrival for arrival in reversed(self._of(("sms", "lms", "mms"), form))}
        rows = [
            {"mid": group, "type": arrival.form, "sender": arrival.sender, "msg": arrival.text,
             "sms_count": len([1 for each in self.world.of("aligo") if each.group == group]),
             "reserve_state": "", "reg_date": _at(arrival.at)}
            for group, arrival in groups.items()
        ]  # fmt: skip
        return json({"result_code": 1, "message": "success", **_page(rows, form, "page_size", 30)})

    def sms_list(self, form: Form) -> Response:
        """The messages of one request of texts."""
        now = self.world.clock()
        found = [arrival for arrival in self._of(("sms", "lms", "mms"), form) if arrival.group == form.get("mid")]
        rows = [
            {
                "mdid": f"{arrival.group}{arrival.place:04d}",
                "type": arrival.form,
                "sender": arrival.sender,
                "receiver": arrival.to,
                "sms_state": "전송중" if arrival.state(now) == "accepted" else arrival.code,
                "reg_date": _at(arrival.at),
                "send_date": _at(arrival.at),
                "reserve_date": "",
            }
            for arrival in found
        ]
        return json({"result_code": 1, "message": "success", **_page(rows, form, "page_size", 30)})

    def remain(self, form: Form) -> Response:
        """How many the balance is enough for."""
        left = {f"{name}_CNT": self._left(kind) for name, kind in KINDS.items()}
        return json({"result_code": 1, "message": "success", **left})

    def heart(self, form: Form) -> Response:
        """The same, asked at the other host."""
        left = {f"{name}_CNT": self._left(kind) for name, kind in KINDS.items()}
        return json({"code": 1, "message": "", "list": {**left, "ALT_CNT": self._left("alimtalk")}})

    def _left(self, kind: Kind) -> int:
        is_wrong = self.world.faults.strikes("aligo", "wrong_balance", "look_up")
        return 0 if is_wrong else int(self.world.balance["aligo"] / PRICES[kind])

    def history(self, form: Form) -> Response:
        """The latest requests of Alimtalk."""
        groups = {arrival.group: arrival for arrival in reversed(self._of(("alimtalk",), form))}
        rows = [
            {
                "mid": group,
                "type": "AT",
                "sender": arrival.sender,
                "msg_count": str(len([1 for each in self.world.of("aligo") if each.group == group])),
                "mbody": arrival.text,
                "reserve_state": "",
                "reg_date": _at(arrival.at),
            }
            for group, arrival in groups.items()
        ]
        return json({"code": 0, "message": "정상적으로 호출하였습니다.", **_pages(rows, form)})

    def detail(self, form: Form) -> Response:
        """The messages of one request of Alimtalk."""
        now = self.world.clock()
        found = [arrival for arrival in self._of(("alimtalk",), form) if arrival.group == form.get("mid")]
        rows = [self._told(arrival, arrival.state(now) != "accepted") for arrival in found]
        return json({"code": 0, "message": "정상적으로 호출하였습니다.", **_pages(rows, form)})

    def _told(self, arrival: Arrival, known: bool) -> dict[str, str]:
        words = MISMATCH[1] if arrival.code == MISMATCH[0] else RESULTS.get(arrival.fate, ("", ""))[1]
        return {
            "msgid": f"{'' if known else 'Q'}{arrival.group}{arrival.place:04d}",
            "type": "AT",
            "sender": arrival.sender,
            "phone": arrival.to,
            "status": "3" if known else "1",
            "reqdate": _at(arrival.at),
            "sentdate": _at(arrival.at),
            "rsltdate": _at(arrival.due) if known else "",
            "reportdate": _at(arrival.due) if known else "",
            "rslt": arrival.code if known else "",
            "rslt_message": words if known else "",
            "message": arrival.text,
            "button_json": "{}",
            "tpl_code": arrival.template,
            "senderKey": self.account.sender_key,
            "smid": "0",
        }

    def _of(self, kinds: tuple[Kind, ...], form: Form) -> list[Arrival]:
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


def _at(at: float | None) -> str:
    return datetime.fromtimestamp(at or 0, SEOUL).strftime("%Y-%m-%d %H:%M:%S")


def _number(form: Form, name: str, otherwise: int) -> int:
    given = form.get(name, "")
    return max(int(given), 1) if given.isdigit() and len(given) < 7 else otherwise


def _page(rows: list[Any], form: Form, name: str, otherwise: int) -> dict[str, Any]:
    page, count = _number(form, "page", 1), min(_number(form, name, otherwise), 500)
    return {"list": rows[(page - 1) * count : page * count], "next_yn": "Y" if len(rows) > page * count else "N"}


def _pages(rows: list[Any], form: Form) -> dict[str, Any]:
    page, count = _number(form, "page", 1), min(max(_number(form, "limit", 50), 50), 500)
    return {
        "list": rows[(page - 1) * count : page * count],
        "currentPage": page,
        "totalPage": math.ceil(len(rows) / count),
        "totalCount": len(rows),
    }


def _buttons(written: str) -> list[Button]:
    if not written:
        return []
    try:
        given = msgspec.json.decode(written, type=dict[str, list[dict[str, str | None]]]).get("button", [])
    except msgspec.DecodeError:
        raise Bad(-99, "button: JSON 형식이 올바르지 않습니다.") from None
    return [
        Button(each.get("name") or "", each.get("linkType") or "WL", each.get("linkMo") or each.get("linkM") or "")
        for each in given
    ]
