"""Aligo's Alimtalk, after https://smartsms.aligo.in/alimapi.html."""

import msgspec
from starlette.responses import Response
from starlette.routing import Route

from dangol.fakes.aligo import KINDS, PRICES, RESULTS, Bad, Form, Names, Service, at, pages
from dangol.fakes.arrival import Arrival, Button, Card
from dangol.fakes.door import json
from dangol.fakes.numbers import digits, is_korean
from dangol.fakes.templates import Registered, matches
from dangol.fakes.world import World

MOST = 500
MISMATCH = ("U", "메시지가 템플릿과 일치하지않음")


class Talk(Service):
    """The handlers."""

    def __init__(self, world: World) -> None:
        super().__init__(world, Names("apikey", "userid", "code"), 500_000_000)

    def routes(self) -> list[Route]:
        """Under `/aligo`, as if both hosts were one."""
        return [
            self.route("/akv10/alimtalk/send/", self.alimtalk),
            self.route("/akv10/history/list/", self.history, "look_up"),
            self.route("/akv10/history/detail/", self.detail, "look_up"),
            self.route("/akv10/heartinfo/", self.heart, "look_up"),
        ]

    def alimtalk(self, form: Form) -> Response:
        """Alimtalk in its final words, to each his own."""
        if form.get("senderkey") != self.account.sender_key:
            raise Bad(-99, "발신프로필키가 올바르지 않습니다.")
        if digits(form.get("sender", "")) not in self.world.accounts.numbers:
            raise Bad(-99, "등록되지 않은 발신번호입니다.")
        places = [n for n in range(1, MOST + 2) if form.get(f"receiver_{n}")]
        if not 0 < len(places) <= MOST or not form.get("tpl_code"):
            raise Bad(-99, f"tpl_code, receiver_1 ~ receiver_{MOST}")
        good = [n for n in places if is_korean(digits(form[f"receiver_{n}"]))]
        total = PRICES["alimtalk"] * len(good)
        self.spend(total)
        mid = self.next_mid() if form.get("testMode", "").upper() != "Y" else 0
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
        arrival = self.arrival(mid, n, "alimtalk", to, text, form["sender"], "AT", template=code, card=card)
        template = self.world.templates["aligo"].known.get(code)
        if isinstance(template, Registered):
            same = [(b.kind, b.name) for b in buttons] == [(b.kind, b.name) for b in template.buttons]
            fits = template.approved and same and matches(template.text, text)
        else:
            fits = self.world.templates["aligo"].learn
        return arrival if fits else msgspec.structs.replace(arrival, fate="blocked", code=MISMATCH[0])

    def history(self, form: Form) -> Response:
        """The latest requests of Alimtalk."""
        groups = {arrival.group: arrival for arrival in reversed(self.of(("alimtalk",)))}
        rows = [
            {
                "mid": group,
                "type": "AT",
                "sender": arrival.sender,
                "msg_count": str(len([1 for each in self.world.of("aligo") if each.group == group])),
                "mbody": arrival.text,
                "reserve_state": "",
                "reg_date": at(arrival.at),
            }
            for group, arrival in groups.items()
        ]
        return json({"code": 0, "message": "정상적으로 호출하였습니다.", **pages(rows, form)})

    def detail(self, form: Form) -> Response:
        """The messages of one request of Alimtalk."""
        now = self.world.clock()
        found = [arrival for arrival in self.of(("alimtalk",)) if arrival.group == form.get("mid")]
        rows = [self._told(arrival, arrival.state(now) != "accepted") for arrival in found]
        return json({"code": 0, "message": "정상적으로 호출하였습니다.", **pages(rows, form)})

    def _told(self, arrival: Arrival, known: bool) -> dict[str, str]:
        words = MISMATCH[1] if arrival.code == MISMATCH[0] else RESULTS.get(arrival.fate, ("", ""))[1]
        return {
            "msgid": f"{'' if known else 'Q'}{arrival.group}{arrival.place:04d}",
            "type": "AT",
            "sender": arrival.sender,
            "phone": arrival.to,
            "status": "3" if known else "1",
            "reqdate": at(arrival.at),
            "sentdate": at(arrival.at),
            "rsltdate": at(arrival.due) if known else "",
            "reportdate": at(arrival.due) if known else "",
            "rslt": arrival.code if known else "",
            "rslt_message": words if known else "",
            "message": arrival.text,
            "button_json": "{}",
            "tpl_code": arrival.template,
            "senderKey": self.account.sender_key,
            "smid": "0",
        }

    def heart(self, form: Form) -> Response:
        """The same, asked at the other host."""
        left = {f"{name}_CNT": self.left(kind) for name, kind in KINDS.items()}
        return json({"code": 1, "message": "", "list": {**left, "ALT_CNT": self.left("alimtalk")}})


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
