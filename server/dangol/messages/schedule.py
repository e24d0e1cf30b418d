"""When a schedule's slots are, by `dateutil.rrule` in the shop's time zone. Pure.

A time of day that a day skips, since the clocks go forward, is run at the next moment that exists; one that a day has
twice is run the first time. A date that a month lacks has no slot in it; "last" is a month's last day. A slot is known
by its unix second: changed definitions whose slots are the same have the same ones.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from itertools import islice, takewhile
from math import inf
from typing import NamedTuple
from zoneinfo import ZoneInfo

from dateutil.rrule import DAILY, MONTHLY, WEEKLY, rrule, rruleset, weekday, weekdays

from dangol.campaigns.calendar import moment
from dangol.definitions.model import Campaign, Definitions, Schedule, Site
from dangol.segments.calendar import WEEKDAYS

DAY = 86_400
MOST_DAYS = 7
"""Days that "since the last slot" looks back at most, and before the first one."""

NUMBERED = {"1st": 1, "2nd": 2, "3rd": 3, "4th": 4, "5th": 5, "last": -1}
"""Which of a month's Fridays "2nd fri" is."""

DATES = {**{str(date): date for date in range(1, 32)}, "last": -1}
WORKDAYS = WEEKDAYS[:5]


class Timetable(NamedTuple):
    """A campaign's schedule in its time: unix seconds from which on, and up to which without it, there are slots."""

    schedule: Schedule
    starts: float
    ends: float
    zone: str


def timetable(campaign: Campaign, site: Site) -> Timetable | None:
    """None for a campaign that has no schedule."""
    if campaign.schedule is None:
        return None
    starts, ends = moment(campaign.starts, site.timezone, -inf), moment(campaign.ends, site.timezone, inf)
    return Timetable(campaign.schedule, starts, ends, site.timezone)


def in_force(campaign: Campaign, site: Site) -> Timetable | None:
    """The schedule of a campaign that is switched on."""
    return timetable(campaign, site) if campaign.active and campaign.message is not None else None


def scheduled(definitions: Definitions) -> Iterator[tuple[Campaign, Timetable]]:
    """The campaigns that go by a schedule now, with it."""
    for campaign in definitions.campaigns:
        if table := in_force(campaign, definitions.site):
            yield campaign, table


def slots(table: Timetable, after: float) -> Iterator[int]:
    """The slots later than the unix time `after`, one after the other."""
    zone, latest = ZoneInfo(table.zone), after
    for local in _local(table, zone, after):
        at = existing(local, zone)
        if at >= table.ends:
            return
        if at >= table.starts:
            if at > latest:
                latest = at
                yield at
            if table.schedule.every == "once":
                return


def due(table: Timetable, after: float, now: float) -> list[int]:
    """The slots since `after` whose time has come."""
    return list(takewhile(lambda slot: slot <= now, slots(table, after)))


def upcoming(table: Timetable, now: float, count: int) -> list[int]:
    """The next slots."""
    return list(islice(slots(table, now), count))


def seen_since(range: str, last: float, now: float) -> float:
    """The unix time since which a shopper of a schedule's `range` was seen; `last` is the last slot that was run, 0
    where there is none."""
    if range == "all":
        return -inf
    if range == "since_last":
        return max(last, now - MOST_DAYS * DAY)
    return now - int(range[:-1]) * DAY


def existing(local: datetime, zone: ZoneInfo) -> int:
    """The unix second of a local time: the first of two, and for one that is skipped the moment of the change."""
    first = local.replace(tzinfo=zone)
    if first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == local:
        return int(first.timestamp())
    before, after = int(local.replace(tzinfo=zone, fold=1).timestamp()), int(first.timestamp())
    while after - before > 1:
        middle = (before + after) // 2
        if _ahead(middle, zone) == _ahead(after, zone):
            after = middle
        else:
            before = middle
    return after


def parts(on: str) -> tuple[int, str] | None:
    """Which of a month's days of the week "2nd fri" is, and of which; None for other texts."""
    number, _, day = on.partition(" ")
    return (NUMBERED[number], day) if number in NUMBERED and day in WEEKDAYS else None


def _ahead(at: int, zone: ZoneInfo) -> timedelta | None:
    return datetime.fromtimestamp(at, zone).utcoffset()


def _local(table: Timetable, zone: ZoneInfo, after: float) -> Iterator[datetime]:
    """Local times, in order, from some time before `after` on. An interval counts from the start, so that it must begin
    there; every other schedule may begin anywhere."""
    schedule, begin = table.schedule, max(table.starts, after - 2 * DAY)
    if schedule.interval > 1 or schedule.every == "once":
        begin = table.starts
    first = datetime.fromtimestamp(max(begin, 0), zone).date()
    rules = rruleset()
    for rule in _rules(schedule, datetime.combine(first, time.fromisoformat(schedule.at))):
        rules.rrule(rule)
    return iter(rules)


def _rules(schedule: Schedule, start: datetime) -> Iterator[rrule]:
    if schedule.every in ("once", "day"):
        yield rrule(DAILY, start, schedule.interval)
    elif schedule.every in ("week", "weekday"):
        days = [*map(str, schedule.on)] if schedule.every == "week" else WORKDAYS
        yield rrule(WEEKLY, start, schedule.interval, byweekday=[_weekday(day) for day in days])
    else:
        named = [str(each) for each in schedule.on]
        dates = [DATES[each] for each in named if each in DATES]
        days_of = [_weekday(found[1])(found[0]) for each in named if (found := parts(each))]
        if dates:
            yield rrule(MONTHLY, start, schedule.interval, bymonthday=dates)
        if days_of:
            yield rrule(MONTHLY, start, schedule.interval, byweekday=days_of)


def _weekday(day: str) -> weekday:
    return weekdays[WEEKDAYS.index(day)]
