"""What is told of recommended products: sums of credits are what stands on the profiles."""

from collections.abc import Iterable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from dangol.campaigns import ledger
from dangol.campaigns.decision import Decision, Reason, Verdict
from dangol.definitions.model import Campaign, Site
from dangol.effects.figures import NONE, Cell, Figures, cells_of, figures_of
from dangol.profile.merge import merge
from dangol.profile.model import Profile
from dangol.profile.reduce import reduce
from dangol.protocol.event import Credit, Event, Item

NOW = 1_763_778_000
DAY = 86_400
TODAY = 739_577  # 22 November 2025 in Seoul
SITE = Site(id="shop", key="public-key", name="Shop", origins=["https://shop.example"])
CAMPAIGN = Campaign("c", holdout=5)
OFFERED = ("popular:mug", "popular:cup", "similar:pot")


def show(profile: Profile, at: float = NOW, arm: str = "a", key: str = "x") -> list[Credit]:
    decision = Decision(CAMPAIGN, Verdict.SHOW, Reason.SHOWN, key=key, arm=arm)
    return ledger.note(profile, [decision], at, SITE, {"c": OFFERED}).credits


def take(profile: Profile, *events: Event) -> list[Credit]:
    part = ledger.at_stake(profile, events)
    taken = reduce(profile, events, SITE, NOW + 9 * DAY, seed=7)
    return ledger.changes(part, profile, taken, SITE) if part else []


def event(name: str, after: float = 60, key: str = "x", **more: Any) -> Event:
    items = more.pop("items", [])
    return Event(f"{name}-{key}-{after}-{more}", name, int((NOW + after) * 1000), items=items, key=key, props=more)


def view(after: float = 30, key: str = "x") -> Event:
    return event("widget_view", after, key, campaign="c")


def click(item: str, after: float = 60) -> Event:
    return event("widget_click", after, campaign="c", item=item)


def buy(*products: str, after: float = 120, number: str = "1", price: int = 500) -> Event:
    return event("purchase", after, number, items=[Item(product, price=price) for product in products])


def summed(credits: Iterable[Credit]) -> dict[tuple[str, str], Figures]:
    """By arm and part, but for those in which nothing stands."""
    sums: dict[Cell, Figures] = {}
    for credit in credits:
        for cell in cells_of(credit):
            sums[cell] = sums.get(cell, NONE).plus(figures_of(credit))
    assert {cell.day for cell in sums} <= {TODAY}
    whole = {cell: each._replace(high=0, low=each.squares) for cell, each in sums.items()}
    return {(cell.arm, cell.segment): each for cell, each in whole.items() if any(each)}


def test_a_view_counts_for_the_strip_and_once_for_each_recommender_in_it() -> None:
    profile = Profile()
    show(profile)
    assert profile.leases[0].sources == ("popular", "similar")
    told = summed(take(profile, view(), view(40), view(50, "forged")))
    assert {part: each.views for (_, part), each in told.items()} == {"": 1, "~": 1, "~popular": 1, "~similar": 1}


def test_a_click_counts_for_its_recommender_and_the_shopper_once() -> None:
    profile = Profile()
    show(profile)
    told = summed(take(profile, click("popular:mug"), click("popular:cup", 70), click("popular:mug", 80)))
    assert {part: (each.clicks, each.clickers) for (_, part), each in told.items()} == {
        "": (3, 0), "~": (2, 1), "~popular": (2, 0),
    }  # fmt: skip


def test_a_strip_that_is_filled_anew_while_it_is_open_may_be_clicked_anew() -> None:
    """As after every change of the cart; it is no other view."""
    profile = Profile()
    show(profile)
    update = Decision(CAMPAIGN, Verdict.UPDATE, Reason.UPDATED, arm="a")
    assert ledger.note(profile, [update], NOW + 50, SITE, {"c": ["similar:tea"]}) == ledger.Noted([], [])
    told = summed(take(profile, click("similar:tea"), click("popular:mug"), view()))
    assert (told["a", "~similar"].clicks, told["a", "~popular"].clicks, told["a", "~"].views) == (1, 1, 1)


def test_clicks_that_no_strip_offered_count_for_no_recommender() -> None:
    profile = Profile()
    show(profile)
    told = take(profile, click("popular:pot"), click("cheapest:mug"), click("", 70))
    assert set(summed(told)) == {("a", "")}


def test_an_order_counts_its_products_and_is_taken_back() -> None:
    profile = Profile()
    show(profile)
    told = take(profile, click("popular:mug"), click("popular:cup"), click("similar:pot"))
    told += take(profile, buy("mug", "cup", "pot", "tea"))
    sums = summed(told)
    assert [(sums["a", part].orders, sums["a", part].items) for part in ("~popular", "~similar")] == [(1, 2), (1, 1)]
    assert [sums["a", part].revenue for part in ("~", "~popular", "~similar")] == [1500, 1000, 500]
    assert (sums["a", "~"].converted, sums["a", "~"].squares) == (1, 1500**2)
    told += take(profile, event("refund", 130, "1"), event("refund", 140, "1"))
    sums = summed(told)
    assert sums["a", "~"] == NONE._replace(clicks=3, clickers=1)
    assert sums["a", "~popular"] == NONE._replace(clicks=2)


def test_what_one_person_did_as_two_counts_for_the_earlier_entry() -> None:
    """And for the recommender where it was clicked."""
    member, visitor = Profile(seed=1, first_seen=1), Profile(seed=2, first_seen=1)
    told = [*show(member, arm="a"), *show(visitor, NOW + 60, "b")]
    told += take(visitor, click("popular:mug", 90), buy("mug"))
    told += take(member, click("similar:pot", 95))
    part = ledger.taking_part(member)
    merge(member, visitor, "v0")
    told += ledger.joined(part, visitor, member, SITE)
    sums = summed(told)
    assert (sums["a", "~"].clickers, sums["a", "~"].orders, sums["a", "~"].revenue) == (1, 1, 500)
    assert (sums["b", "~popular"].orders, sums["b", "~popular"].revenue) == (1, 500)
    assert ("b", "~") not in sums
    told += take(member, event("refund", 200, "1"))
    sums = summed(told)
    assert (sums["a", "~"].revenue, sums["a", "~"].squares, sums["b", "~popular"].revenue) == (0, 0, 0)


def test_an_order_that_both_know_counts_once_and_one_cancelled_by_either_not_at_all() -> None:
    for again, orders in (([], 1), ([event("refund", 200, "1")], 0)):
        member, visitor = Profile(seed=1, first_seen=1), Profile(seed=2, first_seen=1)
        told = [*show(member), *show(visitor, NOW + 60)]
        for profile in (member, visitor):
            told += take(profile, click("popular:mug", 90), buy("mug"))
        told += take(visitor, *again)
        part = ledger.taking_part(member)
        merge(member, visitor, "v0")
        told += ledger.joined(part, visitor, member, SITE)
        sums = summed(told)
        assert [(sums["a", each].orders, sums["a", each].revenue) for each in ("~", "~popular")] == [
            (orders, orders * 500), (orders, orders * 500),
        ]  # fmt: skip


def test_a_product_that_is_clicked_and_bought_at_once_counts_both() -> None:
    profile = Profile()
    show(profile)
    sums = summed(take(profile, view(), click("popular:mug"), buy("mug")))
    own = sums["a", "~popular"]
    assert (own.views, own.clicks, own.orders, own.revenue) == (1, 1, 1, 500)


DEEDS = st.lists(
    st.one_of(
        st.tuples(st.just("click"), st.sampled_from(OFFERED)),
        st.tuples(st.just("buy"), st.sampled_from(["mug cup", "pot", "mug", "tea"])),
        st.tuples(st.just("cancel"), st.integers(0, 3)),
        st.tuples(st.just("show"), st.just("")),
        st.tuples(st.just("turn"), st.just("")),
    ),
    max_size=14,
)


@settings(max_examples=150)
@given(DEEDS, st.booleans())
def test_sums_are_what_stands_on_the_profile(deeds: list[tuple[str, Any]], is_later: bool) -> None:
    """Whatever is done on two devices in turn, before and after a login that makes one person of them."""
    member, visitor = Profile(seed=1, first_seen=1), Profile(seed=2, first_seen=1)
    told = [*show(member, NOW + is_later, "a"), *show(visitor, NOW + 1 - is_later, "b")]
    acting, orders = (member, visitor), 0
    for number, (deed, what) in enumerate(deeds):
        after = 60 + number
        if deed == "turn":
            acting = acting[::-1]
        elif deed == "show":
            told += show(acting[0], NOW + after, acting[0].contacts["c"].arm, key=f"{number}")
        elif deed == "click":
            told += take(acting[0], click(what, after))
        elif deed == "buy":
            orders += 1
            told += take(acting[0], buy(*what.split(), after=after, number=f"{orders}"))
        else:
            told += take(acting[0], event("refund", after, f"{what}"))
    part = ledger.taking_part(member)
    merge(member, visitor, "v0")
    told += ledger.joined(part, visitor, member, SITE)
    told += take(member, event("refund", 500, "1"), buy("mug", "cup", after=501, number="last"))
    sums, strip = summed(told), member.contacts["c"].strip
    own = [each for (_, part), each in sums.items() if part.startswith("~") and part != "~"]
    whole = sums.get((member.contacts["c"].arm, "~"), NONE)
    assert strip
    assert (whole.clicks, whole.orders, whole.revenue) == (strip.clicks, strip.orders, strip.revenue)
    assert (whole.clickers, whole.converted) == (strip.clicks > 0, strip.orders > 0)
    assert whole.squares == strip.revenue**2
    assert sum(each.revenue for each in own) == strip.revenue == sum(pick.revenue for pick in member.picks)
    assert strip.orders == len({pick.order for pick in member.picks if pick.order})
    assert sum(each.clicks for each in own) == strip.clicks
    assert sum(part == "~" for _, part in sums) <= 1, "nothing is left of the later entry"
