"""NHN Cloud's fake: Alimtalk, brand messages and texts."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from tests.conftest import Fakes
from tests.fakes.conftest import Receiver, until

KEY = "0123456789abcdef0123456789abcdef01234567"
KAKAO = "/alimtalk/v2.3/appkeys/kakaofakeappkey1"
BRAND = "/brand-message/v1.0/appkeys/kakaofakeappkey1"
SMS = "/sms/v3.0/appKeys/smsfakeappkey001"
AD = "(광고)[단골] 주말 특가\n무료수신거부 080-123-4567"


class Nhn:
    """A client with the secret of the service that is asked."""

    def __init__(self, url: str) -> None:
        self.http = httpx.Client(base_url=f"{url}/nhn")

    def post(self, path: str, body: Any, **headers: str) -> dict[str, Any]:
        return self._read(self.http.post(path, json=body, headers=self._with(path, headers)))

    def get(self, path: str, **query: Any) -> dict[str, Any]:
        return self._read(self.http.get(path, params=query, headers=self._with(path, {})))

    def _with(self, path: str, headers: dict[str, str]) -> dict[str, str]:
        return {"X-Secret-Key": "smsfakesecret001" if path.startswith("/sms") else "kakaofakesecret1", **headers}

    def _read(self, response: httpx.Response) -> dict[str, Any]:
        answer: dict[str, Any] = response.json()
        return answer


@pytest.fixture
def nhn(fakes: Fakes) -> Iterator[Nhn]:
    nhn = Nhn(fakes.url)
    yield nhn
    nhn.http.close()


def talk(*numbers: str, **more: Any) -> dict[str, Any]:
    each = {"templateParameter": {"이름": "김단골"}, **more}
    recipients = [{"recipientNo": number, "recipientGroupingKey": f"k-{number}", **each} for number in numbers]
    return {"senderKey": KEY, "templateCode": "T1", "recipientList": recipients}


def text(*numbers: str, body: str = "안녕하세요", **more: Any) -> dict[str, Any]:
    recipients = [{"recipientNo": number, "recipientGroupingKey": f"k-{number}"} for number in numbers]
    return {"body": body, "sendNo": "0212345678", "recipientList": recipients, **more}


def code(answer: dict[str, Any]) -> int:
    return int(answer["header"]["resultCode"])


def test_alimtalk_is_filled_and_its_results_can_be_asked_for(nhn: Nhn, fakes: Fakes) -> None:
    fakes.template("nhn", "T1", "#{이름}님, 감사합니다.")
    answer = nhn.post(f"{KAKAO}/messages", talk("01011112222", "01011110000"))
    assert [each["recipientGroupingKey"] for each in answer["message"]["sendResults"]] == [
        "k-01011112222",
        "k-01011110000",
    ]
    assert [arrival.text for arrival in fakes.arrived("nhn")] == ["김단골님, 감사합니다."] * 2
    asked = {"startUpdateDate": "2026-01-01 00:00", "endUpdateDate": "2026-01-31 00:00"}
    assert nhn.get(f"{KAKAO}/message-results", **asked)["messages"] == []
    group = answer["message"]["requestId"]

    def codes() -> list[str]:
        found = nhn.get(f"{KAKAO}/messages", requestId=group)["messageSearchResultResponse"]["messages"]
        return [message["resultCode"] for message in found]

    until(lambda: codes() == ["3019", "1000"])
    assert nhn.get(f"{KAKAO}/messages/{group}/2")["message"]["messageStatus"] == "FAILED"


def test_words_that_are_not_the_template_s_fail_at_kakao(nhn: Nhn, fakes: Fakes) -> None:
    fakes.template("nhn", "T1", "#{이름}님, 감사합니다.")
    for content in ("김단골님, 감사합니다.", "김단골님, 고맙습니다."):
        nhn.post(f"{KAKAO}/raw-messages", talk("01011112222", content=content))
    nhn.post(f"{KAKAO}/raw-messages", talk("01011112222", content="가님, 감사합니다.", buttons=[{"name": "보기"}]))
    assert [arrival.code for arrival in fakes.arrived()] == ["1000", "3016", "3027"]


def test_the_same_idempotency_key_is_refused(nhn: Nhn, fakes: Fakes) -> None:
    first = nhn.post(f"{KAKAO}/messages", talk("01011112222"), **{"X-NC-API-IDEMPOTENCY-KEY": "a"})
    again = nhn.post(f"{KAKAO}/messages", talk("01011112222"), **{"X-NC-API-IDEMPOTENCY-KEY": "a"})
    assert (code(first), code(again), len(fakes.arrived())) == (0, -1005, 1)


@pytest.mark.parametrize(
    ("path", "headers", "expected"),
    [(f"{KAKAO}x/messages", {}, -1000), (f"{KAKAO}/messages", {"X-Secret-Key": "wrong"}, -1001)],
)
def test_wrong_keys_are_refused(nhn: Nhn, path: str, headers: dict[str, str], expected: int) -> None:
    assert code(nhn.post(path, talk("01011112222"), **headers)) == expected


def test_a_thousand_is_the_most(nhn: Nhn, fakes: Fakes) -> None:
    many = [f"010{number:08d}" for number in range(1001)]
    assert code(nhn.post(f"{KAKAO}/messages", talk(*many))) == -2004
    assert code(nhn.post(f"{SMS}/sender/sms", text(*many))) == -2016
    assert not fakes.arrived()


def test_a_brand_message_arrives_with_its_parts(nhn: Nhn, fakes: Fakes) -> None:
    body = {
        "senderKey": KEY,
        "chatBubbleType": "WIDE",
        "content": "주말 특가",
        "image": {"imageUrl": "https://img.example/a.jpg", "imageLink": "https://shop.example"},
        "buttons": [{"name": "보러 가기", "type": "WL", "linkMo": "https://shop.example"}],
        "coupon": {"title": "3,000원 할인 쿠폰", "description": "주말만", "linkMo": "https://shop.example/c"},
        "recipientList": [{"recipientNo": "01011112222", "targeting": "I"}],
    }
    assert code(nhn.post(f"{BRAND}/freestyle-messages", body)) == 0
    (arrival,) = fakes.arrived()
    assert arrival.card is not None
    assert (arrival.kind, arrival.ad, arrival.card.image) == ("brand", True, "https://img.example/a.jpg")
    assert (arrival.card.buttons[0].link, arrival.card.coupon and arrival.card.coupon.title) == (
        "https://shop.example",
        "3,000원 할인 쿠폰",
    )
    assert code(nhn.post(f"{BRAND}/freestyle-messages", body | {"content": "가" * 77})) == -9997


def test_a_carousel_of_products_arrives_card_by_card(nhn: Nhn, fakes: Fakes) -> None:
    price = {"title": "머그", "regularPrice": 12000, "discountPrice": 9000, "discountRate": 25}
    button = {"name": "담기", "type": "WL", "linkMo": "https://shop.example/1"}
    card = {"imageUrl": "https://img.example/a.jpg", "commerce": price, "buttons": [button]}
    carousel = {"list": [card, card], "tail": {"linkMo": "https://shop.example/all"}}
    body = {"senderKey": KEY, "chatBubbleType": "CAROUSEL_COMMERCE", "recipientList": [{"recipientNo": "01011112222"}]}
    assert code(nhn.post(f"{BRAND}/freestyle-messages", body | {"carousel": carousel})) == 0
    assert code(nhn.post(f"{BRAND}/freestyle-messages", body | {"carousel": {"list": [card]}})) == -9997
    shown = fakes.arrived()[0].card
    assert shown is not None
    assert [(each.price and each.price.sale, each.buttons[0].name) for each in shown.cards] == [(9000, "담기")] * 2


def test_an_advertisement_by_text_needs_its_label_and_its_free_number(nhn: Nhn, fakes: Fakes) -> None:
    assert code(nhn.post(f"{SMS}/sender/ad-sms", text("01011112222", body="주말 특가"))) == -6003
    answer = nhn.post(f"{SMS}/sender/ad-sms", text("01011112222", "01011110005", body=AD))
    assert [each["resultCode"] for each in answer["body"]["data"]["sendResultList"]] == [0, -6001]
    assert [arrival.ad for arrival in fakes.arrived()] == [True]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [({"sendNo": "0311112222"}, -2312), ({"body": ""}, -2014), ({"body": "가" * 256}, -2015), ({"body": "😀"}, -2023)],
)
def test_what_is_wrong_with_a_text_is_told(nhn: Nhn, fakes: Fakes, changed: dict[str, str], expected: int) -> None:
    assert code(nhn.post(f"{SMS}/sender/sms", text("01011112222") | changed)) == expected
    assert not fakes.arrived()


def test_texts_can_be_searched_for(nhn: Nhn, fakes: Fakes) -> None:
    group = nhn.post(f"{SMS}/sender/mms", text("01011112222", "01011110001", title="제목"))["body"]["data"]["requestId"]
    until(lambda: nhn.get(f"{SMS}/sender/mms/{group}", recipientSeq=2)["body"]["data"]["resultCode"] == "3003")
    found = nhn.get(f"{SMS}/sender/mms", requestId=group)["body"]
    assert (found["totalCount"], [each["msgStatus"] for each in found["data"]]) == (2, ["0", "3"])
    assert code(nhn.get(f"{SMS}/sender/mms")) == -2011
    assert (
        code(nhn.get(f"{SMS}/sender/mms", startRequestDate="2026-01-01 00:00", endRequestDate="2026-03-01 00:00"))
        == -4000
    )


def test_hooks_tell_results_and_refusals(nhn: Nhn, fakes: Fakes, receiver: Receiver) -> None:
    fakes.hook("nhn", receiver.url)
    nhn.post(f"{KAKAO}/messages", talk("01011110002"))
    until(lambda: receiver.got)
    refusal = {"number": "010-1111-2222", "free": "0801234567"}
    assert httpx.post(f"{fakes.url}/refusals", json=refusal).status_code == 204
    until(lambda: len(receiver.got) == 2)
    told = receiver.read()
    assert [hook["event"] for hook in told] == ["MESSAGE_RESULT_UPDATE", "UNSUBSCRIBE"]
    assert told[0]["hooks"][0] | {"resultCode": "3020", "recipientGroupingKey": "k-01011110002"} == told[0]["hooks"][0]
    assert told[1]["hooks"][0]["recipientNo"] == "01011112222"
    assert {headers["x-toast-webhook-signature"] for headers, _ in receiver.got} == {"nhn-hook-secret"}
