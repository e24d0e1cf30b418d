"""Facts whose rule is more than a field."""

from datetime import UTC, datetime
from math import isnan

import pytest

from dangol.plugin import Request
from dangol.profile.model import Member, Order, Profile, Seen, Visit
from dangol.segments.calendar import Clock, calendar
from dangol.segments.conditions import content, order, product, source, visit, worth
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


PAGES = {"/p?no=1": 2, "/p/?no=1": 1, "/p?no=2": 4, "/p/": 8, "/": 1}


@pytest.mark.parametrize(("page", "views"), [("/p?no=1", 3), ("/p?no=2", 4), ("/p", 15), ("/", 1)])
def test_views_of_a_page_count_with_and_without_its_query(page: str, views: int) -> None:
    profile = Profile(visit=Visit(pages=list(PAGES), page_times=list(PAGES.values())))
    assert content.views_of_page(profile, REQUEST, clock(2026, 3, 10))[page] == views


def test_the_page_on_screen_is_told_without_what_ads_put_there() -> None:
    page = Request(now=0, path="/p", url="/p?no=1&gclid=x")
    assert content.page_now(Profile(), page, clock(2026, 3, 10)) == "/p?no=1"


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("https://Blog.Naver.com/shop/", "blog.naver.com/shop"),
        ("blog.naver.com", "blog.naver.com"),
        ("/", "/"),
    ],
)
def test_addresses_are_compared_without_scheme_and_closing_slash(written: str, form: str) -> None:
    assert source.address(written) == form


@pytest.mark.parametrize(
    ("came", "platform", "campaign"),
    [
        (Visit(1, click="naver", campaign="spring"), "naver", "spring"),
        (Visit(1, source="kakao", medium="cpc", campaign="spring"), "", "spring"),
        (Visit(1, click="meta", campaign="spring"), "", ""),
        (Visit(1, source="mail", medium="email", campaign="spring"), "", ""),
        (Visit(1, click="google"), "google", ""),
    ],
)
def test_an_ads_campaign_is_one_that_was_paid_for(came: Visit, platform: str, campaign: str) -> None:
    profile, now = Profile(visit=came), clock(2026, 3, 10)
    assert source.ad_platform(profile, REQUEST, now) == platform
    assert source.ad_campaign(profile, REQUEST, now) == campaign


def test_a_visits_beginning_is_told_by_the_shops_clock() -> None:
    began = int(datetime(2026, 3, 9, 15, 30, tzinfo=UTC).timestamp())  # half past midnight on a Tuesday in Seoul
    profile, now = Profile(visit=Visit(began)), clock(2026, 3, 20)
    assert visit.visit_hour(profile, REQUEST, now) == 0
    assert visit.visit_weekday(profile, REQUEST, now) == "tue"
    assert isnan(visit.visit_hour(Profile(), REQUEST, now))
    assert visit.visit_weekday(Profile(), REQUEST, now) == ""


def test_a_member_of_whom_only_the_server_told_has_no_first_visit() -> None:
    told = [visit.first_visit(Profile(visits=visits), REQUEST, clock(2026, 3, 10)) for visits in (1, 2)]
    assert told == [True, False]
    assert isnan(visit.first_visit(Profile(), REQUEST, clock(2026, 3, 10)))


def test_the_last_order_is_the_latest_that_stands() -> None:
    orders = [Order("3", -1, 30), Order("1", 100, 10), Order("2", 200, 20)]
    profile = Profile(recent_orders=orders, bought=[Seen("a", 20), Seen("b", 10)], last_order_at=20)
    assert order.last_order_value(profile, REQUEST, clock(2026, 3, 10)) == 200
    assert order.last_ordered(profile, REQUEST, clock(2026, 3, 10)) == ["a"]
    assert isnan(order.last_order_value(Profile(), REQUEST, clock(2026, 3, 10)))


def test_prices_that_the_shop_did_not_tell_are_not_known() -> None:
    profile, now = Profile(viewed=[Seen("a", 3), Seen("b", 2, 1, 900), Seen("c", 1, 1, 500)]), clock(2026, 3, 10)
    assert isnan(product.last_viewed_price(profile, REQUEST, now))
    assert product.lowest_price(profile, REQUEST, now) == 500
    assert product.highest_price(profile, REQUEST, now) == 900


@pytest.mark.parametrize(("told", "spent", "revenue"), [(None, 50, 50), (70, 50, 70), (30, 50, 50)])
def test_lifetime_revenue_is_what_the_shop_knows_or_what_was_counted_since(
    told: int | None, spent: int, revenue: int
) -> None:
    profile = Profile(spent=spent, member=Member("kim", revenue=told))
    assert worth.revenue(profile, REQUEST, clock(2026, 3, 10)) == revenue
