"""The page that ends a consent: looking changes nothing, the button does, and the address is never told in full."""

import re
import time
from typing import Any

import pytest

from dangol.house import House
from dangol.messages import unsubscribing
from dangol.messages.push import Push
from dangol.profile.consents import Act
from dangol.profile.model import Subscription
from dangol.protocol import tokens
from dangol.store import addresses, outbox

pytestmark = pytest.mark.anyio
NUMBER, MAIL = "01012345678", "kim.minsu@mail.example"
ADDRESS = {"sms": NUMBER, "kakao": NUMBER, "email": MAIL, "push": ""}
KOREAN = {"Accept-Language": "ko-KR,ko;q=0.9,en;q=0.8"}


async def path(house: House, channel: str = "sms", agreed: bool = True) -> str:
    """Where kim, who has agreed, ends the consent."""
    runtime = house.by_id["shop"]
    profile_id = tokens.member_profile(runtime.keys, "kim")
    await house.engine.tell("shop", profile_id, lambda member: setattr(member, "phone", NUMBER), "kim")
    act = Act(channel, "agreed", int(time.time()) - 100, ADDRESS[channel])
    await house.engine.consent(runtime, profile_id, [act] if agreed else [], time.time(), "kim")
    return unsubscribing.address("https://x.example", runtime.keys, channel, push(profile_id))[
        len("https://x.example") :
    ]


def push(profile: str = "", to: str = "") -> Push:
    key = outbox.key_of("shop", "spring:1", profile or f"to:{to}")
    return Push(key, "shop", "spring:1", "api", profile=profile, to=to)


async def consent(house: House, channel: str = "sms") -> Subscription:
    runtime = house.by_id["shop"]
    return (await house.engine.look(runtime, tokens.member_profile(runtime.keys, "kim"))).subscriptions[channel]


async def test_looking_changes_nothing_and_the_button_ends_the_consent(browser: Any, house: House) -> None:
    where = await path(house)
    for method in ("GET", "HEAD", "GET"):
        answer = await browser.http.request(method, where)
        assert answer.status_code == 200
        assert not (await consent(house)).withdrawn_at
    asked = (await browser.http.get(where)).text
    assert "<button>Unsubscribe</button>" in asked
    done = await browser.http.post(where, content="List-Unsubscribe=One-Click")
    assert done.status_code == 200
    assert "<button>" not in done.text
    found = await consent(house)
    assert found.withdrawn_at >= found.agreed_at
    assert (found.history[0].what, found.history[0].source) == ("withdrawn", "unsubscribe")
    mark = tokens.address_mark(house.by_id["shop"].keys, NUMBER)
    assert (await addresses.read(house.link, "shop", mark)).refused["sms"] == found.withdrawn_at


async def test_the_button_may_be_pressed_as_often_as_one_likes(browser: Any, house: House) -> None:
    where = await path(house)
    first = await browser.http.post(where)
    before = await consent(house)
    again = await browser.http.post(where)
    assert (again.status_code, again.text) == (200, first.text)
    assert (await browser.http.get(where)).text == first.text
    assert await consent(house) == before


@pytest.mark.parametrize(
    ("channel", "headers", "words", "shown"),
    [
        ("sms", KOREAN, ["문자 광고를 그만 받으시겠어요?", "수신 거부", "가게"], "010-****-5678"),
        ("email", KOREAN, ["이메일 광고를 그만 받으시겠어요?"], "k***@mail.example"),
        ("kakao", {}, ["KakaoTalk", "Unsubscribe", "Shop"], "010-****-5678"),
        ("push", KOREAN, ["앱 푸시 광고를 그만 받으시겠어요?"], ""),
        ("sms", {"Accept-Language": "en"}, ["by text message"], "010-****-5678"),
    ],
)
async def test_it_speaks_the_shoppers_language_and_hides_the_address(
    browser: Any, house: House, channel: str, headers: dict[str, str], words: list[str], shown: str
) -> None:
    where = await path(house, channel)
    page = (await browser.http.get(where, headers={"Accept-Language": "en", **headers})).text
    assert all(word in page for word in [*words, shown])
    for answer in (page, (await browser.http.post(where, headers=headers)).text):
        assert ADDRESS[channel] == "" or ADDRESS[channel] not in answer


async def test_the_result_names_the_sender_the_act_and_the_date(browser: Any, house: House) -> None:
    where = await path(house)
    korean = (await browser.http.post(where, headers=KOREAN)).text
    facts = dict(re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", korean))
    assert (facts["보내는 곳"], facts["처리 내용"]) == ("가게", "문자 광고 수신 거부")
    assert re.fullmatch(r"20[0-9]{2}년 [0-9]{1,2}월 [0-9]{1,2}일", facts["처리 일자"])
    english = (await browser.http.get(where, headers={"Accept-Language": "en"})).text
    assert "Refusal of advertisements by text message" in english


async def test_a_page_that_nobody_can_make_or_frame(browser: Any, house: House) -> None:
    where = await path(house)
    answer = await browser.http.get(where)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert (answer.headers["cache-control"], answer.headers["referrer-policy"]) == ("no-store", "no-referrer")
    assert "<script" not in answer.text


def forged(where: str) -> list[str]:
    code = where.removeprefix("/u/")
    other = "A" if code[-1] != "A" else "B"
    return [f"/u/{code[:-1]}{other}", f"/u/e{code[1:]}", f"/u/{code}x", f"/u/{code[:20]}", "/u/%00", "/u/" + "s" * 33]


async def test_a_forged_code_is_unknown(browser: Any, house: House) -> None:
    for each in forged(await path(house)):
        for method in ("GET", "POST"):
            answer = await browser.http.request(method, each, headers=KOREAN)
            assert answer.status_code == 404
            assert "주소를 찾을 수 없어요" in answer.text
    assert not (await consent(house)).withdrawn_at


async def test_who_never_agreed_may_refuse_all_the_same(browser: Any, house: House) -> None:
    where = await path(house, agreed=False)
    assert (await browser.http.post(where)).status_code == 200
    found = await consent(house)
    assert (found.address, found.agreed_at) == (NUMBER, 0)
    assert found.withdrawn_at


async def test_who_agrees_anew_is_asked_anew(browser: Any, house: House) -> None:
    where, runtime = await path(house), house.by_id["shop"]
    await browser.http.post(where)
    profile_id = tokens.member_profile(runtime.keys, "kim")
    later = Act("sms", "agreed", int(time.time()) + 10, NUMBER)
    await house.engine.consent(runtime, profile_id, [later], time.time())
    assert "<button>" in (await browser.http.get(where)).text


async def test_a_guest_refuses_by_the_request_of_the_message(browser: Any, house: House) -> None:
    runtime = house.by_id["shop"]
    guest = push(to=MAIL)
    await outbox.enqueue(house.link, [guest], time.time() + 999, time.time(), zone="Asia/Seoul")
    where = unsubscribing.address("https://x.example", runtime.keys, "email", guest).removeprefix("https://x.example")
    assert "k***@mail.example" in (await browser.http.get(where)).text
    pages = [(await browser.http.post(where)).text for _ in range(2)]
    assert pages[0] == pages[1]
    assert "You are unsubscribed" in pages[0]
    mark = tokens.address_mark(runtime.keys, MAIL)
    assert (await addresses.read(house.link, "shop", mark)).refused["email"]
    await outbox.forget(house.link, [guest.key])
    assert (await browser.http.get(where)).status_code == 410


async def test_a_profile_that_is_gone_is_told_so(browser: Any, house: House) -> None:
    where, runtime = await path(house), house.by_id["shop"]
    await house.profiles.forget("shop", tokens.member_profile(runtime.keys, "kim"))
    assert (await browser.http.post(where)).status_code == 410


def test_a_server_without_a_public_address_makes_none() -> None:
    keys = tokens.Keys.derive(b"s" * 32, "shop")
    assert unsubscribing.address("", keys, "sms", push("m" + "x" * 15)) == ""


@pytest.mark.parametrize(
    ("channel", "address", "shown"),
    [
        ("sms", "01012345678", "010-****-5678"),
        ("kakao", "+447911123456", "+44-****-3456"),
        ("email", "k@mail.example", "k***@mail.example"),
        ("push", "token-1234567", ""),
        ("sms", "", ""),
    ],
)
def test_an_address_is_masked(channel: str, address: str, shown: str) -> None:
    assert unsubscribing.masked(channel, address) == shown
