import copy
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangol.definitions.model import Site
from dangol.profile import model
from dangol.profile.model import TAKEN_BACK, Line, Member, Order, Profile, Seen, Visit
from dangol.profile.reduce import VISIT_GAP, reduce
from dangol.protocol.event import STANDARD_EVENTS, Event, Item

NOW = 1_763_778_000
DAY = 86_400
SITE = Site(id="shop", key="public-key", name="Shop", origins=["https://shop.example"])


def event(name: str, at: float = NOW, *items: Item, id: str = "", **fields: Any) -> Event:
    return Event(id or f"{name}-{at}-{fields}", name, int(at * 1000), items=list(items), **fields)


def after(*events: Event, profile: Profile | None = None) -> Profile:
    profile = profile or Profile()
    reduce(profile, events, SITE, NOW, seed=7)
    return profile


def view(at: float = NOW, page: str = "/", **fields: Any) -> Event:
    return event("page_view", at, page=page, **fields)


A, B = Item("a", price=1000, quantity=2), Item("b", price=500)
EFFECTS: list[tuple[list[Event], dict[str, Any]]] = [
    ([view()], {"page_views": 1, "visits": 1, "first_seen": NOW, "last_seen": NOW}),
    ([event("view_item", NOW, Item("a", category="Mugs"))], {"viewed": [Seen("a", NOW)], "page_views": 0}),
    ([event("view_item", NOW, Item("a", category="Mugs"))], {"categories": [Seen("Mugs", NOW)]}),
    ([event("view_item", NOW, A), event("view_item", NOW + 1, A)], {"viewed": [Seen("a", NOW + 1, 2, 1000)]}),
    ([event("view_item", NOW, A, B)], {"viewed": [Seen("a", NOW, 1, 1000)]}),
    ([event("view_item", NOW, Item("a", brand="Denby"))], {"brands": [Seen("Denby", NOW)]}),
    (
        [event("view_item", NOW, A), event("view_item", NOW + 1, Item("a"))],
        {"viewed": [Seen("a", NOW + 1, 2, 1000)]},
    ),
    (
        [event("view_item", NOW, A), event("view_item", NOW - 9, Item("a", price=900))],
        {"viewed": [Seen("a", NOW, 2, 1000)]},
    ),
    (
        [event("add_to_cart", NOW, Item("a", category="Mugs", brand="Denby")), event("view_cart", NOW, Item("a"))],
        {"cart": [Line("a", 0, 1, NOW, "Mugs", "Denby")]},
    ),
    ([event("view_item_list", key="Mugs")], {"categories": [Seen("Mugs", NOW)]}),
    ([event("view_item_list")], {"categories": []}),
    ([event("add_to_cart", NOW, A)], {"cart": [Line("a", 1000, 2, NOW)], "cart_at": NOW, "cart_total": 2000}),
    ([event("add_to_cart", NOW, A), event("add_to_cart", NOW + 1, A)], {"cart": [Line("a", 1000, 4, NOW + 1)]}),
    (
        [event("add_to_cart", NOW, A), event("add_to_cart", NOW + 1, Item("a"))],
        {"cart": [Line("a", 1000, 3, NOW + 1)]},
    ),
    (
        [event("add_to_cart", NOW, A), event("remove_from_cart", NOW + 1, Item("a"))],
        {"cart": [Line("a", 1000, 1, NOW)], "cart_at": NOW + 1},
    ),
    ([event("add_to_cart", NOW, A, B), event("remove_from_cart", NOW, A)], {"cart": [Line("b", 500, 1, NOW)]}),
    ([event("remove_from_cart", NOW, A)], {"cart": []}),
    (
        [event("add_to_cart", NOW, A), event("view_cart", NOW + 9, Item("a", price=900), B)],
        {"cart": [Line("a", 900, 1, NOW), Line("b", 500, 1, NOW + 9)]},
    ),
    ([event("add_to_cart", NOW, A), event("view_cart", NOW + 9)], {"cart": []}),
    ([event("view_cart", NOW, A, B, A)], {"cart": [Line("a", 1000, 4, NOW), Line("b", 500, 1, NOW)]}),
    ([event("add_to_cart", NOW, B), event("view_cart", NOW, Item("b"))], {"cart_total": 500}),
    ([event("add_to_wishlist", NOW, A, B)], {"wishlist": [Seen("b", NOW), Seen("a", NOW)]}),
    ([event("add_to_wishlist", NOW, A, B), event("remove_from_wishlist", NOW, A)], {"wishlist": [Seen("b", NOW)]}),
    ([event("begin_checkout")], {"checkout_at": NOW}),
    ([event("purchase", NOW, A, key="1")], {"orders": 1, "spent": 2000, "last_order_at": NOW}),
    (
        [event("purchase", NOW, A, key="1", value=1500)],
        {"spent": 1500, "recent_orders": [Order("1", 1500, NOW, ("a",))]},
    ),
    ([event("purchase", NOW, A, key="1")], {"bought": [Seen("a", NOW)]}),
    (
        [event("add_to_cart", NOW, A, B), event("purchase", NOW + 5, A, key="1")],
        {"cart": [Line("b", 500, 1, NOW)]},
    ),
    ([event("login")], {"member": None}),
    ([event("my_own_event", props={"a": 1})], {"page_views": 0, "first_seen": NOW}),
]


@pytest.mark.parametrize(("events", "facts"), EFFECTS)
def test_an_event_has_its_effect(events: list[Event], facts: dict[str, Any]) -> None:
    profile = after(*events)
    assert {name: getattr(profile, name) for name in facts} == facts


def test_searches_belong_to_the_visit() -> None:
    words = [event("search", NOW + second, key=key) for second, key in enumerate(("mug", "cup", "mug"))]
    profile = after(view(), *words)
    assert profile.visit.searches == ["mug", "cup"]
    assert after(view(NOW + DAY), profile=profile).visit.searches == []


def test_logging_in_signing_up_and_leaving_change_the_member() -> None:
    profile = Profile(member=Member("kim", name="Kim"))
    after(event("sign_up", NOW), event("login", NOW + 5), event("sign_up", NOW + 9), profile=profile)
    assert profile.member == Member("kim", name="Kim", joined_at=NOW, last_login_at=NOW + 5)
    assert after(event("withdraw"), profile=profile).member is None


def test_the_seed_is_drawn_once() -> None:
    profile = after(view())
    reduce(profile, [view(NOW + 1)], SITE, NOW, seed=8)
    assert profile.seed == 7


def test_a_repeated_event_is_dropped_within_a_request_and_across() -> None:
    profile = Profile()
    assert len(reduce(profile, [view(), view()], SITE, NOW, seed=1)) == 1
    assert reduce(profile, [view()], SITE, NOW, seed=1) == []
    assert profile.page_views == 1


def test_ids_are_told_apart_by_all_of_their_bytes() -> None:
    profile = Profile(event_ids=b"abcdefghijkl")
    assert len(reduce(profile, [view(id=f"event-{number}") for number in range(60)], SITE, NOW, seed=1)) == 60


def test_an_order_counts_once_by_its_number_whatever_the_events_id() -> None:
    orders = [event("purchase", NOW + second, A, id=f"report-{second}", key="1") for second in range(3)]
    profile = Profile()
    assert [each.id for each in reduce(profile, orders, SITE, NOW, seed=1)] == ["report-0"]
    assert (profile.orders, profile.spent) == (1, 2000)


def test_a_refund_takes_its_order_back_once() -> None:
    profile = after(event("purchase", NOW, A, key="1"), event("purchase", NOW, B, key="2"))
    after(event("refund", NOW + 1, key="1"), event("refund", NOW + 2, key="1"), profile=profile)
    assert (profile.orders, profile.spent) == (1, 500)
    after(event("purchase", NOW, A, id="late-report", key="1"), profile=profile)
    assert (profile.orders, profile.spent) == (1, 500)
    assert Order("1", TAKEN_BACK, NOW) in profile.recent_orders


def test_an_order_that_moved_to_another_profile_leaves_no_trace() -> None:
    moved = event("refund", NOW + 1, key="1", props={"moved": True})
    profile = after(event("purchase", NOW, A, key="1"), event("purchase", NOW, B, key="2"), moved)
    assert (profile.orders, profile.spent) == (1, 500)
    assert [order.number for order in profile.recent_orders] == ["2"]


def test_the_last_order_that_was_not_taken_back_is_the_last_order() -> None:
    orders = [event("purchase", NOW + hour, A, key=str(hour)) for hour in range(3)]
    profile = after(*orders, event("refund", NOW + 9, key="1"))
    assert profile.last_order_at == NOW + 2
    assert after(event("refund", NOW + 9, key="2"), profile=profile).last_order_at == NOW
    assert after(event("refund", NOW + 9, key="0"), profile=profile).last_order_at == 0


def test_a_refund_of_an_unknown_order_changes_nothing() -> None:
    profile = after(event("refund", NOW, key="unknown"))
    assert (profile.orders, profile.spent, profile.recent_orders) == (0, 0, [])


def test_a_visit_ends_after_half_an_idle_hour() -> None:
    profile = after(view(NOW, "/first?utm_source=mail"), view(NOW + VISIT_GAP, "/second"))
    assert (profile.visits, profile.visit.pages, profile.visit.landing) == (1, ["/second", "/first"], "/first")
    later = NOW + 2 * VISIT_GAP + 1
    after(view(later, "/third"), profile=profile)
    assert (profile.visits, profile.visit.started, profile.visit.pages) == (2, later, ["/third"])
    assert profile.dwell == VISIT_GAP
    assert profile.visit.previous_at == NOW + VISIT_GAP


def test_another_campaign_link_starts_a_visit_of_its_own() -> None:
    mail = view(NOW, "/?utm_source=mail&utm_medium=email&utm_campaign=spring")
    again = view(NOW + 60, "/p?utm_source=mail&utm_medium=email&utm_campaign=spring")
    other = view(NOW + 120, "/?utm_source=kakao")
    profile = after(mail, again)
    assert (profile.visits, profile.visit.source, profile.visit.medium) == (1, "mail", "email")
    after(other, view(NOW + 180, "/p"), profile=profile)
    assert (profile.visits, profile.visit.source, profile.visit.campaign) == (2, "kakao", "")
    assert profile.visit.previous_at == NOW + 60


def test_a_visit_remembers_the_host_it_came_from() -> None:
    came = view(props={"referrer": "https://search.Naver.com/?query=private"})
    assert after(came).visit.referrer == "search.naver.com"
    assert after(view(props={"referrer": "https://[::1/"})).visit.referrer == ""


def test_a_visit_that_the_shops_own_page_began_came_from_nowhere() -> None:
    profile = after(view(props={"referrer": "https://shop.example/p"}))
    assert (profile.visit.referrer, profile.visit.referrer_page) == ("", "")


def test_a_visit_remembers_the_marks_of_its_link() -> None:
    link = "/p?product_no=1&utm_source=naver&utm_medium=cpc&utm_content=top&utm_term=mug&n_media=1"
    visit = after(view(page=link, props={"referrer": "https://m.search.naver.com/s?q=1"})).visit
    assert (visit.source, visit.medium, visit.content, visit.term, visit.click) == (
        "naver",
        "cpc",
        "top",
        "mug",
        "naver",
    )
    assert (visit.landing, visit.pages) == ("/p?product_no=1", ["/p?product_no=1"])
    assert visit.referrer_page == "m.search.naver.com/s"


def test_another_ad_starts_a_visit_of_its_own() -> None:
    profile = after(view(NOW, "/?gclid=1"), view(NOW + 60, "/?gclid=2"), view(NOW + 120, "/?n_media=1"))
    assert (profile.visits, profile.visit.click) == (2, "naver")


def test_a_visit_counts_how_often_each_page_was_seen() -> None:
    pages = ["/p?no=1", "/p?no=2", "/p?no=1", "/p?no=1&utm_source=x", "/"]
    profile = after(*(view(NOW + at, page) for at, page in enumerate(pages[:3])))
    assert (profile.visit.pages, profile.visit.page_times) == (["/p?no=1", "/p?no=2"], [2, 1])
    after(*(view(NOW + 9 + at, f"/{at}") for at in range(40)), profile=profile)
    assert len(profile.visit.page_times) == len(profile.visit.pages) == model.RECENT_PAGES


def test_pages_of_an_old_document_were_seen_once() -> None:
    profile = Profile(last_seen=NOW, visit=Visit(NOW, 2, pages=["/a", "/b"]))
    after(view(NOW + 1, "/b"), view(NOW + 2, "/c"), profile=profile)
    assert (profile.visit.pages, profile.visit.page_times) == (["/c", "/b", "/a"], [1, 2, 1])


HOSTILE_PAGES = [
    "/?utm_source=a" + "&b=1" * 200,
    "/?utm_source=" + "x" * 900,
    "/?utm_source=%ff%00%zz&utm_medium=;;&utm_campaign",
    "/?utm_",
    "/?utm_source=%E2%80%AE",
]


@pytest.mark.parametrize("page", HOSTILE_PAGES)
def test_no_query_breaks_a_page_view(page: str) -> None:
    profile = after(view(NOW, page), view(NOW + 1, page))
    assert profile.page_views == 2
    marks = (profile.visit.source, profile.visit.medium, profile.visit.campaign)
    assert all(len(mark) <= 100 and (mark.isprintable() or not mark) for mark in marks)


def test_sums_stay_within_64_bits() -> None:
    dear = Item("a", price=10**12, quantity=100_000)
    found = [event("add_to_cart", NOW, dear, id=f"add-{number}") for number in range(300)]
    found += [event("purchase", NOW, dear, dear, key=str(number)) for number in range(300)]
    profile = after(*found)
    assert profile.spent == 300 * 10**12
    assert after(*found[:5]).cart_total == 10**17
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(profile), type=Profile) == profile


def test_a_cart_that_was_left_long_ago_is_gone() -> None:
    profile = after(event("add_to_cart", NOW, A))
    assert profile.cart_until == NOW + SITE.cart_days * DAY
    after(view(profile.cart_until - 1), profile=profile)
    assert profile.cart
    after(view(profile.cart_until), profile=profile)
    assert profile.cart == []


def test_a_change_of_the_carts_days_holds_from_the_next_event_on() -> None:
    profile = after(event("add_to_cart", NOW, A))
    reduce(profile, [view(NOW + 60)], msgspec.structs.replace(SITE, cart_days=7), NOW, seed=7)
    assert profile.cart_until == NOW + 7 * DAY


def test_a_purchase_leaves_what_came_into_the_cart_after_it() -> None:
    profile = after(event("add_to_cart", NOW + 60, A), event("purchase", NOW, A, key="1"))
    assert [line.id for line in profile.cart] == ["a"]


LATE = [
    view(NOW - DAY, "/?utm_source=mail"),
    view(NOW - DAY),
    event("view_item", NOW - DAY, A),
    event("view_item_list", NOW - DAY, key="Mugs"),
    event("add_to_cart", NOW - DAY, A),
    event("remove_from_cart", NOW - DAY, Item("a")),
    event("view_cart", NOW - DAY, B),
    event("add_to_wishlist", NOW - DAY, A),
    event("begin_checkout", NOW - DAY),
    event("purchase", NOW - DAY, A, key="2"),
    event("login", NOW - DAY),
]


@pytest.mark.parametrize("late", LATE, ids=lambda each: each.name)
def test_an_event_that_comes_late_makes_nothing_older(late: Event) -> None:
    profile = Profile(member=Member("kim"))
    past = [each for each in (event("purchase", NOW, B, key="1"), event("login"), event("begin_checkout"))]
    met = [event("view_item", NOW, A), event("add_to_wishlist", NOW, A), event("view_item_list", key="Mugs")]
    after(view(), *met, *past, event("add_to_cart", NOW, A), profile=profile)
    before = times(profile)
    after(late, profile=profile)
    older = {name for name, at in times(profile).items() if at < before.get(name, 0)}
    assert older == set()


def test_a_cart_shown_before_its_last_change_does_not_replace_it() -> None:
    profile = after(event("add_to_cart", NOW, A), event("view_cart", NOW - 60))
    assert [line.id for line in profile.cart] == ["a"]


def times(profile: Profile) -> dict[str, int]:
    assert profile.member is not None
    found = {name: getattr(profile, name) for name in ("last_seen", "cart_at", "last_order_at", "checkout_at")}
    found |= {"visit": profile.visit.started, "login": profile.member.last_login_at}
    for name in ("viewed", "categories", "wishlist", "bought", "cart"):
        found |= {f"{name} {each.id}": each.at for each in getattr(profile, name)}
    return found


# Few products, so that they meet again, and more than a ring holds.
PRODUCTS = st.builds(Item, st.integers(0, 70).map(str), price=st.none() | st.integers(0, 10**6))
EVENTS = st.builds(
    Event,
    st.integers(0, 10**9).map(lambda number: f"event-{number}"),
    st.sampled_from(sorted(STANDARD_EVENTS | {"custom"})),
    st.integers((NOW - 40 * DAY) * 1000, NOW * 1000),
    st.sampled_from(["/", "/a?utm_source=mail", "/b?utm_source=kakao", "/c"]),
    st.lists(PRODUCTS, min_size=1, max_size=60),
    st.none() | st.integers(0, 10**6),
    st.integers(0, 30).map(str),
)


@given(st.lists(EVENTS, max_size=40))
def test_whatever_happens_the_totals_and_rings_hold(events: list[Event]) -> None:
    profile = Profile(member=Member("kim"))
    taken = reduce(profile, events, SITE, NOW, seed=1)
    names = [each.name for each in taken]
    assert profile.page_views == names.count("page_view")
    assert profile.visits <= profile.page_views
    counted = [order for order in profile.recent_orders if order.value != TAKEN_BACK]
    assert profile.orders >= len(counted)
    assert profile.spent >= sum(order.value for order in counted) >= 0
    assert_bounded(profile)


@given(st.lists(EVENTS, max_size=20))
def test_taking_the_same_events_again_changes_nothing(events: list[Event]) -> None:
    profile = Profile()
    reduce(profile, events, SITE, NOW, seed=1)
    once = copy.deepcopy(profile)
    assert reduce(profile, events, SITE, NOW, seed=2) == []
    assert profile == once


def assert_bounded(profile: Profile) -> None:
    rings = {
        "viewed": model.RECENT_PRODUCTS,
        "wishlist": model.RECENT_PRODUCTS,
        "bought": model.RECENT_PRODUCTS,
        "categories": model.CATEGORIES,
        "brands": model.BRANDS,
        "cart": model.CART_LINES,
    }
    for name, size in rings.items():
        ids = [each.id for each in getattr(profile, name)]
        assert len(ids) == len(set(ids)) <= size
    assert len(profile.recent_orders) <= model.RECENT_ORDERS
    assert len(profile.visit.pages) <= model.RECENT_PAGES
    assert len(profile.visit.searches) <= model.RECENT_SEARCHES
    assert len(profile.event_ids) <= model.EVENT_IDS * model.EVENT_ID_BYTES


LARGEST = 220_000
"""Bytes that the profile of the most hostile browser takes, with every ring full of the longest texts that the door
lets in, in characters of four bytes each. An ordinary one takes less than a thousand."""


def test_the_largest_profile_has_a_bound() -> None:
    profile = Profile()
    for number in range(200):
        word = f"{number:03}" + "😀" * 97
        items = [Item(word, price=10**12, quantity=100_000, category=word, brand=word)]
        names = ("view_item", "add_to_wishlist", "add_to_cart", "begin_checkout")
        found = [event(name, NOW, *items, id=f"{name}{number}") for name in names]
        long_page = f"/{number:03}" + "😀" * 996
        found += [view(NOW, long_page, id=f"view{number}", props={"referrer": f"https://{'a' * 900}/{word}"})]
        found += [event("search", NOW, id=f"search{number}", key=word + "😀" * 100)]
        found += [event("purchase", NOW, *items, id=f"order{number}", key=word + "😀" * 100)]
        found += [event("add_to_cart", NOW, *items, id=f"again{number}")]
        after(*found, profile=profile)
    assert_bounded(profile)
    assert len(msgspec.msgpack.encode(profile)) < LARGEST


def test_an_ordinary_profile_is_small() -> None:
    products = [Item(f"2{number}423A", price=number * 100, category=f"Mugs {number % 5}") for number in range(20)]
    events = [event("view_item", NOW + at, item) for at, item in enumerate(products)]
    events += [view(NOW + at, f"/product/{item.id}") for at, item in enumerate(products)]
    events += [event("add_to_cart", NOW + 30, *products[:4]), event("purchase", NOW + 60, *products[:2], key="A-1")]
    assert len(msgspec.msgpack.encode(after(*events))) < 1500
