"""Facts whose rule is more than a field."""

from datetime import UTC, datetime
from math import isnan

import pytest

from dangol.plugin import Request
from dangol.profile.model import Profile, Visit
from dangol.segments.calendar import Clock, calendar
from dangol.segments.conditions import order, source
from dangol.segments.conditions.member import age, birthday_today


def clock(year: int, month: int, day: int) -> Clock:
    return Clock(datetime(year, month, day, 3, tzinfo=UTC).timestamp(), calendar("Asia/Seoul"))


REQUEST = Request(now=0)


@pytest.mark.parametrize(
    ("birthday", "today", "held"),
    [
        ("1990-03-10", (2026, 3, 10), True),
        ("03-10", (2026, 3, 10), True),
        ("03-10", (2026, 3, 11), False),
        ("02-29", (2028, 2, 29), True),
        ("02-29", (2028, 2, 28), False),
        ("2000-02-29", (2026, 2, 28), True),
        ("13-40", (2026, 3, 10), False),
        ("", (2026, 3, 10), False),
    ],
)
def test_birthdays(birthday: str, today: tuple[int, int, int], held: bool) -> None:
    assert birthday_today(birthday, clock(*today)) is held


@pytest.mark.parametrize(("day", "years"), [(9, 35), (10, 36), (11, 36)])
def test_age_is_in_full_years(day: int, years: int) -> None:
    assert age("1990-03-10", clock(2026, 3, day)) == years


@pytest.mark.parametrize("birthday", ["03-10", "2040-01-01", "nonsense", ""])
def test_age_needs_a_year_in_the_past(birthday: str) -> None:
    assert isnan(age(birthday, clock(2026, 3, 10)))


@pytest.mark.parametrize(
    ("referrer", "engine"),
    [("www.google.co.kr", "google"), ("m.search.NAVER.com", "naver"), ("notgoogle.com", ""), ("", "")],
)
def test_search_engines_are_told_by_a_whole_label(referrer: str, engine: str) -> None:
    profile = Profile(visit=Visit(referrer=referrer))
    assert source.search_engine(profile, REQUEST, clock(2026, 3, 10)) == engine


def test_an_order_form_of_an_earlier_visit_does_not_count() -> None:
    now = clock(2026, 3, 10)
    reached = Profile(visit=Visit(started=now.now - 100), checkout_at=now.now - 50)
    earlier = Profile(visit=Visit(started=now.now - 100), checkout_at=now.now - 500)
    assert order.checkout_reached(reached, REQUEST, now)
    assert not order.checkout_reached(earlier, REQUEST, now)
