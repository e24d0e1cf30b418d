"""Aligo's texts, after https://smartsms.aligo.in/admin/api/spec.html and /admin/api/status.html."""

from starlette.responses import Response
from starlette.routing import Route

from dangol.fakes.aligo import KINDS, PRICES, Bad, Form, Names, Service, at, page
from dangol.fakes.door import json
from dangol.fakes.numbers import digits, is_korean, size
from dangol.fakes.world import World

MOST = 1000
MOST_MASS = 500
LONGEST = {"SMS": 90, "LMS": 2000, "MMS": 2000}


class Texts(Service):
    """The handlers."""

    def __init__(self, world: World) -> None:
        super().__init__(world, Names("key", "user_id", "result_code"), 100_000_000)

    def routes(self) -> list[Route]:
        """Under `/aligo`."""
        return [
            self.route("/send/", self.send),
            self.route("/send_mass/", self.mass),
            self.route("/list/", self.requests, "look_up"),
            self.route("/sms_list/", self.sms_list, "look_up"),
            self.route("/remain/", self.remain, "look_up"),
        ]

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
        if not count.isdecimal() or len(count) > 3 or not 0 < int(count) <= MOST_MASS:
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
        self.spend(PRICES[kind] * len(good))
        mid = self.next_mid() if form.get("testmode_yn", "").upper() != "Y" else 0
        arrivals = [
            self.arrival(mid, place, kind, to, text, form.get("sender", ""), form_name, title=form.get("title", ""))
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

    def requests(self, form: Form) -> Response:
        """The latest requests of texts."""
        groups = {arrival.group: arrival for arrival in reversed(self.of(("sms", "lms", "mms")))}
        rows = [
            {"mid": group, "type": arrival.form, "sender": arrival.sender, "msg": arrival.text,
             "sms_count": len([1 for each in self.world.of("aligo") if each.group == group]),
             "reserve_state": "", "reg_date": at(arrival.at)}
            for group, arrival in groups.items()
        ]  # fmt: skip
        return json({"result_code": 1, "message": "success", **page(rows, form, "page_size", 30)})

    def sms_list(self, form: Form) -> Response:
        """The messages of one request of texts."""
        now = self.world.clock()
        found = [arrival for arrival in self.of(("sms", "lms", "mms")) if arrival.group == form.get("mid")]
        rows = [
            {
                "mdid": f"{arrival.group}{arrival.place:04d}",
                "type": arrival.form,
                "sender": arrival.sender,
                "receiver": arrival.to,
                "sms_state": "전송중" if arrival.state(now) == "accepted" else arrival.code,
                "reg_date": at(arrival.at),
                "send_date": at(arrival.at),
                "reserve_date": "",
            }
            for arrival in found
        ]
        return json({"result_code": 1, "message": "success", **page(rows, form, "page_size", 30)})

    def remain(self, form: Form) -> Response:
        """How many the balance is enough for."""
        left = {f"{name}_CNT": self.left(kind) for name, kind in KINDS.items()}
        return json({"result_code": 1, "message": "success", **left})
