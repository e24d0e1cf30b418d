"""Files of recipients: headers in both languages, cells as data, every refusal with its line, field and reason."""

from typing import Any

import pytest

from dangol.errors import Invalid
from dangol.messages.recipients import Addressed, Columns, Once


def refused(columns: Columns, *cells: str) -> list[tuple[str, str]]:
    found = columns.row(7, cells)
    assert isinstance(found, list)
    assert {refusal.line for refusal in found} == {7}
    return [(refusal.column, refusal.value) for refusal in found]


def problems(header: list[str], wanted: Any, kind: str = "text") -> list[str]:
    with pytest.raises(Invalid) as caught:
        Columns(header, wanted, kind)
    return [f"{problem.where}: {problem.expected}" for problem in caught.value.problems]


def test_a_row_tells_whom_and_the_values_of_the_variables() -> None:
    columns = Columns(["휴대폰 번호", "#{쿠폰}", "이름", "language", ""], ["쿠폰", "이름"], "text")
    assert columns.variables == ["쿠폰", "이름"]
    assert columns.row(2, ["010-1234-5678", "=1+1", " Kim", "KO", ""]) == Addressed(
        "", "01012345678", "ko", ["=1+1", " Kim"]
    )


def test_a_value_of_nothing_visible_is_none() -> None:
    columns = Columns(["phone", "쿠폰"], ["쿠폰"], "text")
    assert refused(columns, "010-1234-5678", "\u200b\x00") == [("쿠폰", "\u200b\x00")]


def test_a_member_is_reached_by_what_is_known_and_an_address_goes_before() -> None:
    columns = Columns(["member", "phone", "email"], [], "email")
    assert columns.row(2, ["kim", "", ""]) == Addressed("kim", "", "", [])
    assert columns.row(2, ["kim", "01012345678", "Kim@Shop.Example"]) == Addressed("kim", "Kim@shop.example", "", [])


def test_without_a_template_every_column_is_a_variable() -> None:
    columns = Columns(["email", "name", "anything"], None, "custom")
    assert columns.row(2, ["a@b.example", "", "x"]) == Addressed("", "a@b.example", "", ["", "x"])
    assert columns.variables == ["name", "anything"]


def test_the_name_may_stand_there_although_the_template_has_none() -> None:
    assert Columns(["phone", "name"], [], "alimtalk").row(2, ["01012345678", "Kim"]) == Addressed(
        "", "01012345678", "", []
    )


@pytest.mark.parametrize(
    ("header", "wanted", "kind", "expected"),
    [
        (
            ["phone", "cupon"],
            ["coupon"],
            "text",
            "column 2: one of member, phone, email, name, language, or a variable",
        ),
        (["phone"], ["coupon"], "text", "line 1: a header with a column coupon, as the template has #{coupon}"),
        (["coupon"], ["coupon"], "text", "line 1: a header with a column phone or member"),
        (["email", "phone"], [], "push", "line 1: a header with a column member"),
        (["phone", "휴대폰"], [], "text", "column 2: a column that stands there only once"),
        (["phone", ""], [], "text", ""),
        (["phone", "", "email"], [], "text", "column 2: a name of 1 to 100 visible characters"),
        (["phone", "x\x00"], None, "custom", "column 2: a name of 1 to 100 visible characters"),
        (["phone", *(f"v{number}" for number in range(50))], None, "custom", "line 1: at most 50 columns"),
    ],
)
def test_a_wrong_header_says_what_is_missing_or_too_much(
    header: list[str], wanted: Any, kind: str, expected: str
) -> None:
    if not expected:
        assert Columns(header, wanted, kind).variables == []
        return
    assert any(expected in problem for problem in problems(header, wanted, kind))


def test_a_wrong_cell_is_refused_with_its_column_and_value() -> None:
    columns = Columns(["phone", "email", "member", "언어", "code"], ["code"], "text")
    assert refused(columns, "12", "nobody", "m" * 101, "fr", "") == [
        ("phone", "12"),
        ("email", "nobody"),
        ("member", "m" * 101),
        ("언어", "fr"),
        ("code", ""),
    ]
    assert refused(columns, "", "a@b.example", "", "", "c") == [("", "")]  # a text needs a number
    assert refused(columns, "01012345678", "", "") == [("", "3 cells")]
    assert refused(columns, "01012345678", "", "", "", "c" * 1001) == [("code", "c" * 1001)]
    assert isinstance(columns.row(7, ["01012345678", "", "", "", "c"]), Addressed)


def test_values_keep_their_lines_and_lose_what_can_not_be_seen() -> None:
    columns = Columns(["phone", "text"], None, "custom")
    found = columns.row(2, ["01012345678", "one\r\ntwo\u202e\x00"])
    assert isinstance(found, Addressed)
    assert found.values == ["one\ntwo"]


def test_nobody_has_two_rows_by_member_or_address() -> None:
    once = Once()
    assert once.is_new(Addressed("kim", "01012345678", "", []))
    assert not once.is_new(Addressed("kim", "", "", []))
    assert not once.is_new(Addressed("", "01012345678", "", []))
    assert once.is_new(Addressed("01012345678", "", "", []))
