"""What the shop tells of its members."""

from collections.abc import Callable, Mapping
from datetime import date
from math import nan
from typing import Any

from dangol.plugin import Profile, Request
from dangol.profile.consents import confirmed_at, holding, subscribed, untold_since
from dangol.profile.model import Member, Subscription
from dangol.segments import text
from dangol.segments.calendar import Clock
from dangol.segments.conditions.moving import Since, SinceEach, Told
from dangol.segments.conditions.row import Extract, Row

LEAP_YEAR = 4
"""Stands in for a year of birth that is not known, so that 29 February is a day."""


def member(get: Callable[[Member], Any], unknown: Any) -> Extract:
    """A fact of the member; `unknown` of who is none."""
    return lambda profile, request, clock: get(profile.member) if profile.member else unknown


def joined_at(profile: Profile) -> int:
    return profile.member.joined_at if profile.member else 0


def login_at(profile: Profile) -> int:
    return profile.member.last_login_at if profile.member else 0


def birthday(profile: Profile) -> str:
    return profile.member.birthday if profile.member else ""


def born(birthday: str) -> date | None:
    """MM-DD or YYYY-MM-DD as a day; None for anything else."""
    written = birthday if len(birthday) == 10 else f"{LEAP_YEAR:04}-{birthday}"
    try:
        return date.fromisoformat(written) if birthday else None
    except ValueError:
        return None  # whoever let it in has said so; here it is a birthday that is not known


def age(birthday: str, clock: Clock) -> float:
    """Full years; NaN unless the year of birth is known."""
    day, today = born(birthday), clock.date
    if day is None or day.year == LEAP_YEAR:
        return nan
    years = today.year - day.year - ((today.month, today.day) < (day.month, day.day))
    return years if years >= 0 else nan


def birthday_today(birthday: str, clock: Clock) -> bool:
    return days_until_birthday(birthday, clock) == 0


def days_until_birthday(birthday: str, clock: Clock) -> float:
    """0 on the day itself. Who was born on 29 February celebrates on the 28th in other years."""
    day, today = born(birthday), clock.date
    if day is None:
        return nan
    this_year = _celebrated(day, today.year)
    return ((this_year if this_year >= today else _celebrated(day, today.year + 1)) - today).days


def _celebrated(day: date, year: int) -> date:
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 2, 28)


def birthday_month(profile: Profile, request: Request, clock: Clock) -> float:
    day = born(birthday(profile))
    return day.month if day else nan


SUBSCRIPTIONS = {
    "sms": ("문자", "text messages"), "kakao": ("카카오톡", "KakaoTalk"),
    "email": ("이메일", "e-mail"), "push": ("앱 푸시", "push messages"),
}  # fmt: skip


def channels(is_so: Callable[[Subscription], Any]) -> Extract:
    """The channels of whose consents something is so."""
    return lambda profile, request, clock: [name for name, each in profile.subscriptions.items() if is_so(each)]


def confirmed(profile: Profile) -> Mapping[str, int]:
    """When each consent that holds was given or confirmed last."""
    return {name: confirmed_at(each) for name, each in profile.subscriptions.items()}


# fmt: off
ROWS = [
    Row("logged_in", "로그인 회원", "logged-in member", "member", "boolean",
        lambda p, r, c: p.member is not None, True,
        ko_says="로그인한 회원임|로그인한 회원이 아님", en_says="is a logged-in member|is not a logged-in member"),
    Row("joined_on", "가입일", "joined on", "member", "time",
        lambda p, r, c: float(joined_at(p)) or nan, {"since": "2026-01-01"},
        en_says="signed up {}"),
    Row("days_since_joined", "가입 후 경과일", "days since sign-up", "member", "number",
        Since(joined_at), {"gte": 30}, unit="days",
        en_says="signed up {} ago"),
    Row("last_login_on", "마지막 로그인일", "last login on", "member", "time",
        lambda p, r, c: float(login_at(p)) or nan, {"since": "2026-01-01"},
        en_says="last logged in {}"),
    Row("days_since_login", "마지막 로그인 후 경과일", "days since the last login", "member", "number",
        Since(login_at), {"lte": 7}, unit="days",
        en_says="last logged in {} ago"),
    Row("grade", "회원 등급", "member grade", "member", "text",
        member(lambda m: m.grade, ""), {"in": ["gold", "vip"]}, form=text.folded),
    Row("age", "만 나이", "age", "member", "number", Told(birthday, age), {"gte": 20, "lt": 40}, unit="years",
        en_says="is {} old"),
    Row("sex", "성별", "sex", "member", "text", member(lambda m: m.sex, ""), {"is": "f"}, form=text.folded),
    Row("birthday_today", "오늘 생일", "birthday today", "member", "boolean", Told(birthday, birthday_today), True,
        ko_says="오늘이 생일임|오늘이 생일이 아님", en_says="has a birthday today|has no birthday today"),
    Row("days_until_birthday", "생일까지 남은 일수", "days until the birthday", "member", "number",
        Told(birthday, days_until_birthday), {"lte": 7}, unit="days",
        en_says="has a birthday in {}"),
    Row("birthday_month", "생일이 있는 달", "month of the birthday", "member", "number",
        birthday_month, {"eq": 3}, unit="month",
        en_says="was born in {}"),
    Row("subscribed_to", "수신에 동의한 채널", "channels agreed to", "member", "set",
        lambda p, r, c: subscribed(p), {"has_any": ["sms"]}, choices=tuple(SUBSCRIPTIONS),
        names=SUBSCRIPTIONS),
    Row("subscribed_at_night", "야간 수신에 동의한 채널", "channels agreed to at night", "member", "set",
        channels(lambda each: holding(each) and each.night), {"has_any": ["sms"]}, choices=tuple(SUBSCRIPTIONS),
        names=SUBSCRIPTIONS),
    Row("refused_channels", "수신을 거부한 채널", "channels refused", "member", "set",
        channels(lambda each: each.withdrawn_at), {"has_any": ["email"]}, choices=tuple(SUBSCRIPTIONS),
        names=SUBSCRIPTIONS),
    Row("untold_channels", "처리 결과를 아직 알리지 않은 채널", "channels whose consent is still to be answered",
        "member", "set", channels(untold_since), {"has_any": ["sms"]}, choices=tuple(SUBSCRIPTIONS),
        names=SUBSCRIPTIONS),
    Row("days_since_consent", "수신 동의를 확인한 후 경과일", "days since a consent was confirmed", "member",
        "keyed number", SinceEach(confirmed), {"key": "sms", "gte": 700}, unit="days", absent=nan,
        choices=tuple(SUBSCRIPTIONS), names=SUBSCRIPTIONS,
        ko_says="{key} 수신 동의를 확인한 후 경과일 {}", en_says="gave or confirmed the consent to {key} {} ago"),
]
