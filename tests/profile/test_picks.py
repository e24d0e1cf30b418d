"""Recommended products that are clicked, then bought."""

from collections.abc import Sequence

import pytest

from dangol.profile import picks
from dangol.profile.marks import SIZE
from dangol.profile.model import PICKS, Contact, Order, Pick, Profile, Strip
from dangol.protocol.event import Event, Item

NOW = 1_763_778_000
DAY = 86_400
OFFERED = ("popular:mug", "bought_together:cup", "bought_together:a:b")


def shopper(offered: Sequence[str] = OFFERED, campaign: str = "c") -> Profile:
    """Who takes part in the campaign and is shown what it offers."""
    profile = Profile(contacts={campaign: Contact(arm="b", draw="d", entered_at=NOW)})
    picks.show(profile, campaign, offered)
    return profile


def click(profile: Profile, item: str, after: int = 60, campaign: str = "c") -> None:
    picks.click(profile, campaign, Event("1", "widget_click", (NOW + after) * 1000, props={"item": item}))


def buy(profile: Profile, *items: Item, after: int = 120, number: str = "1") -> None:
    picks.convert(profile, Order(number, 0, NOW + after), items)


def had(profile: Profile, campaign: str = "c") -> tuple[int, int, int]:
    strip = profile.contacts[campaign].strip or Strip()
    return strip.clicks, strip.orders, strip.revenue


def test_a_click_on_what_was_offered_is_a_pick() -> None:
    profile = shopper()
    click(profile, "bought_together:a:b")
    assert profile.picks == [Pick("a:b", "c", "bought_together", NOW + 60, "b", "d", NOW)]
    assert had(profile) == (1, 0, 0)


@pytest.mark.parametrize(
    "item", ["", "mug", "popular:cup", "cheap:mug", "popular:MUG", "popular:", ":mug", "popular:mug\n"]
)
def test_what_was_not_offered_can_not_be_clicked(item: str) -> None:
    profile = shopper()
    click(profile, item)
    assert (profile.picks, had(profile)) == ([], (0, 0, 0))


def test_each_offer_may_be_clicked_once() -> None:
    profile = shopper()
    for _ in range(100):
        click(profile, "popular:mug")
    assert (len(profile.picks), had(profile)) == (1, (1, 0, 0))
    picks.show(profile, "c", ["popular:mug"])
    click(profile, "popular:mug", 300)
    assert ([pick.at for pick in profile.picks], had(profile)) == ([NOW + 300], (2, 0, 0))


def test_what_no_recommender_has_named_counts_for_the_catalogue() -> None:
    profile = shopper([":mug", "popular:cup", "not a name:pot", "popular:"])
    click(profile, ":mug")
    click(profile, "not a name:pot")
    assert [pick.source for pick in profile.picks] == ["catalogue"]
    assert picks.sources([":mug", "popular:cup", ":tea", "not a name:pot"]) == ("catalogue", "popular")


def test_who_takes_no_part_is_offered_nothing_that_counts() -> None:
    profile = Profile(anonymous=True, contacts={"c": Contact()})
    picks.show(profile, "c", OFFERED)
    click(profile, OFFERED[0])
    assert (profile.picks, profile.contacts["c"].strip) == ([], None)


def test_what_is_remembered_is_bounded() -> None:
    profile = shopper()
    for number in range(100):
        picks.show(profile, "c", [f"popular:{number}", f"popular:{number}-b"])
        click(profile, f"popular:{number}")
    assert len(profile.picks) == PICKS
    strip = profile.contacts["c"].strip
    assert strip
    assert len(strip.shown) <= picks.SHOWN * SIZE


@pytest.mark.parametrize(("after", "counts"), [(59, 0), (60, 1), (60 + picks.WINDOW, 1), (61 + picks.WINDOW, 0)])
def test_an_order_within_a_week_of_the_click_counts(after: int, counts: int) -> None:
    profile = shopper()
    click(profile, "popular:mug")
    buy(profile, Item("mug", price=300, quantity=2), Item("tea", price=900), after=after)
    assert had(profile) == (1, counts, counts * 600)
    assert profile.picks[0].order == "1" * counts


def test_an_order_holds_only_its_own_lines_once() -> None:
    profile = shopper()
    for item in OFFERED:
        click(profile, item)
    lines = [Item("cup", price=100), Item("cup", price=120, quantity=2), Item("a:b"), Item("mug", price=7)]
    buy(profile, *lines)
    found = {pick.product: (pick.orders, pick.quantity, pick.revenue) for pick in profile.picks}
    assert found == {"mug": (1, 1, 7), "cup": (0, 3, 340), "a:b": (1, 1, 0)}
    buy(profile, *lines, number="2")
    assert had(profile) == (3, 1, 347)


def test_of_two_clicks_on_one_product_in_a_campaign_the_later_one_counts() -> None:
    profile = shopper(["popular:mug", "similar:mug"])
    click(profile, "popular:mug", 60)
    click(profile, "similar:mug", 70)
    assert [(pick.source, pick.at) for pick in profile.picks] == [("similar", NOW + 70)]


def test_each_campaign_counts_for_itself() -> None:
    profile = shopper()
    profile.contacts["d"] = Contact(arm="a", entered_at=NOW)
    picks.show(profile, "d", ["similar:mug"])
    click(profile, "popular:mug")
    click(profile, "similar:mug", campaign="d")
    buy(profile, Item("mug", price=500))
    assert had(profile) == had(profile, "d") == (1, 1, 500)


def test_a_cancelled_order_is_taken_back_and_may_be_followed_by_another() -> None:
    profile = shopper()
    click(profile, "popular:mug")
    click(profile, "bought_together:cup")
    before = list(profile.picks)
    buy(profile, Item("mug", price=500), Item("cup", price=300))
    for _ in range(2):
        picks.take_back(profile, "1")
        assert (profile.picks, had(profile)) == (before, (2, 0, 0))
    buy(profile, Item("mug", price=500), number="2")
    assert had(profile) == (2, 1, 500)


def test_a_new_entry_begins_without_picks() -> None:
    profile = shopper()
    click(profile, "popular:mug")
    picks.forget(profile, "c")
    assert profile.picks == []
