"""Streams of events on the profile, against the raw list of what happened."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangol.definitions.model import Site
from dangol.profile.merge import merge
from dangol.profile.model import Profile
from dangol.profile.packed import count
from dangol.profile.reduce import reduce
from dangol.profile.watch import RING, Counted, Followed, Pattern, Stream, Unfollowed, Watching
from dangol.protocol.event import Event

NOW = 1_763_778_000
HOUR, DAY = 3600, 86_400
SITE = Site(id="shop", key="public-key", name="Shop", origins=["https://shop.example"])
VIEW, CART, BUY = Pattern("v", "view_item"), Pattern("c", "add_to_cart"), Pattern("b", "purchase")
DEAR = Pattern("d", "view_item", lambda event: (event.value or 0) >= 100)
STREAMS: list[Stream] = [
    Counted(VIEW, 4),
    Counted(VIEW, 16),
    Counted(DEAR, 4),
    Followed(VIEW, BUY, HOUR),
    Followed(VIEW, VIEW, 60),
    Unfollowed(CART, BUY, HOUR),
    Unfollowed(VIEW, DEAR, 60),
]
WATCHING = Watching.of(STREAMS, 1)

ages = st.sampled_from([0, 1, 2, 59, 60, 61, 62, HOUR - 1, HOUR, HOUR + 1, DAY, 7 * DAY]) | st.integers(0, 3 * HOUR)
happened = st.lists(
    st.tuples(st.sampled_from(["view_item", "add_to_cart", "purchase"]), ages, st.sampled_from([None, 1, 100])),
    max_size=40,
)


def event(number: int, name: str, age: int, value: int | None = None) -> Event:
    return Event(f"event-{number}", name, (NOW - age) * 1000 + number % 1000, value=value, key=f"o{number}")


def after(events: Sequence[Event], watching: Watching = WATCHING) -> Profile:
    profile = Profile()
    for start in range(0, len(events), 5):
        reduce(profile, events[start : start + 5], SITE, NOW, 1, watching)
    return profile


def fits(pattern: Pattern, event: Event) -> bool:
    return event.name == pattern.name and (pattern.accepts is None or pattern.accepts(event))


def expected(stream: Stream, events: Sequence[Event], since: int, until: int) -> int:
    """How often it happened with since < t <= until, at most as often as the stream counts."""
    if isinstance(stream, Counted):
        times = [each.at // 1000 for each in events if fits(stream.pattern, each)]
    else:
        assert isinstance(stream, Followed | Unfollowed)
        firsts = [each.at // 1000 for each in events if fits(stream.first, each)]
        thens = [each.at // 1000 for each in events if fits(stream.then, each)]
        if isinstance(stream, Followed):
            times = [then for then in thens if any(first < then <= first + stream.within for first in firsts)]
        else:
            times = [first for first in firsts if not any(first < then <= first + stream.within for then in thens)]
    return min(sum(since < at <= until for at in times), stream.bound.limit)


def check(profile: Profile, events: Sequence[Event], now: int) -> None:
    for stream in STREAMS:
        for far in (1, 60, HOUR, HOUR + 1, DAY, 30 * DAY):
            found = count(profile.behaviours.get(stream.key, b""), now - far, now)
            assert found == expected(stream, events, now - far, now), (stream.key, far)


@given(happened, st.randoms(use_true_random=False), ages)
def test_streams_say_what_happened_whatever_the_order_of_arrival(
    told: list[tuple[str, int, int | None]], chance: object, later: int
) -> None:
    events = [event(number, *each) for number, each in enumerate(told)]
    arrived = list(events)
    chance.shuffle(arrived)  # type: ignore[attr-defined]
    in_order = after(sorted(events, key=lambda each: each.at))
    assert in_order.behaviours == after(arrived).behaviours
    check(in_order, events, NOW + later)


@given(happened, happened, ages)
def test_a_login_unites_what_both_did(
    one: list[tuple[str, int, int | None]], other: list[tuple[str, int, int | None]], later: int
) -> None:
    ours = [event(number, *each) for number, each in enumerate(one)]
    theirs = [event(100 + number, *each) for number, each in enumerate(other)]
    member = after(ours)
    merge(member, after(theirs), "v1", WATCHING)
    check(member, [*ours, *theirs], NOW + later)


@given(happened)
def test_what_is_taken_in_again_changes_nothing(told: list[tuple[str, int, int | None]]) -> None:
    events = [event(number, *each) for number, each in enumerate(told)]
    profile = after(events)
    before = dict(profile.behaviours)
    for each in events:
        WATCHING.take(profile, each)
    assert profile.behaviours == before


def test_one_order_counts_once_whoever_tells_of_it_when() -> None:
    watching = Watching.of([Counted(BUY, 4)], 1)
    profile = after([event(1, "purchase", 60)], watching)
    watching.take(profile, Event("order-o1", "purchase", (NOW - 60) * 1000, key="o1"))
    assert count(profile.behaviours["b.4"], 0, NOW) == 1


def test_an_order_that_moves_to_another_profile_was_not_this_ones() -> None:
    watching = Watching.of([Counted(BUY, 4), Followed(VIEW, BUY, HOUR)], 1)
    profile = after([event(1, "purchase", 60), event(2, "purchase", 50), event(3, "view_item", 55)], watching)
    assert count(profile.behaviours["v>b.3600"], 0, NOW) == 1
    back = Event("back-1", "refund", NOW * 1000, key="o1", props={"moved": True})
    reduce(profile, [back], SITE, NOW, 1, watching)
    assert count(profile.behaviours["b.4"], 0, NOW) == 1
    reduce(profile, [Event("back-2", "refund", NOW * 1000, key="o2", props={"moved": True})], SITE, NOW, 1, watching)
    assert profile.behaviours.keys() == {"v~64"}


def test_a_stream_that_nobody_asks_for_goes_with_the_next_write() -> None:
    profile = after([event(1, "view_item", 60), event(2, "purchase", 50)])
    newer = Watching.of([Counted(VIEW, 4)], 2)
    reduce(profile, [], SITE, NOW, 1, newer)
    assert profile.behaviours.keys() == {"v.4"}
    assert profile.watched == 2


def test_a_server_that_lags_behind_leaves_what_it_does_not_know() -> None:
    profile = after([event(1, "view_item", 60)], Watching.of([Counted(VIEW, 4), Counted(VIEW, 16)], 3))
    reduce(profile, [event(2, "view_item", 50)], SITE, NOW, 1, Watching.of([Counted(VIEW, 4)], 2))
    reduce(profile, [event(3, "view_item", 50)], SITE, NOW, 1)
    assert {key: len(packed) // 8 for key, packed in profile.behaviours.items()} == {"v.4": 2, "v.16": 1}
    assert profile.watched == 3


@given(st.lists(st.tuples(st.sampled_from(["add_to_cart", "purchase"]), st.integers(0, 9 * DAY)), max_size=400))
def test_a_busy_shopper_costs_a_bounded_number_of_bytes(told: list[tuple[str, int]]) -> None:
    profile = after([event(number, name, age) for number, (name, age) in enumerate(told)])
    assert all(len(packed) <= 8 * RING for packed in profile.behaviours.values())


def test_who_leaves_a_hundred_carts_and_buys_late_has_left_those_before() -> None:
    """More than is kept: the oldest and the newest are known exactly, those between are spread."""
    carts = [event(number, "add_to_cart", (200 - number) * 600) for number in range(200)]
    profile = after([*carts, event(999, "purchase", 0)])
    packed = profile.behaviours[Unfollowed(CART, BUY, HOUR).key]
    assert count(packed, NOW - HOUR - 1, NOW) == 0
    assert count(packed, NOW - 3 * HOUR, NOW - HOUR - 1) > 0
    assert count(packed, 0, carts[0].at // 1000) == 1


@pytest.mark.parametrize("name", ["page_view", "made_up"])
def test_what_nobody_watches_leaves_nothing(name: str) -> None:
    assert after([event(1, name, 5)]).behaviours == {}
