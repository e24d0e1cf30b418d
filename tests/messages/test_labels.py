from typing import Any

import pytest
from msgspec.structs import replace

from dangol.definitions.model import ContactPolicy
from dangol.definitions.templates import (
    AlimtalkTemplate,
    BrandTemplate,
    EmailTemplate,
    PushTemplate,
    Template,
    TextTemplate,
)
from dangol.messages.labels import labelled, problems

CONTACT = ContactPolicy(company="단골상점", contact="02-123-4567", opt_out="080-123-4567")
END = "https://d.kr/u/1"


def told(template: Template, contact: ContactPolicy = CONTACT, unsubscribe: str = END) -> list[str]:
    return [str(each) for each in problems(template, template, contact, unsubscribe)]


def test_an_advertisement_begins_with_its_label_and_ends_with_the_free_number() -> None:
    made = labelled(TextTemplate("t", "새 상품", "소식"), CONTACT, "en", END)
    assert made == TextTemplate("t", "(광고)단골상점 02-123-4567\n새 상품\n무료수신거부 080-123-4567", "(광고)소식")


def test_without_a_contact_the_name_stands_alone() -> None:
    made = labelled(TextTemplate("t", "x"), replace(CONTACT, contact=""), "ko", END)
    assert made.text == "(광고)단골상점\nx\n무료수신거부 080-123-4567"


def test_a_notification_is_labelled_and_tells_how_it_is_refused() -> None:
    made = labelled(PushTemplate("p", "세일", "오늘까지"), CONTACT, "ko", END)
    assert made == PushTemplate("p", "(광고) 세일", "오늘까지\n수신거부: 기기의 알림 설정에서 끄기")
    english = labelled(PushTemplate("p", "Sale", "today"), CONTACT, "en", END)
    assert english == PushTemplate("p", "(광고) Sale", "today\nTo stop: turn notifications off in your settings")


def test_an_e_mail_has_a_way_out_in_two_languages_in_both_of_its_bodies() -> None:
    made: Any = labelled(EmailTemplate("e", "세일", "본문", "<p>본문</p>"), CONTACT, "ko", END + "?a&b")
    assert made.subject == "(광고) 세일"
    assert made.text.startswith("본문\n\n--\n단골상점 · 02-123-4567\n수신을 원하지")
    assert made.text.endswith(f"unsubscribe here: {END}?a&b\n")
    assert f'<a href="{END}?a&amp;b">수신을 원하지 않으시면' in made.html


def test_elsewhere_there_is_no_korean_label() -> None:
    contact = ContactPolicy("us", company="Dangol", contact="1-800-000")
    assert labelled(TextTemplate("t", "Sale"), contact, "en", END) == TextTemplate(
        "t", f"Dangol 1-800-000: Sale\nOpt out: {END}"
    )
    push, email = PushTemplate("p", "Sale", "today"), EmailTemplate("e", "Sale", "today")
    assert labelled(push, contact, "en", END) == push
    made: Any = labelled(email, contact, "en", END)
    assert (made.subject, "수신" in made.text) == ("Sale", False)


@pytest.mark.parametrize(
    "template",
    [
        TextTemplate("t", "x", ad=False),
        PushTemplate("p", "x", "y", ad=False),
        EmailTemplate("e", "x", "y", ad=False),
        AlimtalkTemplate("a", "A", "x"),
        BrandTemplate("b", "TEXT", text="x"),
    ],
)
def test_what_is_none_or_is_labelled_by_kakaotalk_stays(template: Template) -> None:
    assert labelled(template, CONTACT, "ko", END) == template
    assert told(template, ContactPolicy(), "") == []


@pytest.mark.parametrize(
    "label",
    [
        "(광고)",
        " (광고)",
        "(광 고)",
        "[광고]",
        "( 광고 )",
        "<광고>",
        "（광고）",
        "(광.고)",
        "《광고》",
        "(광/고)",
        "\u200b(\u2060광\u200b고)",
    ],
)
def test_labels_of_the_marketer_s_own_are_refused_in_every_spelling(label: str) -> None:
    (only,) = told(TextTemplate("t", f"{label} 세일"))
    assert only.endswith("is not left out: dangol puts (광고) there")
    assert told(TextTemplate("t", f"세일 {label}")) == []


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        (
            TextTemplate("t", "(광고) x", ad=False),
            "text: '(광고) x' is not left out, or ad: true: it is an advertisement",
        ),
        (PushTemplate("p", "(광고) x", "y"), "title: '(광고) x' is not left out: dangol puts (광고) there"),
        (EmailTemplate("e", "(광고) x", "y"), "subject: '(광고) x' is not left out: dangol puts (광고) there"),
        (BrandTemplate("b", "TEXT", text="(광고) x"), "text: '(광고) x' is not left out: KakaoTalk puts (광고) there"),
        (AlimtalkTemplate("a", "A", "(광고) x"), "text: '(광고) x' is not left out: an Alimtalk is no advertisement"),
        (
            TextTemplate("t", "x 무료거부 080"),
            "text: '무료거부' is not left out: dangol adds the line, with contact.opt_out",
        ),
    ],
)
def test_what_dangol_or_kakaotalk_adds_is_not_written_twice(template: Template, expected: str) -> None:
    assert told(template) == [expected]


@pytest.mark.parametrize(
    ("template", "where"),
    [
        (TextTemplate("t", "x"), ["contact.company", "contact.opt_out"]),
        (PushTemplate("p", "x", "y"), ["contact.company"]),
        (EmailTemplate("e", "x", "y"), ["contact.company", "contact.contact", "unsubscribe"]),
        (BrandTemplate("b", "TEXT", "M", text="x"), ["contact.opt_out"]),
        (BrandTemplate("b", "TEXT", "N", text="x"), ["contact.opt_out"]),
    ],
)
def test_an_advertisement_needs_a_sender_and_a_way_to_refuse(template: Template, where: list[str]) -> None:
    assert [each.partition(":")[0] for each in told(template, ContactPolicy(), "")] == where
