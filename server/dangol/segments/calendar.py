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

    def local_time(self, at: int) -> datetime:
        """The local time at a unix time before `LATEST`."""
        return datetime.fromtimestamp(at, UTC).astimezone(self._zone)

    def moment(self, local: datetime) -> float:
        """The unix time of a local one (naive). Of a time that comes twice it is the first; a time that the clocks
        skip is as far after the change as it is after the skipped hour's begin."""
        return local.replace(tzinfo=self._zone).timestamp()


def weekday(day: int) -> str:
    """The day of the week of a day's number since 1970-01-01."""
    return WEEKDAYS[(day + THURSDAY) % 7]


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
        return weekday(self.today)

    @property
    def date(self) -> date:
        return date.fromordinal(EPOCH + self.today)

    def day_of(self, at: int) -> int:
        """The number of the local day of a unix time of any year, as `today` is. Beyond `LATEST` the shop's clocks are
        as far ahead as they are there."""
        near = min(at, LATEST)
        return (self.local(near) + at - near) // DAY

    def days_since(self, at: int) -> float:
        """Calendar days since a unix time, 0 for today and for what a fast clock puts into the future.
        NaN for 0, which is never, and for times that no calendar has."""
        if not 0 < at < LATEST:
            return nan
        days = self.today - self.local(at) // DAY
        return days if days > 0 else 0

    def days_until(self, at: int) -> float:
        """Calendar days until a unix time, 0 for today and for what has been. NaN as for `days_since`."""
        if not 0 < at < LATEST:
            return nan
        days = self.local(at) // DAY - self.today
        return days if days > 0 else 0

    def local(self, at: int) -> int:
        """A unix time before `LATEST` as the shop's clocks show it: seconds since 1970 began there."""
        ahead = self._calendar[at // DAY]
        return at + (self._calendar.ahead(at) if ahead is None else ahead)
