"""Messages as fields of Aligo's forms."""

import json

import pytest
from msgspec.structs import replace
from tests.plugins import contents
from tests.plugins.contents import request

from dangol.plugin import Template, templates
from dangol_plugins.aligo import messages
from dangol_plugins.batches import Part, Unfit


def part(content: Template | None, to: str = "01012345678", turn: int = 1) -> Part:
    return messages.part(request(content, to), "0212345678", "SENDERKEY", turn)


def test_texts_go_many_in_one_call() -> None:
    assert messages.call([part(contents.SMS), part(contents.SMS, "01099998888")]) == (
        "/send_mass/",
        {
            "sender": "0212345678",
            "msg_type": "SMS",
            "cnt": "2",
            "rec_1": "01012345678",
            "msg_1": "(광고)단골상점 안녕하세요\n무료거부 0801234567",
            "rec_2": "01099998888",
            "msg_2": "(광고)단골상점 안녕하세요\n무료거부 0801234567",
        },
        (),
    )


def test_long_texts_have_a_title_in_common() -> None:
    _, form, _ = messages.call([part(contents.LMS)])
    assert (form["msg_type"], form["title"]) == ("LMS", "주문 안내")


def test_a_text_with_pictures_goes_to_many_at_once() -> None:
    picture = replace(contents.MMS, images=["https://cdn.example/a.jpg"])
    assert messages.call([part(picture), part(picture, "01099998888")]) == (
        "/send/",
        {
            "sender": "0212345678",
            "msg_type": "MMS",
            "title": "새 상품",
            "msg": "사진입니다.",
            "receiver": "01012345678,01099998888",
        },
        ("https://cdn.example/a.jpg",),
    )


def test_alimtalk_goes_in_its_final_words() -> None:
    path, form, _ = messages.call([part(contents.ALIMTALK)])
    button = json.loads(form.pop("button_1"))
    assert path == "/akv10/alimtalk/send/"
    assert form == {
        "senderkey": "SENDERKEY",
        "tpl_code": "TPL_SHIPPED",
        "sender": "0212345678",
        "failover": "N",
        "receiver_1": "01012345678",
        "subject_1": "배송 안내",
        "message_1": "김단골님, 주문하신 상품이 출발했습니다.",
        "emtitle_1": "배송 안내",
    }
    assert button == {
        "button": [
            {
                "name": "배송 조회",
                "linkType": "WL",
                "linkTypeName": "웹링크",
                "linkMo": "https://shop.example/t/1",
                "linkPc": "https://shop.example/t/1",
            }
        ]
    }


def test_nothing_is_ever_sent_as_a_test() -> None:
    for content in (contents.SMS, contents.LMS, contents.ALIMTALK):
        _, form, _ = messages.call([part(content)])
        assert not [name for name in form if "test" in name.lower()]


def test_what_shares_a_call() -> None:
    assert part(contents.SMS).shared == part(contents.SMS, "01099998888").shared
    assert part(contents.SMS).shared != part(contents.LMS).shared
    assert part(contents.SMS).shared != part(contents.SMS, turn=2).shared


@pytest.mark.parametrize(
    ("content", "number", "profile", "failure"),
    [
        (contents.SMS, "", "S", "account"),
        (contents.ALIMTALK, "0212345678", "", "account"),
        (contents.FREE, "0212345678", "S", "content"),
        (None, "0212345678", "S", "content"),
        (templates.AlimtalkTemplate("a", "T", "x", buttons=[contents.TALK]), "0212345678", "S", "content"),
    ],
)
def test_what_can_not_be_sent(content: Template | None, number: str, profile: str, failure: str) -> None:
    with pytest.raises(Unfit) as refused:
        messages.part(request(content), number, profile)
    assert refused.value.failure == failure
