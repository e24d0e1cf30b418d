from typing import Any

import msgspec
import pytest

from dangol.definitions.templates import Button
from dangol.messages.buttons import ALIMTALK, PHONE_NAMES, RULES, problems


def told(**fields: Any) -> list[str]:
    return [str(each) for each in problems([msgspec.convert({"name": "보기", **fields}, Button)], "buttons", ALIMTALK)]


RIGHT: dict[str, dict[str, Any]] = {
    "WL": {"mobile": "https://shop.example/a", "pc": "https://shop.example"},
    "AL": {"android": "shop://a", "ios": "shop://a"},
    "AC": {"name": "채널 추가"},
    "TN": {"name": "전화 연결", "phone": "02-123-4567"},
    "BC": {"extra": "주문 문의"},
}


@pytest.mark.parametrize("kind", RULES)
def test_a_button_with_what_its_kind_needs_is_taken(kind: str) -> None:
    assert told(kind=kind, **RIGHT.get(kind, {})) == []


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"kind": "WL"}, "buttons[0].mobile: '' is not given: a WL button needs it"),
        ({"kind": "TN", "name": "전화 연결"}, "buttons[0].phone: '' is not given: a TN button needs it"),
        ({"kind": "TN", "name": "전화 연결", "phone": "call"}, "buttons[0].phone: 'call' is not a phone number"),
        (
            {"kind": "TN", "phone": "1588-0000"},
            "buttons[0].name: '보기' is not one of 전화 연결, 고객센터 연결, 상담원 연결",
        ),
        ({"kind": "AL", "ios": "shop://a"}, "buttons[0]: '1 of them' is not a button with at least 2 of android, ios"),
        ({"kind": "DS", "mobile": "https://a.kr"}, "buttons[0].mobile: 'https://a.kr' is not left out: a DS button"),
        ({"kind": "BK", "phone": "02"}, "buttons[0].phone: '02' is not left out"),
        ({"kind": "MD", "name": " "}, "buttons[0].name: ' ' is not given"),
        ({"kind": "AC"}, "buttons[0].name: '보기' is not 채널 추가"),
    ],
)
def test_what_its_kind_does_not_take_is_refused(fields: dict[str, Any], expected: str) -> None:
    assert any(each.startswith(expected) for each in told(**fields))


@pytest.mark.parametrize("name", PHONE_NAMES)
def test_a_telephone_has_one_of_three_names(name: str) -> None:
    assert told(kind="TN", name=name, phone="15880000") == []


@pytest.mark.parametrize(
    "address", ["https://a.kr", "http://a.kr/x?y=#{z}", "HTTPS://A.KR", "#{link}", "https://#{host}/x", "/path"]
)
def test_an_address_may_have_variables(address: str) -> None:
    assert told(kind="WL", mobile=address) == []


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "a.kr",
        "//evil.example",
        "/\\evil.example",
        "https://",
        "ftp://a.kr",
        "https://a b.kr",
        "x",
    ],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    (only,) = told(kind="WL", mobile=address)
    assert only.endswith("is not an http(s) address")


@pytest.mark.parametrize("scheme", ["javascript:x", "data:text/html,x", "JavaScript:x", "vbscript:x", "file:///etc"])
def test_an_app_s_scheme_runs_nothing(scheme: str) -> None:
    assert [each.partition(":")[0] for each in told(kind="AL", android=scheme, ios="shop://a")] == [
        "buttons[0].android"
    ]
