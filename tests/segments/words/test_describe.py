"""What a console's form is told of each condition."""

import msgspec
import pytest

from dangol.definitions.model import Site, Trait
from dangol.segments.conditions.catalogue import CATALOGUE
from dangol.segments.conditions.row import BEHAVIOUR, GROUPS, OPERATORS
from dangol.segments.language.scope import Scope
from dangol.segments.words.describe import OPERATORS as NAMED
from dangol.segments.words.describe import described, ready_made

TRAITS = [
    Trait("points", {"ko": "포인트", "en": "points"}, "number", unit="P"),
    Trait("size", "Size", "text", choices=["S"]),
]
SITE = Site("shop", "public-key", "Shop", ["https://shop.example"], traits=TRAITS, currency="USD")
TOLD = {each["id"]: each for each in described(Scope(CATALOGUE, SITE))}


def test_every_condition_is_told_and_can_be_sent() -> None:
    assert set(TOLD) == {row.id for row in CATALOGUE} | {"trait.points", "trait.size", *BEHAVIOUR}
    assert msgspec.json.decode(msgspec.json.encode(TOLD)) == TOLD


@pytest.mark.parametrize("told", TOLD.values(), ids=TOLD)
def test_every_condition_is_told_in_both_languages(told: dict[str, object]) -> None:
    for name in ("label", "group", "sentence"):
        words = told[name]
        assert isinstance(words, dict)
        assert words["ko"].strip()
        assert words["en"].strip()
    assert told["group"]["id"] in GROUPS  # type: ignore[index]
    assert told["operators"]


def test_every_operator_has_a_name() -> None:
    assert set(NAMED) == {operator for operators in OPERATORS.values() for operator in operators}


def test_units_and_choices_are_told_as_people_read_them() -> None:
    assert TOLD["spent"]["unit"] == {"id": "money", "ko": "USD", "en": "USD"}
    assert TOLD["orders"]["unit"] == {"id": "times", "ko": "회", "en": "times"}
    assert TOLD["trait.points"]["unit"] == {"id": "P", "ko": "P", "en": "P"}
    assert TOLD["grade"]["unit"] is None
    assert TOLD["weekday"]["choices"][0] == {"value": "mon", "label": {"ko": "월요일", "en": "Monday"}}
    assert TOLD["trait.size"]["choices"] == [{"value": "S", "label": {"ko": "S", "en": "S"}}]


def test_where_the_fact_comes_from_is_told() -> None:
    sources = {name: TOLD[name]["source"] for name in ("visits", "page_now", "did", "did_then", "did_but_not")}
    assert sources == {"visits": "profile", "page_now": "request", **dict.fromkeys(BEHAVIOUR, "window")}


def test_ready_made_segments_are_told_with_their_outline() -> None:
    told = {each["id"]: each for each in ready_made(Scope(CATALOGUE, SITE))}
    frequent, exact = told["frequent"], told["joined-3-days-ago"]
    assert (frequent["include"], frequent["outline"]["ko"]) == ({"visits": {"gte": 10}}, "누적 방문수 10회 이상")
    assert exact["outline"]["en"].splitlines() == [
        "all of these hold:",
        "  signed up at most 3 days ago",
        "  this does not hold:",
        "    signed up at most 2 days ago",
    ]
    assert "$" in told["spent-1"]["outline"]["en"]
