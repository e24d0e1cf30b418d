"""Nights: by the clock on the wall of three zones, their end exclusive, through every change of the clock."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangol.definitions.model import ContactPolicy, Night, Site
from dangol.messages.nights import DAY, LAWS, MARGIN, SEOUL, Window, covers, over, parsed, until, windows

ZONES = ("Asia/Seoul", "America/New_York", "Europe/London")
NIGHT = parsed("20:30", "08:00")
YEAR = 2026

moments = st.integers(
    int(datetime(YEAR, 1, 1, tzinfo=ZoneInfo("UTC")).timestamp()),
    int(datetime(YEAR + 1, 1, 1, tzinfo=ZoneInfo("UTC")).timestamp()),
)
times = st.integers(0, 24 * 60 - 1).map(lambda minute: minute * 60)


def at(written: str, zone: str) -> float:
    return datetime.fromisoformat(written).replace(tzinfo=ZoneInfo(zone)).timestamp()


def second(moment: float, zone: str) -> int:
    time = datetime.fromtimestamp(moment, ZoneInfo(zone))
    return time.hour * 3600 + time.minute * 60 + time.second


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-06-01 20:29:59", None),
        ("2026-06-01 20:30:00", "2026-06-02 08:00"),
        ("2026-06-01 23:59:59", "2026-06-02 08:00"),
        ("2026-06-02 00:00:00", "2026-06-02 08:00"),
        ("2026-06-02 07:59:59", "2026-06-02 08:00"),
        ("2026-06-02 08:00:00", None),
        ("2026-12-31 21:00:00", "2027-01-01 08:00"),
        ("2028-02-28 22:00:00", "2028-02-29 08:00"),
    ],
)
def test_a_night_lasts_from_its_start_up_to_its_end(zone: str, now: str, until: str | None) -> None:
    assert over(at(now, zone), zone, [NIGHT]) == (until and at(until, zone))


@pytest.mark.parametrize(
    ("zone", "now", "hours"),
    [
        ("America/New_York", "2026-03-07 20:30", 10.5),  # an hour is skipped
        ("America/New_York", "2026-10-31 20:30", 12.5),  # an hour comes twice
        ("Europe/London", "2026-03-28 20:30", 10.5),
        ("Europe/London", "2026-10-24 20:30", 12.5),
        ("Asia/Seoul", "2026-03-28 20:30", 11.5),
    ],
)
def test_a_changed_clock_makes_a_night_shorter_or_longer(zone: str, now: str, hours: float) -> None:
    started = at(now, zone)
    until = over(started, zone, [NIGHT])
    assert until is not None
    assert until - started == hours * 3600


@given(st.sampled_from(ZONES), moments, st.lists(st.tuples(times, times), min_size=1, max_size=3))
def test_what_waits_for_a_nights_end_leaves_by_day(zone: str, now: int, found: list[tuple[int, int]]) -> None:
    nights = [Window(*each) for each in found]
    until = over(now, zone, nights)
    is_night = any(night.holds(second(now, zone)) for night in nights)
    assert (until is not None) is is_night
    if until is None:
        return
    assert now < until <= now + 26 * 3600
    always = all(any(night.holds(minute * 60) for night in nights) for minute in range(24 * 60))
    assert always or not any(night.holds(second(until, zone)) for night in nights)


@given(st.sampled_from(ZONES), moments, times, times)
def test_nobody_waits_longer_than_the_night_is(zone: str, now: int, start: int, end: int) -> None:
    """Where the clock is put forward over the end itself, by no more than what it is put forward."""
    until = over(now, zone, [Window(start, end)])
    if until is None:
        return
    waiting = range(now, int(until), 600)
    by_day = [each for each in waiting if not Window(start, end).holds(second(each, zone))]
    assert len(by_day) * 600 <= 3600


@pytest.mark.parametrize(("start", "end"), [("20:00", "08:00"), ("21:00", "08:00"), ("20:30", "09:30")])
def test_a_longer_night_covers_the_laws(start: str, end: str) -> None:
    assert covers([parsed(start, end)], Window(21 * 3600, 8 * 3600))


@pytest.mark.parametrize(("start", "end"), [("21:01", "08:00"), ("21:00", "07:59"), ("08:00", "21:00")])
def test_a_shorter_night_does_not(start: str, end: str) -> None:
    assert not covers([parsed(start, end)], Window(21 * 3600, 8 * 3600))


def test_a_window_without_length_is_empty() -> None:
    assert over(0, "UTC", [Window(0, 0)]) is None


# kind, channel, jurisdiction, night consent       the windows' starts as hours and minutes
RESTS = [
    ("text", "sms", "kr", False, {(20, 30), (21, 0)}),
    ("push", "push", "kr", False, {(20, 30), (21, 0)}),
    ("custom", "kakao", "kr", False, {(20, 30), (21, 0)}),
    ("email", "email", "kr", False, set()),
    ("brand", "kakao", "kr", False, {(20, 30), (21, 0)}),
    ("text", "sms", "kr", True, set()),
    ("push", "push", "kr", True, set()),
    ("brand", "kakao", "kr", True, {(20, 30), (21, 0)}),
    ("text", "sms", "us", False, {(21, 0)}),
    ("text", "sms", "us", True, {(21, 0)}),
    ("email", "email", "us", False, set()),
    ("text", "sms", "other", False, set()),
    ("brand", "kakao", "other", True, set()),
    ("push", "push", "other", True, set()),
]


@pytest.mark.parametrize(("kind", "channel", "jurisdiction", "consent", "starts"), RESTS)
def test_each_law_has_its_windows(
    kind: str, channel: str, jurisdiction: str, consent: bool, starts: set[tuple[int, int]]
) -> None:
    found = windows(kind, channel, ContactPolicy(jurisdiction=jurisdiction), consent)  # type: ignore[arg-type]
    told = {(window.start + (MARGIN if window.start % 60 else 0)) for window in found}
    assert told == {hour * 3600 + minute * 60 for hour, minute in starts}


def test_the_sites_own_night_takes_the_place_of_the_kept_one_and_comes_on_top_of_the_law() -> None:
    contact = ContactPolicy(nights=[Night(["sms", "email"], "19:00", "09:00")])
    night, law = Window(19 * 3600 - MARGIN, 9 * 3600), Window(21 * 3600 - MARGIN, 8 * 3600)
    assert windows("text", "sms", contact, False) == [law, night]
    assert windows("email", "email", contact, False) == [night]
    assert windows("push", "push", contact, False) == [law, LAWS["kr"].kept]


@given(st.integers(0, DAY - 1))
def test_half_a_minute_before_the_laws_night_nothing_is_handed_over_any_more(offset: int) -> None:
    short = ContactPolicy(nights=[Night(["sms"], "21:00", "08:00")])
    found = windows("text", "sms", short, False)
    held = any(window.holds(offset) for window in found)
    assert held == (offset >= 21 * 3600 - MARGIN or offset < 8 * 3600)


@pytest.mark.parametrize(
    ("contact", "now", "ends"),
    [
        (ContactPolicy("other", "Europe/London"), "2026-06-01 20:49", None),
        (ContactPolicy("other", "Europe/London"), "2026-06-01 20:50", "2026-06-02 08:00"),
        (ContactPolicy("us", "America/New_York"), "2026-06-01 21:30", "2026-06-02 08:00"),
        (ContactPolicy("us", "America/New_York"), "2026-06-02 12:00", "2026-06-02 21:00"),  # 23:00 to 08:00 there
        (ContactPolicy("kr", nights=[Night(["kakao"], "20:55", "09:00")]), "2026-06-02 08:30", "2026-06-02 09:00"),
    ],
)
def test_kakaos_own_night_is_seouls_wherever_the_shop_is(contact: ContactPolicy, now: str, ends: str | None) -> None:
    site = Site("shop", "public-key", "Shop", ["https://shop.example"])
    found = until("brand", "kakao", contact, site, True, at(now, SEOUL))
    assert found == (ends and at(ends, SEOUL))
