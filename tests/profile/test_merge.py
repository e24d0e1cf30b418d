import copy

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangol.definitions.model import Site
from dangol.profile import model
from dangol.profile.merge import MERGED, merge
from dangol.profile.model import (
    NEVER,
    TAKEN_BACK,
    Contact,
    Environment,
    Lease,
    Line,
    Member,
    Order,
    Profile,
    Seen,
    Visit,
)
from dangol.profile.reduce import reduce
from dangol.protocol.event import Event, Item

NOW = 1_763_778_000
SITE = Site(id="shop", key="public-key", name="Shop", origins=["https://shop.example"])


def joined(member: Profile, *visitors: Profile) -> Profile:
    result = copy.deepcopy(member)
    for number, visitor in enumerate(visitors):
        assert merge(result, copy.deepcopy(visitor), f"v{number}")
    return result


def profile_of(events: list[Event], member: str = "") -> Profile:
    profile = Profile(member=Member(member) if member else None)
    reduce(profile, sorted(events, key=lambda event: event.at), SITE, NOW, seed=3)
    return profile


NAMES = ["page_view", "view_item", "add_to_cart", "view_cart", "add_to_wishlist", "purchase", "refund"]
PRODUCTS = st.builds(
    Item,
    st.sampled_from("abcdefg"),
    price=st.none() | st.integers(0, 10**6),
    brand=st.sampled_from(["", "Denby", "Iittala"]),
)
EVENTS = st.lists(
    st.builds(
        Event,
        st.uuids().map(str),
        st.sampled_from(
            ["page_view", "view_item", "add_to_cart", "view_cart", "add_to_wishlist", "purchase", "refund"]
        ),
        st.integers((NOW - 10**6) * 1000, NOW * 1000),
        st.just("/"),
        st.lists(PRODUCTS, min_size=1, max_size=3),
        st.none(),
        st.sampled_from("123456"),
    ).map(lambda event: msgspec.structs.replace(event, value=int(event.key) * 100)),
    max_size=12,
)
COUNTS = ("visits", "page_views", "dwell", "orders", "spent")
LATEST = ("last_seen", "cart_at", "last_order_at", "checkout_at")


@given(EVENTS, EVENTS)
def test_merging_twice_is_merging_once(ours: list[Event], theirs: list[Event]) -> None:
    member, visitor = profile_of(ours, "kim"), profile_of(theirs)
    once = joined(member, visitor)
    twice = copy.deepcopy(once)
    assert merge(twice, visitor, "v0") is False
    assert twice == once


@given(EVENTS, EVENTS, EVENTS)
def test_the_order_of_visitors_does_not_matter_to_what_is_counted(
    ours: list[Event], one: list[Event], other: list[Event]
) -> None:
    member, first, second = profile_of(ours, "kim"), profile_of(one), profile_of(other)
    here, there = joined(member, first, second), joined(member, second, first)
    for name in (*COUNTS, *LATEST, "first_seen"):
        assert getattr(here, name) == getattr(there, name)
    for ring in ("viewed", "wishlist", "bought", "brands"):
        assert met(here, ring) == met(there, ring)
    assert {order.number for order in here.recent_orders} == {order.number for order in there.recent_orders}


def met(profile: Profile, ring: str) -> set[tuple[str, int, int]]:
    return {(seen.id, seen.at, seen.times) for seen in getattr(profile, ring)}


@given(EVENTS, EVENTS)
def test_what_both_did_adds_up(ours: list[Event], theirs: list[Event]) -> None:
    member, visitor = profile_of(ours, "kim"), profile_of(theirs)
    result = joined(member, visitor)
    assert result.page_views == member.page_views + visitor.page_views
    assert result.visits == member.visits + visitor.visits
    assert result.orders == len([order for order in result.recent_orders if order.value != TAKEN_BACK])
    assert result.spent == sum(max(0, order.value) for order in result.recent_orders)
    assert result.member == member.member


def test_an_order_that_both_know_counts_once() -> None:
    member = Profile(orders=2, spent=300, recent_orders=[Order("1", 100, NOW), Order("2", 200, NOW)])
    visitor = Profile(orders=2, spent=150, recent_orders=[Order("1", 100, NOW), Order("3", 50, NOW - 1)])
    result = joined(member, visitor)
    assert (result.orders, result.spent) == (3, 350)
    assert [order.number for order in result.recent_orders] == ["1", "2", "3"]


@pytest.mark.parametrize(("ours", "theirs"), [(TAKEN_BACK, 100), (100, TAKEN_BACK), (TAKEN_BACK, TAKEN_BACK)])
def test_an_order_that_either_saw_taken_back_is_taken_back(ours: int, theirs: int) -> None:
    member = Profile(orders=int(ours > 0), spent=max(0, ours), recent_orders=[Order("1", ours, NOW)])
    visitor = Profile(orders=int(theirs > 0), spent=max(0, theirs), recent_orders=[Order("1", theirs, NOW)])
    result = joined(member, visitor)
    assert (result.orders, result.spent) == (0, 0)
    assert result.recent_orders == [Order("1", TAKEN_BACK, NOW)]


def test_the_members_seed_stays_so_that_holdouts_do() -> None:
    assert joined(Profile(seed=5), Profile(seed=9)).seed == 5
    assert joined(Profile(), Profile(seed=9)).seed == 9


def test_the_visit_in_front_of_the_shopper_goes_on() -> None:
    member = Profile(last_seen=NOW - 9, visit=Visit(started=NOW - 99), environment=Environment("pc"))
    visitor = Profile(last_seen=NOW, visit=Visit(started=NOW - 60), environment=Environment("mobile"))
    result = joined(member, visitor)
    assert (result.visit.started, result.environment.device) == (NOW - 60, "mobile")
    assert joined(visitor, member).visit.started == NOW - 60


def test_the_visit_that_ended_leaves_its_time() -> None:
    member = Profile(dwell=10, last_seen=NOW - 1000, visit=Visit(started=NOW - 1500))
    visitor = Profile(dwell=5, last_seen=NOW, visit=Visit(started=NOW - 60))
    assert joined(member, visitor).dwell == 515
    assert joined(visitor, member).dwell == 515


def test_the_newer_cart_wins_and_the_older_ones_lines_stay_behind() -> None:
    member = Profile(cart=[Line("a", 1, 1, NOW - 50), Line("b", 2, 1, NOW - 40)], cart_at=NOW - 40)
    visitor = Profile(cart=[Line("a", 9, 3, NOW)], cart_at=NOW, cart_until=NOW + 60)
    result = joined(member, visitor)
    assert result.cart_until == NOW + 60
    assert result.cart == [Line("a", 9, 3, NOW), Line("b", 2, 1, NOW - 40)]
    assert result.cart_at == NOW


@pytest.mark.parametrize(
    ("ours", "theirs", "price"),
    [(Seen("a", NOW, 2, 900), Seen("a", NOW - 9, 1, 800), 900), (Seen("a", NOW - 9, 2, 900), Seen("a", NOW), 900)],
)
def test_a_product_cost_what_it_was_last_seen_for(ours: Seen, theirs: Seen, price: int) -> None:
    for one, other in ((ours, theirs), (theirs, ours)):
        assert joined(Profile(viewed=[one]), Profile(viewed=[other])).viewed == [Seen("a", NOW, 3, price)]


def test_the_last_order_is_the_last_that_nobody_saw_taken_back() -> None:
    early, late, gone = Order("1", 100, NOW - 9), Order("2", 100, NOW), Order("2", TAKEN_BACK, NOW)
    bought = Profile(orders=2, spent=200, last_order_at=NOW, recent_orders=[late, early])
    cancelled = Profile(recent_orders=[gone])
    assert joined(bought, cancelled).last_order_at == NOW - 9
    assert joined(cancelled, bought).last_order_at == NOW - 9


def test_what_either_saw_of_a_campaign_counts_for_the_person() -> None:
    ours = Contact(views=1, clicks=1, last_at=NOW - 5, session=1, visit_started=NOW - 9, day=1, day_number=7)
    theirs = Contact(views=2, closes=1, last_at=NOW, session=2, visit_started=NOW - 4, day=2, day_number=7)
    theirs.later_until = NEVER
    contact = joined(Profile(contacts={"c": ours}), Profile(contacts={"c": theirs, "d": Contact(views=1)})).contacts
    assert (contact["c"].views, contact["c"].clicks, contact["c"].closes) == (3, 1, 1)
    assert (contact["c"].day, contact["c"].session, contact["c"].later_until) == (3, 2, NEVER)
    assert contact["d"].views == 1


def test_an_event_of_the_visitor_is_known_to_the_member() -> None:
    view = Event("event-1", "page_view", NOW * 1000, "/")
    result = joined(Profile(), profile_of([view]))
    assert reduce(result, [view], SITE, NOW, seed=1) == []


def full(prefix: str) -> Profile:
    seen = [Seen(f"{prefix}{number}", NOW - number) for number in range(50)]
    return Profile(
        viewed=seen,
        categories=seen[: model.CATEGORIES],
        brands=seen[: model.BRANDS],
        wishlist=seen,
        bought=seen,
        cart=[Line(each.id, 1, 1, each.at) for each in seen],
        recent_orders=[Order(each.id, 1, each.at) for each in seen[: model.RECENT_ORDERS]],
        orders=20,
        contacts={each.id * 3: Contact(last_at=each.at) for each in seen}
        | {f"c{n}{prefix}": Contact() for n in range(150)},
        leases=[Lease("c", each.id, NOW) for each in seen[: model.LEASES]],
        event_ids=prefix.encode() * model.EVENT_IDS * model.EVENT_ID_BYTES,
        merged=[each.id for each in seen],
    )


def test_no_merge_makes_a_ring_longer() -> None:
    result = joined(full("m"), full("v"), full("w"))
    assert (len(result.viewed), len(result.wishlist), len(result.bought)) == (50, 50, 50)
    assert (len(result.cart), len(result.categories)) == (model.CART_LINES, model.CATEGORIES)
    assert len(result.brands) == model.BRANDS
    assert (len(result.recent_orders), len(result.leases)) == (model.RECENT_ORDERS, model.LEASES)
    assert len(result.event_ids) == model.EVENT_IDS * model.EVENT_ID_BYTES
    assert (len(result.merged), result.merged[:2]) == (MERGED, ["v1", "v0"])
    assert len(result.contacts) <= model.CONTACTS


def test_merging_leaves_the_visitor_as_it_was() -> None:
    visitor = profile_of([Event("event-1", "add_to_cart", NOW * 1000, items=[Item("a", price=5)])])
    visitor.contacts["c"] = Contact(views=1)
    before = copy.deepcopy(visitor)
    member = Profile()
    merge(member, visitor, "v0")
    reduce(member, [Event("event-2", "add_to_cart", NOW * 1000, items=[Item("b", price=5)])], SITE, NOW, seed=1)
    assert visitor == before
