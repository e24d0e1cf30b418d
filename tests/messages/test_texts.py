"""Text messages: bytes at each limit and one over, and the forms."""

from typing import Any

import pytest

from dangol.definitions.templates import TextTemplate
from dangol.messages.texts import formed, problems


def told(text: str, **fields: Any) -> list[str]:
    return [str(each) for each in problems(formed(TextTemplate("t", text, **fields)))]


@pytest.mark.parametrize(
    ("form", "at_limit", "over"),
    [
        ("sms", "가" * 45, "91 bytes"),
        ("lms", "가" * 1000, "2,001 bytes"),
        ("mms", "가" * 1000, "2,001 bytes"),
    ],
)
def test_a_text_fits_up_to_its_form_s_bytes(form: Any, at_limit: str, over: str) -> None:
    images = ["https://shop.example/a.jpg"] if form == "mms" else []
    assert told(at_limit, form=form, images=images) == []
    (only,) = told(at_limit + "a", form=form, images=images)
    assert only.startswith(f"text: '{over}' is not at most ")


@pytest.mark.parametrize("field", ["subject"])
def test_a_title_has_40_bytes(field: str) -> None:
    assert told("x", form="lms", **{field: "가" * 20}) == []
    (only,) = told("x", form="lms", **{field: "가" * 20 + "a"})
    assert only == "subject: '41 bytes' is not at most 40 bytes in EUC-KR"


@pytest.mark.parametrize(
    ("text", "fields", "form"),
    [
        ("가" * 45, {}, "sms"),
        ("가" * 45 + "a", {}, "lms"),
        ("short", {"subject": "title"}, "lms"),
        ("short", {"images": ["a.jpg"]}, "mms"),
        ("short", {"form": "lms"}, "lms"),
    ],
)
def test_the_form_is_the_smallest_that_has_room(text: str, fields: dict[str, Any], form: str) -> None:
    assert formed(TextTemplate("t", text, **fields)).form == form


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"form": "sms", "subject": "x"}, "subject: 'x' is not left out: an SMS has no title"),
        ({"form": "sms", "images": ["a.jpg"]}, "images: 1 is not left out: an SMS has no pictures"),
        ({"form": "mms"}, "images: 0 is not given: an MMS has a picture at least"),
        ({"images": ["a.png"]}, "images[0]: '.png' is not a JPG"),
        ({"images": ["a.jpg"] * 4}, "images: '4 rows' is not at most 3 rows"),
        ({"text": "안녕 😀"}, "text: '😀' is not a character of EUC-KR (GRINNING FACE is not)"),
    ],
)
def test_what_does_not_go_with_a_form_is_refused(fields: dict[str, Any], expected: str) -> None:
    assert told(fields.pop("text", "x"), **fields) == [expected]


def test_a_syllable_of_cp949_alone_is_refused_with_a_hint() -> None:
    (only,) = told("똠양꿍")
    assert only.startswith("text: '똠' is not a character of EUC-KR (똠 is of CP949 alone")
