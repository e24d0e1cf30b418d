"""What moves with the clock says so; everything else stands still."""

from datetime import UTC, datetime
from math import isnan, nan
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangol.definitions.model import Trait
from dangol.plugin import Request
from dangol.profile.model import Contact, Coupon, Line, Member, Order, Profile, Rfm, Seen, Visit
from dangol.segments.calendar import Clock, calendar
from dangol.segments.conditions import moving
from dangol.segments.conditions.catalogue import CATALOGUE
from dangol.segments.conditions.moving import Lasting, Since, SinceEach, Told, Until
from dangol.segments.conditions.row import Row

SEOUL = "Asia/Seoul"
NOON = int(datetime(2026, 7, 1, 3, tzinfo=UTC).timestamp())  # a Wednesday in Seoul
HOUR, DAY = 3_600, 86_400
PAGE = Request(now=NOON)
CLASSES = tuple(each for each in vars(moving).values() if isinstance(each, type) and each.__module__ == moving.__name__)
TRAITS = [
    Trait("size", "size", "number"), Trait("store", "store", "text"), Trait("vip", "vip", "boolean"),
    Trait("met", "met", "time"), Trait("likes", "likes", "list"),
]  # fmt: skip
FROM_PROFILE = [row for row in CATALOGUE.with_traits(TRAITS) if row.source == "profile"]
STILL = [row for row in FROM_PROFILE if not isinstance(row.extract, CLASSES)]

words = st.sampled_from(["a", "b", "Naver", ""])
counts = st.integers(0, 5)
times = st.just(0) | st.integers(NOON - 40 * DAY, NOON + 40 * DAY)
seen = st.lists(st.builds(Seen, words, times, counts, st.none() | counts), max_size=3)
visits = st.builds(
    Visit, started=times, page_views=counts, referrer=words, source=words, medium=words, click=words,
    pages=st.lists(words, max_size=2, unique=True), previous_at=times, page_times=st.lists(counts, max_size=2),
)  # fmt: skip
members = st.builds(
    Member, words, birthday=st.sampled_from(["", "07-03", "2000-02-29", "no"]), joined_at=times, last_login_at=times,
    coupons=st.lists(st.builds(Coupon, words, words, times), max_size=3),
    traits=st.just({"size": 3.0, "store": "a", "vip": True, "met": NOON, "likes": ["b"]}),
    rfm=st.none() | st.builds(Rfm, words, counts),
)  # fmt: skip
profiles = st.builds(
    Profile, first_seen=times, last_seen=times, visits=counts, page_views=counts, dwell=counts, visit=visits,
    viewed=seen, categories=seen, brands=seen, cart=st.lists(st.builds(Line, words, counts, counts, times), max_size=3),
    cart_at=times, cart_until=times, wishlist=seen, orders=counts, spent=counts, last_order_at=times, bought=seen,
    recent_orders=st.lists(st.builds(Order, words, counts, times), max_size=2), checkout_at=times,
    member=st.none() | members, contacts=st.dictionaries(words, st.builds(Contact, counts, seen_at=times), max_size=2),
)  # fmt: skip


def clock(now: float, zone: str = SEOUL) -> Clock:
    return Clock(now, calendar(zone))


def same(one: Any, other: Any) -> bool:
    """Also of two that are not known."""
    return bool(one == other or (one != one and other != other))


@given(profiles, st.integers(NOON - 400 * DAY, NOON + 400 * DAY))
def test_what_is_no_moving_class_is_the_same_at_any_time(profile: Profile, later: int) -> None:
    for row in STILL:
        facts = [row.extract(profile, Request(now=now), clock(now)) for now in (NOON, later)]
        assert same(*facts), row.id


def local_day(at: float, zone: str = SEOUL) -> int:
    return datetime.fromtimestamp(at, ZoneInfo(zone)).toordinal()


@given(times, st.integers(NOON - 400 * DAY, NOON + 400 * DAY), st.sampled_from([SEOUL, "America/New_York"]))
def test_the_time_since_a_moment(at: int, now: int, zone: str) -> None:
    profile, when = Profile(last_order_at=at), clock(now, zone)
    days, hours, seconds = (Since(lambda p: p.last_order_at, unit)(profile, PAGE, when) for unit in UNITS)
    if not at:
        assert all(map(isnan, (days, hours, seconds)))
        return
    assert days == max(0, local_day(now, zone) - local_day(at, zone))
    assert seconds == max(0, now - at)
    assert hours == seconds / HOUR


UNITS: tuple[Any, ...] = ("days", "hours", "seconds")


@given(st.dictionaries(words, times), st.integers(NOON - 40 * DAY, NOON + 40 * DAY))
def test_the_days_since_each_moment_are_those_since_it(each: dict[str, int], now: int) -> None:
    found = SinceEach(lambda p: each)(Profile(), PAGE, clock(now))
    assert found == {key: clock(now).days_since(at) for key, at in each.items() if at}


@given(times, st.integers(NOON - 40 * DAY, NOON + 40 * DAY))
def test_a_fact_holds_until_its_end(end: int, now: int) -> None:
    fact = Until(lambda p, r, c: 7, lambda p: end, 0)
    assert fact(Profile(), PAGE, clock(now)) == (0 if end and end <= now else 7)


@given(st.dictionaries(words, times), st.integers(NOON - 40 * DAY, NOON + 40 * DAY))
def test_what_lasts_is_what_has_not_ended(ends: dict[str, int], now: int) -> None:
    elements, count, left, soonest = (Lasting(lambda p: ends, give)(Profile(), PAGE, clock(now)) for give in GIVEN)
    assert set(elements) == {key for key, end in ends.items() if end == 0 or end > now}
    assert count == len(elements)
    assert left == {key: local_day(ends[key] - 1) - local_day(now) for key in elements if ends[key]}
    assert same(soonest, min(left.values(), default=nan))


GIVEN: tuple[Any, ...] = ("elements", "count", "left", "soonest")


def test_a_coupon_that_ends_at_midnight_has_its_last_day_before() -> None:
    midnight = int(datetime(2026, 7, 2, tzinfo=ZoneInfo(SEOUL)).timestamp())
    left = Lasting(lambda p: {"a": midnight, "b": midnight + 1}, "left")
    assert left(Profile(), PAGE, clock(midnight - 1)) == {"a": 0, "b": 1}
    assert left(Profile(), PAGE, clock(midnight)) == {"b": 0}


def test_a_birthday_is_told_by_the_clock() -> None:
    row = CATALOGUE.get("days_until_birthday")
    assert row is not None
    assert isinstance(row.extract, Told)
    profile = Profile(member=Member("kim", birthday="02-29"))
    days = [row.extract(profile, PAGE, clock(NOON + after * DAY)) for after in (0, 242, 243)]
    assert days == [242, 0, 365]


def test_rows_of_one_fact_share_it() -> None:
    by_fact: dict[Any, list[Row]] = {}
    for row in CATALOGUE:
        by_fact.setdefault(row.extract, []).append(row)
    shared = {tuple(row.id for row in rows) for rows in by_fact.values() if len(rows) > 1}
    assert ("viewed_products", "views_of") in shared
    assert ("cart_items", "cart_quantity_of") in shared


@pytest.mark.parametrize("row", ["cart_items", "cart_count", "cart_total", "last_cart_item", "hours_since_cart"])
def test_a_cart_that_was_left_behind_is_empty_before_anybody_comes_back(row: str) -> None:
    profile = Profile(cart=[Line("a", 100, 2, NOON - DAY)], cart_at=NOON - DAY, cart_until=NOON)
    found = CATALOGUE.get(row)
    assert found is not None
    empty = found.extract(Profile(), PAGE, clock(NOON))
    assert not same(found.extract(profile, PAGE, clock(NOON - 1)), empty)
    assert same(found.extract(profile, PAGE, clock(NOON)), empty)
