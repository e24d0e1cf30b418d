"""What pages and shops tell of traits, on its way into the profile and through a login."""

from hypothesis import given
from hypothesis import strategies as st

from dangol.definitions.model import Site, Trait
from dangol.profile.merge import merge
from dangol.profile.model import TRAITS, Member, Profile
from dangol.profile.reduce import reduce
from dangol.profile.traits import changed, told_by_page
from dangol.protocol.event import Event, Value

NOW = 1_763_778_000
SITE = Site(
    "shop",
    "public-key",
    "Shop",
    ["https://shop.example"],
    traits=[
        Trait("size", "", "text", public=True, choices=["S", "M"]),
        Trait("likes", "", "list", public=True),
        Trait("since", "", "time", public=True),
        Trait("points", "", "number"),
    ],
)


def telling(id: str, **traits: Value) -> Event:
    return Event(id, "traits", NOW * 1000, props=traits)


def told(*events: Event, profile: Profile | None = None) -> Profile:
    profile = profile or Profile()
    reduce(profile, events, SITE, NOW, seed=3)
    return profile


def test_of_what_a_page_tells_only_public_traits_that_fit_are_taken() -> None:
    page = {"size": "M", "likes": ["tea", "tea"], "points": 9, "since": "2026-01-01", "other": "x"}
    assert told_by_page(SITE, page) == {"size": "M", "likes": ["tea"], "since": 1_767_193_200}
    assert told_by_page(SITE, {"size": "XL", "likes": "tea", "since": 5}) == {}


def test_what_pages_tell_adds_up_and_changes_nothing_that_the_shop_told() -> None:
    member = Profile(member=Member("kim", traits={"size": "S"}))
    profile = told(telling("1", size="M", likes=["tea"]), telling("2", likes=["mug"]), profile=member)
    assert profile.traits == {"size": "M", "likes": ["mug"]}
    assert member.member is not None
    assert member.member.traits == {"size": "S"}


def test_who_withdraws_takes_along_what_was_told() -> None:
    profile = told(telling("1", size="M"), Event("2", "withdraw", NOW * 1000), profile=Profile(member=Member("kim")))
    assert (profile.member, profile.traits) == (None, {})


def test_at_a_login_the_newer_visit_knows_better() -> None:
    for seen, size in ((NOW - 60, "M"), (NOW + 60, "S")):
        member = Profile(first_seen=1, last_seen=NOW, traits={"size": "M", "points": 1.0})
        visitor = Profile(first_seen=1, last_seen=seen, traits={"size": "S", "likes": ["tea"]})
        merge(member, visitor, "v1")
        assert member.traits == {"size": size, "points": 1.0, "likes": ["tea"]}


def test_what_is_told_anew_goes_in_and_null_forgets() -> None:
    assert changed({"a": "1", "b": "2"}, {"a": None, "c": "3", "d": None}) == {"b": "2", "c": "3"}


changes = st.dictionaries(st.integers(0, 400).map(str), st.none() | st.booleans(), max_size=300)


@given(st.lists(changes, max_size=4))
def test_however_much_is_told_the_latest_stays_and_the_rest_is_bounded(tellings: list[dict[str, bool | None]]) -> None:
    held: dict[str, Value] = {}
    for telling in tellings:
        held = changed(held, telling)
        latest = {id: value for id, value in telling.items() if value is not None}
        assert len(held) <= TRAITS
        assert not held.keys() & {id for id, value in telling.items() if value is None}
        assert held.items() >= dict(list(latest.items())[-TRAITS:]).items()
