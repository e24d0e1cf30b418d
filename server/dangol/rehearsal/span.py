"""The days that are replayed. Pure."""

from datetime import datetime
from typing import NamedTuple

from dangol.campaigns.calendar import moment
from dangol.errors import Invalid, Problem

LONGEST = 400
"""Days."""

DAY = 86_400


class Span(NamedTuple):
    """From when to when, unix seconds."""

    since: float
    until: float


def span_of(days: float, until: str, timezone: str, now: float) -> Span:
    """So many days up to a time, as the clock of the time zone has it unless it names its own; `now` without one.
    Raises `Invalid`."""
    if not 0 < days <= LONGEST:
        raise Invalid([Problem("days", days, f"a number above 0 and up to {LONGEST}")])
    try:
        end = moment(datetime.fromisoformat(until), timezone, now) if until else now
    except (ValueError, OverflowError):
        raise Invalid([Problem("until", until, "a time such as 2026-11-22 18:00")]) from None
    if not LONGEST * DAY < end < now + DAY:
        raise Invalid([Problem("until", until, "a time that the log may have, until today")])
    return Span(end - days * DAY, end)
