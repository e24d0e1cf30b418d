"""A regular customer, a stranger, and the shop that both visit."""

from datetime import UTC, datetime

import pytest

from dangol.definitions.model import Site
from dangol.plugin import Request
from dangol.profile.model import Environment, Line, Member, Profile, Seen, Visit

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
            landing="/event/spring?utm_source=newsletter",
            referrer="search.Naver.com",
            source="Newsletter",
            medium="email",
            campaign="Spring-2026",
            pages=["/event/spring/", "/"],
            searches=["Red MUG"],
            previous_at=NOW - 3 * DAY,
        ),
        environment=Environment("mobile", "android", "chrome", "ko-KR"),
        viewed=[Seen("85123A", NOW, 4), Seen("22423", NOW - DAY, 1)],
        categories=[Seen("머그컵", NOW, 5)],
        cart=[Line("22423", 9_000, 3, NOW - DAY), Line("47566", 1_000, 1, NOW - 2 * DAY)],
        cart_at=NOW - DAY,
        wishlist=[Seen("47566", NOW - 2 * DAY)],
        orders=3,
        spent=90_000,
        last_order_at=NOW - 20 * DAY,
        bought=[Seen("85123A", NOW - 20 * DAY, 2)],
        checkout_at=NOW - 60,
        member=Member(
            "m1",
            grade="VIP",
            sex="F",
            birthday="1996-03-10",
            joined_at=NOW - 60 * DAY,
            last_login_at=NOW - DAY,
            traits={"store": "gangnam", "points": 1500.0},
        ),
    )


@pytest.fixture(scope="session")
def busy_page() -> Request:
    return Request(
        now=NOW + 0.25,
        path="/product/85123A",
        product="85123A",
        event_names=frozenset({"view_item"}),
        order_value=30_000,
        language="ko",
    )


@pytest.fixture(scope="session")
def stranger() -> Profile:
    return Profile()


@pytest.fixture(scope="session")
def bare_request() -> Request:
    """A Sunday at 02:00 in Seoul, on no page."""
    return Request(now=datetime(2026, 3, 7, 17, 0, tzinfo=UTC).timestamp())
