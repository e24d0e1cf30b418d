"""Where conditions get their facts from: functions of the profile, the open page and the clock.

A number that is not known is NaN, a text that is not known is empty. Facts that are the same are read by the same
function, so that a match computes them once. Times are unix seconds, money is minor units.
"""

from collections.abc import Mapping
from datetime import date
from math import nan

from dangol.plugin import Request
from dangol.profile.model import Member, Profile
from dangol.segments.calendar import Clock

SEARCH_ENGINES = ("google", "naver", "daum", "bing", "yahoo", "duckduckgo", "baidu", "yandex", "zum", "nate")


def visit_seconds(profile: Profile, request: Request, clock: Clock) -> float:
    started = profile.visit.started
    return max(0, clock.now - started) if started else nan


def average_visit_seconds(profile: Profile, request: Request, clock: Clock) -> float:
    """Over the visits before this one; a first visit has none."""
    return profile.dwell / (profile.visits - 1) if profile.visits > 1 else nan


def average_page_views(profile: Profile, request: Request, clock: Clock) -> float:
    return profile.page_views / profile.visits if profile.visits > 0 else nan


def days_since_last_visit(profile: Profile, request: Request, clock: Clock) -> float:
    return clock.days_since(profile.visit.previous_at)


def search_engine(profile: Profile, request: Request, clock: Clock) -> str:
    labels = profile.visit.referrer.casefold().split(".")
    return next((label for label in labels if label in SEARCH_ENGINES), "")


def page_now(profile: Profile, request: Request, clock: Clock) -> str:
    return request.path or request.url


def viewed(profile: Profile, request: Request, clock: Clock) -> Mapping[str, float]:
    return {seen.id: seen.times for seen in profile.viewed}


def categories(profile: Profile, request: Request, clock: Clock) -> Mapping[str, float]:
    return {seen.id: seen.times for seen in profile.categories}


def cart(profile: Profile, request: Request, clock: Clock) -> Mapping[str, float]:
    return {line.id: line.quantity for line in profile.cart}


def cart_count(profile: Profile, request: Request, clock: Clock) -> float:
    return sum([line.quantity for line in profile.cart])


def cart_total(profile: Profile, request: Request, clock: Clock) -> float:
    return sum([line.price * line.quantity for line in profile.cart])


def last_cart_item(profile: Profile, request: Request, clock: Clock) -> str:
    return max(profile.cart, key=lambda line: line.at).id if profile.cart else ""


def days_since_cart(profile: Profile, request: Request, clock: Clock) -> float:
    """Since something was last put into a cart that still holds something."""
    return clock.days_since(profile.cart_at) if profile.cart else nan


def average_order(profile: Profile, request: Request, clock: Clock) -> float:
    return profile.spent / profile.orders if profile.orders > 0 else nan


def bought(profile: Profile, request: Request, clock: Clock) -> Mapping[str, float]:
    return {seen.id: seen.times for seen in profile.bought}


def order_value_now(profile: Profile, request: Request, clock: Clock) -> float:
    return nan if request.order_value is None else request.order_value


def days_since_wishlist(profile: Profile, request: Request, clock: Clock) -> float:
    return clock.days_since(max([seen.at for seen in profile.wishlist], default=0))


def checkout_reached(profile: Profile, request: Request, clock: Clock) -> bool:
    return 0 < profile.visit.started <= profile.checkout_at


def days_since_joined(profile: Profile, request: Request, clock: Clock) -> float:
    return clock.days_since(profile.member.joined_at) if profile.member else nan


def days_since_login(profile: Profile, request: Request, clock: Clock) -> float:
    return clock.days_since(profile.member.last_login_at) if profile.member else nan


def grade(profile: Profile, request: Request, clock: Clock) -> str:
    return profile.member.grade if profile.member else ""


def sex(profile: Profile, request: Request, clock: Clock) -> str:
    return profile.member.sex if profile.member else ""


def age(profile: Profile, request: Request, clock: Clock) -> float:
    """Full years; NaN unless the year of birth is known."""
    born = _birthday(profile.member)
    if born is None or born.year == LEAP_YEAR:
        return nan
    today = clock.date
    years = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return years if years >= 0 else nan


def birthday_today(profile: Profile, request: Request, clock: Clock) -> bool:
    """Who was born on 29 February celebrates on the 28th in other years."""
    born, today = _birthday(profile.member), clock.date
    if born is None:
        return False
    return (born.month, born.day) == (today.month, today.day) or (
        (born.month, born.day, today.month, today.day) == (2, 29, 2, 28) and not _is_leap(today.year)
    )


LEAP_YEAR = 4
"""Stands in for a year of birth that is not known, so that 29 February is a day."""


def _birthday(member: Member | None) -> date | None:
    if not member or not member.birthday:
        return None
    text = member.birthday if len(member.birthday) == 10 else f"{LEAP_YEAR:04}-{member.birthday}"
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None  # whoever let it in has said so; here it is a birthday that is not known


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def language(profile: Profile, request: Request, clock: Clock) -> str:
    return request.language or profile.environment.language
