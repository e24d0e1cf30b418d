from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangol.definitions.templates import (
    AlimtalkTemplate,
    BrandTemplate,
    EmailTemplate,
    PushTemplate,
    Template,
    TextTemplate,
)
from dangol.messages import pushes
from dangol.messages.checks import blank
from dangol.messages.mail import cleaned, escaped, problems


def clean(html: str) -> str:
    return cleaned(html, lambda address: f"https://s.kr/?{address}", lambda address: f"https://a.kr{address}")


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>a</p>", "<p>a</p>"),
        ("<p>open", "<p>open</p>"),
        ("<p onclick=x class=y>a</p>", "<p>a</p>"),
        ("a<script>alert(1)</script>b", "ab"),
        ('<a href="javascript:alert(1)">x</a>', "<a>x</a>"),
        ('<a href="https://a.kr">x</a>', '<a href="https://s.kr/?https://a.kr">x</a>'),
        ('<a href="mailto:a@b.kr">x</a>', '<a href="mailto:a@b.kr">x</a>'),
        ('<td style="color:red;position:fixed;background:url(https://x)">a</td>', "a"),
        ('<p style="color:red;position:fixed">a</p>', '<p style="color:red">a</p>'),
        ('<img src="data:image/svg+xml,x" onerror=x>', "<img>"),
        ('<img src="/x.png" width="1">', '<img src="https://a.kr/x.png" width="1">'),
        ("<!-- x -->a<iframe src=x></iframe>", "a"),
    ],
)
def test_html_is_cleaned_by_an_allow_list(html: str, expected: str) -> None:
    assert clean(html) == expected


def test_tables_with_their_old_attributes_stay() -> None:
    table = (
        '<table width="600" cellpadding="0"><tbody><tr><td align="center" bgcolor="#fff">a</td></tr></tbody></table>'
    )
    assert clean(table) == table


@given(st.text("<>\"'&=/ abijpst:(){}", max_size=60))
def test_whatever_is_written_nothing_runs(text: str) -> None:
    html = clean(f'<p title="{escaped(text)}">{escaped(text)}</p>{text}')
    assert "<script" not in html
    assert clean(html).count("<p") == html.count("<p")
    assert html.startswith("<p title=")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"subject": "가" * 201}, "subject: '201 characters' is not at most 200 characters"),
        ({"html": "<style>p{}</style>"}, "html: '<style' is not HTML without it"),
        ({"html": "<p>a<Script>"}, "html: '<Script' is not HTML without it"),
        ({"html": "가" * 100_001}, "html: '100,001 characters' is not at most 100,000 characters"),
    ],
)
def test_what_is_wrong_with_an_e_mail_is_told(fields: dict[str, Any], expected: str) -> None:
    (only,) = problems(EmailTemplate("e", **{"subject": "x", "text": "y", **fields}))
    assert str(only).startswith(expected)


def test_an_e_mail_at_its_limits_is_taken() -> None:
    assert list(problems(EmailTemplate("e", "가" * 200, "x", html="가" * 100_000))) == []


@pytest.mark.parametrize("device", ["fcm", "apns", "webpush"])
def test_a_notification_fits_up_to_its_payload(device: str) -> None:
    most = pushes.most(device)
    around = pushes.size(PushTemplate("p", "t", ""))
    assert list(pushes.problems(PushTemplate("p", "t", "a" * (most - around)), device)) == []
    (only,) = pushes.problems(PushTemplate("p", "t", "a" * (most - around + 1)), device)
    assert str(only).startswith(f"text: '{most + 1:,} bytes' is not at most {most:,} bytes with title, link")
    assert pushes.LIMITS[f"payload, {device}"].most - most == pushes.ENVELOPE


@pytest.mark.parametrize(
    ("template", "where"),
    [
        (TextTemplate("t", " \n"), ["text"]),
        (AlimtalkTemplate("a", "A", ""), ["text"]),
        (PushTemplate("p", " ", ""), ["title", "text"]),
        (EmailTemplate("e", "", " "), ["subject", "text"]),
        (BrandTemplate("b", "CAROUSEL_FEED"), []),
    ],
)
def test_every_message_says_something(template: Template, where: list[str]) -> None:
    assert [each.where for each in blank(template)] == where
