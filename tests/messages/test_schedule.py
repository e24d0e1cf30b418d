"""When slots are: kinds of schedules, spans, and clocks that change."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import inf
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangol.definitions.model import Schedule
from dangol.messages.schedule import Timetable, due, existing, seen_since, slots, upcoming

SEOUL, NEW_YORK = "Asia/Seoul", "America/New_York"
ZONES = (SEOUL, NEW_YORK, "Europe/London", "Australia/Lord_Howe", "America/Sao_Paulo", "UTC")


def unix(text: str, zone: str = SEOUL) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


def told(schedule: Schedule, after: str, count: int = 4, starts: str = "", ends: str = "", zone: str = SEOUL) -> Any:
    begin, end = unix(starts, zone) if starts else -inf, unix(ends, zone) if ends else inf
    found = upcoming(Timetable(schedule, begin, end, zone), unix(after, zone), count)
    return [f"{datetime.fromtimestamp(at, ZoneInfo(zone)):%m-%d %H:%M}" for at in found]


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        (Schedule("day", "10:30"), ["01-01 10:30", "01-02 10:30", "01-03 10:30", "01-04 10:30"]),
        (Schedule("weekday", "09:00"), ["01-01 09:00", "01-02 09:00", "01-05 09:00", "01-06 09:00"]),
        (Schedule("week", "09:00", ["sun", "tue"]), ["01-04 09:00", "01-06 09:00", "01-11 09:00", "01-13 09:00"]),
        (Schedule("month", "09:00", ["31"]), ["01-31 09:00", "03-31 09:00", "05-31 09:00", "07-31 09:00"]),
        (Schedule("month", "09:00", ["1", "last"]), ["01-01 09:00", "01-31 09:00", "02-01 09:00", "02-28 09:00"]),
        (Schedule("month", "09:00", ["2nd fri"]), ["01-09 09:00", "02-13 09:00", "03-13 09:00", "04-10 09:00"]),
        (Schedule("month", "09:00", ["last fri", "5th sat"]), ["01-30 09:00", "01-31 09:00", "02-27 09:00"]),
        (Schedule("month", "09:00", ["30", "last fri"]), ["01-30 09:00", "02-27 09:00", "03-27 09:00", "03-30 09:00"]),
    ],
)  # fmt: skip
def test_slots_are_on_the_days_that_are_named(schedule: Schedule, expected: list[str]) -> None:
    assert told(schedule, "2026-01-01 00:00", len(expected)) == expected


def test_an_interval_counts_from_the_start_whenever_it_is_asked() -> None:
    every_other = Schedule("week", "09:00", ["mon", "thu"], 2)
    expected = ["01-12 09:00", "01-15 09:00", "01-26 09:00", "01-29 09:00"]
    assert told(every_other, "2026-01-02 00:00", starts="2026-01-01 12:00") == expected
    assert told(every_other, "2026-01-13 00:00", starts="2026-01-01 12:00")[:3] == expected[1:]
    assert told(Schedule("day", "09:00", [], 3), "2026-02-01 00:00", 2, starts="2026-01-01") == [
        "02-03 09:00",
        "02-06 09:00",
    ]
    assert told(Schedule("month", "09:00", ["5"], 2), "2026-02-01 00:00", 2, starts="2026-01-01") == [
        "03-05 09:00",
        "05-05 09:00",
    ]


def test_there_are_slots_from_the_start_on_and_none_at_the_end() -> None:
    daily = Schedule("day", "10:30")
    assert told(daily, "2026-01-01", starts="2026-01-01 10:30", ends="2026-01-03 10:30") == [
        "01-01 10:30",
        "01-02 10:30",
    ]
    assert told(daily, "2026-01-01", 1, starts="2026-01-01 10:31") == ["01-02 10:30"]


def test_once_is_the_first_such_time_of_the_campaign() -> None:
    once = Schedule("once", "10:30")
    assert told(once, "2025-01-01", starts="2026-01-01 09:00") == ["01-01 10:30"]
    assert told(once, "2025-01-01", starts="2026-01-01 11:00") == ["01-02 10:30"]
    assert told(once, "2026-01-01 10:30", starts="2026-01-01 09:00") == []


@pytest.mark.parametrize(
    ("zone", "at", "day", "expected"),
    [
        (NEW_YORK, "02:30", "2026-03-08", "2026-03-08T03:00:00-04:00"),  # skipped: 02:00 to 03:00
        (NEW_YORK, "02:00", "2026-03-08", "2026-03-08T03:00:00-04:00"),
        (NEW_YORK, "01:59", "2026-03-08", "2026-03-08T01:59:00-05:00"),
        (NEW_YORK, "01:30", "2026-11-01", "2026-11-01T01:30:00-04:00"),  # twice: the first
        (NEW_YORK, "02:00", "2026-11-01", "2026-11-01T02:00:00-05:00"),
        ("Europe/London", "01:15", "2026-03-29", "2026-03-29T02:00:00+01:00"),
        ("Europe/London", "01:15", "2026-10-25", "2026-10-25T01:15:00+01:00"),
        ("Australia/Lord_Howe", "02:15", "2026-10-04", "2026-10-04T02:30:00+11:00"),  # half an hour
        ("America/Sao_Paulo", "00:00", "2018-11-04", "2018-11-04T01:00:00-02:00"),  # a day without midnight
        ("Pacific/Apia", "10:30", "2011-12-30", "2011-12-31T00:00:00+14:00"),  # a day that never was
        (SEOUL, "02:30", "2026-03-08", "2026-03-08T02:30:00+09:00"),
    ],
)
def test_a_skipped_time_is_the_moment_of_the_change_and_a_double_one_the_first(
    zone: str, at: str, day: str, expected: str
) -> None:
    found = existing(datetime.fromisoformat(f"{day} {at}"), ZoneInfo(zone))
    assert datetime.fromtimestamp(found, ZoneInfo(zone)).isoformat() == expected


@pytest.mark.parametrize(
    ("day", "at", "hours"), [("2026-03-07", "02:30", 23.5), ("2026-03-08", "02:30", 23.5), ("2026-11-01", "01:30", 25)]
)
def test_days_on_which_clocks_change_have_one_slot_each(day: str, at: str, hours: float) -> None:
    table = Timetable(Schedule("day", at), -inf, inf, NEW_YORK)
    one, other = upcoming(table, unix(day, NEW_YORK), 2)
    assert (other - one) / 3600 == hours


SCHEDULES = st.one_of(
    st.builds(Schedule, st.just("day"), st.times().map(lambda at: f"{at:%H:%M}"), interval=st.integers(1, 9)),
    st.builds(
        Schedule,
        st.just("week"),
        st.times().map(lambda at: f"{at:%H:%M}"),
        st.lists(st.sampled_from(["mon", "wed", "sat", "sun"]), min_size=1, unique=True),
        st.integers(1, 4),
    ),
    st.builds(
        Schedule,
        st.just("month"),
        st.times().map(lambda at: f"{at:%H:%M}"),
        st.lists(st.sampled_from(["1", "29", "31", "last", "2nd fri", "last sun", "5th mon"]), min_size=1, unique=True),
        st.integers(1, 3),
    ),
)
MOMENTS = st.floats(unix("2024-01-01"), unix("2027-01-01"))


@given(SCHEDULES, MOMENTS, st.floats(0, 400 * 86_400), st.sampled_from(ZONES))
def test_slots_are_the_same_wherever_one_begins_to_look(
    schedule: Schedule, start: float, later: float, zone: str
) -> None:
    table = Timetable(schedule, start, start + 800 * 86_400, zone)
    every = due(table, start - 1, start + 800 * 86_400)
    assert due(table, start + later, start + 800 * 86_400) == [slot for slot in every if slot > start + later]
    assert all(one < other for one, other in pairwise(every))
    assert all(start <= slot < start + 800 * 86_400 for slot in every)


@given(MOMENTS, st.times(), st.sampled_from(ZONES))
def test_every_day_has_one_slot_at_its_time_or_at_the_change_that_skips_it(start: float, at: Any, zone: str) -> None:
    table = Timetable(Schedule("day", f"{at:%H:%M}"), -inf, inf, zone)
    days = [datetime.fromtimestamp(slot, ZoneInfo(zone)) for slot in upcoming(table, start, 400)]
    assert [day.date() for day in days] == [days[0].date() + timedelta(number) for number in range(400)]
    for day in days:
        if f"{day:%H:%M}" != f"{at:%H:%M}":
            before = datetime.fromtimestamp(day.timestamp() - 1, UTC).astimezone(ZoneInfo(zone))
            assert before.utcoffset() != day.utcoffset()
            assert before.time().replace(second=0) < at.replace(second=0, microsecond=0) < day.time()


def test_who_was_seen_since_is_who_is_asked() -> None:
    assert seen_since("all", 5, 100) == -inf
    assert seen_since("30d", 5, 86_400 * 100) == 86_400 * 70
    assert seen_since("since_last", 86_400 * 99, 86_400 * 100) == 86_400 * 99
    assert seen_since("since_last", 5, 86_400 * 100) == 86_400 * 93
    assert seen_since("since_last", 0, 86_400 * 100) == 86_400 * 93


def test_a_schedule_without_slots_ends() -> None:
    table = Timetable(Schedule("month", "10:00", ["30"], 12), unix("2026-02-01"), inf, SEOUL)
    assert next(slots(table, 0), None) is None
