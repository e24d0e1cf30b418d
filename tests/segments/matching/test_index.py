"""The index on cases that are written out, and how it behaves as a whole."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from dangol.definitions.model import Segment, Site
from dangol.errors import Invalid
from dangol.plugin import Request
from dangol.profile.model import Line, Profile, Seen, Visit
from dangol.segments.conditions.catalogue import CATALOGUE
from dangol.segments.language.scope import Scope
from dangol.segments.matching import parts
from dangol.segments.matching.index import Index
from dangol.segments.twin import holds

NOBODY = Request(now=1_773_113_400)


def matches(site: Site, tree: dict[str, Any], profile: Profile, request: Request = NOBODY) -> bool:
    """What the index says, once the twin said the same."""
    segment = Segment("s", tree)
    found = Index.build(Scope(CATALOGUE, site, [segment])).match(profile, request) == ["s"]
    assert found == holds(segment, profile, request, Scope(CATALOGUE, site))
    return found


@pytest.mark.parametrize("operator", ["eq", "ne", "lt", "lte", "gt", "gte"])
def test_no_operator_holds_for_a_number_that_is_not_known(operator: str, site: Site) -> None:
    leaf = {"age": {operator: 30}}
    assert not matches(site, leaf, Profile())
    assert matches(site, {"not": leaf}, Profile())


@pytest.mark.parametrize(("operator", "held"), [("has_any", False), ("has_all", False), ("has_none", True)])
def test_a_set_that_is_not_known_is_empty(operator: str, held: bool, site: Site) -> None:
    assert matches(site, {"viewed_products": {operator: ["a", "b"]}}, Profile()) is held
    assert matches(site, {"not": {"viewed_products": {operator: ["a", "b"]}}}, Profile()) is not held


@pytest.mark.parametrize(
    ("viewed", "held"), [(["a"], False), (["a", "b"], False), (["a", "b", "c"], True), (["c", "x", "b", "a"], True)]
)
def test_has_all_wants_every_value(viewed: list[str], held: bool, site: Site) -> None:
    profile = Profile(viewed=[Seen(each, 1) for each in viewed])
    assert matches(site, {"viewed_products": {"has_all": ["a", "b", "c"]}}, profile) is held
    assert matches(site, {"not": {"viewed_products": {"has_all": ["a", "b", "c"]}}}, profile) is not held


def test_a_product_never_viewed_was_viewed_no_times(site: Site) -> None:
    assert matches(site, {"views_of": {"key": "a", "lt": 1}}, Profile())
    assert not matches(site, {"views_of": {"key": "a", "lt": 1}}, Profile(viewed=[Seen("a", 1)]))


@pytest.mark.parametrize(("visits", "held"), [(1, False), (2, True), (3, False)])
def test_two_operators_in_a_leaf_both_hold(visits: int, held: bool, site: Site) -> None:
    assert matches(site, {"visits": {"gte": 2, "lt": 3}}, Profile(visits=visits)) is held


@pytest.mark.parametrize("visits", [1, 2, 3])
def test_equal_thresholds_of_all_operators_are_told_apart(visits: int, site: Site) -> None:
    operators = ["eq", "ne", "lt", "lte", "gt", "gte"]
    segments = [Segment(operator, {"visits": {operator: 2}}) for operator in operators]
    profile = Profile(visits=visits)
    expected = [each.id for each in segments if holds(each, profile, NOBODY, Scope(CATALOGUE, site))]
    assert Index.build(Scope(CATALOGUE, site, segments)).match(profile, NOBODY) == expected


def test_contradictions_never_hold_and_tautologies_always_do(site: Site) -> None:
    low, high = {"visits": {"lt": 2}}, {"visits": {"gte": 5}}
    seen = {"viewed_products": {"has_any": ["a"]}}
    for visits in (0, 3, 9):
        profile = Profile(visits=visits, viewed=[Seen("a", 1)])
        assert not matches(site, {"all": [low, high]}, profile)
        assert not matches(site, {"all": [seen, {"not": seen}]}, profile)
        assert matches(site, {"any": [low, {"not": low}]}, profile)
        assert matches(site, {"any": [seen, {"not": seen}]}, profile)


@pytest.mark.parametrize("page", ["/cart", "/cart/", "/cart?step=2", "/cart/?step=2#pay"])
def test_pages_are_compared_without_query_and_trailing_slash(page: str, site: Site) -> None:
    assert matches(site, {"page_now": {"is": "/cart/"}}, Profile(), Request(now=0, path=page))
    assert matches(site, {"pages": {"has_any": ["/cart"]}}, Profile(visit=Visit(pages=[page])))


def test_a_page_that_is_not_known_is_not_the_home_page(site: Site) -> None:
    assert not matches(site, {"page_now": {"is": "/"}}, Profile())
    assert not matches(site, {"page_now": {"starts": "/"}}, Profile())
    assert matches(site, {"page_now": {"is": "/"}}, Profile(), Request(now=0, path="/"))


def test_texts_are_compared_in_normal_form(site: Site) -> None:
    composed, decomposed = "caf\u00e9", "cafe\u0301"
    for asked, had in [(composed, decomposed), (decomposed, composed)]:
        profile = Profile(viewed=[Seen(had, 1, 3)], visit=Visit(source=had.upper(), searches=[had]))
        assert matches(site, {"viewed_products": {"has_any": [asked]}}, profile)
        assert matches(site, {"views_of": {"key": asked, "gte": 3}}, profile)
        assert matches(site, {"utm_source": {"is": asked}}, profile)
        assert matches(site, {"searches": {"contains": asked}}, profile)


def test_of_two_spellings_of_a_key_the_last_counts(site: Site) -> None:
    for first, last in [(1, 5), (5, 1)]:
        profile = Profile(viewed=[Seen("caf\u00e9", 1, first), Seen("cafe\u0301", 1, last)])
        assert matches(site, {"views_of": {"key": "caf\u00e9", "gte": 3}}, profile) is (last == 5)


def test_no_segments_match_nobody(site: Site) -> None:
    assert Index.build(Scope(CATALOGUE, site, [])).match(Profile(), NOBODY) == []


@pytest.mark.parametrize("count", [1, 63, 64, 65, 128, 129, 300])
def test_any_number_of_segments_keeps_its_order(count: int, site: Site) -> None:
    segments = [Segment(f"s{number}", {"visits": {"gte": number % 7}}) for number in range(count)]
    expected = [f"s{number}" for number in range(count) if number % 7 <= 3]
    assert Index.build(Scope(CATALOGUE, site, segments)).match(Profile(visits=3), NOBODY) == expected


@pytest.mark.parametrize("visits", [-1, 0, 299, 300, 600])
def test_more_thresholds_than_are_tabled_at_once(visits: int, site: Site) -> None:
    segments = [Segment(f"s{number}", {"visits": {"eq": number}}) for number in range(600)]
    expected = [f"s{visits}"] if 0 <= visits < 600 else []
    assert Index.build(Scope(CATALOGUE, site, segments)).match(Profile(visits=visits), NOBODY) == expected


def test_more_entries_than_there_is_room_for_are_made_distinct(site: Site) -> None:
    leaves = [{"cart_quantity_of": {"key": "a", "gte": 2}}, {"events_now": {"has_all": ["b", "c"]}}]
    lines = [Line(f"x{number}", 1, 1, 1) for number in range(1_000)]
    profile = Profile(cart=[*lines, Line("a", 1, 2, 1)])
    request = Request(now=0, event_names=frozenset({"b", "c", *(f"x{number}" for number in range(1_000))}))
    assert matches(site, {"all": leaves}, profile, request)
    assert not matches(site, {"all": leaves}, Profile(cart=lines), request)


def test_a_segment_with_several_alternatives_is_named_once(site: Site) -> None:
    either = {"any": [{"visits": {"gte": 1}}, {"orders": {"gte": 1}}, {"wishlist": {"has_any": ["a"]}}]}
    segments = [Segment("one", either), Segment("two", either)]
    profile = Profile(visits=1, orders=1, wishlist=[Seen("a", 1)])
    assert Index.build(Scope(CATALOGUE, site, segments)).match(profile, NOBODY) == ["one", "two"]


def test_a_segment_that_multiplies_out_too_far_is_refused(site: Site) -> None:
    pair = {"any": [{"visits": {"gte": 1}}, {"orders": {"gte": 1}}]}
    alike = [{"any": [{row: {"gte": 1}}, {other: {"lt": 5}}]} for row, other in PAIRS]
    with pytest.raises(Invalid) as caught:
        Index.build(Scope(CATALOGUE, site, [Segment("fine", pair), Segment("wide", {"all": alike})]))
    [problem] = caught.value.problems
    assert problem.where == "segments[1]"
    assert "at most" not in problem.value
    assert "within 256 alternatives" in problem.expected


PAIRS = [
    ("visits", "page_views"), ("orders", "spent"), ("age", "cart_total"), ("cart_count", "average_order"),
    ("hour", "visit_seconds"), ("viewed_count", "wishlist_count"), ("days_since_joined", "days_since_login"),
    ("days_since_cart", "days_since_checkout"), ("visit_page_views", "days_since_wishlist"),
]  # fmt: skip


def test_alternatives_within_one_trait_do_not_branch(site: Site) -> None:
    bands = [{"any": [{"spent": {"lt": n}}, {"spent": {"gt": n + 5}}]} for n in range(40)]
    assert matches(site, {"all": bands}, Profile(spent=500))
    assert not matches(site, {"all": bands}, Profile(spent=20))


def test_more_literals_than_fit_into_memory_are_refused(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "MAX_LITERALS", 10)
    segments = [Segment(f"s{number}", {"visits": {"gte": number}}) for number in range(20)]
    assert Index.build(Scope(CATALOGUE, site, segments[:5])).match(Profile(visits=9), NOBODY)
    with pytest.raises(Invalid, match=r"segments\[5\]: 's5' is not within the 10 literals"):
        Index.build(Scope(CATALOGUE, site, segments))


def test_more_texts_than_are_remembered_change_nothing(site: Site) -> None:
    index = Index.build(Scope(CATALOGUE, site, [Segment("s", {"viewed_products": {"has_any": ["p7"]}})]))
    for start in range(0, 20_000, 50):
        index.match(Profile(viewed=[Seen(f"x{number}", 1) for number in range(start, start + 50)]), NOBODY)
    assert index.match(Profile(viewed=[Seen("p7", 1), Seen("y" * 5_000, 1)]), NOBODY) == ["s"]


def test_threads_may_share_an_index(site: Site) -> None:
    segments = [Segment(f"s{number}", {"visits": {"eq": number}}) for number in range(200)]
    index = Index.build(Scope(CATALOGUE, site, segments))
    index.warm()
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda n: index.match(Profile(visits=n % 200), NOBODY), range(4_000)))
    assert found == [[f"s{number % 200}"] for number in range(4_000)]


def test_days_are_the_calendar_days_of_the_shop(site: Site) -> None:
    late_evening, after_midnight = 1_773_154_740, 1_773_154_860  # 23:59 on the 10th and 00:01 on the 11th in Seoul
    profile = Profile(cart=[Line("a", 1, 1, late_evening)], cart_at=late_evening)
    assert matches(site, {"days_since_cart": {"eq": 0}}, profile, Request(now=late_evening + 30))
    assert matches(site, {"days_since_cart": {"eq": 1}}, profile, Request(now=after_midnight))


def test_an_index_for_some_segments_tells_of_those_alone(site: Site) -> None:
    everyone = [Segment(f"s{number}", {"visits": {"gte": number % 3}}) for number in range(200)]
    index, wanted = Index.build(Scope(CATALOGUE, site, everyone)), {"s0", "s64", "s65", "s130", "s199", "gone"}
    for visits in range(4):
        held = index.match(Profile(visits=visits), NOBODY)
        assert index.among(wanted).match(Profile(visits=visits), NOBODY) == [id for id in held if id in wanted]
    assert index.among([]).match(Profile(visits=9), NOBODY) == []
