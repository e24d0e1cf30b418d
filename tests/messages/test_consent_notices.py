"""What a person is told after agreeing or refusing: the law's items, in both languages, to the right address."""

from typing import Any

import pytest

from dangol.definitions.model import ContactPolicy, Definitions, Site
from dangol.messages.consent_notices import channels_of, of_guest, of_profile, words
from dangol.profile.consents import Act, record
from dangol.profile.model import Environment, Member, Profile

NOW = 1_795_300_000.0  # 22 November 2026 in Seoul
SHOP = Definitions(Site("shop", "public-key", {"ko": "가게", "en": "Shop"}, ["https://shop.example"]))
NUMBER, MAIL = "01012345678", "kim@mail.example"


def act(what: str = "agreed", channel: str = "sms", ago: int = 60) -> Act:
    return Act(channel, what, int(NOW) - ago, MAIL if channel == "email" else NUMBER)


def shopper(*acts: Act, member: bool = True, language: str = "ko-KR") -> Profile:
    profile = Profile(first_seen=1, environment=Environment(language=language))
    profile.member = Member("kim") if member else None
    for each in acts:
        record(profile, each)
    return profile


@pytest.mark.parametrize(
    ("acts", "korean", "english"),
    [
        ([act()], "문자 광고 수신 동의", "Agreement to advertisements by text message"),
        ([act("withdrawn", "email")], "이메일 광고 수신 거부", "Refusal of advertisements by e-mail"),
        (
            [act(), act(channel="kakao")],
            "문자·카카오톡 광고 수신 동의",
            "Agreement to advertisements by text message and KakaoTalk",
        ),
        (
            [act("night_withdrawn", "push")],
            "앱 푸시 야간 광고 수신 거부",
            "Refusal of advertisements at night by notification",
        ),
    ],
)
def test_the_act_is_named(acts: list[Act], korean: str, english: str) -> None:
    assert (words(acts, SHOP, "ko").act, words(acts, SHOP, "en").act) == (korean, english)


def test_the_items_are_sender_act_date_and_result() -> None:
    assert words([act()], SHOP, "ko")._replace(act="") == ("가게", "", "2026년 11월 22일", "수신 동의 처리 완료")
    named = Definitions(SHOP.site, contact=ContactPolicy(company="(주)온기"))
    told = words([act("withdrawn")], named, "en")
    assert (told.sender, told.date, told.result) == ("(주)온기", "22 November 2026", "Done: no more will be sent")


def test_a_member_is_reached_by_what_the_shop_knows_and_a_visitor_by_the_consent() -> None:
    [member] = of_profile(shopper(act()), [act()], SHOP, NOW)
    assert (member.member, member.phone, member.language) == ("kim", "", "ko")
    assert member.variables["내용"] == member.variables["act"] == "문자 광고 수신 동의"
    [visitor] = of_profile(shopper(act(), member=False, language="en-GB"), [act()], SHOP, NOW)
    assert (visitor.member, visitor.phone, visitor.language) == ("", NUMBER, "en")
    [guest] = of_guest([act(channel="email")], SHOP, NOW)
    assert (guest.member, guest.phone, guest.email) == ("", "", MAIL)


NONE: list[tuple[list[Act], dict[str, Any]]] = [
    ([act(ago=14 * 86_400)], {}),
    ([act("reconfirmed")], {}),
    ([act(channel="push")], {"member": False}),
    ([], {}),
]


@pytest.mark.parametrize(("acts", "given"), NONE)
def test_nothing_is_told_that_is_old_or_no_change_or_reaches_nobody(acts: list[Act], given: dict[str, Any]) -> None:
    assert of_profile(shopper(*acts, **given), acts, SHOP, NOW) == []


def test_what_was_told_is_not_told_again() -> None:
    assert of_profile(shopper(act(), act("notified", ago=1)), [act()], SHOP, NOW) == []


@pytest.mark.parametrize(
    ("cause", "channels"),
    [
        ("told:consent-sms-1795300000", ["sms"]),
        ("told:consent-sms+kakao-1795300000", ["sms", "kakao"]),
        ("told:consent-sms-1795300000:instead", ["sms"]),
        ("told:paid-1", []),
        ("told:consent-fax-1795300000", []),
        ("consent-sms", []),
    ],
)
def test_a_cause_tells_of_which_consents_it_is(cause: str, channels: list[str]) -> None:
    assert channels_of(cause) == channels


def test_a_notice_has_the_channels_in_its_id() -> None:
    acts = [act(channel="kakao"), act()]
    [raised] = of_profile(shopper(*acts), acts, SHOP, NOW)
    assert channels_of(f"told:{raised.id}") == ["sms", "kakao"]
