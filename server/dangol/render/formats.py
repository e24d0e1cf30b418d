"""How values are written for the shopper: money, numbers and times in the language of the page. Pure."""

from datetime import date
from typing import NamedTuple

from dangol.render.money import Money, money
from dangol.segments.calendar import LATEST, Calendar, Clock, calendar


class Time(int):
    """Unix seconds."""


Value = str | float | Money | Time | bool | list[str]
"""What a variable may be. A plain int is a number like any other."""

FORMATS: dict[str, tuple[str, ...]] = {
    "text": (),
    "number": ("number", "plain"),
    "money": ("money", "number"),
    "time": ("date", "full", "weekday", "time", "days"),
    "boolean": (),
    "list": (),
}
"""The formats of each kind of value, the ordinary one first."""

KOREAN_WEEKDAYS = "월화수목금토일"
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


class Reader(NamedTuple):
    """For whom and when a text is written. `language` is ko or en, `now` unix seconds."""

    language: str
    currency: str
    calendar: Calendar
    now: float

    def days(self, at: int) -> int | None:
        """Calendar days between today and a time, whichever is first; None for a time that no calendar has."""
        if not 0 < at < LATEST:
            return None
        clock = Clock(self.now, self.calendar)
        return abs(int(clock.day_of(at) - clock.today))


ANYBODY = Reader("ko", "KRW", calendar("Asia/Seoul"), 0)


def shown(value: Value, format: str, reader: Reader) -> str:
    """The value as text; "" for what can't be written, such as yes or no, which choices are for."""
    if isinstance(value, bool):
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return ", ".join(value)
    if isinstance(value, Time):
        return _time(value, format or "date", reader)
    if isinstance(value, Money):
        return money(value, reader.currency, reader.language, sign=format != "number")
    return number(value, "" if format == "plain" else ",")


def number(value: float, separator: str = ",") -> str:
    """A number with at most two decimals: 12,000 and 0.5."""
    written = f"{round(value, 2) + 0.0:{separator}.2f}"  # never -0
    return written.rstrip("0").rstrip(".")


def day_of(day: date, language: str, year: bool) -> str:
    """A day as it is read: 11월 30일 or 30 November, with its `year` or without."""
    if language == "ko":
        return f"{day.year}년 {day.month}월 {day.day}일" if year else f"{day.month}월 {day.day}일"
    return f"{day.day} {MONTHS[day.month - 1]}" + (f" {day.year}" if year else "")


def _time(at: Time, format: str, reader: Reader) -> str:
    days = reader.days(at)
    if days is None:
        return ""
    if format == "days":
        return number(days)
    local = reader.calendar.local_time(at)
    if format == "time":
        return f"{local:%H:%M}"
    if format == "weekday":
        weekday = local.weekday()
        return f"{KOREAN_WEEKDAYS[weekday]}요일" if reader.language == "ko" else WEEKDAYS[weekday]
    is_other_year = local.year != reader.calendar.local_time(int(reader.now)).year
    return day_of(local.date(), reader.language, format == "full" or is_other_year)
