"""Marketers' texts: languages, variables, substitutes, and what they can't do."""

from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta, Struct

from dangol.plugin import Text, Url
from dangol.render.text import MAX_TEXT, choose, clean, fill, params_problems, problems


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("Hello {name|friend}!", {"name": "Dana"}, "Hello Dana!"),
        ("Hello {name|friend}!", {}, "Hello friend!"),
        ("Hello {name|friend}!", {"name": ""}, "Hello friend!"),
        ("{name|단골}님, {grade}", {"name": "김단골"}, "김단골님, "),
        ("{{name}} costs {{", {"name": "x"}, "{name} costs {"),
        ("{{7*7}}", {}, "{7*7}"),
        ("{7*7} {name.upper}", {"name": "x"}, "{7*7} {name.upper}"),
        ("{name}", {"name": "{grade}", "grade": "gold"}, "{grade}"),
        ("a { b } c", {}, "a { b } c"),
        ("no braces", {"name": "x"}, "no braces"),
    ],
)
def test_variables_are_filled_in(text: str, values: dict[str, str], expected: str) -> None:
    assert fill(text, values) == expected


def test_a_value_can_neither_turn_the_text_around_nor_hide_in_it() -> None:
    assert fill("Hi {name}, bye", {"name": "\u202eanaD\u2066\x00\x1b[31m\ud800"}) == "Hi anaD[31m, bye"


def test_line_breaks_stay() -> None:
    assert fill("one\ntwo\tthree", {}) == "one\ntwo\tthree"


@given(st.text(), st.dictionaries(st.sampled_from(["name", "grade"]), st.text()))
def test_filling_never_fails_and_what_comes_out_can_be_encoded(text: str, values: dict[str, str]) -> None:
    filled = fill(text, values)
    assert filled.encode().decode() == filled == clean(filled)


@given(st.lists(st.sampled_from(["{{", "}}", "{a}", "{b|c}", "x"])))
def test_a_text_without_problems_is_filled_wholly(pieces: list[str]) -> None:
    text = "".join(pieces)
    meant = {"{{": "{", "}}": "}", "{a}": "A", "{b|c}": "c", "x": "x"}
    assert problems(text, own=("a", "b")) == []
    assert fill(text, {"a": "A"}) == "".join(meant[piece] for piece in pieces)


@pytest.mark.parametrize(
    ("text", "expected"), [("Hallo", "Hallo"), ({"ko": "안녕", "en": "Hi"}, "Hi"), ({"ko": "안녕"}, "안녕"), ({}, "")]
)
def test_the_language_asked_for_goes_first_then_the_shops(text: Text, expected: str) -> None:
    assert choose(text, "en", "ko") == expected


@pytest.mark.parametrize(
    ("text", "where", "expected"),
    [
        ("{nam|x}", "", "known variable: cart_count, cart_gap, cart_total"),
        ({"ko": "좋아요", "en": "Hi {7*7}"}, "en", "lone {"),
        ("Hi }", "", "lone }"),
        ("x" * (MAX_TEXT + 1), "", f"at most {MAX_TEXT}"),
    ],
)
def test_a_faulty_text_is_told_with_its_place(text: Text, where: str, expected: str) -> None:
    first = problems(text, own=("cart_gap",))[0]
    assert first.where == where
    assert expected in first.expected


class Button(Struct):
    label: Text


class Params(Struct):
    title: Annotated[Text, Meta(title="Title")]
    body: Text | None = None
    link: Url = "/{not-a-text}"
    buttons: list[Button] = []


def test_the_texts_of_parameters_are_found_by_their_type() -> None:
    params = Params({"ko": "{nmae}"}, "{", buttons=[Button("fine"), Button("{x}")])
    assert [each.where for each in params_problems(params)] == [
        "params.title.ko",
        "params.body",
        "params.buttons[1].label",
    ]
    assert params_problems(Params("{name|you}")) == []
