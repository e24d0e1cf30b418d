"""Templates as they are written: variables, wordings, places; what becomes of reviews."""

from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from dangol.definitions.model import ContactPolicy, Definitions, Site, Trait
from dangol.definitions.templates import AlimtalkTemplate, Button, Template, TextTemplate
from dangol.messages.places import languages, plain, said
from dangol.messages.proof import problems
from dangol.messages.reviews import demoted

SITE = Site("shop", "public-key", "단골", ["https://shop.example"], traits=[Trait("size", "사이즈", "text")])
CONTACT = ContactPolicy(company="단골상점", contact="02-123-4567", opt_out="080-123-4567")
WEB = Button("WL", "보기", "https://shop.example")


def told(kind: str, **fields: Any) -> list[str]:
    base = {"text": "x", **({"code": "A"} if kind == "alimtalk" else {"bubble": "TEXT"} if kind == "brand" else {})}
    template: Template = msgspec.convert({"kind": kind, "id": "t", **base, **fields}, Template)
    return [str(each) for each in problems(template, SITE, CONTACT)]


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("text", {"text": "{name|고객}님 {trait.size ? {trait.size} 사이즈}"}),
        ("text", {"text": "#{이름}님"}),
        ("text", {"text": "{coupon ? 쿠폰 {coupon}}", "ad": False}),
        ("alimtalk", {"text": "#{이름}님 {괄호}는 그대로"}),
        ("brand", {"text": "#{이름}님"}),
        ("push", {"title": "{name|고객}님", "link": "/orders?no={orders}"}),
        ("email", {"subject": "x", "html": '<p style="color:red">{name|고객}</p>'}),
    ],
)
def test_a_template_as_it_should_be_has_no_problems(kind: str, fields: dict[str, Any]) -> None:
    assert told(kind, **fields) == []


@pytest.mark.parametrize(
    ("kind", "fields", "expected"),
    [
        ("text", {"text": "{nme}"}, "text: '{nme}' is not a known variable"),
        ("text", {"text": "{price}"}, "text: '{price}' is not a known variable"),
        ("text", {"text": "{name"}, "text: '{name' is not free of a lone {"),
        ("text", {"text": "#{이름}님 {name}"}, "text: '{name}' is not left out: the template has #{...} already"),
        ("text", {"text": "#{이름"}, "text: '#{이름' is not a variable such as #{order number}, closed by }"),
        ("alimtalk", {"text": "#{}"}, "text: '#{}' is not a variable such as"),
        (
            "alimtalk",
            {"text": "{name|고객}"},
            "text: '{name}' is not left out: KakaoTalk's templates have #{...} alone",
        ),
        ("brand", {"text": "{name ? a : b}"}, "text: '{name}' is not left out"),
        ("alimtalk", {"text": "#{a.b}"}, "text: '#{a.b}' is not a variable without . in its name"),
        ("brand", {"text": "#{a@b}"}, "text: '#{a@b}' is not a variable without @ in its name"),
        ("alimtalk", {"name": "가" * 151}, "name: '151 characters' is not at most 150 characters"),
        ("alimtalk", {"text": {"ko": "a"}}, "text: 'ko' is not one wording"),
        ("brand", {"code": "B", "buttons": [{"kind": "BK", "name": {"ko": "a"}}]}, "buttons[0].name: 'ko' is not one"),
        ("text", {"text": {"ko": "a", "en": "b 😀"}}, "text (en): '😀' is not a character of EUC-KR"),
        ("text", {"form": "sms", "text": "{name|고객}님 " + "가" * 40}, "text: '140 bytes' is not at most 90 bytes"),
        ("text", {"text": {"ko": "", "en": ""}}, "text (ko): '' is not given"),
        ("text", {"text": {}}, "text: '' is not given"),
        ("text", {"text": " "}, "text: '' is not given"),
        ("push", {"title": "x", "data": {"a": "{nme}"}}, "data.a: '{nme}' is not a known variable"),
    ],
)
def test_what_is_wrong_as_it_is_written_is_told(kind: str, fields: dict[str, Any], expected: str) -> None:
    assert told(kind, **fields)[0].startswith(expected)


def test_limits_are_those_of_somebody_of_whom_nothing_is_known() -> None:
    words = "{name ? 아주 긴 인사말을 여기에 적어 봅니다 {name} : 안녕} " + "가" * 40
    assert told("text", text=words, form="sms", ad=False) == []


def test_all_that_is_said_is_found_and_only_that() -> None:
    template = AlimtalkTemplate(
        "t", "A", "본문", title="제목", buttons=[WEB], comments=["x"], name="이름", category="c"
    )
    found = [(where, role) for where, role, _ in said(template)]
    assert found == [
        ("text", "text"),
        ("title", "text"),
        ("buttons[0].name", "text"),
        ("buttons[0].mobile", "address"),
    ]


def test_a_template_is_put_into_one_language() -> None:
    template = TextTemplate("t", {"ko": "안녕", "en": "hi"}, subject="x", name={"ko": "이름"})
    assert languages(template) == ("ko", "en")
    assert plain(template, "en", "ko") == replace(template, text="hi")
    assert languages(plain(template, "en", "ko")) == ("ko",)
    assert plain(TextTemplate("t", {"en": "hi"}), "ko", "ko").text == "hi"


APPROVED = AlimtalkTemplate("t", "A", "안녕", review="approved", buttons=[WEB])


@pytest.mark.parametrize(
    ("new", "drafts"),
    [
        (replace(APPROVED, text="안녕!"), ["t"]),
        (replace(APPROVED, buttons=[]), ["t"]),
        (replace(APPROVED, comments=["good"], name="x"), []),
        (replace(APPROVED, text="안녕!", code="B"), []),
        (replace(APPROVED, text="안녕!", review="requested"), []),
        (replace(APPROVED, id="other", text="안녕!"), []),
        (TextTemplate("t", "x"), []),
    ],
)
def test_other_words_under_the_same_code_are_a_draft_again(new: Template, drafts: list[str]) -> None:
    former, document = Definitions(SITE, templates=[APPROVED]), Definitions(SITE, templates=[new])
    made, told = demoted(former, document)
    assert told == drafts
    assert [getattr(each, "review", "") for each in made.templates if each.id in drafts] == ["draft"] * len(drafts)
    assert demoted(None, document) == (document, [])
