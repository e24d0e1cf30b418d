"""`/u/<code>`: a page with one button that ends a consent, and the one click of RFC 8058.

Looking changes nothing. The button may be pressed as often as one likes: the page says what was done by whom when, as
Korea's Network Act wants it (art. 50 (7)), and the address never in full.
"""

from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dangol import consents
from dangol.definitions.basics import Language
from dangol.errors import Unavailable
from dangol.house import House
from dangol.messages.consent_notices import CHANNEL_NAMES, Words, words
from dangol.messages.unsubscribing import PATH, Code, is_genuine, masked, parsed
from dangol.profile.consents import Act, own_address
from dangol.profile.subscriptions import normal
from dangol.protocol import tokens
from dangol.runtime import SiteRuntime
from dangol.store import addresses, outbox
from dangol.web.page import UNKEPT, language_of, page

SOURCE = "unsubscribe"

ASK: dict[Language, tuple[str, str, str]] = {
    "ko": (
        "{channel} 광고를 그만 받으시겠어요?",
        "{sender}에서 보내는 {channel} 광고가 더 이상 오지 않습니다.",
        "수신 거부",
    ),
    "en": ("Stop these advertisements?", "{sender} will send you no more advertisements by {channel}.", "Unsubscribe"),
}
DONE: dict[Language, tuple[str, str]] = {
    "ko": ("수신 거부가 처리되었어요", "주문과 배송처럼 꼭 필요한 안내는 계속 받으실 수 있습니다."),
    "en": ("You are unsubscribed", "You may still get what you need to know, such as about your orders."),
}
FACTS: dict[Language, tuple[str, str, str, str, str]] = {
    "ko": ("보내는 곳", "받는 곳", "처리 내용", "처리 일자", "결과"),
    "en": ("Sender", "Address", "Request", "Date", "Result"),
}
WRONG: dict[int, dict[Language, tuple[str, str]]] = {
    404: {
        "ko": ("주소를 찾을 수 없어요", "주소가 잘리지 않았는지 확인하고, 받은 메시지에서 다시 눌러 주세요."),
        "en": ("We can’t find this page", "Check that the whole address was copied, or tap it again in your message."),
    },
    410: {
        "ko": ("기간이 지난 주소예요", "최근에 받은 메시지에서 다시 누르거나, 무료 수신 거부 번호를 이용해 주세요."),
        "en": ("This address has expired", "Please use a newer message, or the free number that it names."),
    },
    503: {
        "ko": ("잠시 후 다시 눌러 주세요", "지금은 처리할 수 없습니다. 잠시 후 다시 시도해 주세요."),
        "en": ("Please try again in a moment", "We can’t do this right now."),
    },
}


class Standing(NamedTuple):
    """Whose consent it is: a profile's, or that of the address of a guest, and since when it is withdrawn (0: it is
    not)."""

    profile_id: str
    address: str
    withdrawn_at: int


def routes(house: House) -> list[Route]:
    """The route for everybody."""
    return [Route(f"{PATH}{{code}}", Unsubscribe(house).answer, methods=["GET", "POST"])]


class Unsubscribe:
    """The handler."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def answer(self, request: Request) -> Response:
        """The page that asks or, after the button, the one that says what was done. Whatever a POST says besides is not
        looked at: mail programs and the button mean the same."""
        code = parsed(request.path_params["code"])
        runtime = self._site(code) if code else None
        header = request.headers.get("accept-language", "")
        language = language_of(header, runtime.site.language) if runtime else language_of(header)
        if code is None or runtime is None:
            return _wrong(404, language)
        try:
            standing = await self._standing(runtime, code)
            if standing is None:
                return _wrong(410, language)
            if request.method == "POST" and not standing.withdrawn_at:
                await self._withdraw(runtime, code.channel, standing)
                standing = await self._standing(runtime, code) or standing
        except Unavailable:
            return _wrong(503, language)
        return _told(runtime, code.channel, standing, language)

    def _site(self, code: Code) -> SiteRuntime | None:
        """Whose code it is; all sites are asked, so that the time tells nothing."""
        found = [runtime for runtime in self._house.by_id.values() if is_genuine(runtime.keys, code)]
        return found[0] if found else None

    async def _standing(self, runtime: SiteRuntime, code: Code) -> Standing | None:
        """None where nobody knows any more whose it was."""
        if code.profile:
            profile = await self._house.engine.look(runtime, code.profile)
            consent = profile.subscriptions.get(code.channel)
            address = (consent.address if consent else "") or own_address(profile, code.channel)
            known = consent is not None or profile.member is not None
            return Standing(code.profile, address, consent.withdrawn_at if consent else 0) if known else None
        row = await outbox.read(self._house.link, code.key)
        if row is None or row.push.site != runtime.site.id or not row.push.to:
            return None
        mark = tokens.address_mark(runtime.keys, normal(code.channel, row.push.to) or "")
        known_of = await addresses.read(self._house.link, runtime.site.id, mark)
        guest, refused = known_of.consents.get(code.channel), known_of.refused.get(code.channel, 0)
        stands = guest is not None and guest.agreed_at > refused
        return Standing("", row.push.to, 0 if stands else refused)

    async def _withdraw(self, runtime: SiteRuntime, channel: str, standing: Standing) -> None:
        house, now = self._house, self._house.now()
        act = Act(channel, "withdrawn", int(now), standing.address, source=SOURCE)
        if standing.profile_id:
            await house.engine.consent(runtime, standing.profile_id, [act], now)
        if standing.address:
            await consents.withdraw_by_address(
                house.link, house.engine, runtime, channel, standing.address, now, SOURCE
            )


def _told(runtime: SiteRuntime, channel: str, standing: Standing, language: Language) -> Response:
    act = Act(channel, "withdrawn", standing.withdrawn_at)
    said, names = words([act], runtime.definitions, language), FACTS[language]
    to = [(names[1], shown)] if (shown := masked(channel, standing.address)) else []
    if not standing.withdrawn_at:
        title, text, button = (
            each.format(channel=CHANNEL_NAMES[channel][language], sender=said.sender) for each in ASK[language]
        )
        return page(language, title, text, headers=UNKEPT, facts=[(names[0], said.sender), *to], button=button)
    title, text = DONE[language]
    return page(language, title, text, headers=UNKEPT, facts=_facts(said, names, to))


def _facts(said: Words, names: tuple[str, str, str, str, str], to: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(names[0], said.sender), *to, (names[2], said.act), (names[3], said.date), (names[4], said.result)]


def _wrong(status: int, language: Language) -> Response:
    title, text = WRONG[status][language]
    return page(language, title, text, status, {**UNKEPT, "Retry-After": "5"} if status == 503 else UNKEPT)
