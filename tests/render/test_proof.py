"""Faulty texts are told before they are saved: where, what, and what would be right."""

from typing import Annotated

import pytest
from msgspec import Meta, Struct

from dangol.definitions.model import Trait
from dangol.plugin import Text, Url
from dangol.render.proof import MAX_TEXT, params_problems, problems
from dangol.render.variables import kinds

TRAITS = [Trait("size", "", "text"), Trait("vip", "", "boolean"), Trait("until", "", "time"), Trait("tags", "", "list")]
KNOWN = kinds(TRAITS, {"cart_gap": "money"})


@pytest.mark.parametrize(
    ("text", "where", "expected"),
    [
        ("{nam|x}", "", "known variable: cart_count, cart_gap, cart_total"),
        ("{trait.sise}", "", "trait.size"),
        ({"ko": "좋아요", "en": "Hi {7*7}"}, "en", "lone {"),
        ("Hi }", "", "lone }"),
        ("x" * (MAX_TEXT + 1), "", f"at most {MAX_TEXT}"),
        ("{name:money}", "", "left out: name is a text"),
        ("{cart_count:money}", "", "one of the formats number, plain: cart_count is a number"),
        ("{cart_gap:days}", "", "one of the formats money, number: cart_gap is money"),
        ("{cart_count > many ? x}", "", "a test with a number: cart_count is a number"),
        ("{cart_gap < ten ? x}", "", "a test with a number: cart_gap is money"),
        ("{name > 3 ? x}", "", "a test with = or !=: name is a text"),
        ("{trait.tags < a ? x}", "", "a test with = or !=: trait.tags is a list"),
        ("{trait.vip = true ? x}", "", "{trait.vip ? text : other text}"),
        ("{trait.until > 3 ? x}", "", "trait.until:days compared with a number"),
        ("{trait.vip}", "", "a choice, such as {trait.vip ? text : other text}"),
        ("{product}{을/은}", "", "one of the particles 은/는, 이/가"),
        ("{coupon ? {nam} : x}", "", "known variable"),
        ("{coupon ? x", "", "closed by }"),
        ("{cart_count == 1 ? x}", "", "a choice such as"),
        ("{a ? {b ? {c ? {d ? {e ? x}}}}}", "", "more than 4 deep"),
    ],
)
def test_a_faulty_text_is_told_with_its_place(text: Text, where: str, expected: str) -> None:
    first = problems(text, KNOWN)[0]
    assert first.where == where
    assert expected in first.expected


def test_every_fault_is_told() -> None:
    assert [each.value for each in problems("{x} {7} {name:days} }}")] == ["{7} {name:days} }}", "{x}", "name:days"]


@pytest.mark.parametrize(
    "text",
    [
        "{name|friend} {{ }}",
        "{cart_gap >= 3,000.50 ? {cart_gap:number}{이/가} : {trait.until:days}}",
        "{trait.vip ? VIP} {trait.tags = tea ? tea} {trait.until:days < 3 ? soon} {trait.until ? ends}",
    ],
)
def test_a_right_text_has_no_problems(text: str) -> None:
    assert problems(text, KNOWN) == []


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
    assert params_problems(Params("{name|you} {gap} {trait.size}"), kinds(TRAITS, ["gap"])) == []
