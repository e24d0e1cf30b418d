"""How often, when and how long a shopper visits."""

from math import nan
from operator import attrgetter

from dangol.plugin import Profile, Request
from dangol.segments.calendar import DAY, LATEST, WEEKDAYS, Clock, weekday
from dangol.segments.conditions.fields import days, field, hours, time
from dangol.segments.conditions.moving import HOUR, Since
from dangol.segments.conditions.row import Row

started = attrgetter("visit.started")
"""When the visit began, in unix seconds; 0 for no visit yet."""


def first_visit(profile: Profile, request: Request, clock: Clock) -> bool | float:
    """Not known of a member of whom only the shop's server has told."""
    return profile.visits == 1 if profile.visits > 0 else nan


def average_visit_seconds(profile: Profile, request: Request, clock: Clock) -> float:
    """Over the visits before this one; a first visit has none."""
    return profile.dwell / (profile.visits - 1) if profile.visits > 1 else nan


def average_page_views(profile: Profile, request: Request, clock: Clock) -> float:
    return profile.page_views / profile.visits if profile.visits > 0 else nan


def visit_hour(profile: Profile, request: Request, clock: Clock) -> float:
    """The hour of the shop's day in which the visit began."""
    started = profile.visit.started
    return clock.local(started) % DAY // HOUR if 0 < started < LATEST else nan


def visit_weekday(profile: Profile, request: Request, clock: Clock) -> str:
    """The day of the week on which the visit began."""
    started = profile.visit.started
    return weekday(clock.local(started) // DAY) if 0 < started < LATEST else ""


NAMES = dict(zip(WEEKDAYS, [
    ("월요일", "Monday"), ("화요일", "Tuesday"), ("수요일", "Wednesday"), ("목요일", "Thursday"),
    ("금요일", "Friday"), ("토요일", "Saturday"), ("일요일", "Sunday"),
], strict=True))  # fmt: skip

# fmt: off
ROWS = [
    Row("visits", "누적 방문수", "visits", "visit", "number", field("visits"), {"gte": 10}, unit="times",
        en_says="visited {}"),
    Row("first_visit", "첫 방문", "first visit", "visit", "boolean", first_visit, True,
        en_says="is here for the first time|has been here before"),
    Row("returning", "재방문", "returning visitor", "visit", "boolean", lambda p, r, c: p.visits > 1, True,
        ko_says="재방문 고객임|재방문 고객이 아님", en_says="is a returning visitor|is not a returning visitor"),
    Row("page_views", "누적 페이지뷰", "page views", "visit", "number",
        field("page_views"), {"gte": 10}, unit="pages",
        en_says="viewed {}"),
    Row("visit_page_views", "이번 방문 페이지뷰", "page views of this visit", "visit", "number",
        field("visit.page_views"), {"gte": 3}, unit="pages",
        en_says="viewed {} in this visit"),
    Row("average_page_views", "방문당 평균 페이지뷰", "page views per visit", "visit", "number",
        average_page_views, {"gte": 2}, unit="pages",
        en_says="views {} a visit on average"),
    Row("visit_seconds", "이번 방문 체류 시간", "time of this visit", "visit", "number",
        Since(started, "seconds"), {"gte": 60}, unit="seconds",
        en_says="has been here for {} in this visit"),
    Row("average_visit_seconds", "평균 체류 시간", "average time of a visit", "visit", "number",
        average_visit_seconds, {"gte": 60}, unit="seconds",
        en_says="stays for {} on average"),
    Row("first_visit_on", "첫 방문일", "first visit on", "visit", "time", time("first_seen"), {"since": "2025-01-01"},
        en_says="first came {}"),
    Row("days_since_first_visit", "첫 방문 후 경과일", "days since the first visit", "visit", "number",
        days("first_seen"), {"gte": 7}, unit="days",
        en_says="first came {} ago"),
    Row("days_since_last_visit", "지난 방문 후 경과일", "days since the visit before this one", "visit", "number",
        days("visit.previous_at"), {"lte": 14}, unit="days",
        en_says="last visited {} ago"),
    Row("hours_since_last_visit", "지난 방문 후 경과 시간", "hours since the visit before this one", "visit", "number",
        hours("visit.previous_at"), {"gte": 1}, unit="hours",
        en_says="last visited {} ago"),
    Row("days_since_seen", "마지막 접속 후 경과일", "days since last seen", "visit", "number",
        days("last_seen"), {"lte": 30}, unit="days",
        en_says="was last seen {} ago"),
    Row("hour", "현재 시각", "hour of the day", "visit", "number",
        lambda p, r, c: c.hour, {"gte": 9, "lt": 18}, unit="o'clock", source="request",
        en_says="the time is {}"),
    Row("weekday", "오늘 요일", "day of the week", "visit", "text",
        lambda p, r, c: c.weekday, {"in": ["mon", "tue", "wed", "thu"]}, source="request", choices=WEEKDAYS,
        names=NAMES),
    Row("visit_hour", "이번 방문 시작 시각", "hour in which the visit began", "visit", "number",
        visit_hour, {"gte": 9, "lt": 18}, unit="o'clock",
        en_says="the visit began at {}"),
    Row("visit_weekday", "이번 방문 시작 요일", "day of the week on which the visit began", "visit", "text",
        visit_weekday, {"in": ["mon", "tue", "wed", "thu"]}, choices=WEEKDAYS, names=NAMES),
]
