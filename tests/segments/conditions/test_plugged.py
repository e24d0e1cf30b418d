"""A third party's conditions stand in the same compiled index as all others, and fail alone."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangol.definitions.model import Segment, Site
from dangol.host.breaker import LIMIT
from dangol.host.guard import Guard
from dangol.plugin import Condition, Profile, Request
from dangol.segments.conditions.catalogue import CATALOGUE, Catalogue
from dangol.segments.language.scope import Scope
from dangol.segments.matching.index import Index
from dangol.segments.twin import holds

SITE = Site(id="shop", key="public-key", name="Shop", origins=["https://shop.example"])
REQUEST = Request(now=1_773_113_400)

Fact = Callable[[Profile, Request], Any]


def plugin(of: str, fact: Fact) -> Condition:
    """A condition of a kind, called by it, whose fact is that of a function."""

    class Plugged(Condition):
        name = f"my_{of}"
        api = 1
        title = "x"
        kind = of  # type: ignore[assignment]

        def fact(self, profile: Profile, request: Request) -> Any:
            return fact(profile, request)

    return Plugged()


# A shopper's seed stands for what a plugin would ask another system about.
KINDS: dict[str, Fact] = {
    "number": lambda profile, request: None if profile.seed == 9 else profile.seed,
    "text": lambda profile, request: "abc"[profile.seed % 3],
    "set": lambda profile, request: (each for each in "abc"[: profile.seed]),
    "boolean": lambda profile, request: None if profile.seed == 9 else profile.seed > 2,
}
TREES: list[dict[str, Any]] = [
    *({"my_number": {operator: 3}} for operator in ("eq", "ne", "lt", "lte", "gt", "gte")),
    *({"my_text": each} for each in ({"is": "a"}, {"in": ["b", "c"]}, {"starts": "c"}, {"matches": "[ab]"})),
    *({"my_set": {operator: ["b", "c"]}} for operator in ("has_any", "has_all", "has_none")),
    {"my_set": {"contains": "c"}},
    {"my_boolean": True},
    {"not": {"my_boolean": True}},
    {"any": [{"my_number": {"gte": 4}}, {"all": [{"visits": {"gte": 1}}, {"my_text": {"is": "a"}}]}]},
]


PLUGGED = CATALOGUE.with_plugins([plugin(kind, fact) for kind, fact in KINDS.items()], Guard().run)


def scope(trees: list[dict[str, Any]], catalogue: Catalogue = PLUGGED) -> Scope:
    return Scope(catalogue, SITE, [Segment(f"s{number}", tree) for number, tree in enumerate(trees)])


@given(st.lists(st.sampled_from(TREES), max_size=12), st.lists(st.sampled_from(TREES), max_size=12))
def test_every_kind_of_plugged_condition_agrees_with_the_twin(first: list[Any], second: list[Any]) -> None:
    before, after = scope(first), scope(second)
    index = Index.build(before)
    for these, found in ((before, index), (after, index.changed(after))):
        for seed in (0, 1, 2, 3, 4, 9):
            profile = Profile(seed=seed, visits=seed)
            held = [each.id for each in these.segments if holds(each, profile, REQUEST, these)]
            assert found.match(profile, REQUEST) == held


def test_one_plugged_condition_of_many_segments_is_changed_in_place() -> None:
    trees: list[dict[str, Any]] = [{"my_number": {"gte": number}} for number in range(100)]
    index = Index.build(scope(trees))
    trees[7] = {"my_text": {"is": "a"}}
    changed = index.changed(scope(trees))
    assert changed.match(Profile(seed=3), REQUEST) == ["s0", "s1", "s2", "s3", "s7"]
    assert index.match(Profile(seed=3), REQUEST) == ["s0", "s1", "s2", "s3"]


@pytest.mark.parametrize("wrong", [ValueError("no luck"), "text", float("inf")])
@pytest.mark.parametrize("kind", ["number", "boolean"])
def test_what_a_plugin_can_not_tell_is_not_known_and_nothing_else_suffers(kind: str, wrong: Any) -> None:
    def fact(profile: Profile, request: Request) -> Any:
        if isinstance(wrong, Exception):
            raise wrong
        return wrong

    tree = {f"my_{kind}": {"gte": 0} if kind == "number" else True}
    catalogue = CATALOGUE.with_plugins([plugin(kind, fact)], Guard().run)
    index = Index.build(scope([tree, {"not": tree}, {"visits": {"gte": 1}}], catalogue))
    assert index.match(Profile(visits=1), REQUEST) == ["s1", "s2"]


def test_a_slow_plugin_is_left_out_after_some_page_views_and_nothing_else_suffers() -> None:
    def slow(profile: Profile, request: Request) -> int:
        time.sleep(0.03)
        return 1

    guard = Guard()
    trees: list[dict[str, Any]] = [{"my_number": {"eq": 1}}, {"visits": {"gte": 1}}]
    index = Index.build(scope(trees, CATALOGUE.with_plugins([plugin("number", slow)], guard.run)))
    for _ in range(LIMIT):
        assert index.match(Profile(visits=1), REQUEST) == ["s0", "s1"]
    assert index.match(Profile(visits=1), REQUEST) == ["s1"]
    assert guard.record("my_number").outcomes == {"slow": LIMIT, "off": 1}
