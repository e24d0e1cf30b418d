"""Entries into campaigns, what is put down to them, and what is told of it."""

from typing import Any

import pytest

from dangol.campaigns import ledger
from dangol.campaigns.decision import Decision, Reason, Verdict
from dangol.definitions.model import Campaign, Site, Variant
from dangol.profile.merge import merge
from dangol.profile.model import Contact, Profile
from dangol.profile.reduce import reduce
from dangol.protocol.event import Credit, Event

NOW = 1_763_778_000
DAY = 86_400
TODAY = 739_577  # 22 November 2025 in Seoul
SITE = Site(id="shop", key="public-key", name="Shop", origins=["https://shop.example"])
CAMPAIGN = Campaign("c", window=2, holdout=5)


def decided(verdict: Verdict = Verdict.SHOW, arm: str = "on", **fields: Any) -> Decision:
    return Decision(CAMPAIGN, verdict, Reason.SHOWN, key="x", arm=arm, **fields)


def enter(profile: Profile, at: float = NOW, arm: str = "on", verdict: Verdict = Verdict.SHOW) -> list[Credit]:
    return ledger.note(profile, [decided(verdict, arm)], at, SITE).credits


def take(profile: Profile, *events: Event) -> list[Credit]:
    part = ledger.at_stake(profile, events)
    taken = reduce(profile, events, SITE, NOW + 9 * DAY, seed=7)
    return ledger.changes(part, profile, taken, SITE) if part else []


def event(name: str, after: float = 60, key: str = "1", value: int | None = None, **props: Any) -> Event:
    return Event(f"{name}-{key}-{after}", name, int((NOW + after) * 1000), value=value, key=key, props=props)


def buy(after: float = 60, value: int = 500, key: str = "1") -> Event:
    return event("purchase", after, key, value)


def standing(profile: Profile) -> tuple[int, int]:
    contact = profile.contacts["c"]
    return contact.orders, contact.revenue


@pytest.mark.parametrize(
    ("verdict", "arm"), [(Verdict.SHOW, "on"), (Verdict.HOLDOUT, "holdout"), (Verdict.MESSAGE, "b")]
)
def test_the_first_decision_is_the_entry(verdict: Verdict, arm: str) -> None:
    profile = Profile()
    told = ledger.note(profile, [decided(verdict, arm, segments=("vip",))], NOW + 0.9, SITE)
    assert [(one.kind, one.arm) for one in told.decided] == [(verdict.value, arm)]
    [credit] = told.credits
    assert (credit.entered, credit.arm, credit.day, credit.segments) == (1, arm, TODAY, ("vip",))
    assert credit.shares == {"holdout": 0.05, "on": 0.95}
    contact = profile.contacts["c"]
    assert (contact.entered_at, contact.until, contact.draw) == (NOW, NOW + 2 * DAY, credit.draw)
    assert enter(profile, NOW + DAY, "other") == []
    assert (contact.arm, contact.entered_at) == (arm, NOW)


@pytest.mark.parametrize("verdict", [Verdict.NO, Verdict.UPDATE, Verdict.WAIT])
def test_what_is_no_decision_is_no_entry(verdict: Verdict) -> None:
    profile = Profile()
    assert enter(profile, verdict=verdict) == []
    assert not profile.contacts


def test_who_can_not_be_known_again_takes_no_part() -> None:
    profile = Profile(anonymous=True)
    assert enter(profile) == []
    assert profile.contacts["c"].arm == ""


@pytest.mark.parametrize(("after", "counts"), [(-1, 0), (0, 0), (1, 1), (2 * DAY, 1), (2 * DAY + 1, 0)])
@pytest.mark.parametrize("arm", ["on", "holdout"])
def test_an_order_counts_from_the_entry_to_the_end_of_the_window(after: int, counts: int, arm: str) -> None:
    profile = Profile()
    enter(profile, arm=arm)
    told = take(profile, buy(after))
    assert standing(profile) == (counts, counts * 500)
    assert [(one.arm, one.orders, one.revenue) for one in told] == [(arm, 1, 500)] * counts


def test_orders_that_were_there_before_the_entry_never_count() -> None:
    """Not even one that a fast clock put after it, when it is cancelled."""
    profile = Profile()
    take(profile, buy(8))
    enter(profile)
    assert take(profile, event("refund", 20)) == []
    assert standing(profile) == (0, 0)


def test_a_cancelled_order_is_taken_back_once() -> None:
    profile = Profile()
    enter(profile)
    take(profile, buy(), buy(70, 300, "2"))
    [back] = take(profile, event("refund", 80), event("refund", 90))
    assert (back.orders, back.revenue, back.orders_before, back.revenue_before) == (-1, -500, 2, 800)
    assert take(profile, event("refund", 100)) == []
    assert standing(profile) == (1, 300)


def test_an_order_that_moved_to_another_is_taken_back() -> None:
    profile = Profile()
    enter(profile)
    take(profile, buy())
    [back] = take(profile, event("refund", 80, moved=True))
    assert (back.orders, back.revenue) == (-1, -500)


def test_reactions_are_told_with_the_arm_of_the_entry() -> None:
    profile = Profile()
    enter(profile, arm="b")
    names = ("widget_view", "widget_click", "widget_close", "widget_submit")
    reactions = [event(name, 9, "x", campaign="c") for name in names]
    [told] = take(profile, *reactions, event("widget_later", 9, "x", campaign="c", choice="1d"))
    assert (told.arm, told.seen, told.views, told.clicks) == ("b", 1, 1, 1)
    assert (told.closes, told.laters, told.submits) == (1, 1, 1)
    ledger.note(profile, [decided(arm="b")], NOW + 100, SITE)
    [again] = take(profile, event("widget_view", 200, "x", campaign="c"))
    assert (again.views, again.seen) == (1, 0)


def test_what_changes_nothing_is_not_told() -> None:
    profile = Profile()
    enter(profile)
    assert take(profile, event("page_view"), event("widget_view", 9, "forged", campaign="c")) == []


def united(ours: list[Event], theirs: list[Event], first: str = "member") -> tuple[Profile, list[Credit]]:
    """A member in arm a and a visitor in arm b, one of them a minute earlier, who turn out to be one."""
    member, visitor = Profile(seed=1, first_seen=1), Profile(seed=2, first_seen=1)
    enter(member, NOW + 60 * (first != "member"), "a")
    enter(visitor, NOW + 60 * (first == "member"), "b")
    take(member, *ours)
    take(visitor, *theirs)
    part = ledger.taking_part(member)
    merge(member, visitor, "v0")
    return member, ledger.joined(part, visitor, member, SITE)


@pytest.mark.parametrize(("first", "kept", "out"), [("member", "a", "b"), ("visitor", "b", "a")])
def test_of_two_entries_of_one_person_the_earlier_one_counts(first: str, kept: str, out: str) -> None:
    member, told = united([buy(70, 500, "1")], [buy(80, 300, "2")], first)
    assert (member.contacts["c"].arm, standing(member)) == (kept, (2, 800))
    by_arm = {one.arm: one for one in told}
    assert (by_arm[kept].entered, by_arm[kept].orders) == (0, 1)
    assert (by_arm[out].entered, by_arm[out].orders) == (-1, -1)
    assert sum(one.revenue for one in told) == 0
    [back] = take(member, event("refund", 90, "1"), event("refund", 90, "2"))
    assert (back.arm, back.orders, standing(member)) == (kept, -2, (0, 0))


def test_an_order_that_both_know_counts_once() -> None:
    member, told = united([buy(70)], [buy(70)])
    assert standing(member) == (1, 500)
    assert [(one.arm, one.entered, one.orders) for one in told] == [("b", -1, -1)]


def test_an_order_that_either_knows_to_be_cancelled_does_not_count() -> None:
    member, told = united([buy(70)], [buy(70), event("refund", 80)])
    assert standing(member) == (0, 0)
    assert [(one.arm, one.entered, one.orders) for one in told] == [("a", 0, -1), ("b", -1, 0)]


def test_a_visitors_entry_becomes_the_members() -> None:
    member, visitor = Profile(seed=1), Profile(seed=2)
    enter(visitor, arm="b")
    take(visitor, buy(70, 300, "1"))
    take(member, buy(80, 500, "2"))
    part = ledger.taking_part(member)
    merge(member, visitor, "v0")
    [told] = ledger.joined(part, visitor, member, SITE)
    assert (told.arm, told.entered, told.orders, told.revenue, told.revenue_before) == ("b", 0, 1, 500, 300)
    assert (member.contacts["c"].arm, standing(member)) == ("b", (2, 800))
    assert standing(visitor) == (1, 300), "a merge that is done again must find it as it was"


def test_a_login_that_changes_nothing_is_not_told() -> None:
    member, visitor = Profile(seed=1), Profile(seed=2, contacts={"d": Contact(views=3)})
    enter(member)
    merge(member, visitor, "v0")
    assert ledger.joined(ledger.taking_part(member), visitor, member, SITE) == []


def test_shares_add_up_and_equal_ones_have_one_name() -> None:
    variants = [Variant("a"), Variant("b", weight=3)]
    drawn = ledger.shares(Campaign("c", holdout=20, variants=variants))
    assert drawn == pytest.approx({"holdout": 0.2, "a": 0.2, "b": 0.6})
    assert ledger.shares(Campaign("c", holdout=0)) == {"on": 1}
    assert ledger.shares(Campaign("c", holdout=100)) == {"holdout": 1}
    turned = ledger.shares(Campaign("d", holdout=20, variants=[Variant("b", weight=6), Variant("a", weight=2)]))
    assert ledger.draw_of(drawn) == ledger.draw_of(turned) != ledger.draw_of(ledger.shares(Campaign("c")))
