"""The JSON Schema of conditions, held against the reader that it describes."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from dangol.definitions.model import Segment, Site, Trait
from dangol.errors import Invalid
from dangol.segments.conditions.catalogue import CATALOGUE
from dangol.segments.conditions.row import Row
from dangol.segments.language.behaviour import EXAMPLES
from dangol.segments.language.operands import LISTS, MAX_LENGTH, MAX_VALUES
from dangol.segments.language.reader import parse
from dangol.segments.language.schema import schema
from dangol.segments.language.scope import Scope

TRAITS = [
    Trait("points", {"ko": "포인트", "en": "points"}, "number", unit="P"),
    Trait("size", "Size", "text", choices=["S", "M"]),
    Trait("renewal", "Renewal", "time"),
    Trait("tags", "Tags", "list"),
    Trait("adult", "Adult", "boolean"),
]
SITE = Site("shop", "public-key", "Shop", ["https://shop.example"], traits=TRAITS)
SCOPE = Scope(CATALOGUE, SITE, [Segment("vip", {"spent": {"gte": 100_000}})])
SCHEMA = schema(SCOPE)
VALIDATOR = Draft202012Validator(SCHEMA)
EVERY_EXAMPLE = [{row.id: row.example} for row in SCOPE.catalogue] + [{name: EXAMPLES[name]} for name in EXAMPLES]


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("tree", EVERY_EXAMPLE, ids=lambda tree: next(iter(tree)))
def test_every_example_is_valid(tree: dict[str, Any]) -> None:
    VALIDATOR.validate(tree)
    VALIDATOR.validate({"all": [{"any": [tree]}, {"not": tree}, {"segment": "vip"}]})


@pytest.mark.parametrize(
    "tree",
    [
        {},
        [],
        None,
        {"visits": {"gte": 1}, "orders": {"gte": 1}},
        {"any": []},
        {"all": {"visits": {"gte": 1}}},
        {"not": []},
        {"no_such": {"gte": 1}},
        {"segment": "nobody"},
        {"visits": {}},
        {"visits": {"gte": "3"}},
        {"visits": {"gte": True}},
        {"visits": {"gte": 2**53}},
        {"visits": {"has_any": ["a"]}},
        {"logged_in": 1},
        {"logged_in": {"is": "yes"}},
        {"grade": {"is": ""}},
        {"grade": {"in": []}},
        {"grade": {"in": "gold"}},
        {"grade": {"in": ["x"] * (MAX_VALUES + 1)}},
        {"grade": {"contains": "x" * (MAX_LENGTH + 1)}},
        {"weekday": {"in": ["monday"]}},
        {"page_now": {"is": "cart"}},
        {"views_of": {"gte": 3}},
        {"views_of": {"key": "85123A"}},
        {"trait.renewal": {"on": "2026-01-01 18:00"}},
        {"trait.size": {"is": "XL"}},
        {"did": {"event": "view_item"}},
        {"did": {"event": "view_item", "gte": 3, "within": "a week"}},
        {"did_then": {"first": {"event": "view_item"}, "within": "3d", "last": "30d"}},
    ],
)
def test_what_the_schema_refuses_the_reader_refuses(tree: Any) -> None:
    assert not VALIDATOR.is_valid(tree)
    with pytest.raises(Invalid):
        parse(tree, SCOPE)


texts = st.text(min_size=1, max_size=6) | st.sampled_from(["/a", "a", "/a?b=1", "https://shop.example/x", "^a+$", "("])


def operand(row: Row, operator: str) -> st.SearchStrategy[Any]:
    if row.kind in ("number", "keyed number"):
        return st.integers(-5, 5) | st.floats(allow_nan=False, allow_infinity=False)
    if row.kind == "boolean":
        return st.booleans()
    if row.kind == "time":
        return st.sampled_from(["2026-01-31", "2026-01-31 18:00", "2026-02-30", "tomorrow"])
    one = st.sampled_from(row.choices) | texts if row.choices else texts
    return st.lists(one, max_size=3) if operator in LISTS else one


@st.composite
def leaves(draw: st.DrawFn) -> dict[str, Any]:
    row = draw(st.sampled_from(list(SCOPE.catalogue)))
    operators = draw(st.lists(st.sampled_from(row.operators), max_size=2, unique=True))
    key = {"key": draw(texts)} if row.keyed else {}
    return {row.id: key | {operator: draw(operand(row, operator)) for operator in operators}}


trees = st.recursive(
    leaves() | st.sampled_from([{"segment": "vip"}, {"segment": "x"}, *EVERY_EXAMPLE]),
    lambda below: st.one_of(
        st.builds(lambda parts: {"all": parts}, st.lists(below, max_size=3)),
        st.builds(lambda parts: {"any": parts}, st.lists(below, max_size=3)),
        st.builds(lambda part: {"not": part}, below),
    ),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(trees)
def test_what_the_reader_takes_is_valid(tree: dict[str, Any]) -> None:
    try:
        parse(tree, SCOPE)
    except Invalid:
        return
    VALIDATOR.validate(tree)


WRONG: list[Any] = [None, {}, [], [[]], [1], {"gte": 1}, "", "x" * (MAX_LENGTH + 1), float(2**60)]


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_an_operand_of_a_wrong_type_is_refused_by_both(data: st.DataObject) -> None:
    row = data.draw(st.sampled_from(list(SCOPE.catalogue)))
    operator = data.draw(st.sampled_from(row.operators))
    wrong = data.draw(st.sampled_from([*WRONG, *([] if row.kind == "boolean" else [True])]))
    if "number" not in row.kind:
        wrong = data.draw(st.sampled_from([wrong, 3, 0.5]))
    tree = {row.id: ({"key": "/k"} if row.keyed else {}) | {operator: wrong}}
    assert not VALIDATOR.is_valid(tree)
    with pytest.raises(Invalid):
        parse(tree, SCOPE)
