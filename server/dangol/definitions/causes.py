"""What is wrong with a campaign that goes by a schedule or upon a notice of the shop instead of on events."""

from collections.abc import Iterator, Sequence

import msgspec

from dangol.definitions.model import Campaign, Pages, Schedule, Site
from dangol.errors import Problem
from dangol.messages.schedule import DATES, NUMBERED, parts, slots, timetable
from dangol.segments.calendar import WEEKDAYS

EVENTS = next(each for each in msgspec.structs.fields(Campaign) if each.name == "on").default_factory()
COUNTED = ("day", "week", "month")


def cause_problems(campaign: Campaign, site: Site, where: str) -> Iterator[Problem]:
    """All that is wrong; the site's time zone is known and the campaign's times are in order."""
    if campaign.schedule is None and not campaign.notice:
        return
    cause = "schedule" if campaign.schedule is not None else "notice"
    if campaign.schedule is not None and campaign.notice:
        yield Problem(f"{where}.notice", campaign.notice, "left out: the campaign has a schedule, and one cause alone")
    if campaign.widget is not None:
        yield Problem(f"{where}.{cause}", getattr(campaign, cause), "left out: a widget is shown on events")
    if campaign.on != EVENTS:
        yield Problem(f"{where}.on", campaign.on, f"left out: the {cause} is what the message is sent on")
    if campaign.pages != Pages():
        yield Problem(f"{where}.pages", "given", f"left out: with a {cause} no page is looked at")
    if campaign.message is not None and campaign.message.wait:
        expected = f"left out: with a {cause} a message waits for nothing else"
        yield Problem(f"{where}.message.wait", campaign.message.wait, expected)
    if campaign.notice:
        yield from _notice_problems(campaign, where)
    if campaign.schedule is not None:
        yield from _schedule_problems(campaign, campaign.schedule, site, where)


def _notice_problems(campaign: Campaign, where: str) -> Iterator[Problem]:
    if campaign.audience:
        yield Problem(f"{where}.audience", campaign.audience, "left out: a notice goes to whom the shop names")
    if campaign.variants:
        yield Problem(f"{where}.variants", "given", "left out: everybody gets the same notice")


def _schedule_problems(campaign: Campaign, schedule: Schedule, site: Site, where: str) -> Iterator[Problem]:
    found = [*_on_problems(schedule, f"{where}.schedule.on"), *_span_problems(campaign, schedule, where)]
    yield from found
    table = timetable(campaign, site)
    if not found and table is not None and next(slots(table, 0), None) is None:
        expected = "a schedule that has a slot from the campaign's start to its end"
        yield Problem(f"{where}.schedule", schedule.at, expected)


def _on_problems(schedule: Schedule, where: str) -> Iterator[Problem]:
    if schedule.every not in ("week", "month"):
        if schedule.on:
            yield Problem(where, schedule.on, f"left out: every {schedule.every} names no days")
        return
    expected = f"a day of the week ({', '.join(WEEKDAYS)})"
    if schedule.every == "month":
        numbers = ", ".join(NUMBERED)
        expected = f"a date (1 to 31, or last), or a day such as 2nd fri ({numbers}, and a day of the week)"
    if not schedule.on:
        yield Problem(where, schedule.on, f"at least {expected}")
    named = [str(each) for each in schedule.on]
    for place, on in enumerate(named):
        if not _is_day(on, schedule.every == "month"):
            yield Problem(f"{where}[{place}]", on, expected)
        elif on in named[:place]:
            yield Problem(f"{where}[{place}]", on, "a day that stands there only once")


def _is_day(on: str, monthly: bool) -> bool:
    return on in DATES or parts(on) is not None if monthly else on in WEEKDAYS


def _span_problems(campaign: Campaign, schedule: Schedule, where: str) -> Iterator[Problem]:
    once = schedule.every == "once"
    if schedule.interval > 1 and schedule.every not in COUNTED:
        expected = f"left out: only {_listed(COUNTED)} are counted"
        yield Problem(f"{where}.schedule.interval", schedule.interval, expected)
    if campaign.starts is None and (once or schedule.interval > 1):
        told = "the day of the only slot" if once else f"what every {schedule.interval} {schedule.every}s count from"
        yield Problem(f"{where}.starts", None, f"given: it is {told}")
    if once and schedule.range == "since_last":
        yield Problem(f"{where}.schedule.range", schedule.range, "all or days such as 30d: no slot comes before")


def _listed(words: Sequence[str]) -> str:
    return ", ".join(f"{word}s" for word in words)
