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


class Calendar(dict[int, int | None]):
    """How many seconds local time is ahead of UTC, by the day in UTC (since 1970-01-01); None for a day on which that
    changes. Found when first asked for. `zone` is an IANA name; ValueError for another."""

    def __init__(self, zone: str) -> None:
        super().__init__()
        try:
            self._zone = ZoneInfo(zone)
        except (KeyError, OSError, ValueError) as error:
            raise ValueError(f"no such time zone: {zone!r}") from error

    def __missing__(self, day: int) -> int | None:
        if len(self) >= REMEMBERED:
            self.clear()
        start, end = self.ahead(day * DAY), self.ahead((day + 1) * DAY - 1)
        self[day] = found = start if start == end else None
        return found

    def ahead(self, at: int) -> int:
        """The seconds that local time is ahead at a unix time."""
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
        ahead = calendar[self.now // DAY]
        self._local = self.now + (calendar.ahead(self.now) if ahead is None else ahead)
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
        if not 0 < at < LATEST:
            return nan
        ahead = self._calendar[at // DAY]
        if ahead is None:
            ahead = self._calendar.ahead(at)
        days = self.today - (at + ahead) // DAY
        return days if days > 0 else 0
