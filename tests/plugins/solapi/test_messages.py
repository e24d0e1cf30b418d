"""Messages in SOLAPI's JSON."""

from typing import Any

import pytest
from tests.plugins import contents
from tests.plugins.contents import KEY, brand, request

from dangol.plugin import templates
from dangol_plugins.batches import Unfit
from dangol_plugins.solapi import messages

LINK = "https://shop.example/a"


def said(content: Any, **variables: str) -> dict[str, Any]:
    return messages.message(request(content, **variables), "0212345678", "PF1", lambda kind, image: f"{kind}:{image}")


def bms(content: Any) -> dict[str, Any]:
    found: dict[str, Any] = said(content)["kakaoOptions"]["bms"]
    return found


def test_a_short_text() -> None:
    assert said(contents.SMS) == {
        "to": "01012345678",
        "from": "0212345678",
        "type": "SMS",
        "text": "(광고)단골상점 안녕하세요\n무료거부 0801234567",
        "autoTypeDetect": False,
        "customFields": {"key": KEY},
    }


def test_long_texts_have_a_subject_and_those_with_a_picture_its_id() -> None:
    assert (said(contents.LMS)["type"], said(contents.LMS)["subject"]) == ("LMS", "주문 안내")
    assert {**said(contents.MMS), "text": ""} == {
        "to": "01012345678",
        "from": "0212345678",
        "type": "MMS",
        "text": "",
        "subject": "새 상품",
        "imageId": "MMS:FILE-1",
        "autoTypeDetect": False,
        "customFields": {"key": KEY},
    }


def test_alimtalk_goes_by_its_template_and_never_as_a_text_instead() -> None:
    assert said(contents.ALIMTALK, 이름="김단골") == {
        "to": "01012345678",
        "from": "0212345678",
        "type": "ATA",
        "customFields": {"key": KEY},
        "kakaoOptions": {
            "pfId": "PF1",
            "templateId": "TPL_SHIPPED",
            "variables": {"#{이름}": "김단골"},
            "disableSms": True,
        },
    }


def test_a_brand_message_by_template() -> None:
    assert said(contents.KEPT, 이름="김단골") == {
        "to": "01012345678",
        "from": "0212345678",
        "type": "BMS_IMAGE",
        "customFields": {"key": KEY},
        "kakaoOptions": {
            "pfId": "PF1",
            "disableSms": True,
            "templateId": "BRAND1",
            "variables": {"#{이름}": "김단골"},
            "bms": {"targeting": "M"},
        },
    }


def test_a_free_brand_message() -> None:
    assert said(contents.FREE) == {
        "to": "01012345678",
        "from": "0212345678",
        "type": "BMS_FREE",
        "text": "가을 신상품이 나왔어요",
        "customFields": {"key": KEY},
        "kakaoOptions": {
            "pfId": "PF1",
            "disableSms": True,
            "bms": {
                "targeting": "I",
                "chatBubbleType": "TEXT",
                "adult": False,
                "buttons": [
                    {"linkType": "WL", "name": "보러 가기", "linkMobile": LINK},
                    {"linkType": "BC", "name": "상담", "chatExtra": "vip"},
                ],
                "coupon": {
                    "title": "3000원 할인 쿠폰",
                    "description": "오늘만",
                    "linkMobile": "https://shop.example/c",
                },
            },
        },
    }


def test_a_product() -> None:
    picture = templates.Picture("I1", LINK)
    assert bms(brand("COMMERCE", picture=picture, commerce=contents.PRODUCT, additional="무료 배송")) == {
        "targeting": "I",
        "chatBubbleType": "COMMERCE",
        "adult": False,
        "additionalContent": "무료 배송",
        "imageId": "BMS:I1",
        "imageLink": LINK,
        "commerce": {"title": "니트", "regularPrice": 39000, "discountPrice": 29000, "discountRate": 25},
    }


def test_a_wide_list() -> None:
    items = [templates.WideItem(templates.Picture(f"I{n}"), f"상품 {n}", mobile=LINK) for n in range(4)]
    assert bms(brand("WIDE_ITEM_LIST", header="이번 주", items=items)) == {
        "targeting": "I",
        "chatBubbleType": "WIDE_ITEM_LIST",
        "adult": False,
        "header": "이번 주",
        "mainWideItem": {"title": "상품 0", "imageId": "BMS_WIDE_MAIN_ITEM_LIST:I0", "linkMobile": LINK},
        "subWideItemList": [
            {"title": f"상품 {n}", "imageId": f"BMS_WIDE_SUB_ITEM_LIST:I{n}", "linkMobile": LINK} for n in (1, 2, 3)
        ],
    }


def test_a_wide_list_of_three_is_too_short() -> None:
    items = [templates.WideItem(templates.Picture(f"I{n}"), f"상품 {n}", mobile=LINK) for n in range(3)]
    with pytest.raises(Unfit, match="items: SOLAPI takes 4 rows"):
        bms(brand("WIDE_ITEM_LIST", header="이번 주", items=items))


def test_a_carousel_of_news() -> None:
    card = templates.Card("새 옷", "보러 오세요", picture=templates.Picture("I1", LINK), buttons=[contents.APP])
    tail = templates.CarouselTail(LINK)
    assert bms(brand("CAROUSEL_FEED", cards=[card], tail=tail))["carousel"] == {
        "list": [
            {
                "header": "새 옷",
                "content": "보러 오세요",
                "imageId": "BMS_CAROUSEL_FEED_LIST:I1",
                "imageLink": LINK,
                "buttons": [{"linkType": "AL", "name": "앱으로", "linkAndroid": "shop://a", "linkIos": "shop://a"}],
            }
        ],
        "tail": {"linkMobile": LINK},
    }


def test_a_carousel_of_products() -> None:
    card = templates.Card(
        additional="특가", commerce=contents.PRODUCT, picture=templates.Picture("I1"), coupon=contents.COUPON
    )
    head = templates.CarouselHead("추천", "골라 봤어요", "I0", mobile=LINK)
    assert bms(brand("CAROUSEL_COMMERCE", cards=[card], head=head))["carousel"] == {
        "head": {
            "header": "추천",
            "content": "골라 봤어요",
            "imageId": "BMS_CAROUSEL_COMMERCE_LIST:I0",
            "linkMobile": LINK,
        },
        "list": [
            {
                "additionalContent": "특가",
                "imageId": "BMS_CAROUSEL_COMMERCE_LIST:I1",
                "commerce": {"title": "니트", "regularPrice": 39000, "discountPrice": 29000, "discountRate": 25},
                "coupon": {
                    "title": "3000원 할인 쿠폰",
                    "description": "오늘만",
                    "linkMobile": "https://shop.example/c",
                },
            }
        ],
    }


def test_a_video() -> None:
    video = templates.Video("https://tv.kakao.com/v/1", "T1")
    told = bms(brand("PREMIUM_VIDEO", video=video, text="보세요"))
    assert told["video"] == {"videoUrl": "https://tv.kakao.com/v/1", "imageId": "KAKAO:T1"}
    assert told["content"] == "보세요"


def test_images_that_solapi_must_be_given_first() -> None:
    wide = brand("WIDE", picture=templates.Picture("https://cdn.example/w.jpg"))
    text = templates.TextTemplate("t", "x", images=["https://cdn.example/m.jpg"], form="mms")
    assert messages.images(wide) == {("BMS_WIDE", "https://cdn.example/w.jpg")}
    assert messages.images(text) == {("MMS", "https://cdn.example/m.jpg")}
    assert messages.images(contents.MMS) == set()
    assert messages.images(contents.ALIMTALK) == set()


@pytest.mark.parametrize(
    ("content", "number", "profile", "failure"),
    [
        (contents.SMS, "", "PF1", "account"),
        (contents.ALIMTALK, "0212345678", "", "account"),
        (contents.PUSH, "0212345678", "PF1", "content"),
        (None, "0212345678", "PF1", "content"),
        (templates.TextTemplate("t", "x", images=["a", "b"], form="mms"), "0212345678", "PF1", "content"),
    ],
)
def test_what_can_not_be_sent(content: Any, number: str, profile: str, failure: str) -> None:
    with pytest.raises(Unfit) as refused:
        messages.message(request(content), number, profile, lambda kind, image: image)
    assert refused.value.failure == failure


def test_a_variable_with_a_dot_is_refused() -> None:
    with pytest.raises(Unfit, match=r"order\.no"):
        said(contents.ALIMTALK, **{"order.no": "1"})
