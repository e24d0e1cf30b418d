"""What the written form allows, and what is said of the rest."""

import time
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dangol.definitions.model import Segment, Site, Trait
from dangol.errors import Invalid, Problem
from dangol.plugin import Profile, Request
from dangol.segments.conditions.catalogue import CATALOGUE
from dangol.segments.language.nodes import All, Leaf, Named, Not, leaves_of
from dangol.segments.language.operands import MAX_VALUES
from dangol.segments.language.reader import (
    MAX_DEPTH,
    MAX_NODES,
    MAX_WHOLE_DEPTH,
    MAX_WHOLE_NODES,
    parse,
    parse_segment,
    parse_segments,
)
from dangol.segments.language.scope import MAX_CHAIN, Scope
from dangol.segments.matching.index import Index
from dangol.segments.twin import holds
from dangol.segments.words.why import explain, told

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


def chain(*links: str, last: str = "") -> list[Segment]:
    """Segments of which each names the next one."""
    trees: list[dict[str, Any]] = [{"segment": name} for name in [*links[1:], last] if name] or [{"visits": {"gte": 1}}]
    trees += [{"visits": {"gte": 1}}] * (len(links) - len(trees))
    return [Segment(id, tree) for id, tree in zip(links, trees, strict=True)]


def problems_of(segments: list[Segment]) -> list[Problem]:
    with pytest.raises(Invalid) as caught:
        parse_segments(Scope(CATALOGUE, SITE, segments))
    return caught.value.problems


def test_a_segment_that_is_named_stands_in_the_tree_as_it_is() -> None:
    inner = Segment("inner", {"visits": {"gte": 2}}, exclude={"logged_in": True})
    scope = Scope(CATALOGUE, SITE, [inner])
    named = parse({"segment": "inner"}, scope)
    assert isinstance(named, Named)
    assert named.segment == "inner"
    assert [leaf.row.id for leaf in leaves_of([named])] == ["visits", "logged_in"]


def test_an_unknown_segment_gets_the_nearest_id() -> None:
    [problem] = problems_of([*chain("frequent"), Segment("s", {"segment": "frequnt"})])
    assert problem == Problem(
        "segments[1].include.segment", "frequnt", "a segment of this site; did you mean 'frequent'?"
    )


def test_an_empty_name_is_no_segment_even_where_the_definition_has_no_name_yet() -> None:
    with pytest.raises(Invalid) as caught:
        parse_segment(Segment("", {"segment": ""}), Scope(CATALOGUE, SITE, chain("frequent")))
    assert caught.value.problems == [Problem("include.segment", "", "a segment of this site")]


def test_a_circle_of_segments_is_refused_with_its_path() -> None:
    circle = [*chain("a", "b", "c", last="a"), Segment("outside", {"segment": "a"})]
    told = problems_of(circle)
    assert [problem.where for problem in told] == [f"segments[{number}].include.segment" for number in range(4)]
    assert told[0].expected == "a segment that does not lead back here: a -> b -> c -> a"
    assert told[1].expected.endswith("b -> c -> a -> b")


def test_a_segment_can_not_name_itself_even_before_it_is_saved() -> None:
    with pytest.raises(Invalid, match="a -> a"):
        parse_segment(Segment("a", {"not": {"segment": "a"}}), Scope(CATALOGUE, SITE))
    with pytest.raises(Invalid, match="a -> b -> a"):
        parse_segment(Segment("a", {"segment": "b"}), Scope(CATALOGUE, SITE, chain("b", last="a")))


def test_a_definition_without_a_name_may_ask_for_any_segment() -> None:
    scope = Scope(CATALOGUE, SITE, chain("size", "other"))
    assert parse_segment(Segment("", {"segment": "size"}), scope)


def test_a_scope_makes_others_with_the_same_conditions() -> None:
    points = Site("shop", "public-key", "Shop", [], traits=[Trait("points", "Points", "number")])
    scope = Scope(CATALOGUE, points)
    again = scope.of(points, chain("a"))
    assert again.catalogue.get("trait.points") is scope.catalogue.get("trait.points")
    assert again.by_id.keys() == {"a"}
    assert scope.of(SITE, []).catalogue.get("trait.points") is None


def test_a_segment_that_names_a_broken_one_is_refused_too() -> None:
    told = problems_of([Segment("broken", {"nothing": 1}), Segment("s", {"segment": "broken"})])
    assert [problem.where for problem in told] == ["segments[0].include", "segments[1].include.segment"]


def test_long_chains_of_segments_are_refused() -> None:
    names = [f"s{number}" for number in range(2_000)]
    parse_segments(Scope(CATALOGUE, SITE, chain(*names[: MAX_CHAIN + 1])))
    told = problems_of(chain(*names))
    assert len(told) > 1_900
    assert f"a chain of at most {MAX_CHAIN}" in told[0].expected


def test_hostile_webs_of_segments_are_judged_soon() -> None:
    names = [f"s{number}" for number in range(200)]
    every: dict[str, Any] = {"any": [{"segment": name} for name in names]}
    circles = [Segment(name, every) for name in names]
    layers = [
        Segment(name, {"any": every["any"][200 - number :] or [{"all": []}]}) for number, name in enumerate(names)
    ]
    for web in (circles, layers):
        started = time.process_time()
        assert len(problems_of(web)) > 180
        assert time.process_time() - started < 4


def test_segments_that_double_at_every_step_are_refused() -> None:
    pairs = [Segment(f"s{n}", {"all": [{"segment": f"s{n + 1}"}] * 40}) for n in range(4)]
    told = problems_of([*pairs, *chain("s4")])
    assert f"at most {MAX_WHOLE_NODES} conditions and groups" in told[-1].expected


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("(a", "missing )"),
        ("(?<=a)b", "invalid perl operator"),
        ("a{2000}", "invalid repetition size"),
        ("*", "no argument"),
    ],
)
def test_a_pattern_that_does_not_compile_is_refused_with_the_reason(pattern: str, reason: str) -> None:
    [problem] = problems({"grade": {"matches": pattern}})
    assert (problem.where, problem.value) == ("include.grade.matches", pattern)
    assert reason in problem.expected


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"gte": 5, "lt": 5}, "a range that some value lies in"),
        ({"gt": 3, "eq": 3}, "a range that some value lies in"),
        ({"eq": 3, "ne": 3}, "a range that some value lies in"),
    ],
)
def test_a_range_that_no_number_lies_in_is_refused(body: dict[str, int], words: str) -> None:
    assert problems({"visits": body}) == [Problem("include.visits", body, words)]


@pytest.mark.parametrize("body", [{"gte": 24}, {"lt": 0}, {"eq": 25}, {"gte": 9, "lt": 9}])
def test_an_hour_that_no_day_has_is_refused(body: dict[str, int]) -> None:
    assert [problem.where for problem in problems({"hour": body})] == ["include.hour"]


def test_a_range_of_one_number_is_none_the_less_a_range() -> None:
    parse({"all": [{"visits": {"gte": 5, "lte": 5, "ne": 4}}, {"spent": {"gt": 1, "lt": 1.5}}]}, SCOPE)


@pytest.mark.parametrize("written", ["2026-2-1", "2026-02-30", "1899-12-31", "2200-01-01", "20260201", "now", 5, None])
def test_what_is_no_day_is_refused(written: Any) -> None:
    assert problems({"joined_on": {"since": written}})[0].where == "include.joined_on.since"


def test_a_bomb_of_nesting_is_refused_wherever_it_comes_in() -> None:
    bomb = b'{"not":' * 100_000 + b"1" + b"}" * 100_000
    with pytest.raises((msgspec.DecodeError, RecursionError)):
        msgspec.json.decode(bomb)
    [problem] = problems(nested(100_000))
    assert problem.expected == f"nested at most {MAX_DEPTH} deep"
    assert len(str(problem)) < 300


def test_the_deepest_segment_goes_all_the_way() -> None:
    """Through the reader, the twin, the index and the sentences."""
    tree: dict[str, Any] = {"segment": "inner"}
    for _ in range(MAX_WHOLE_DEPTH - MAX_DEPTH - 1):
        tree = {"not": tree}
    outer = [Segment("inner", nested(MAX_DEPTH - 1)), Segment("outer", tree)]
    scope = Scope(CATALOGUE, SITE, outer)
    visitor, page = Profile(visits=1), Request(now=1_773_100_000)
    expected = [segment.id for segment in outer if holds(segment, visitor, page, scope)]
    assert Index.build(scope).match(visitor, page) == expected
    assert len(told(explain(outer[1], visitor, page, scope))["ko"].splitlines()) == MAX_WHOLE_DEPTH + 1
    with pytest.raises(Invalid, match=f"nested at most {MAX_WHOLE_DEPTH} deep"):
        parse_segment(Segment("deeper", {"segment": "outer"}), scope)


NAMES = st.sampled_from(
    ["all", "any", "not", "segment", "s", "visits", "grade", "views_of", "key", "gte", "is", "in", "page_now",
     "joined_on", "matches", "since", "did", "did_then", "did_but_not", "event", "where", "within", "first", "then",
     "last"]
) | st.text(max_size=3)  # fmt: skip
json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["s", "7d", "/a", "("]),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(NAMES, below, max_size=3),
    max_leaves=12,
)


@settings(max_examples=400, deadline=None)
@given(json)
def test_any_document_is_read_or_refused(tree: object) -> None:
    try:
        parse(tree, Scope(CATALOGUE, SITE, [Segment("s", {"all": []})]), "include")
    except Invalid as invalid:
        for problem in invalid.problems:
            assert problem.where.startswith("include")
            assert problem.expected
            assert str(problem)
