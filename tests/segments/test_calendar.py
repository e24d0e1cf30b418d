"""Local days and hours, against the standard library."""

from datetime import UTC, date, datetime
from math import isnan
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangol.segments.calendar import LATEST, WEEKDAYS, Clock, calendar

times = st.integers(1, 4_102_444_800)
zones = st.sampled_from(["Asia/Seoul", "Europe/London", "America/New_York", "Australia/Lord_Howe", "Africa/Monrovia"])


@given(times, times, zones)
def test_days_hours_and_weekdays_are_the_zones(now: int, at: int, zone: str) -> None:
    clock = Clock(now, calendar(zone))
    local = datetime.fromtimestamp(now, UTC).astimezone(ZoneInfo(zone))
    then = datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(zone))
    assert clock.date == local.date()
    assert (clock.hour, clock.weekday) == (local.hour, WEEKDAYS[local.weekday()])
    assert clock.days_since(at) == max(0, (local.date() - then.date()).days)


@pytest.mark.parametrize("hour_in_utc", [0, 1, 2, 23])
def test_the_day_on_which_clocks_change_has_both_offsets(hour_in_utc: int) -> None:
    now = datetime(2026, 3, 29, hour_in_utc, 30, tzinfo=UTC)  # 01:00 UTC: London goes from 01:00 to 02:00
    clock = Clock(now.timestamp(), calendar("Europe/London"))
    assert clock.hour == now.astimezone(ZoneInfo("Europe/London")).hour
    assert clock.date == (date(2026, 3, 30) if hour_in_utc == 23 else date(2026, 3, 29))


@pytest.mark.parametrize("at", [0, -1, LATEST, 2**63])
def test_never_and_absurd_times_have_no_days(at: int) -> None:
    assert isnan(Clock(1_773_113_400, calendar("Asia/Seoul")).days_since(at))


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../../etc/passwd"])
def test_an_unknown_zone_is_refused(zone: str) -> None:
    with pytest.raises(ValueError, match="no such time zone"):
        calendar(zone)
