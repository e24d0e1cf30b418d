"""Forms in widgets: which are refused, what is asked, what follows from what was sent."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangol.errors import Invalid
from dangol.plugin import Submission
from dangol.testing import render, submit
from dangol_widgets.form import Form
from dangol_widgets.popcorn import Popcorn
from dangol_widgets.rich_popup import RichPopup

EMAIL: dict[str, Any] = {"type": "email", "name": "email", "label": "E-mail"}
PHONE: dict[str, Any] = {"type": "tel", "name": "phone", "label": "Phone"}
NEWS: dict[str, Any] = {"type": "consent", "name": "news", "label": "News?", "channel": "email", "address": "email"}
TEXTS: dict[str, Any] = {
    "type": "consent",
    "name": "texts",
    "label": {"ko": "문자?", "en": "Texts?"},
    "channel": "sms",
    "address": "phone",
}
NIGHT: dict[str, Any] = {**TEXTS, "name": "night", "label": {"ko": "밤에도?", "en": "At night?"}, "night": True}
RULES: dict[str, Any] = {"type": "consent", "name": "rules", "label": "Rules", "required": True}
SIZES = [{"value": "M"}, {"value": "L", "label": {"ko": "큰 것", "en": "Large"}}]
ALL: list[dict[str, Any]] = [
    {"type": "text", "name": "name", "label": "Name", "trait": "nick", "longest": 5},
    {"type": "text", "name": "story", "label": "Story", "lines": 4},
    EMAIL,
    {"type": "number", "name": "height", "label": "Height", "trait": "height", "least": 100, "most": 230},
    {"type": "date", "name": "born", "label": "Birthday", "trait": "born"},
    {"type": "choice", "name": "size", "label": "Size", "choices": SIZES, "trait": "size"},
    {"type": "choices", "name": "likes", "label": "Likes", "choices": SIZES, "trait": "likes"},
    NEWS,
]


def asked(*fields: dict[str, Any]) -> dict[str, Any]:
    return {"title": "Hello", "form": {"fields": list(fields)}}


def sent(params: dict[str, Any], **fields: str) -> Submission:
    made = submit(Form(), params, fields)
    assert made is not None
    return made


def test_every_kind_of_field_is_asked_with_its_label_and_a_place_for_what_is_wrong() -> None:
    shown = render(Form(), asked(*ALL), language="ko")
    assert shown is not None
    for name in ("name", "story", "email", "height", "born"):
        assert f'<label for="field-{name}">' in shown.html
    for name in ("name", "email", "size", "news"):
        assert f'id="wrong-{name}"' in shown.html
    assert '<textarea id="field-story" name="story" rows="4"' in shown.html
    assert 'type="email" autocomplete="email"' in shown.html
    assert shown.html.count('type="radio" name="size"') == 2
    assert shown.html.count('type="checkbox" name="likes"') == 2
    assert "checked" not in shown.html
    assert "큰 것" in shown.text


def test_what_was_written_becomes_traits_of_its_kind() -> None:
    made = sent(asked(*ALL), name=" Kim ", height="172,5".replace(",", "."), born="1990-03-10", size="L", likes="L\nM")
    assert made.problems == {}
    assert made.traits == {"nick": "Kim", "height": 172.5, "born": "1990-03-10", "size": "L", "likes": ["M", "L"]}


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("name", "longer than five"),
        ("height", "tall"),
        ("height", "nan"),
        ("height", "1e999"),
        ("height", "99"),
        ("height", "231"),
        ("height", "١٧٠"),
        ("born", "10.3.1990"),
        ("born", "1990-02-30"),
        ("born", "1990-03-10T12:00"),
        ("size", "XL"),
        ("size", "M\nL"),
        ("likes", "M\nXL"),
        ("likes", "M\nM\n<b>"),
        ("email", "kim"),
        ("email", "kim@example.com, lee@example.com"),
    ],
)
def test_what_does_not_fit_is_told_at_its_field(name: str, told: str) -> None:
    made = sent(asked(*ALL), **{"news": "yes", "email": "kim@shop.example", name: told})
    assert list(made.problems) == [name]
    shown = render(Form(), asked(*ALL), submission=made)
    assert shown is not None
    assert shown.html.count('aria-invalid="true"') == (0 if name in ("size", "likes") else 1)
    assert "Please look at what is marked." in shown.text


def test_an_address_is_kept_only_with_its_own_consent() -> None:
    params = asked(EMAIL, PHONE, NEWS, TEXTS, NIGHT)
    both = {"email": "kim@Shop.example", "phone": "010-1234-5678"}
    assert set(sent(params, **both).problems) == {"news", "texts"}
    made = sent(params, **both, news="yes", texts="yes")
    assert [(each.channel, each.address, each.night) for each in made.subscriptions] == [
        ("email", "kim@shop.example", False),
        ("sms", "01012345678", False),
    ]
    assert sent(params).subscriptions == []


def test_a_tick_without_an_address_asks_for_it() -> None:
    assert list(sent(asked(EMAIL, NEWS), news="yes").problems) == ["email"]


def test_nights_need_a_tick_of_their_own_and_both_wordings_are_kept() -> None:
    params = asked(PHONE, TEXTS, NIGHT)
    [made] = sent(params, phone="+82 10 1234 5678", texts="yes", night="yes").subscriptions
    assert (made.address, made.night) == ("01012345678", True)
    assert made.wording == {"ko": "문자? / 밤에도?", "en": "Texts? / At night?"}
    assert "texts" in sent(params, phone="01012345678", night="yes").problems


def test_a_required_consent_must_be_ticked_and_nothing_else_counts_as_a_tick() -> None:
    for told in ("", "on", "YES", "true", "yes\nyes"):
        assert list(sent(asked(RULES), rules=told).problems) == ["rules"]
    assert sent(asked(RULES), rules="yes").problems == {}


@pytest.mark.parametrize("widget", [Popcorn(), RichPopup(), Form()])
def test_each_widget_with_a_form_says_thanks_in_its_place(widget: Any) -> None:
    params = {"title": "Hello", "form": {"fields": [RULES], "done": {"ko": "고마워요", "en": "Thanks!"}}}
    made = submit(widget, params, {"rules": "yes"})
    shown = render(widget, params, submission=made, language="ko")
    assert shown is not None
    assert '<p class="thanks" role="status">고마워요</p>' in shown.html
    assert "<form" not in shown.html


@pytest.mark.parametrize("widget", [Popcorn(), RichPopup()])
def test_a_widget_without_a_form_takes_none(widget: Any) -> None:
    assert submit(widget, {"title": "x"}, {"email": "x"}) is None


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ([], "length >= 1"),
        ([RULES] * 2, "two called rules"),
        ([EMAIL], "email needs a consent"),
        ([PHONE, {**NEWS, "address": "phone"}], "needs as address the name of a field of type email"),
        ([EMAIL, {**NEWS, "address": "mail"}], "of type email"),
        ([EMAIL, NEWS, {**NEWS, "name": "more"}], "two consents to email"),
        ([PHONE, {**NIGHT}], "needs another to sms"),
        ([PHONE, TEXTS, {**NIGHT, "required": True}], "can't be required"),
        ([{**RULES, "night": True}], "needs a channel"),
        ([{"type": "colour", "name": "x", "label": "x"}], "colour"),
        ([{"type": "text", "name": "Ünde", "label": "x"}], r"fields\[0\].name"),
        ([{"type": "choice", "name": "x", "label": "x", "choices": SIZES[:1]}], r"fields\[0\].choices"),
        ([{"type": "number", "name": "x", "label": "x", "least": 2, "most": 1}], "more than most"),
        ([{**RULES, "trait": "x"}], r"fields\[0\].trait"),
        ([{**EMAIL, "trait": "email"}, NEWS], r"fields\[0\].trait"),
    ],
)
def test_a_form_that_can_not_be_right_is_refused_with_place_and_reason(fields: list[Any], expected: str) -> None:
    with pytest.raises(Invalid, match=expected) as refused:
        render(Form(), asked(*fields))
    assert refused.value.problems[0].where.startswith("params")


HOSTILE = st.dictionaries(
    st.one_of(st.sampled_from([str(each["name"]) for each in ALL]), st.text(max_size=10)),
    st.one_of(st.text(max_size=60), st.sampled_from(["yes", "M", "M\nL", "1" * 2000, "\x00", "💥" * 500])),
    max_size=30,
)


@given(HOSTILE)
def test_whatever_a_browser_sends_keeps_nothing_but_what_the_form_asks_for(fields: dict[str, str]) -> None:
    made = submit(Form(), asked(*ALL), fields)
    assert made is not None
    assert made.traits.keys() <= {"nick", "height", "born", "size", "likes"}
    assert made.problems.keys() <= {each["name"] for each in ALL}
    assert not made.subscriptions or fields["news"].strip() == "yes"
    assert render(Form(), asked(*ALL), submission=made) is not None
