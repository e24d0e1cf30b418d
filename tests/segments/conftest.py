"""A regular customer, a stranger, and the shop that both visit."""

from datetime import UTC, datetime

import pytest

from dangol.definitions.model import Site
from dangol.plugin import Request
from dangol.profile.model import (
    Contact,
    Coupon,
    Environment,
    Line,
    Member,
    Order,
    Profile,
    Rfm,
    Seen,
    Subscription,
    Visit,
)

NOW = int(datetime(2026, 3, 10, 3, 30, tzinfo=UTC).timestamp())  # Tuesday noon in Seoul
DAY = 86_400


@pytest.fixture(scope="session")
def site() -> Site:
    return Site(id="shop", key="public-key", name="Shop", origins=["https://shop.example"])


@pytest.fixture(scope="session")
def regular() -> Profile:
    """The example of every row holds for this shopper on `busy_page`."""
    return Profile(
        seed=1,
        first_seen=NOW - 90 * DAY,
        last_seen=NOW,
        visits=12,
        page_views=80,
        dwell=12 * 300,
        visit=Visit(
            started=NOW - 600,
            page_views=5,
            landing="/event/spring",
            referrer="search.Naver.com",
            source="Naver",
            medium="cpc",
            campaign="Spring-2026",
            pages=["/event/spring/", "/"],
            searches=["Red MUG"],
            previous_at=NOW - 3 * DAY,
            content="Top-Banner",
            term="red mug",
            click="naver",
            referrer_page="search.naver.com/search.naver",
            page_times=[2, 1],
        ),
        environment=Environment("mobile", "android", "chrome", "ko-KR", "KR"),
        viewed=[Seen("85123A", NOW, 4, 12_000), Seen("22423", NOW - DAY, 1, 9_000)],
        categories=[Seen("머그컵", NOW, 5)],
        brands=[Seen("덴비", NOW, 2)],
        cart=[Line("22423", 9_000, 3, NOW - DAY, "접시", "덴비"), Line("47566", 1_000, 1, NOW - 2 * DAY)],
        cart_at=NOW - DAY,
        cart_until=NOW + 29 * DAY,
        subscriptions={
            "sms": Subscription("01012345678", NOW - 701 * DAY, night=True),
            "email": Subscription("kim@mail.example", NOW - 9 * DAY, withdrawn_at=NOW),
        },
        wishlist=[Seen("47566", NOW - 2 * DAY)],
        orders=3,
        spent=90_000,
        last_order_at=NOW - 20 * DAY,
        bought=[Seen("85123A", NOW - 20 * DAY, 2)],
        recent_orders=[Order("7", 30_000, NOW - 20 * DAY)],
        checkout_at=NOW - 60,
        member=Member(
            "m1",
            grade="VIP",
            sex="F",
            birthday="1996-03-10",
            joined_at=NOW - 60 * DAY,
            last_login_at=NOW - DAY,
            traits={"store": "gangnam", "points": 1500.0},
            coupons=[Coupon("WELCOME10", "10%", NOW + 2 * DAY), Coupon("FREE-SHIPPING")],
            rfm=Rfm("Champions", 5, 4, 4),
            revenue=150_000,
        ),
        contacts={
            "spring-sale": Contact(
                views=3, clicks=1, closes=1, messages=1, last_at=NOW, seen_at=NOW - 2 * DAY, conversions=1
            )
        },
    )


@pytest.fixture(scope="session")
def busy_page() -> Request:
    return Request(
        now=NOW + 0.25,
        path="/product/85123A",
        product="85123A",
        event_names=frozenset({"view_item", "purchase"}),
        order_value=30_000,
        language="ko",
        brand="덴비",
        category="머그컵",
        price=12_000,
        search="Red MUG",
        ordered=frozenset({"85123A"}),
    )


@pytest.fixture(scope="session")
def stranger() -> Profile:
    return Profile()


@pytest.fixture(scope="session")
def bare_request() -> Request:
    """A Sunday at 02:00 in Seoul, on no page."""
    return Request(now=datetime(2026, 3, 7, 17, 0, tzinfo=UTC).timestamp())
