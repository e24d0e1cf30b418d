from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangol.campaigns.calendar import day_number
from dangol.campaigns.contacts import note_holdout
from dangol.campaigns.decide import Decision, Plan, Reason, Verdict, decide, sentence
from dangol.campaigns.sentences import SENTENCES
from dangol.definitions.model import (
    Campaign,
    Cap,
    Group,
    Manners,
    MessageUse,
    Pages,
    Schedule,
    Site,
    Variant,
    WidgetUse,
)
from dangol.plugin import Request
from dangol.profile import days
from dangol.profile.model import LEASES, NEVER, Contact, Lease, Member, Profile, Subscription, Visit
from dangol.protocol.event import Event

SITE = Site(id="shop", key="publickey", name="Shop", origins=["https://shop.example"])
SLOTS = {"popcorn": "corner", "popup": "dialog", "strip": "inline"}
NOW = datetime.fromisoformat("2026-11-22T12:00:00+09:00").timestamp()
TODAY = day_number(NOW, SITE.timezone)
GROUPS = [Group("few", caps=[Cap(2, "lifetime")])]
MANNERS = Manners(caps=[Cap(9, "lifetime")], budget=[Cap(12, "lifetime")])
VISIT = int(NOW) - 300


def a_campaign(id: str = "c", use: str = "popcorn", at: str = "", **fields: Any) -> Campaign:
    if "message" not in fields:
        fields["widget"] = WidgetUse(use, at=at)
    return Campaign(id=id, **{"holdout": 0, **fields})


def a_message(once: str = "ever", **fields: Any) -> Campaign:
    return a_campaign(message=MessageUse("log", once=once), **fields)  # type: ignore[arg-type]


def a_profile(member: bool = False, **fields: Any) -> Profile:
    return Profile(seed=7, visit=Visit(started=VISIT), member=Member("kim") if member else None, **fields)


def a_request(path: str = "/", *events: str, now: float = NOW) -> Request:
    return Request(now=now, path=path, event_names=frozenset(events or ["page_view"]))


def judge(
    *campaigns: Campaign,
    profile: Profile | None = None,
    request: Request | None = None,
    matched: frozenset[str] = frozenset(),
    **more: Any,
) -> list[Decision]:
    plan = Plan.build(campaigns, SITE, SLOTS, GROUPS, MANNERS)
    return decide(plan, profile or a_profile(), request or a_request(), matched, **more)


def of(decisions: list[Decision]) -> list[tuple[str, str, str]]:
    return [(one.campaign.id, one.reason.value, one.detail) for one in decisions]


def contact(**fields: Any) -> dict[str, Contact]:
    return {"c": Contact(**fields)}


Case = tuple[Campaign, Profile, Reason, str]
LATER = int(NOW) + 3600
BUSY = Contact(views=99)
WEEK = days.put(days.put(b"", TODAY - 6, 2), TODAY, 1)
LEASED = [Lease("c", "e1", int(NOW) + 60)]
REFUSALS: list[Case] = [
    (a_campaign(active=False), a_profile(), Reason.INACTIVE, ""),
    (a_campaign(use="gone"), a_profile(), Reason.NO_PLUGIN, "gone"),
    (a_campaign(starts=datetime(2026, 11, 22, 12, 1)), a_profile(), Reason.NOT_STARTED, "2026-11-22 12:01"),
    (a_campaign(ends=datetime(2026, 11, 22, 12)), a_profile(), Reason.ENDED, "2026-11-22 12:00"),
    (a_campaign(on=["purchase", "search"]), a_profile(), Reason.EVENT, "purchase, search"),
    (a_message(schedule=Schedule("day", "10:30")), a_profile(member=True), Reason.SCHEDULE, ""),
    (a_message(notice="shipped"), a_profile(member=True), Reason.NOTICE, "shipped"),
    (a_campaign(pages=Pages(only=["/cart"])), a_profile(), Reason.PAGE, "/"),
    (a_campaign(audience=["known", "vip"]), a_profile(), Reason.AUDIENCE, "vip"),
    (a_campaign(holdout=100), a_profile(contacts=contact(visit_started=VISIT)), Reason.HOLDOUT, "100"),
    (a_campaign(), a_profile(contacts=contact(later_until=LATER)), Reason.LATER, "2026-11-22 13:00"),
    (a_campaign(), a_profile(contacts=contact(later_until=NEVER)), Reason.LATER_NEVER, ""),
    (a_campaign(), a_profile(contacts=contact(later_visit=VISIT)), Reason.LATER_SESSION, ""),
    (
        a_campaign(caps=[Cap(2, "session")]),
        a_profile(contacts=contact(views=2, session=2, visit_started=VISIT)),
        Reason.CAP_SESSION,
        "2",
    ),
    (
        a_campaign(caps=[Cap(3, "day")]),
        a_profile(contacts=contact(views=3, day=3, day_number=TODAY)),
        Reason.CAP_DAY,
        "3",
    ),
    (a_campaign(caps=[Cap(4, "lifetime")]), a_profile(contacts=contact(views=4)), Reason.CAP_LIFETIME, "4"),
    (
        a_campaign(caps=[Cap(2, "lifetime")]),
        a_profile(contacts=contact(views=1), leases=LEASED),
        Reason.PROMISED_ELSEWHERE,
        "2026-11-22 12:01",
    ),
    (
        a_campaign(),
        a_profile(leases=[Lease("x", f"e{n}", int(NOW) + 9) for n in range(LEASES)]),
        Reason.TOO_MANY_PROMISED,
        str(LEASES),
    ),
    (a_campaign(pages=Pages(kinds=["cart"])), a_profile(), Reason.KIND, "other"),
    (a_campaign(caps=[Cap(3, "7d")]), a_profile(contacts=contact(views=3, days=WEEK)), Reason.CAP_DAYS, "3"),
    (a_campaign(group="few"), a_profile(tallies={"group:few": Contact(views=2)}), Reason.CAP_GROUP, "few"),
    (a_campaign(), a_profile(tallies={"": Contact(views=9)}), Reason.CAP_ALL, ""),
    (a_campaign(), a_profile(tallies={"budget": Contact(views=5, messages=7)}), Reason.CAP_BUDGET, ""),
    (a_campaign(), a_profile(tallies={"": Contact(views=1, seen_at=int(NOW) - 9)}), Reason.GAP, "30"),
    (a_campaign(), a_profile(leases=[Lease("x", "e1", int(NOW) + 9, ("",))]), Reason.GAP, "30"),
    (a_campaign(delay=5), a_profile(), Reason.WAITING, ""),
    (a_campaign(exit=True), a_profile(leases=LEASED), Reason.WAITING, ""),
    (a_message(), a_profile(), Reason.NO_MEMBER, ""),
    (a_message(), a_profile(member=True, contacts=contact(messages=1)), Reason.ALREADY_SENT, ""),
    (
        a_message(),
        a_profile(member=True, tallies={"budget": Contact(views=12)}),
        Reason.CAP_BUDGET,
        "",
    ),
    (
        a_message(group="few"),
        a_profile(member=True, leases=[Lease("x", f"e{n}", int(NOW) + 9, ("group:few",)) for n in range(2)]),
        Reason.PROMISED_ELSEWHERE,
        "2026-11-22 12:00",
    ),
    (
        a_message("day"),
        a_profile(member=True, contacts=contact(messages=1, day=1, day_number=TODAY)),
        Reason.ALREADY_SENT,
        "",
    ),
    (
        a_message("event", caps=[Cap(1, "day")]),
        a_profile(member=True, contacts=contact(messages=1, day=1, day_number=TODAY)),
        Reason.CAP_DAY,
        "1",
    ),
]


@pytest.mark.parametrize(
    ("campaign", "profile", "reason", "detail"), REFUSALS, ids=[case[2].value for case in REFUSALS]
)
def test_every_refusal_has_its_reason(campaign: Campaign, profile: Profile, reason: Reason, detail: str) -> None:
    events = [Event("e1", "page_view", int(NOW * 1000))]
    (decision,) = judge(campaign, profile=profile, matched=frozenset({"known"}), events=events, everything=True)
    waits = reason in (Reason.PROMISED_ELSEWHERE, Reason.GAP, Reason.WAITING) and campaign.widget is not None
    verdict = Verdict.WAIT if waits else Verdict.NO
    assert (decision.verdict, decision.reason, decision.detail) == (verdict, reason, detail)


@pytest.mark.parametrize(
    ("campaign", "profile"),
    [
        (a_campaign(), a_profile()),
        (a_campaign(starts=datetime(2026, 11, 22, 12)), a_profile()),
        (a_campaign(ends=datetime(2026, 11, 22, 12, 1)), a_profile()),
        (a_campaign(starts=datetime.fromisoformat("2026-11-22T03:00:00Z")), a_profile()),
        (a_campaign(audience=["known"]), a_profile()),
        (a_campaign(), a_profile(contacts=contact(later_until=int(NOW)))),
        (a_campaign(), a_profile(tallies={"": Contact(views=1, seen_at=int(NOW) - 31)})),
        (a_campaign(interrupts=False), a_profile(tallies={"": Contact(views=9, seen_at=int(NOW)), "budget": BUSY})),
        (a_campaign(use="strip"), a_profile(tallies={"": Contact(views=9, seen_at=int(NOW)), "budget": BUSY})),
        (a_campaign(caps=[Cap(3, "6d")]), a_profile(contacts=contact(views=3, days=WEEK))),
        (a_campaign(group="few"), a_profile(tallies={"group:other": BUSY})),
        (a_campaign(), a_profile(contacts=contact(later_visit=VISIT - 1))),
        (
            a_campaign(caps=[Cap(1, "session")]),
            a_profile(contacts=contact(session=1, visit_started=VISIT - 1)),
        ),
        (
            a_campaign(caps=[Cap(1, "day")]),
            a_profile(contacts=contact(day=1, day_number=TODAY - 1)),
        ),
        (
            a_campaign(caps=[Cap(1, "lifetime")]),
            a_profile(leases=[Lease("c", "e1", int(NOW)), Lease("x", "e2", LATER)]),
        ),
    ],
)
def test_what_nothing_stands_against_is_shown(campaign: Campaign, profile: Profile) -> None:
    (decision,) = judge(campaign, profile=profile, matched=frozenset({"known"}))
    assert (decision.verdict, decision.reason, len(decision.key)) == (Verdict.SHOW, Reason.SHOWN, 12)


def test_corner_and_dialog_are_one_place_and_the_others_have_their_own() -> None:
    uses = ["popcorn", "popup", "strip", "bar", "bar", "button"]
    slots = {**SLOTS, "bar": "bar", "button": "float"}
    campaigns = [a_campaign(f"{use}{n}", use, "#x" if use == "strip" else "") for n, use in enumerate(uses)]
    loud = a_campaign("loud", "bar", interrupts=True, priority=-1)
    decisions = decide(Plan.build([*campaigns, loud], SITE, slots), a_profile(), a_request(), frozenset(), losers=True)
    assert of(decisions) == [
        ("popcorn0", "shown", ""),
        ("popup1", "slot_taken", "popcorn0"),
        ("strip2", "shown", ""),
        ("bar3", "shown", ""),
        ("bar4", "slot_taken", "bar3"),
        ("button5", "shown", ""),
        ("loud", "slot_taken", "bar3"),
    ]
    alone = decide(Plan.build([campaigns[0], loud], SITE, slots), a_profile(), a_request(), frozenset(), losers=True)
    assert of(alone)[1] == ("loud", "slot_taken", "popcorn0")


def test_what_is_due_is_judged_on_any_event_and_what_waits_leaves_its_place() -> None:
    campaigns = [a_campaign("late", delay=5, priority=9), a_campaign("now"), a_message(id="mail", on=["search"])]
    request = Request(NOW, "/", event_names=frozenset())
    assert of(judge(*campaigns)) == [("late", "waiting", ""), ("now", "shown", "")]
    assert of(judge(*campaigns, request=request, due=["late", "mail", "gone"])) == [("late", "shown", "")]


def test_a_page_that_waits_is_told_when_it_can_be_at_the_earliest() -> None:
    resting = a_profile(tallies={"": Contact(views=1, seen_at=int(NOW) - 10)})
    for campaign, delay in ((a_campaign(delay=5), 21), (a_campaign(delay=60), 60), (a_campaign(exit=True), 21)):
        (decision,) = judge(campaign, profile=resting)
        assert (decision.verdict, decision.reason, decision.delay) == (Verdict.WAIT, Reason.WAITING, delay)


def test_nobody_waits_on_a_page_for_as_long_as_a_day() -> None:
    plan = Plan.build([a_campaign(), a_campaign("d", exit=True)], SITE, SLOTS, manners=Manners(gap=86_400))
    profile = a_profile(tallies={"": Contact(views=1, seen_at=int(NOW) - 10)})
    decisions = decide(plan, profile, a_request(), frozenset())
    assert [(one.verdict, one.reason) for one in decisions] == [(Verdict.NO, Reason.GAP)] * 2


def test_a_repeated_request_gets_what_was_promised_to_it() -> None:
    capped = a_campaign(caps=[Cap(1, "lifetime")])
    profile = a_profile(leases=[Lease("c", "e1", int(NOW) + 9, ("", "budget"))])
    (again,) = judge(capped, profile=profile, repeated=True)
    assert (again.verdict, again.key) == (Verdict.SHOW, "e1")
    (other,) = judge(capped, profile=profile)
    assert other.verdict is Verdict.WAIT


def test_a_decision_tells_the_arm_and_what_it_counts_in() -> None:
    variants = [Variant("a"), Variant("b")]
    (widget,) = judge(a_campaign(group="few", variants=variants))
    (message,) = judge(a_message(group="few"), profile=a_profile(member=True))
    (held,) = judge(a_campaign(holdout=100))
    assert (widget.arm in ("a", "b"), widget.counts) == (True, ("group:few", "", "budget"))
    assert (message.arm, message.counts) == ("on", ("group:few", "budget"))
    assert (held.arm, held.counts) == ("holdout", ())


@pytest.mark.parametrize("arm", ["a", "b", "holdout"])
def test_who_has_entered_keeps_the_arm_whatever_the_seed_and_the_shares(arm: str) -> None:
    variants = [Variant("a", 1000), Variant("b"), Variant("d", 1000)]
    for seed in range(1, 30):
        profile = Profile(seed=seed, contacts=contact(arm=arm))
        (decision,) = judge(a_campaign(variants=variants, holdout=1), profile=profile)
        assert decision.arm == arm


@pytest.mark.parametrize(
    ("arm", "fields", "drawn"),
    [
        ("a", {"variants": [Variant("b"), Variant("b2")]}, {"b", "b2"}),
        ("on", {"variants": [Variant("b")]}, {"b"}),
        ("a", {}, {"on"}),
        ("on", {"holdout": 100}, {"holdout"}),
        ("holdout", {"holdout": 0}, {"on"}),
    ],
)
def test_an_arm_that_is_gone_is_drawn_anew(arm: str, fields: dict[str, Any], drawn: set[str]) -> None:
    (decision,) = judge(a_campaign(**fields), profile=a_profile(contacts=contact(arm=arm)))
    assert decision.arm in drawn


def test_a_message_that_is_no_interruption_is_sent_whatever_the_budget_says() -> None:
    profile = a_profile(member=True, tallies={"budget": BUSY})
    (decision,) = judge(a_message(interrupts=False), profile=profile)
    assert (decision.verdict, decision.counts) == (Verdict.MESSAGE, ())


def test_messages_of_one_request_share_the_budget_with_each_other() -> None:
    profile = a_profile(member=True, tallies={"budget": Contact(views=6, messages=5)})
    decisions = judge(a_message(id="a"), a_message(id="b"), profile=profile)
    assert of(decisions) == [("a", "sent", ""), ("b", "cap_budget", "")]


def test_a_plan_knows_whether_pages_are_asked_about_later() -> None:
    def looks_back(**fields: Any) -> bool:
        return Plan.build([a_campaign(**fields)], SITE, SLOTS).looks_back

    assert not looks_back(on=["page_view", "view_item", "purchase"])
    assert looks_back(on=["page_view", "add_to_cart"])
    assert not looks_back(on=["add_to_cart"], active=False)


def test_a_slot_goes_to_the_highest_priority_then_to_the_first_defined() -> None:
    decisions = judge(a_campaign("a"), a_campaign("b", priority=5), a_campaign("d", priority=5), everything=True)
    assert of(decisions) == [("b", "shown", ""), ("d", "slot_taken", "b"), ("a", "slot_taken", "b")]


def test_losers_are_looked_at_where_it_is_asked_for_and_those_out_of_the_question_are_not() -> None:
    campaigns = [a_campaign("a"), a_campaign("b", priority=5), a_campaign("d", on=["search"])]
    assert of(judge(*campaigns)) == [("b", "shown", "")]
    assert of(judge(*campaigns, losers=True)) == [("b", "shown", ""), ("a", "slot_taken", "b")]


def test_inline_widgets_share_a_slot_only_at_the_same_selector() -> None:
    decisions = judge(
        a_campaign("a", "strip", "#top"),
        a_campaign("b", "strip", "#end"),
        a_campaign("d", "strip", "#top"),
        everything=True,
    )
    assert of(decisions) == [("a", "shown", ""), ("b", "shown", ""), ("d", "slot_taken", "a")]


def test_an_open_campaign_is_refreshed_and_keeps_its_slot() -> None:
    capped = a_campaign("a", caps=[Cap(1, "lifetime")])
    profile = a_profile(contacts={"a": Contact(views=1)})
    decisions = judge(capped, a_campaign("b", priority=9), profile=profile, is_open=["a", "unknown"], everything=True)
    assert of(decisions) == [("b", "slot_taken", "a"), ("a", "updated", "")]
    assert decisions[1].verdict is Verdict.UPDATE
    assert decisions[1].key == ""


def test_a_widget_with_nothing_to_show_leaves_its_slot_to_the_next() -> None:
    decisions = judge(a_campaign("a", priority=1), a_campaign("b"), silent=["a"], is_open=["a"])
    assert of(decisions) == [("a", "nothing", "")]
    decisions = judge(a_campaign("a", priority=1), a_campaign("b"), silent=["a"])
    assert of(decisions) == [("a", "nothing", ""), ("b", "shown", "")]


@pytest.mark.parametrize("cause", [{"schedule": Schedule("day", "10:30")}, {"notice": "shipped"}])
def test_a_message_that_goes_by_a_schedule_or_notice_is_not_sent_on_a_page(cause: dict[str, Any]) -> None:
    assert judge(a_message(**cause), profile=a_profile(member=True)) == []


def test_without_a_page_that_waits_only_messages_are_judged() -> None:
    decisions = judge(a_campaign("a"), a_message(id="b"), profile=a_profile(member=True), widgets=False)
    assert of(decisions) == [("b", "sent", "")]


def test_an_open_campaign_that_no_longer_fits_is_not_refreshed() -> None:
    (decision,) = judge(a_campaign(pages=Pages(never=["/"])), is_open=["c"])
    assert decision.reason is Reason.PAGE


def test_one_request_promises_no_more_than_the_profile_has_room_for() -> None:
    campaigns = [a_campaign(f"c{n}", "strip", f"#{n}") for n in range(LEASES)]
    decisions = judge(*campaigns, profile=a_profile(leases=LEASED))
    assert [one.verdict for one in decisions] == [Verdict.SHOW] * (LEASES - 1) + [Verdict.NO]
    assert decisions[-1].reason is Reason.TOO_MANY_PROMISED


@pytest.mark.parametrize(
    ("once", "keys"),
    [("ever", ["c"]), ("day", [f"c:{TODAY}"]), ("event", ["c:e1", "c:e3"])],
)
def test_a_message_has_one_key_per_cause(once: str, keys: list[str]) -> None:
    events = [Event("e1", "purchase", 0), Event("e2", "search", 0), Event("e3", "purchase", 0)]
    decisions = judge(
        a_message(once, on=["purchase"]),
        profile=a_profile(member=True),
        request=a_request("/", "purchase", "search"),
        events=events,
    )
    assert [(one.verdict, one.key) for one in decisions] == [(Verdict.MESSAGE, key) for key in keys]


def test_a_message_per_event_stops_at_its_cap() -> None:
    campaign = a_message("event", caps=[Cap(1, "day")])
    events = [Event(f"e{n}", "page_view", 0) for n in range(3)]
    decisions = judge(campaign, profile=a_profile(member=True), events=events)
    assert of(decisions) == [("c", "sent", ""), ("c", "cap_day", "1")]


@pytest.mark.parametrize("campaign", [a_campaign(holdout=100), a_message("event", holdout=100)])
def test_a_holdout_is_told_once_per_visit(campaign: Campaign) -> None:
    profile = a_profile(member=True)
    events = [Event("e1", "page_view", 0), Event("e2", "page_view", 0)]
    (first,) = judge(campaign, profile=profile, events=events)
    note_holdout(profile, first, NOW)
    (second,) = judge(campaign, profile=profile, events=events)
    profile.visit.started += 3600
    (third,) = judge(campaign, profile=profile, events=events)
    assert [one.verdict for one in (first, second, third)] == [Verdict.HOLDOUT, Verdict.NO, Verdict.HOLDOUT]
    assert {first.reason, second.reason, third.reason} == {Reason.HOLDOUT}
    assert profile.contacts["c"].views == 0


def test_a_held_out_shopper_leaves_the_slot_to_the_next() -> None:
    decisions = judge(a_campaign("a", holdout=100), a_campaign("b"))
    assert [one.verdict for one in decisions] == [Verdict.HOLDOUT, Verdict.SHOW]


def test_holdouts_have_their_share_and_are_independent_of_each_other() -> None:
    campaigns = [a_campaign("a", "strip", "#a", holdout=20), a_campaign("b", "strip", "#b", holdout=50)]
    plan = Plan.build(campaigns, SITE, SLOTS)
    held = [0, 0, 0]
    for seed in range(20_000):
        a, b = decide(plan, Profile(seed=seed), a_request(), frozenset())
        held[0] += a.verdict is Verdict.HOLDOUT
        held[1] += b.verdict is Verdict.HOLDOUT
        held[2] += a.verdict is b.verdict is Verdict.HOLDOUT
    assert held == [pytest.approx(4000, abs=200), pytest.approx(10_000, abs=250), pytest.approx(2000, abs=150)]


def test_a_holdout_only_grows_with_its_share() -> None:
    def held(share: float) -> set[int]:
        plan = Plan.build([a_campaign(holdout=share)], SITE, SLOTS)
        seeds = range(-1000, 1000)
        looks = {seed: decide(plan, Profile(seed=seed), a_request(), frozenset())[0] for seed in seeds}
        return {seed for seed, decision in looks.items() if decision.verdict is Verdict.HOLDOUT}

    assert set() == held(0) < held(5) < held(30) < held(100) == set(range(-1000, 1000))


def test_a_page_waits_for_one_campaign_a_place_once_the_shopper_had_some_rest() -> None:
    profile = a_profile(tallies={"": Contact(views=1, seen_at=int(NOW) - 10)})
    campaigns = [a_campaign(id, use) for id, use in (("a", "popcorn"), ("b", "popup"), ("d", "popcorn"))]
    decisions = judge(*campaigns, a_campaign("e", interrupts=False), profile=profile, losers=True)
    assert [(one.verdict.value, one.reason.value, one.delay) for one in decisions] == [
        ("wait", "gap", 21),
        ("no", "gap", 0),
        ("no", "gap", 0),
        ("show", "shown", 0),
    ]
    assert [one.campaign.id for one in judge(*campaigns, profile=profile)] == ["a"]


def test_the_same_decision_has_the_same_exposure_and_another_has_another() -> None:
    def key(seed: int, campaign: str, now: float) -> str:
        plan = Plan.build([a_campaign(campaign)], SITE, SLOTS)
        return decide(plan, Profile(seed=seed), a_request(now=now), frozenset())[0].key

    def tabs(*profiles: Profile) -> set[str]:
        plan = Plan.build([a_campaign()], SITE, SLOTS, manners=Manners(gap=0))
        return {decide(plan, profile, a_request(), frozenset())[0].key for profile in profiles}

    assert key(1, "a", NOW) == key(1, "a", NOW)
    assert len(tabs(a_profile(), a_profile(leases=LEASED), a_profile(contacts=contact(views=1)))) == 3
    assert len({key(1, "a", NOW), key(2, "a", NOW), key(1, "b", NOW), key(1, "a", NOW + 0.001)}) == 4


CAMPAIGNS: st.SearchStrategy[Callable[[str], Campaign]] = st.builds(
    lambda message, **fields: (
        lambda id: a_message(id=id, **fields) if message else a_campaign(id, "strip", id[:2], **fields)
    ),
    message=st.booleans(),
    active=st.sampled_from([True, True, True, False]),
    audience=st.lists(st.sampled_from(["s1", "s2", "s3"]), max_size=2),
    on=st.lists(st.sampled_from(["page_view", "purchase", "search"]), min_size=1, max_size=2),
    pages=st.sampled_from([Pages(), Pages(only=["/cart"]), Pages(never=["/cart"])]),
    priority=st.integers(-1, 1),
    delay=st.sampled_from([0, 0, 3]),
    interrupts=st.sampled_from([None, True]),
    holdout=st.sampled_from([0, 50]),
)


@given(
    made=st.lists(CAMPAIGNS, max_size=12),
    matched=st.frozensets(st.sampled_from(["s1", "s2", "s3"])),
    events=st.frozensets(st.sampled_from(["page_view", "purchase"])),
    open_now=st.sets(st.sampled_from(["c0", "c1", "c2"])),
    due=st.sets(st.sampled_from(["c2", "c3", "c4"])),
    seed=st.integers(0, 50),
)
def test_looking_at_everything_finds_what_looking_at_candidates_finds(
    made: list[Callable[[str], Campaign]],
    matched: frozenset[str],
    events: frozenset[str],
    open_now: set[str],
    due: set[str],
    seed: int,
) -> None:
    plan = Plan.build([make(f"c{place}") for place, make in enumerate(made)], SITE, SLOTS)
    profile = Profile(seed=seed, member=Member("kim"))
    request = Request(now=NOW, path="/cart", event_names=events)
    every = decide(plan, profile, request, matched, is_open=open_now, due=due, everything=True)
    some = decide(plan, profile, request, matched, is_open=open_now, due=due)
    assert [one for one in every if one.verdict is not Verdict.NO] == [
        one for one in some if one.verdict is not Verdict.NO
    ]
    assert {one.campaign.id for one in every} == {rule.campaign.id for rule in plan.rules}
    assert [one for one in every if one in some] == some


def test_every_reason_has_a_sentence_in_both_languages() -> None:
    assert set(SENTENCES) == set(Reason)
    for reason in Reason:
        decision = Decision(a_campaign(delay=3), Verdict.NO, reason, detail="8/15", limit=Cap(2, "7d"))
        for language in ("ko", "en"):
            text = sentence(decision, language)
            assert text.endswith(".")
            assert "{" not in text
            assert ("8/15" in text) is any(name in SENTENCES[reason][language] for name in ("{}", "{kind}"))


def test_a_sentence_names_the_limit_in_words() -> None:
    decision = Decision(a_campaign(), Verdict.NO, Reason.CAP_DAY, detail="2")
    assert sentence(decision, "ko") == "하루 2번까지로 한 만큼 오늘 이미 받았습니다."
    assert sentence(decision, "en-GB") == "Today's limit of 2 is reached."


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({}, Reason.NO_CONSENT),
        ({"email": Subscription("kim@mail.example", 1)}, Reason.NO_CONSENT),
        ({"sms": Subscription("01012345678", 1, withdrawn_at=2)}, Reason.NO_CONSENT),
        ({"sms": Subscription("01012345678", 1)}, Reason.SENT),
    ],
)
def test_an_advertisement_is_sent_and_counted_for_who_has_agreed_alone(given: Any, reason: Reason) -> None:
    plan = Plan.build([a_message()], SITE, SLOTS, GROUPS, MANNERS, {"c": "sms"})
    [decision] = decide(plan, a_profile(member=True, subscriptions=given), a_request(), frozenset(), losers=True)
    assert decision.reason is reason
