"""Orders that followed a campaign, as `reduce` and `merge` count them."""

import copy
from typing import Any

import pytest

from dangol.definitions.model import Site
from dangol.profile.conversions import WINDOW
from dangol.profile.merge import merge
from dangol.profile.model import RECENT_ORDERS, Contact, Lease, Profile
from dangol.profile.reduce import reduce
from dangol.protocol.event import Event

NOW = 1_763_778_000
SITE = Site(id="shop", key="public-key", name="Shop", origins=["https://shop.example"])


def event(name: str, at: float, key: str, **props: Any) -> Event:
    return Event(f"{name}-{key}-{at}", name, int(at * 1000), value=500, key=key, props=props)


def take(profile: Profile, *events: Event) -> Profile:
    reduce(profile, events, SITE, NOW, seed=7)
    return profile


def after_view(at: float = NOW) -> Profile:
    """A shopper who saw the campaign c, by an event that came in late."""
    profile = Profile(leases=[Lease("c", "x", NOW + 30)])
    return take(profile, event("widget_view", at, "x", campaign="c"))


@pytest.mark.parametrize(("later", "conversions"), [(-1, 0), (0, 1), (60, 1), (WINDOW, 1), (WINDOW + 1, 0)])
def test_an_order_within_a_week_of_a_view_is_a_conversion(later: int, conversions: int) -> None:
    profile = take(after_view(NOW - WINDOW), event("purchase", NOW - WINDOW + later, "1"))
    assert profile.contacts["c"].conversions == conversions


def test_a_click_counts_as_long_as_a_view() -> None:
    profile = take(after_view(NOW - 9 * 86_400), event("widget_click", NOW - 60, "x", campaign="c"))
    assert take(profile, event("purchase", NOW, "1")).contacts["c"].conversions == 1


def test_a_campaign_that_was_only_promised_converts_nobody() -> None:
    profile = Profile(contacts={"c": Contact(messages=1, last_at=NOW)}, leases=[Lease("c", "x", NOW + 30)])
    assert take(profile, event("purchase", NOW, "1")).contacts["c"].conversions == 0


def test_an_order_converts_once_and_is_taken_back_once() -> None:
    profile = take(after_view(), *(event("purchase", NOW, number) for number in ("1", "2", "1")))
    assert profile.contacts["c"].conversions == 2
    take(profile, event("refund", NOW, "1"), event("refund", NOW + 1, "1"), event("purchase", NOW + 2, "1"))
    assert profile.contacts["c"].conversions == 1


def test_an_order_of_another_is_taken_back_too() -> None:
    profile = take(after_view(), event("purchase", NOW, "1"), event("refund", NOW, "1", moved=True))
    assert (profile.contacts["c"].conversions, profile.contacts["c"].converted) == (0, b"")


def test_every_order_that_is_still_known_can_be_taken_back() -> None:
    numbers = [str(number) for number in range(3 * RECENT_ORDERS)]
    profile = take(after_view(), *(event("purchase", NOW, number) for number in numbers))
    known = [order.number for order in profile.recent_orders]
    take(profile, *(event("refund", NOW, number) for number in known))
    assert profile.contacts["c"].conversions == len(numbers) - len(known)


def merged(member: Profile, visitor: Profile) -> Contact:
    assert merge(member, copy.deepcopy(visitor), "v0")
    return member.contacts["c"]


def test_an_order_that_both_count_is_one_conversion() -> None:
    member = take(after_view(), event("purchase", NOW, "1"), event("purchase", NOW, "2"))
    visitor = take(after_view(), event("purchase", NOW, "1"), event("purchase", NOW, "3"))
    contact = merged(member, visitor)
    assert (contact.conversions, contact.seen_at) == (3, NOW)
    assert take(member, *(event("refund", NOW, number) for number in "123")).contacts["c"].conversions == 0


def test_an_order_that_either_saw_taken_back_is_no_conversion() -> None:
    visitor = take(after_view(), event("purchase", NOW, "1"), event("refund", NOW, "1"))
    assert merged(take(after_view(), event("purchase", NOW, "1")), visitor).conversions == 0
    member = take(after_view(), event("purchase", NOW, "1"), event("refund", NOW, "1"))
    assert merged(member, take(after_view(), event("purchase", NOW, "1"))).conversions == 0


def test_no_merge_makes_the_marks_longer_than_the_orders() -> None:
    member = Profile()
    for number in range(4):
        orders = (event("purchase", NOW + at, f"{number}-{at}") for at in range(RECENT_ORDERS))
        merge(member, take(after_view(), *orders), f"v{number}")
    contact = member.contacts["c"]
    assert contact.conversions == 4 * RECENT_ORDERS
    assert len(contact.converted) <= RECENT_ORDERS * 6
