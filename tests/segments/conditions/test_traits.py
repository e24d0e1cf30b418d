"""Custom traits as conditions: the index and its twin, over values told by the shop and by pages."""

from datetime import datetime
from math import inf, nan
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangol.definitions.model import Segment, Site, Trait
from dangol.errors import Invalid
from dangol.plugin import Request
from dangol.profile.model import Member, Profile
from dangol.profile.traits import Unfit, held, taken
from dangol.protocol.event import Value
from dangol.segments.conditions.catalogue import CATALOGUE
from dangol.segments.language.reader import parse
from dangol.segments.language.scope import Scope
from dangol.segments.matching.index import Index
from dangol.segments.twin import holds
from dangol.segments.words.describe import described

SEOUL = ZoneInfo("Asia/Seoul")
NOON = datetime(2026, 3, 10, 12, tzinfo=SEOUL)
TRAITS = [
    Trait("size", {"ko": "사이즈", "en": "size"}, "text", public=True, choices=["S", "M"]),
    Trait("points", "포인트", "number", unit="P"),
    Trait("vip", "VIP", "boolean"),
    Trait("until", {"en": "the membership's end"}, "time"),
    Trait("likes", "", "list", public=True),
]
SITE = Site("shop", "public-key", "Shop", ["https://shop.example"], traits=TRAITS)
SCOPE = Scope(CATALOGUE, SITE)
BY_ID = {trait.id: trait for trait in TRAITS}


def member(**traits: Value) -> Profile:
    return Profile(member=Member("m", traits=traits))


def matches(tree: dict[str, Any], profile: Profile, now: datetime = NOON) -> bool:
    """What the index says, once the twin said the same."""
    segment, request = Segment("s", tree), Request(now=now.timestamp())
    found = Index.build(Scope(CATALOGUE, SITE, [segment])).match(profile, request) == ["s"]
    assert found == holds(segment, profile, request, SCOPE)
    return found


def at(written: str) -> int:
    return int(datetime.fromisoformat(written).replace(tzinfo=SEOUL).timestamp())


@pytest.mark.parametrize(
    ("leaf", "value"),
    [
        ({"trait.size": {"in": ["M"]}}, "M"),
        ({"trait.points": {"gte": 10, "lt": 11}}, 10.5),
        ({"trait.vip": True}, True),
        ({"trait.vip": False}, False),
        ({"trait.until": {"since": "2026-01-01"}}, at("2026-01-01")),
        ({"trait.until": {"before": "1970-01-01"}}, at("1950-01-01")),
        ({"trait.likes": {"has_any": ["TEA"]}}, ["coffee", "Tea"]),
        ({"trait.likes": {"contains": "off"}}, ["coffee"]),
    ],
)
def test_a_trait_is_a_condition_of_its_type(leaf: dict[str, Any], value: Value) -> None:
    name = next(iter(leaf)).removeprefix("trait.")
    assert matches(leaf, member(**{name: value}))
    assert not matches(leaf, Profile())
    assert not matches(leaf, Profile(member=Member("m")))


@pytest.mark.parametrize(
    ("written", "since", "until"),
    [
        ("2026-03-10 00:00", 0, 0),
        ("2026-03-09 23:59", 1, None),
        ("2026-03-11 00:00", None, 1),
        ("2026-03-17 23:59", None, 7),
        ("1968-03-10 12:00", 21_184, None),
        ("9999-12-31 23:59", None, 2_912_374),
    ],
)
def test_days_are_counted_to_one_side_of_today_only(written: str, since: int | None, until: int | None) -> None:
    profile = member(until=at(written))
    for row, days in (("days_since", since), ("days_until", until)):
        assert matches({f"trait.until.{row}": {"gte": 0}}, profile) is (days is not None)
        assert matches({f"trait.until.{row}": {"eq": days or 0}}, profile) is (days is not None)


def test_the_start_of_1970_is_never() -> None:
    for row in ("trait.until.days_since", "trait.until.days_until"):
        assert not matches({row: {"gte": 0}}, member(until=0))
    assert not matches({"trait.until": {"before": "2026-01-01"}}, member(until=0))


def test_days_pass_at_the_shops_midnight() -> None:
    profile = member(until=at("2026-03-12 00:00"))
    leaf: dict[str, Any] = {"trait.until.days_until": {"lte": 1}}
    assert not matches(leaf, profile, datetime(2026, 3, 10, 23, 59, 59, tzinfo=SEOUL))
    assert matches(leaf, profile, datetime(2026, 3, 11, 0, 0, tzinfo=SEOUL))


ANY: dict[str, dict[str, Any]] = {
    "size": {"trait.size": {"contains": ""}},
    "points": {"trait.points": {"gte": -(10**15)}},
    "vip": {"any": [{"trait.vip": True}, {"trait.vip": False}]},
    "until": {"trait.until": {"since": "1970-01-01"}},
    "likes": {"trait.likes": {"glob": "*"}},
}
VALUES: dict[str, Value] = {"size": "M", "points": 5.0, "vip": True, "until": 86_400, "likes": ["tea"]}


@pytest.mark.parametrize("trait", ["points", "vip", "until", "likes"])
@pytest.mark.parametrize("value", [*VALUES.values(), nan, inf, 2**62, "7", []])
def test_a_value_of_another_type_is_not_known(trait: str, value: Value) -> None:
    fits = value in (VALUES[trait], []) and type(value) is type(VALUES[trait])
    assert matches(ANY[trait], member(**{trait: value})) is (fits and value != [])
    assert (held(member(**{trait: value}), BY_ID[trait]) is not None) is fits


def test_what_the_shop_told_goes_before_what_a_page_told() -> None:
    leaf = {"trait.size": {"is": "M"}}
    page = Profile(traits={"size": "M", "points": 5.0})
    assert matches(leaf, page)
    page.member = Member("m", traits={"size": "S"})
    assert not matches(leaf, page)
    page.member.traits = {"size": 5.0}  # from before it was a text
    assert matches(leaf, page)


def test_what_a_page_told_of_a_trait_that_is_not_public_is_not_known() -> None:
    assert not matches({"trait.points": {"gte": 0}}, Profile(traits={"points": 5.0}))


def test_an_equal_trait_keeps_its_rows_and_another_gets_its_own() -> None:
    again = Scope(CATALOGUE, Site("shop", "public-key", "Shop", [], traits=[*TRAITS, Trait("new", "", "number")]))
    for row in SCOPE.catalogue:
        assert again.catalogue.get(row.id) is row
    other = Scope(CATALOGUE, Site("shop", "public-key", "Shop", [], traits=[Trait("points", "points", "number")]))
    assert other.catalogue.get("trait.points") is not SCOPE.catalogue.get("trait.points")


def test_rows_say_what_the_shop_calls_them() -> None:
    told = {each["id"]: each for each in described(SCOPE) if each["group"]["id"] == "trait"}
    assert told["trait.size"]["label"] == {"ko": "사이즈", "en": "size"}
    assert [choice["value"] for choice in told["trait.size"]["choices"]] == ["S", "M"]
    assert (told["trait.points"]["unit"]["id"], told["trait.likes"]["label"]["ko"]) == ("P", "likes")
    assert told["trait.until.days_until"]["label"]["en"] == "days until the membership's end"
    assert [row["kind"] for row in told.values()] == ["text", "number", "boolean", "time", "number", "number", "set"]
    for row in told.values():
        parse(row["example"], SCOPE)


@pytest.mark.parametrize(
    ("tree", "hint"),
    [
        ({"trait.sizes": {"is": "M"}}, "a trait that site.traits declares; did you mean 'trait.size'?"),
        ({"points": {"gte": 1}}, "a known condition; did you mean 'trait.points'?"),
        ({"trait.": {"gte": 1}}, "a trait that site.traits declares"),
        ({"trait.size": {"is": "XL"}}, "a text of S, M"),
    ],
)
def test_a_trait_that_is_not_declared_is_refused_with_a_hint(tree: dict[str, Any], hint: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse(tree, SCOPE)
    assert refused.value.problems[0].expected.startswith(hint)


@pytest.mark.parametrize(
    ("trait", "told", "kept"),
    [
        ("points", 5, 5.0),
        ("points", -(10**15), -1e15),
        ("size", " M\u200b\n", "M"),
        ("likes", ["tea", "tea ", "Tea"], ["tea", "Tea"]),
        ("likes", [], []),
        ("vip", False, False),
        ("until", "2026-03-10", at("2026-03-10")),
        ("until", "2026-03-10 18:30", at("2026-03-10 18:30")),
        ("until", "2026-03-10T09:30:00.999Z", at("2026-03-10 18:30")),
        ("until", "9999-12-31", at("9999-12-31")),
    ],
)
def test_what_is_told_is_kept_in_one_form(trait: str, told: object, kept: Value) -> None:
    value = taken(BY_ID[trait], told, "Asia/Seoul")
    assert (value, type(value)) == (kept, type(kept))
    assert held(member(**{trait: value}), BY_ID[trait]) == kept


NOTHING_TAKES: list[object] = [None, {}, [1], [[]], [None], "", "\u202e", 10**400]
UNFIT: dict[str, list[object]] = {
    "points": ["5", True, nan, inf, 10**15 + 1, [5]],
    "size": ["XL", "m", 5, True, ["M"]],
    "vip": [1, 0, "true"],
    "until": ["tomorrow", 1_770_000_000, "1899-12-30", "0001-01-01T00:00+14:00", "2026-02-30"],
    "likes": ["tea", ["x" * 101], [str(n) for n in range(51)], ["tea", ""]],
}


@pytest.mark.parametrize("trait", UNFIT)
def test_what_does_not_fit_is_refused_with_what_would(trait: str) -> None:
    for told in NOTHING_TAKES + UNFIT[trait]:
        with pytest.raises(Unfit, match=r"^(a|one of|true) "):
            taken(BY_ID[trait], told, "Asia/Seoul")


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.datetimes().map(str),
    lambda parts: st.lists(parts, max_size=3) | st.dictionaries(st.text(max_size=3), parts, max_size=3),
    max_leaves=5,
)


@given(st.sampled_from(TRAITS), json)
def test_anything_is_either_kept_and_held_or_refused(trait: Trait, told: object) -> None:
    try:
        value = taken(trait, told, "Asia/Seoul")
    except Unfit:
        return
    assert held(Profile(member=Member("m", traits={trait.id: value})), trait) == value
    assert taken(trait, told, "Asia/Seoul") == value


labels = st.text(max_size=9) | st.sampled_from(["{}", "{label}", "a|b", "%s", "x" * 200])
units = st.text(st.characters(exclude_characters="{}"), max_size=20)
named = st.one_of(
    st.builds(Trait, st.just("t"), labels, st.sampled_from(["boolean", "time", "list"])),
    st.builds(Trait, st.just("t"), labels, st.just("number"), unit=units),
    st.builds(Trait, st.just("t"), labels, st.just("text"), choices=st.lists(labels.filter(bool), max_size=2)),
)


@given(named)
def test_whatever_a_trait_is_called_there_are_words_for_it(trait: Trait) -> None:
    scope = Scope(CATALOGUE, Site("shop", "public-key", "Shop", ["https://shop.example"], traits=[trait]))
    told = [each for each in described(scope) if each["id"].startswith("trait.t")]
    assert len(told) == (3 if trait.type == "time" else 1)
    assert all(each["sentence"]["ko"] and each["sentence"]["en"] for each in told)
