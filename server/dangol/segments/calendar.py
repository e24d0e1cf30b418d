"""The shop's calendar: which local day and hour a unix time falls on."""

from datetime import UTC, date, datetime
from functools import lru_cache
from math import nan
from zoneinfo import ZoneInfo

DAY = 86_400
EPOCH = date(1970, 1, 1).toordinal()
LATEST = 250_000_000_000  # unix seconds, in the year 9892; beyond it the calendar has no days
REMEMBERED = 40_000
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
THURSDAY = 3  # 1970-01-01


class Calendar:
    """Unix seconds to local days, counted from 1970-01-01. `zone` is an IANA name; ValueError for another."""

    def __init__(self, zone: str) -> None:
        try:
            self._zone = ZoneInfo(zone)
        except (KeyError, OSError) as error:
            raise ValueError(f"no such time zone: {zone!r}") from error
        # Most days have one offset from start to end, so it need not be looked up for each time.
        self._offset_of_day = lru_cache(REMEMBERED)(self._find_offset_of_day)

    def local(self, at: int) -> int:
        """The local wall clock as seconds since 1970-01-01 00:00 local time."""
        offset = self._offset_of_day(at // DAY)
        return at + (self._offset(at) if offset is None else offset)

    def _find_offset_of_day(self, day: int) -> int | None:
        start, end = self._offset(day * DAY), self._offset((day + 1) * DAY - 1)
        return start if start == end else None

    def _offset(self, at: int) -> int:
        offset = datetime.fromtimestamp(at, UTC).astimezone(self._zone).utcoffset()
        return int(offset.total_seconds()) if offset else 0


@lru_cache(64)
def calendar(zone: str) -> Calendar:
    """The calendar of a time zone, made once."""
    return Calendar(zone)


class Clock:
    """One moment (unix seconds) in a shop's calendar; `today` is the local day's number since 1970-01-01."""

    __slots__ = ("_calendar", "_local", "now", "today")

    def __init__(self, now: float, calendar: Calendar) -> None:
        self.now = int(now)
        self._calendar = calendar
        self._local = calendar.local(self.now)
        self.today = self._local // DAY

    @property
    def hour(self) -> int:
        return self._local % DAY // 3600

    @property
    def weekday(self) -> str:
        return WEEKDAYS[(self.today + THURSDAY) % 7]

    @property
    def date(self) -> date:
        return date.fromordinal(EPOCH + self.today)

    def days_since(self, at: int) -> float:
        """Calendar days since a unix time, 0 for today and for what a fast clock puts into the future.
        NaN for 0, which is never, and for times that no calendar has."""
        if 0 < at < LATEST:
            return max(0, self.today - self._calendar.local(at) // DAY)
        return nan
