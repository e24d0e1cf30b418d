"""What SOLAPI's fake refuses, and what the SDK never does."""

import hmac
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import msgspec
import pytest
from tests.conftest import Fakes
from tests.fakes.conftest import Receiver, until

from dangol.fakes.brand import Bms, problem

SALT = "0123456789abcdef"


def header(fakes: Fakes, late: float = 0, salt: str = SALT, key: str = "", algorithm: str = "SHA256") -> str:
    account, date = fakes.world.accounts.solapi, (datetime.now(UTC) - timedelta(seconds=late)).isoformat()
    signature = hmac.new(account.secret.encode(), (date + salt).encode(), algorithm.lower()).hexdigest()
    return f"HMAC-{algorithm} apiKey={key or account.key}, date={date}, salt={salt}, signature={signature}"


def asked(fakes: Fakes, authorization: str) -> tuple[int, str]:
    answer = httpx.get(f"{fakes.url}/solapi/cash/v1/balance", headers={"Authorization": authorization})
    return answer.status_code, answer.json().get("errorCode", "")


def send(fakes: Fakes, *messages: dict[str, Any], **more: Any) -> dict[str, Any]:
    body, salt = {"messages": messages, **more}, f"{SALT}{time.time_ns()}"
    address = f"{fakes.url}/solapi/messages/v4/send-many/detail"
    answer = httpx.post(address, json=body, headers={"Authorization": header(fakes, salt=salt)})
    told: dict[str, Any] = answer.json()
    return told


def refused(fakes: Fakes, message: dict[str, Any]) -> list[str]:
    return [each["statusCode"] for each in send(fakes, message)["failedMessageList"]]


def test_only_a_fresh_signature_of_the_account_is_let_in(fakes: Fakes) -> None:
    once = header(fakes)
    assert asked(fakes, once) == (200, "")
    assert asked(fakes, once) == (403, "DuplicatedSignature")
    assert asked(fakes, header(fakes, algorithm="MD5")) == (200, "")
    assert asked(fakes, header(fakes, late=1000)) == (403, "RequestTimeTooSkewed")
    assert asked(fakes, header(fakes, late=-1000)) == (403, "RequestTimeTooSkewed")
    assert asked(fakes, header(fakes, salt="short")) == (403, "InvalidSalt")
    assert asked(fakes, header(fakes, key="NCSOTHER")) == (403, "InvalidAPIKey")
    assert asked(fakes, header(fakes)[:-4] + "0000") == (403, "SignatureDoesNotMatch")
    assert asked(fakes, "Bearer x") == (401, "Unauthorized")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"to": ""}, "1010"),
        ({"text": ""}, "1010"),
        ({"type": "PIGEON"}, "1025"),
        ({"type": "SMS", "subject": "제목"}, "1013"),
        ({"subject": "가" * 21}, "1014"),
        ({"customFields": {"a": "x" * 101}}, "1032"),
        ({"type": "MMS"}, "1034"),
        ({"type": "ATA"}, "1041"),
        ({"kakaoOptions": {"pfId": "P"}}, "1033"),
        ({"kakaoOptions": {"pfId": "P", "bms": {"targeting": "X", "chatBubbleType": "TEXT"}}}, "1011"),
        ({"kakaoOptions": {"pfId": "P", "templateId": "T", "variables": {"#{a.b}": "c"}}}, "1011"),
    ],
)
def test_what_is_wrong_with_a_message_is_told_by_its_code(fakes: Fakes, changed: dict[str, Any], code: str) -> None:
    message = {"to": "01012345678", "from": "0212345678", "text": "안녕"}
    assert refused(fakes, message | changed) == [code]
    assert not fakes.arrived()


def test_a_text_takes_the_place_of_what_kakaotalk_could_not_deliver_unless_it_is_told_not_to(fakes: Fakes) -> None:
    for silent in (True, False):
        options = {"pfId": "P", "templateId": "T", "disableSms": silent}
        send(fakes, {"to": "01012340000", "from": "0212345678", "text": "안녕", "kakaoOptions": options})
    assert [(each.kind, bool(each.replaces)) for each in fakes.arrived()] == [
        ("alimtalk", False), ("alimtalk", False), ("sms", True),
    ]  # fmt: skip


def test_who_has_called_the_free_number_gets_no_more_advertisements(fakes: Fakes) -> None:
    assert httpx.post(f"{fakes.url}/refusals", json={"number": "010-1234-5678"}).status_code == 204
    for text in ("(광고) 특가", "주문이 도착했습니다"):
        send(fakes, {"to": "01012345678", "from": "0212345678", "text": text})
    assert [arrival.fate for arrival in fakes.arrived()] == ["opted_out", "delivered"]
    listed = httpx.get(f"{fakes.url}/solapi/iam/v1/black", headers={"Authorization": header(fakes)}).json()
    assert [each["recipientNumber"] for each in listed["blackList"].values()] == ["01012345678"]


def test_ten_thousand_are_the_most(fakes: Fakes) -> None:
    assert send(fakes)["errorCode"] == "ValidationError"
    assert send(fakes, *[{"to": "01012345678"}] * 10_001)["errorCode"] == "ValidationError"


def test_a_hook_that_nobody_takes_is_counted_by_its_tries(fakes: Fakes, receiver: Receiver) -> None:
    fakes.hook("solapi", receiver.url)
    receiver.answers = [500, 500]
    send(fakes, {"to": "01012345678", "from": "0212345678", "text": "안녕"})
    until(lambda: len(receiver.got) == 3)
    assert [hook[0]["retryCount"] for hook in receiver.read()] == [0, 1, 2]


TEXT = {"chatBubbleType": "TEXT", "content": "안녕"}
CARD = {
    "imageId": "i",
    "header": "가",
    "content": "나",
    "buttons": [{"name": "보기", "linkMobile": "https://a.example"}],
}


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (TEXT, ""),
        ({**TEXT, "content": "가" * 1301}, "content"),
        ({**TEXT, "content": "\n" * 100}, "content"),
        ({**TEXT, "buttons": [{"name": "가" * 15, "linkMobile": "https://a.example"}]}, "buttons"),
        ({**TEXT, "buttons": [{"name": "보기"}]}, "buttons"),
        ({**TEXT, "coupon": {"title": "반값 쿠폰"}}, "coupon.title"),
        ({**TEXT, "coupon": {"title": "배송비 할인 쿠폰", "description": "가" * 13}}, "coupon.description"),
        ({"chatBubbleType": "WIDE", "content": "가"}, "image_id"),
        ({"chatBubbleType": "PREMIUM_VIDEO", "video": {"videoUrl": "https://video.example/1"}}, "video.videoUrl"),
        ({"chatBubbleType": "CAROUSEL_FEED", "carousel": {"list": [CARD]}}, "carousel.list"),
        (
            {"chatBubbleType": "CAROUSEL_FEED", "carousel": {"list": [CARD, {**CARD, "buttons": []}]}},
            "carousel.buttons",
        ),
        ({"chatBubbleType": "CAROUSEL_FEED", "carousel": {"list": [CARD, CARD]}}, ""),
        ({"chatBubbleType": "ROUND"}, "chatBubbleType"),
    ],
)
def test_each_bubble_has_its_limits(given: dict[str, Any], told: str) -> None:
    found = problem(msgspec.convert(given, Bms), None)
    assert found.partition(":")[0] == told
