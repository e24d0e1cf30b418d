"""Messages in NHN Cloud's JSON."""

from typing import Any

import pytest
from tests.plugins import contents
from tests.plugins.contents import KEY, brand, request

from dangol.plugin import PushRequest, Template, templates
from dangol_plugins.batches import Unfit
from dangol_plugins.nhn import client, messages

LINK = "https://shop.example/a"
KAKAO = {"recipientNo": "01012345678", "resendParameter": {"isResend": False}, "recipientGroupingKey": KEY}


def as_is(kind: str, image: str) -> str:
    return image


def said(content: Template | None, to: str = "01012345678", **variables: str) -> tuple[str, dict[str, Any], Any]:
    part = messages.part(request(content, to, **variables), "0212345678", "SENDERKEY", as_is)
    return (*messages.body(part), part.own)


def test_an_advertisement_goes_where_advertisements_go() -> None:
    assert said(contents.SMS) == (
        "ad-sms",
        {"body": "(광고)단골상점 안녕하세요\n무료거부 0801234567", "sendNo": "0212345678"},
        {"recipientNo": "01012345678", "recipientGroupingKey": KEY},
    )


def test_long_texts_and_pictures_go_as_mms() -> None:
    service, body, _ = said(contents.LMS)
    assert (service, body["title"]) == ("mms", "주문 안내")
    picture = templates.TextTemplate("p", "새 상품이 나왔습니다. 지금 보러 오세요\n자세히", images=["101"], form="mms")
    service, body, _ = said(picture)
    assert (service, body["attachFileIdList"]) == ("ad-mms", [101])
    assert body["title"] == "새 상품이 나왔습니다. 지금 보러 오"


def test_images_that_nhn_must_be_given_first() -> None:
    text = templates.TextTemplate("t", "x", images=["https://cdn.example/m.jpg", "101"], form="mms")
    assert messages.images(text) == {("MMS", "https://cdn.example/m.jpg")}
    assert messages.images(contents.FREE) == set()


def test_alimtalk_is_filled_in_by_nhn() -> None:
    assert said(contents.ALIMTALK, **{"#{이름}": "김단골"}) == (
        "alimtalk",
        {"senderKey": "SENDERKEY", "templateCode": "TPL_SHIPPED"},
        {**KAKAO, "templateParameter": {"이름": "김단골"}},
    )


def test_a_brand_message_by_template() -> None:
    assert said(contents.KEPT, 이름="김단골") == (
        "brand-kept",
        {"senderKey": "SENDERKEY", "templateCode": "BRAND1", "pushAlarm": True},
        {**KAKAO, "targeting": "M", "templateParameter": {"이름": "김단골"}},
    )


def test_a_free_brand_message() -> None:
    assert said(contents.FREE) == (
        "brand",
        {
            "senderKey": "SENDERKEY",
            "chatBubbleType": "TEXT",
            "pushAlarm": True,
            "adult": False,
            "content": "가을 신상품이 나왔어요",
            "buttons": [
                {"name": "보러 가기", "type": "WL", "linkMo": LINK},
                {"name": "상담", "type": "BC", "chatExtra": "vip"},
            ],
            "coupon": {"title": "3000원 할인 쿠폰", "description": "오늘만", "linkMo": "https://shop.example/c"},
        },
        {**KAKAO, "targeting": "I"},
    )


def test_pictures_products_and_videos() -> None:
    picture = templates.Picture("https://img.nhn.example/1.jpg", LINK)
    _, body, _ = said(brand("COMMERCE", picture=picture, commerce=contents.PRODUCT, additional="무료 배송"))
    assert body["image"] == {"imageUrl": "https://img.nhn.example/1.jpg", "imageLink": LINK}
    assert body["commerce"] == {"title": "니트", "regularPrice": 39000, "discountPrice": 29000, "discountRate": 25}
    assert body["additionalContent"] == "무료 배송"
    _, body, _ = said(brand("PREMIUM_VIDEO", video=templates.Video("https://tv.kakao.com/v/1", "https://t/1.jpg")))
    assert body["video"] == {"videoUrl": "https://tv.kakao.com/v/1", "thumbnailUrl": "https://t/1.jpg"}


def test_wide_lists_and_carousels() -> None:
    item = templates.WideItem(templates.Picture("https://i/1.jpg"), "상품", mobile=LINK)
    _, body, _ = said(brand("WIDE_ITEM_LIST", header="이번 주", items=[item]))
    assert body["item"] == {"list": [{"title": "상품", "imageUrl": "https://i/1.jpg", "linkMo": LINK}]}
    card = templates.Card(
        "새 옷", "보러 오세요", picture=templates.Picture("https://i/1.jpg", LINK), buttons=[contents.APP]
    )
    head = templates.CarouselHead("추천", "골라 봤어요", "https://i/0.jpg", mobile=LINK)
    _, body, _ = said(brand("CAROUSEL_FEED", cards=[card], head=head, tail=templates.CarouselTail(LINK)))
    assert body["carousel"] == {
        "head": {"header": "추천", "content": "골라 봤어요", "imageUrl": "https://i/0.jpg", "linkMo": LINK},
        "list": [
            {
                "header": "새 옷",
                "message": "보러 오세요",
                "buttons": [{"name": "앱으로", "type": "AL", "schemeAndroid": "shop://a", "schemeIos": "shop://a"}],
                "imageUrl": "https://i/1.jpg",
                "imageLink": LINK,
            }
        ],
        "tail": {"linkMo": LINK},
    }


def test_a_short_text_may_go_abroad() -> None:
    text = templates.TextTemplate("t", "hello", form="sms", ad=False)
    assert said(text, "+15551234567")[2] == {"internationalRecipientNo": "15551234567", "recipientGroupingKey": KEY}
    with pytest.raises(Unfit) as refused:
        said(contents.LMS, "+15551234567")
    assert refused.value.failure == "bad_address"


def test_what_has_the_same_text_goes_in_one_call() -> None:
    def shared(content: Template, to: str) -> object:
        return messages.part(request(content, to), "0212345678", "S", as_is).shared

    assert shared(contents.SMS, "01011112222") == shared(contents.SMS, "01033334444")
    assert shared(contents.SMS, "01011112222") != shared(contents.LMS, "01011112222")
    assert shared(contents.ALIMTALK, "01011112222") == shared(contents.ALIMTALK, "01033334444")


@pytest.mark.parametrize(
    ("content", "number", "profile", "failure"),
    [
        (contents.SMS, "", "S", "account"),
        (contents.ALIMTALK, "0212345678", "", "account"),
        (contents.PUSH, "0212345678", "S", "content"),
        (None, "0212345678", "S", "content"),
        (contents.MMS, "0212345678", "S", "content"),
        (templates.TextTemplate("t", "x", images=["https://a/b.jpg"], form="mms"), "0212345678", "S", "content"),
    ],
)
def test_what_can_not_be_sent(content: Template | None, number: str, profile: str, failure: str) -> None:
    with pytest.raises(Unfit) as refused:
        messages.part(request(content), number, profile, as_is)
    assert refused.value.failure == failure


def test_a_batch_has_one_key_whatever_its_order_and_attempt() -> None:
    keys = [each.key for each in (PushRequest("a", "s", "c", "m"), PushRequest("b", "s", "c", "m", attempt=2))]
    assert client.once(keys) == client.once(keys[::-1])
    assert client.once(keys) != client.once(["a"])
    assert len(client.once(keys)) == 40
