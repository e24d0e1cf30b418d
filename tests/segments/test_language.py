"""What the written form allows, and what is said of the rest."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangol.definitions.model import Segment, Site
from dangol.errors import Invalid, Problem
from dangol.segments.catalogue import CATALOGUE
from dangol.segments.language import MAX_DEPTH, MAX_NODES, All, Leaf, Not, Scope, parse, parse_segments
from dangol.segments.operands import MAX_VALUES

SITE = Site(id="shop", key="public-key", name="Shop", origins=["https://shop.example"])
SCOPE = Scope(CATALOGUE, SITE)


def problems(tree: object, where: str = "include") -> list[Problem]:
    with pytest.raises(Invalid) as caught:
        parse(tree, SCOPE, where)
    return caught.value.problems


def test_a_leaf_carries_its_row_and_tests() -> None:
    leaf = parse({"spent": {"gte": 10_000, "lt": 50_000}}, SCOPE)
    assert isinstance(leaf, Leaf)
    assert leaf.row is CATALOGUE.get("spent")
    assert [(test.operator, test.operand) for test in leaf.tests] == [("gte", 10_000.0), ("lt", 50_000.0)]


def test_all_of_nothing_is_everyone() -> None:
    assert parse({"all": []}, SCOPE) == All(())


def test_exclude_is_the_negation_of_its_tree() -> None:
    [node] = parse_segments(Scope(CATALOGUE, SITE, [Segment("s", {"all": []}, exclude={"any": [{"logged_in": True}]})]))
    assert isinstance(node, All)
    assert isinstance(node.parts[1], Not)


def test_an_unknown_condition_gets_the_nearest_name() -> None:
    [problem] = problems({"all": [{"visit": {"gte": 1}}]}, "segments[2].include")
    assert problem.where == "segments[2].include.all[0]"
    assert problem.value == "visit"
    assert problem.expected == "a known condition; did you mean 'visits'?"


def test_all_problems_are_told_at_once() -> None:
    tree = {"all": [{"visits": {"gt": "3"}}, {"nothing_like_it": {}}, {"not": {"device": {"is": "phone", "has": 1}}}]}
    assert [problem.where for problem in problems(tree)] == [
        "include.all[0].visits.gt",
        "include.all[1]",
        "include.all[2].not.device.is",
        "include.all[2].not.device",
    ]


def test_problems_of_all_segments_are_told_at_once() -> None:
    wrong = {"visits": 3}
    with pytest.raises(Invalid) as caught:
        parse_segments(Scope(CATALOGUE, SITE, [Segment("a", wrong), Segment("b", {"all": []}, exclude=wrong)]))
    assert [problem.where for problem in caught.value.problems] == [
        "segments[0].include.visits",
        "segments[1].exclude.visits",
    ]


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf"), 2**53, 10**400, True, "1", None, [1]])
def test_what_is_no_sensible_number_is_refused(number: Any) -> None:
    [problem] = problems({"visits": {"gte": number}})
    assert problem.expected.startswith("a number from -9007199254740991")
    assert str(problem)


def test_an_integer_too_long_to_write_is_described() -> None:
    [problem] = problems({"visits": {"gte": 1 << 40_000}})
    assert "an integer of 40001 bits" in str(problem)


@pytest.mark.parametrize(
    ("tree", "where"),
    [
        ({}, "include"),
        ([], "include"),
        (None, "include"),
        ({"visits": {"gte": 1}, "orders": {"gte": 1}}, "include"),
        ({"any": []}, "include.any"),
        ({"all": {"visits": {"gte": 1}}}, "include.all"),
        ({"not": []}, "include.not"),
        ({3: {"gte": 1}}, "include"),
        ({"visits": {}}, "include.visits"),
        ({"visits": {"has_any": ["a"]}}, "include.visits"),
        ({"logged_in": 1}, "include.logged_in"),
        ({"logged_in": {"is": "yes"}}, "include.logged_in.is"),
        ({"grade": {"is": ""}}, "include.grade.is"),
        ({"grade": {"in": []}}, "include.grade.in"),
        ({"grade": {"in": "gold"}}, "include.grade.in"),
        ({"grade": {"in": ["gold", ""]}}, "include.grade.in"),
        ({"grade": {"in": ["x"] * (MAX_VALUES + 1)}}, "include.grade.in"),
        ({"grade": {"contains": "x" * 201}}, "include.grade.contains"),
        ({"grade": {"glob": 5}}, "include.grade.glob"),
        ({"weekday": {"in": ["mon", "monday"]}}, "include.weekday.in"),
        ({"page_now": {"is": "cart"}}, "include.page_now.is"),
        ({"views_of": {"gte": 3}}, "include.views_of"),
        ({"views_of": {"key": "85123A"}}, "include.views_of"),
        ({"views_of": {"key": 5, "gte": 3}}, "include.views_of"),
    ],
)
def test_what_is_not_the_written_form_is_refused_in_its_place(tree: Any, where: str) -> None:
    [problem] = problems(tree)
    assert problem.where == where
    assert problem.expected


def nested(depth: int) -> dict[str, Any]:
    tree: dict[str, Any] = {"visits": {"gte": 1}}
    for _ in range(depth):
        tree = {"not": tree}
    return tree


def test_nesting_is_bounded() -> None:
    parse(nested(MAX_DEPTH - 1), SCOPE)
    [problem] = problems(nested(5_000))
    assert problem.expected == f"nested at most {MAX_DEPTH} deep"


def test_size_is_bounded() -> None:
    parse({"all": [{"visits": {"gte": 1}}] * (MAX_NODES - 1)}, SCOPE)
    [problem] = problems({"all": [{"visits": {"gte": 1}}] * 100_000})
    assert f"at most {MAX_NODES} conditions" in problem.expected


NAMES = st.sampled_from(["all", "any", "not", "visits", "grade", "views_of", "key", "gte", "is", "in"]) | st.text(
    max_size=3
)
json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(NAMES, below, max_size=2),
    max_leaves=8,
)


@given(json)
def test_any_document_is_read_or_refused(tree: object) -> None:
    try:
        parse(tree, SCOPE)
    except Invalid as invalid:
        refused = str(invalid)
    else:
        refused = "nothing"
    assert refused
