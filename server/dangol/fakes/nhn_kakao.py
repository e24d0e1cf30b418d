"""NHN Cloud's KakaoTalk Bizmessage: Alimtalk v2.3 and brand messages v1.0.

After TOAST-DOCS/Alimtalk, ko/alimtalk-api-guide.md, ko/friendtalkupgrade-api-guide.md, ko/webhook-api-guide.md.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dangol.fakes import brand
from dangol.fakes.arrival import Arrival, Button, Card, Row
from dangol.fakes.door import body_of, json
from dangol.fakes.hooks import Hooks
from dangol.fakes.nhn import MOST, Fault, Service, header, paged, shown
from dangol.fakes.nhn_shapes import Asked, AskedBrand, GivenButton, Recipient, Resend, Told, bms_of
from dangol.fakes.numbers import Fate, digits, is_korean, size
from dangol.fakes.templates import Registered, fill, matches
from dangol.fakes.world import World, new_id

ALIMTALK = "/alimtalk/v2.3/appkeys/{app_key}"
BRAND = "/brand-message/v1.0/appkeys/{app_key}"
PRICES = {"alimtalk": 8.5, "brand": 23.0}
CODES: dict[Fate, str] = {
    "delivered": "1000",
    "not_kakao": "3019",
    "blocked": "3020",
    "bad_number": "3008",
    "night": "3022",
    "opted_out": "3020",
    "off": "3018",
    "spam": "3018",
    "dead_token": "3018",
    "unknown": "3005",
}
WORDS = {
    "1000": "성공",
    "3005": "메시지를 발송했으나 수신확인 안됨",
    "3008": "전화번호 오류",
    "3014": "메시지 길이 제한 오류",
    "3015": "템플릿을 찾을 수 없음",
    "3016": "메시지 내용이 템플릿과 일치하지 않음",
    "3018": "메시지를 전송할 수 없음",
    "3019": "톡 유저가 아님",
    "3020": "알림톡 수신 차단",
    "3022": "메시지 발송 가능한 시간이 아님",
    "3027": "메시지 버튼/바로연결이 템플릿과 일치하지 않음",
}


class Kakao(Service):
    """The handlers."""

    def __init__(self, world: World, hooks: Hooks) -> None:
        account = world.accounts.nhn
        super().__init__(world, hooks, "KakaoTalk Bizmessage", account.app_key, account.secret)

    def routes(self) -> list[Route]:
        """Under `/nhn`."""
        one = "/messages/{request_id}/{place:int}"
        return [
            self.route(f"{ALIMTALK}/messages", self.filled, "POST"),
            self.route(f"{ALIMTALK}/raw-messages", self.raw, "POST"),
            self.route(f"{ALIMTALK}/messages", self.search),
            self.route(f"{ALIMTALK}{one}", self.single),
            self.route(f"{ALIMTALK}/message-results", self.results),
            self.route(f"{BRAND}/freestyle-messages", self.freestyle, "POST"),
            self.route(f"{BRAND}/basic-messages", self.basic, "POST"),
            self.route(f"{BRAND}/messages", self.search_brand),
            self.route(f"{BRAND}{one}", self.single),
        ]

    async def filled(self, request: Request) -> Response:
        """Alimtalk whose variables NHN fills in."""
        asked = self._checked(msgspec.json.decode(await body_of(request), type=Asked))
        return self._take(asked, "alimtalk", [self._fill(asked, each) for each in asked.recipient_list])

    async def raw(self, request: Request) -> Response:
        """Alimtalk in its final words."""
        asked = self._checked(msgspec.json.decode(await body_of(request), type=Asked))
        return self._take(asked, "alimtalk", [self._compare(asked, each) for each in asked.recipient_list])

    async def freestyle(self, request: Request) -> Response:
        """A brand message that is sent along."""
        body = await body_of(request)
        asked = self._checked(msgspec.json.decode(body, type=AskedBrand))
        bms = bms_of(msgspec.json.decode(body, type=dict[str, Any]))
        if problem := brand.problem(bms, None):
            raise Fault(-9997, problem)
        told = Told("1000", bms.content or "", brand.card(bms))
        return self._take(asked, "brand", [told] * len(asked.recipient_list))

    async def basic(self, request: Request) -> Response:
        """A brand message of a template."""
        asked = self._checked(msgspec.json.decode(await body_of(request), type=AskedBrand))
        return self._take(asked, "brand", [self._fill(asked, each) for each in asked.recipient_list])

    def _checked(self, asked: Any) -> Any:
        if asked.sender_key != self.world.accounts.nhn.sender_key:
            raise Fault(-2017, "Not exist plus friend.")
        if not 0 < len(asked.recipient_list) <= MOST:
            raise Fault(-2004, f"The 'recipientList' must be between 1 and {MOST}.")
        if asked.request_date:
            raise Fault(-9997, "requestDate: this fake sends at once")
        if any(len(each.recipient_grouping_key) > 100 for each in asked.recipient_list):
            raise Fault(-2000, "The 'recipientGroupingKey' must be at less than or equal to 100.")
        return asked

    def _fill(self, asked: Asked, each: Recipient) -> Told:
        try:
            template = self.world.templates["nhn"].found(asked.template_code, each.template_parameter)
        except KeyError:
            return Told("3015", "", Card())
        except ValueError:
            return Told("3016", "", Card())
        if template is None:
            words = "\n".join(f"{name}: {value}" for name, value in each.template_parameter.items())
            return Told("1000", words, Card())
        try:
            text, card = _shown(template, each.template_parameter)
        except ValueError:
            return Told("3016", "", Card())
        return Told("3014" if len(text) > 1300 else "1000", text, card)

    def _compare(self, asked: Asked, each: Recipient) -> Told:
        text = each.content or ""
        items, light = each.template_item, each.template_item_highlight
        card = Card(
            header=each.template_header or "",
            title=each.template_title or "",
            items=[Row(row.title, row.description) for row in items.rows] if items else [],
            summary=Row(items.summary.title, items.summary.description) if items and items.summary else None,
            highlight=Row(light.title, light.description) if light else None,
            buttons=_buttons(each.buttons),
            replies=_buttons(each.quick_replies),
        )
        template = self.world.templates["nhn"].known.get(asked.template_code)
        code = "3014" if len(text) > 1300 else "1000"
        if template is None and not self.world.templates["nhn"].learn:
            code = "3015"
        elif isinstance(template, Registered):
            same = [(b.kind, b.name) for b in card.buttons] == [(b.kind, b.name) for b in template.buttons]
            code = "3015" if not template.approved else code if same else "3027"
            code = code if matches(template.text, text) else "3016"
        return Told(code, text, card)

    def _take(self, asked: Asked, kind: Any, told: Sequence[Told]) -> Response:
        group, now = new_id("2026", 25), self.world.clock()
        arrivals = []
        for place, (each, result) in enumerate(zip(asked.recipient_list, told, strict=True), 1):
            to = digits(each.recipient_no)
            fate: Fate = self.world.fate("nhn", to, is_kakao=True) if is_korean(to) else "bad_number"
            code = result.code if result.code != "1000" else CODES[fate]
            arrivals.append(
                Arrival(
                    id=f"{group}/{place}",
                    provider="nhn",
                    kind=kind,
                    to=to,
                    at=now,
                    due=self.world.due(fate),
                    fate=fate if result.code == "1000" else "blocked",
                    code=code,
                    group=group,
                    place=place,
                    text=result.text,
                    template=asked.template_code,
                    ad=kind == "brand",
                    key=each.recipient_grouping_key,
                    fields={"senderGroupingKey": asked.sender_grouping_key},
                    price=PRICES[kind],
                    card=result.card,
                    form="BRAND_MESSAGE_NORMAL" if kind == "brand" else "ALIMTALK_NORMAL",
                )
            )
            if each.resend_parameter and each.resend_parameter.is_resend and code != "1000":
                arrivals.append(_instead(arrivals[-1], each.resend_parameter))
        self.world.accept(arrivals)
        mine = [arrival for arrival in arrivals if not arrival.replaces]
        self.hooks.report("nhn", mine, self.write)
        message = {
            "requestId": group,
            "senderGroupingKey": asked.sender_grouping_key or None,
            "sendResults": [
                {
                    "recipientSeq": arrival.place,
                    "recipientNo": arrival.to,
                    "resultCode": 0,
                    "resultMessage": "SUCCESS",
                    "recipientGroupingKey": arrival.key or None,
                }
                for arrival in mine
            ],
        }
        return json({"header": header(), "message": message})

    async def search(self, request: Request) -> Response:
        """Alimtalk that was asked for."""
        return self._page(request, self.found(request, ("alimtalk",)))

    async def search_brand(self, request: Request) -> Response:
        """Brand messages that were asked for."""
        return self._page(request, self.found(request, ("brand",)))

    def _page(self, request: Request, found: Sequence[Arrival]) -> Response:
        page, _, _ = paged(request, found)
        messages = [self._told(arrival) for arrival in page]
        told = {"messages": messages, "totalCount": len(found)}
        return json({"header": header(), "messageSearchResultResponse": told})

    async def results(self, request: Request) -> Response:
        """Those whose result became known lately."""
        page, _, _ = paged(request, self.updated(request, ("alimtalk",)))
        return json({"header": header(), "messages": [self._told(arrival) for arrival in page]})

    async def single(self, request: Request) -> Response:
        """One message."""
        return json({"header": header(), "message": self._told(self.one(request))})

    def _told(self, arrival: Arrival) -> dict[str, Any]:
        state = arrival.state(self.world.clock())
        known = state != "accepted"
        is_resent = any(each.replaces == arrival.id for each in self.world.of("nhn")) if state == "failed" else False
        return {
            "requestId": arrival.group,
            "recipientSeq": arrival.place,
            "plusFriendId": "@dangol",
            "senderKey": self.world.accounts.nhn.sender_key,
            "templateCode": arrival.template,
            "recipientNo": arrival.to,
            "content": arrival.text,
            "requestDate": shown(arrival.at),
            "createDate": shown(arrival.at),
            "receiveDate": shown(arrival.due) if known else None,
            "resendStatus": "RSC04" if is_resent else "RSC01",
            "messageStatus": "READY" if not known else "COMPLETED" if state == "delivered" else "FAILED",
            "resultCode": arrival.code if known else None,
            "resultCodeName": WORDS.get(arrival.code) if known else None,
            "senderGroupingKey": arrival.fields.get("senderGroupingKey") or None,
            "recipientGroupingKey": arrival.key or None,
        }

    def write(self, arrivals: Sequence[Arrival], count: int) -> tuple[dict[str, str], bytes]:
        """A hook with results."""
        return self.hook(
            "MESSAGE_RESULT_UPDATE",
            [
                {
                    "kakaoMessageType": arrival.form,
                    "requestId": arrival.group,
                    "recipientSeq": arrival.place,
                    "requestDate": shown(arrival.at),
                    "createDate": shown(arrival.at),
                    "receiveDate": shown(arrival.due),
                    "recipientNo": arrival.to,
                    "resultCode": arrival.code,
                    "senderGroupingKey": arrival.fields.get("senderGroupingKey") or None,
                    "recipientGroupingKey": arrival.key or None,
                    "isAddedChannel": True if arrival.kind == "brand" else None,
                }
                for arrival in arrivals
            ],
        )


def _instead(failed: Arrival, resend: Resend) -> Arrival:
    """The text that NHN sends where KakaoTalk fails."""
    text = resend.resend_content or failed.text
    return msgspec.structs.replace(
        failed,
        id=f"{failed.id}/resend",
        kind="sms" if (size(text) or 91) <= 90 and resend.resend_type != "LMS" else "lms",
        text=text,
        title=resend.resend_title,
        sender=resend.resend_send_no,
        fate="delivered",
        code="1000",
        card=None,
        key="",
        group=f"{failed.group}-R",
        replaces=failed.id,
    )


def _shown(template: Registered, variables: dict[str, str]) -> tuple[str, Card]:
    """Raises ValueError where a variable has no value."""
    buttons = [Button(each.name, each.kind, fill(each.link, variables)) for each in template.buttons]
    title, head = fill(template.title, variables), fill(template.header, variables)
    card = Card(header=head, title=title, subtitle=template.subtitle, extra=template.extra, buttons=buttons)
    return fill(template.text, variables), card


def _buttons(given: Sequence[GivenButton]) -> list[Button]:
    ordered = sorted(given, key=lambda each: each.ordering or 0)
    return [
        Button(each.name, each.type, each.link_mo or each.link_pc or each.scheme_android or each.scheme_ios or "")
        for each in ordered
    ]
