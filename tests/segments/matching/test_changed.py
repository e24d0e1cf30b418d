"""A changed index is the same as one that is built anew, whatever was changed before, and what it came from stays."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dangol.definitions.model import Segment, Site
from dangol.errors import Invalid, Problem
from dangol.plugin import Request
from dangol.profile.model import Environment, Line, Profile, Seen, Visit
from dangol.segments.conditions.catalogue import CATALOGUE
from dangol.segments.language.scope import Scope
from dangol.segments.matching import arrangement
from dangol.segments.matching.arrangement import Arrangement
from dangol.segments.matching.index import Index
from dangol.segments.matching.parts import read_parts
from dangol.segments.twin import holds

NOW = 1_773_113_400
SITE = Site(id="shop", key="public-key", name="Shop", origins=["https://shop.example"])
IDS = [f"s{number}" for number in range(8)]
PRODUCTS = ["a", "b", "c", "d"]

numbers = st.integers(0, 4)
leaves = st.one_of(
    st.builds(lambda row, operator, at: {row: {operator: at}},
              st.sampled_from(["visits", "orders"]), st.sampled_from(["eq", "ne", "lt", "lte", "gt", "gte"]), numbers),
    st.builds(lambda values: {"os": {"in": values}}, st.lists(st.sampled_from("xyz"), min_size=1, max_size=2)),
    st.builds(lambda operator, values: {"viewed_products": {operator: values}},
              st.sampled_from(["has_any", "has_all", "has_none"]),
              st.lists(st.sampled_from(PRODUCTS), min_size=1, max_size=4)),
    st.builds(lambda key, operator, at: {"views_of": {"key": key, operator: at}},
              st.sampled_from(PRODUCTS), st.sampled_from(["lt", "gte", "eq"]), numbers),
    st.builds(lambda part: {"searches": {"contains": part}}, st.sampled_from("mn")),
    st.builds(lambda id: {"segment": id}, st.sampled_from(IDS)),
)  # fmt: skip
trees = st.recursive(
    leaves,
    lambda below: st.one_of(
        st.builds(lambda name, parts: {name: parts}, st.sampled_from(["all", "any"]), st.lists(below, min_size=1)),
        st.builds(lambda part: {"not": part}, below),
    ),
    max_leaves=5,
)
edits = st.dictionaries(st.sampled_from(IDS), st.none() | trees, min_size=1, max_size=3)
profiles = st.builds(
    Profile, visits=numbers, orders=numbers, environment=st.builds(Environment, os=st.sampled_from(["", *"xyzw"])),
    viewed=st.lists(st.builds(Seen, st.sampled_from(PRODUCTS), st.just(NOW), numbers), max_size=4),
    visit=st.builds(Visit, searches=st.lists(st.sampled_from(["m", "mn", "q"]), max_size=2)),
)  # fmt: skip


def scope(trees: Mapping[str, Any]) -> Scope:
    return Scope(CATALOGUE, SITE, [Segment(id, tree) for id, tree in trees.items()])


def edited(trees: dict[str, Any], edit: dict[str, Any]) -> dict[str, Any]:
    """The trees with some of them removed (None), replaced, or added at the end."""
    return {id: tree for id, tree in (trees | edit).items() if tree is not None}


def built(build: Callable[[], Index]) -> Index | list[Problem]:
    """The index, or why it is refused."""
    try:
        return build()
    except Invalid as invalid:
        return invalid.problems


@settings(deadline=None, max_examples=200)
@given(st.lists(edits, max_size=8), st.lists(profiles, min_size=1, max_size=3), st.sampled_from([1, 4, 1_000]))
def test_any_edits_give_what_a_fresh_build_gives(
    steps: list[dict[str, Any]], shoppers: list[Profile], share: int
) -> None:
    written: dict[str, Any] = {id: {"visits": {"gte": number}} for number, id in enumerate(IDS)}
    index, request = Index.build(scope(written)), Request(now=NOW)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(arrangement, "SHARE", share)  # from a share of nothing, which builds anew, to all of them
        for step in steps:
            new, former = scope(edited(written, step)), [index.match(each, request) for each in shoppers]
            fresh, changed = built(lambda: Index.build(new)), built(lambda: index.changed(new))  # noqa: B023
            assert [index.match(each, request) for each in shoppers] == former
            if not isinstance(changed, Index) or not isinstance(fresh, Index):
                assert changed == fresh
                continue
            index, written = changed, edited(written, step)
            for each in shoppers:
                found = index.match(each, request)
                assert found == fresh.match(each, request)
                assert found == [segment.id for segment in new.segments if holds(segment, each, request, new)]


def test_a_segment_that_others_name_changes_them_too() -> None:
    written = {"base": {"visits": {"gte": 2}}, "of": {"segment": "base"}, "not": {"not": {"segment": "of"}}}
    index = Index.build(scope(written))
    assert index.match(Profile(visits=3), Request(now=NOW)) == ["base", "of"]
    changed = index.changed(scope(written | {"base": {"visits": {"gte": 9}}}))
    assert changed.match(Profile(visits=3), Request(now=NOW)) == ["not"]


def test_a_refused_change_leaves_the_index_as_it_was() -> None:
    written = {f"s{number}": {"visits": {"gte": number}} for number in range(50)}
    index = Index.build(scope(written))
    for bad in ({"visits": {"gte": True}}, {"no_such": 1}, {"segment": "s7"}, {"segment": "nowhere"}):
        with pytest.raises(Invalid, match=r"segments\[7\]"):
            index.changed(scope(written | {"s7": bad}))
    assert index.match(Profile(visits=9), Request(now=NOW)) == [f"s{number}" for number in range(10)]


def test_one_of_many_is_changed_in_place() -> None:
    written = {f"s{number}": {"visits": {"gte": number}} for number in range(300)}
    former = Arrangement.build(read_parts(scope(written)))
    edited = scope(written | {"s7": {"orders": {"gte": 1}}})
    changed = former.changed(read_parts(edited, former.parts))
    assert (changed.age, changed.places.words) == (1, former.places.words)
    index = Index(edited, changed)
    assert index.match(Profile(visits=9), Request(now=NOW)) == [f"s{number}" for number in range(10) if number != 7]
    cart = Profile(cart=[Line("x", 1, 1, NOW)], orders=1)
    assert index.match(cart, Request(now=NOW)) == ["s0", "s7"]


def test_other_conditions_are_a_whole_build() -> None:
    here = scope({"s": {"hour": {"eq": 12}}})
    index = Index.build(here)
    noon_in_seoul = Request(now=NOW)
    assert index.match(Profile(), noon_in_seoul) == ["s"]
    abroad = Scope(CATALOGUE, Site("shop", "public-key", "Shop", SITE.origins, timezone="UTC"), here.segments)
    assert index.changed(abroad).match(Profile(), noon_in_seoul) == []
