"""Alimtalk: one row for each limit, at the limit and one over; the rules of types, emphasis and buttons."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from dangol.definitions.templates import AlimtalkTemplate, ItemRow
from dangol.messages.alimtalk import mismatches, problems
from dangol.messages.limits import VARIABLE

WEB = {"kind": "WL", "name": "보기", "mobile": "https://shop.example"}
REPLY = {"kind": "BK", "name": "배송"}
ROW = {"title": "상품", "text": "머그"}
ITEMS: dict[str, Any] = {"emphasis": "ITEM_LIST", "items": [ROW, ROW]}
THUMBNAIL: dict[str, Any] = {**ITEMS, "thumbnail": "i"}


def alimtalk(**fields: Any) -> AlimtalkTemplate:
    return msgspec.convert({"kind": "alimtalk", "id": "t", "code": "A", "text": "안녕", **fields}, AlimtalkTemplate)


def told(**fields: Any) -> list[str]:
    return [str(each) for each in problems(alimtalk(**fields))]


def many(count: int, one: Any) -> list[Any]:
    return [one] * count


def named(count: int) -> str:
    return "".join(f"#{{{number}}}" for number in range(count))


LIMITS: list[tuple[str, int, Any, str]] = [
    ("text", 1300, lambda n: {"text": "가" * n}, "characters"),
    ("text", 1300, lambda n: {"text": "가", "type": "EX", "extra": "나" * (n - 1)}, "characters"),
    ("text", 1260, lambda n: {"text": "가" * n, "type": "AD"}, "characters"),
    ("text", 1260, lambda n: {"text": "가" * (n - 1), "type": "MI", "extra": "나"}, "characters"),
    ("text", 700, lambda n: {**ITEMS, "text": "가" * n}, "characters"),
    ("text", 660, lambda n: {**ITEMS, "text": "가" * n, "type": "AD"}, "characters"),
    ("text", 1300, lambda n: {"text": "가" * n, "emphasis": "IMAGE", "image": "i"}, "characters"),
    ("text", 40, lambda n: {"text": named(n)}, "variables"),
    ("title", 50, lambda n: {"emphasis": "TEXT", "title": "가" * n}, "characters"),
    ("subtitle", 50, lambda n: {"emphasis": "TEXT", "title": "가", "subtitle": "나" * n}, "characters"),
    ("header", 16, lambda n: {**ITEMS, "header": "가" * n}, "characters"),
    ("items[0].title", 6, lambda n: {**ITEMS, "items": [{**ROW, "title": "가" * n}, ROW]}, "characters"),
    ("items[0].text", 23, lambda n: {**ITEMS, "items": [{**ROW, "text": "가" * n}, ROW]}, "characters"),
    ("summary.title", 6, lambda n: {**ITEMS, "summary": {"title": "가" * n, "text": "1원"}}, "characters"),
    ("summary.text", 14, lambda n: {**ITEMS, "summary": {"title": "합계", "text": "1" * (n - 1) + "원"}}, "characters"),
    ("highlight.title", 30, lambda n: {**ITEMS, "highlight": {"title": "가" * n, "text": "나"}}, "characters"),
    ("highlight.text", 19, lambda n: {**ITEMS, "highlight": {"title": "가", "text": "나" * n}}, "characters"),
    ("highlight.title", 21, lambda n: {**THUMBNAIL, "highlight": {"title": "가" * n, "text": "나"}}, "characters"),
    ("highlight.text", 13, lambda n: {**THUMBNAIL, "highlight": {"title": "가", "text": "나" * n}}, "characters"),
    ("buttons", 5, lambda n: {"buttons": many(n, WEB)}, "rows"),
    ("buttons", 2, lambda n: {"buttons": many(n, WEB), "replies": [REPLY]}, "rows"),
    ("buttons[0].name", 14, lambda n: {"buttons": [{**WEB, "name": "가" * n}]}, "characters"),
    ("replies", 5, lambda n: {"replies": many(n, REPLY)}, "rows"),
    ("replies[0].name", 14, lambda n: {"replies": [{**REPLY, "name": "가" * n}]}, "characters"),
]  # fmt: skip


@pytest.mark.parametrize(("field", "most", "make", "unit"), LIMITS, ids=[f"{row[0]}-{row[1]}" for row in LIMITS])
def test_each_limit_holds_at_the_limit_and_one_over(field: str, most: int, make: Any, unit: str) -> None:
    assert told(**make(most)) == []
    (only,) = told(**make(most + 1))
    assert only.startswith(f"{field}: '{most + 1:,} {unit}' is not at most {most:,} {unit}")


@pytest.mark.parametrize(
    "fields", [{"items": many(11, ROW)}, {"buttons": [{**WEB, "mobile": "https://a.kr/" + "a" * 988}]}]
)
def test_ten_rows_and_a_thousand_characters_of_an_address_are_the_shape_s(fields: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        alimtalk(**ITEMS | fields)


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({**ITEMS, "items": [ROW]}, "items: '1 rows' is not at least 2 rows"),
    ({"emphasis": "ITEM_LIST"}, "items: [] is not given: the emphasis ITEM_LIST needs it"),
    ({"emphasis": "IMAGE"}, "image: '' is not given: the emphasis IMAGE needs it"),
    ({"emphasis": "TEXT"}, "title: '' is not given: the emphasis TEXT needs it"),
    ({"title": "x"}, "title: 'x' is not left out: it does not go with the emphasis NONE"),
    ({"emphasis": "TEXT", "title": "x", "image": "i"}, "image: 'i' is not left out"),
    ({"emphasis": "IMAGE", "image": "i", "header": "x"}, "header: 'x' is not left out"),
    ({**ITEMS, "secure": True}, "secure: True is not left out: an item list is never secured"),
    ({**ITEMS, "thumbnail": "i"}, "thumbnail: 'i' is not left out: it stands beside a highlight"),
    ({**ITEMS, "summary": {"title": "합계", "text": "무료 배송"}}, "summary.text: '무료 배송' is not a sum"),
    ({"type": "EX"}, "extra: '' is not given: messages of the type EX have it"),
    ({"type": "MI"}, "extra: '' is not given: messages of the type MI have it"),
    ({"extra": "x"}, "extra: 'x' is not left out: only the types EX and MI have it, not BA"),
    ({"type": "EX", "extra": "#{a}"}, "extra: '#{a}' is not a text without variables"),
    ({"emphasis": "TEXT", "title": "x", "subtitle": "#{a}"}, "subtitle: '#{a}' is not a text without variables"),
    ({**ITEMS, "items": [{"title": "#{a}", "text": "b"}, ROW]}, "items[0].title: '#{a}' is not a text without"),
    ({"buttons": [{**WEB, "name": "#{a}"}]}, "buttons[0].name: '#{a}' is not a text without variables"),
    ({"replies": [{**REPLY, "name": "#{a}"}]}, "replies[0].name: '#{a}' is not a text without variables"),
    ({"buttons": [{"kind": "AC", "name": "채널 추가"}]}, "buttons[0].kind: 'AC' is not left out: only messages"),
    ({"type": "AD", "buttons": [WEB, {"kind": "AC", "name": "채널 추가"}]}, "buttons[1].kind: 'AC' is not the first"),
    ({"type": "AD", "buttons": [{"kind": "AC", "name": "추가"}]}, "buttons[0].name: '추가' is not 채널 추가"),
    ({"replies": [{"kind": "MD", "name": "x"}]}, "replies[0].kind: 'MD' is not one of WL, AL, BK, BC, BT, BF"),
    ({"replies": [{"kind": "DS", "name": "x"}]}, "replies[0].kind: 'DS' is not one of"),
    ({"buttons": [{"kind": "DS", "name": "배송조회"}]}, "text: '안녕' is not a text with the courier and the invoice"),
]


@pytest.mark.parametrize(("fields", "expected"), REFUSED, ids=[row[1][:40] for row in REFUSED])
def test_what_kakaotalk_does_not_take_is_refused(fields: dict[str, Any], expected: str) -> None:
    (only,) = told(**fields)
    assert only.startswith(expected)


@pytest.mark.parametrize(
    "fields",
    [
        {"type": "AD", "buttons": [{"kind": "AC", "name": "채널 추가"}, WEB]},
        {"type": "MI", "extra": "x", "buttons": [{"kind": "AC", "name": "채널 추가"}]},
        {"text": "한진택배 1234-5678-9012", "buttons": [{"kind": "DS", "name": "배송조회"}]},
        {"text": "#{택배사} #{송장}", "buttons": [{"kind": "DS", "name": "배송조회"}]},
        {**ITEMS, "summary": {"title": "합계", "text": "12,000원"}},
        {**ITEMS, "summary": {"title": "합계", "text": "#{price} KRW"}},
        {**ITEMS, "summary": {"title": "합계", "text": "₩12,000"}},
        {"buttons": [{"kind": "WL", "name": "보기", "mobile": "#{link}"}]},
        {"emphasis": "TEXT", "title": "#{a}", "subtitle": "b"},
    ],
)  # fmt: skip
def test_what_kakaotalk_takes_is_taken(fields: dict[str, Any]) -> None:
    assert told(**fields) == []


def filled(text: str, **fields: Any) -> list[str]:
    written = alimtalk(text="#{이름}님 주문 #{번호}번", buttons=[{**WEB, "mobile": "https://shop.example/#{번호}"}])
    told = {"text": text, "buttons": [{**WEB, "mobile": "https://shop.example/12"}], **fields}
    return [each.where for each in mismatches(written, alimtalk(**told))]


def test_what_is_filled_in_is_looked_at_in_one_go_however_long_it_is() -> None:
    filled = alimtalk(**ITEMS, buttons=[WEB])
    filled = replace(
        filled,
        summary=ItemRow("합계", "1" * 200_000 + "x"),
        buttons=[replace(filled.buttons[0], mobile=f"https://{'a' * 200_000} b")],
    )
    where = [each.where for each in problems(filled)]
    assert where == ["summary.text", "summary.text", "buttons[0].mobile", "buttons[0].mobile"]


def test_a_filled_one_is_its_template() -> None:
    assert filled("민지님 주문 12번") == []
    assert filled("민지님 주문님 주문 12번번") == []


@pytest.mark.parametrize(
    ("text", "fields", "where"),
    [
        ("민지님 주문 12호", {}, ["text"]),
        ("민지 주문 12번", {}, ["text"]),
        ("님 주문 12번", {}, ["text"]),
        ("민지님 주문 번", {}, ["text"]),
        ("민지님 주문 12번", {"buttons": [{**WEB, "mobile": "https://other.example/12"}]}, ["buttons[0].mobile"]),
        (
            "민지님 주문 12번",
            {"buttons": [{**WEB, "name": "열기", "mobile": "https://shop.example/1"}]},
            ["buttons[0].name"],
        ),
        ("민지님 주문 12번", {"buttons": []}, ["buttons[0].kind", "buttons[0].mobile", "buttons[0].name"]),
        ("민지님 주문 12번", {"title": "x"}, ["title"]),
    ],
)
def test_another_one_is_told_by_the_place_where_it_differs(text: str, fields: dict[str, Any], where: list[str]) -> None:
    assert filled(text, **fields) == where


@given(st.lists(st.text("가나#{}", max_size=4), min_size=1, max_size=6), st.text("가나다 ", min_size=1, max_size=5))
def test_whatever_is_filled_in_matches_its_template(fixed: list[str], value: str) -> None:
    written = "#{이름}".join(part.replace("{", "").replace("}", "") for part in fixed)
    text = VARIABLE.sub(lambda _: value, written)
    assert mismatches(alimtalk(text=written), alimtalk(text=text)) == []
