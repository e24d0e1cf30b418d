from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangol.campaigns.calendar import day_number
from dangol.campaigns.contacts import GRACE, REMEMBERED, live_leases, note_message, promise, react
from dangol.campaigns.decide import Decision, Plan, Reason, Verdict, decide
from dangol.definitions.model import Campaign, Cap, MessageUse, Site, WidgetUse
from dangol.plugin import Request
from dangol.profile import days
from dangol.profile.model import CONTACTS, LEASES, NEVER, Contact, Lease, Member, Profile, Visit
from dangol.protocol.event import Event

SITE = Site(id="shop", key="publickey", name="Shop", origins=["https://shop.example"])
NOW = datetime.fromisoformat("2026-11-22T23:59:00+09:00").timestamp()
CAMPAIGN = Campaign(id="c", widget=WidgetUse("popcorn"), delay=3, holdout=0)


def a_profile() -> Profile:
    return Profile(seed=7, visit=Visit(started=int(NOW) - 300))


def shown(campaign: Campaign = CAMPAIGN, key: str = "e1") -> Decision:
    return Decision(campaign, Verdict.SHOW, Reason.SHOWN, key=key, counts=("group:g", "", "budget"))


def reaction(name: str, exposure: str = "e1", campaign: str = "c", **props: str) -> Event:
    return Event("id", name, int(NOW * 1000), key=exposure, props={"campaign": campaign, **props})


def seen(profile: Profile, now: float, key: str = "e1") -> bool:
    promise(profile, shown(key=key), now)
    return react(profile, reaction("widget_view", key), now, SITE)


def test_a_promise_is_short_and_knows_what_it_will_count_in() -> None:
    profile = a_profile()
    promise(profile, shown(), NOW + 0.5)
    assert profile.leases == [Lease("c", "e1", int(NOW) + 1 + GRACE, ("group:g", "", "budget"))]


def test_a_view_is_confirmed_once() -> None:
    profile = a_profile()
    promise(profile, shown(), NOW)
    assert react(profile, reaction("widget_view"), NOW + 5, SITE)
    assert not react(profile, reaction("widget_view"), NOW + 6, SITE)
    today = day_number(NOW, SITE.timezone)
    assert profile.leases == []
    contact = Contact(
        views=1,
        last_at=int(NOW) + 5,
        session=1,
        visit_started=profile.visit.started,
        day=1,
        day_number=today,
        seen_at=int(NOW),
        days=days.put(b"", today, 1),
    )
    assert profile.contacts == {"c": contact}
    assert profile.tallies == {"group:g": contact, "": contact, "budget": contact}


@pytest.mark.parametrize(
    ("event", "after"),
    [
        (reaction("widget_view", exposure="e2"), 1),
        (reaction("widget_view", campaign="d"), 1),
        (reaction("widget_click", exposure="e2"), 1),
        (reaction("widget_close", campaign="d"), 1),
        (reaction("widget_later", campaign="d", choice="never"), 1),
        (reaction("widget_later", choice="2h"), 1),
        (reaction("widget_later"), 1),
        (reaction("widget_stare"), 1),
        (Event("id", "widget_view", 0, key="e1"), 1),
        (Event("id", "widget_view", 0, key="e1", props={"campaign": 3}), 1),
    ],
)
def test_a_reaction_to_what_was_not_promised_counts_nothing(event: Event, after: float) -> None:
    profile = a_profile()
    promise(profile, shown(), NOW)
    leases = list(profile.leases)
    assert not react(profile, event, NOW + after, SITE)
    assert profile.leases == leases
    assert all(contact.views == contact.clicks == contact.closes == 0 for contact in profile.contacts.values())


def test_clicks_and_closes_are_counted() -> None:
    profile = a_profile()
    seen(profile, NOW)
    for name in ("widget_click", "widget_click", "widget_close"):
        assert react(profile, reaction(name), NOW + 9, SITE)
    assert (profile.contacts["c"].clicks, profile.contacts["c"].closes) == (2, 1)
    assert profile.contacts["c"].last_at == int(NOW) + 9


@pytest.mark.parametrize(
    ("choice", "until"),
    [
        ("1h", int(NOW) + 3600),
        ("1d", int(NOW) + 86400),
        ("7d", int(NOW) + 604800),
        ("30d", int(NOW) + 2592000),
        ("never", NEVER),
    ],
)
def test_see_later_is_kept(choice: str, until: int) -> None:
    profile = a_profile()
    seen(profile, NOW)
    assert react(profile, reaction("widget_later", choice=choice), NOW, SITE)
    assert profile.contacts["c"].later_until == until


def test_a_longer_see_later_is_not_cut_short() -> None:
    profile = a_profile()
    seen(profile, NOW)
    react(profile, reaction("widget_later", choice="never"), NOW, SITE)
    react(profile, reaction("widget_later", choice="1h"), NOW, SITE)
    assert profile.contacts["c"].later_until == NEVER


def test_not_in_this_visit_names_the_visit() -> None:
    profile = a_profile()
    seen(profile, NOW)
    assert react(profile, reaction("widget_later", choice="session"), NOW, SITE)
    assert profile.contacts["c"].later_visit == profile.visit.started


def test_a_view_after_its_promise_lapsed_was_seen_all_the_same() -> None:
    profile = a_profile()
    promise(profile, shown(), NOW)
    assert react(profile, reaction("widget_view"), NOW + 600, SITE)
    assert (profile.contacts["c"].views, profile.leases) == (1, [])


def test_never_again_is_heard_even_where_no_view_was_confirmed() -> None:
    profile = a_profile()
    promise(profile, shown(), NOW)
    assert react(profile, reaction("widget_later", choice="never"), NOW + 601, SITE)
    assert (profile.contacts["c"].views, profile.contacts["c"].later_until) == (0, NEVER)


def test_counters_roll_over_with_the_visit_and_with_the_shops_day() -> None:
    profile = a_profile()
    for place, after in enumerate((0, 30, 61)):
        assert seen(profile, NOW + after, f"e{place}")
    contact = profile.contacts["c"]
    assert (contact.views, contact.session, contact.day) == (3, 3, 1)
    profile.visit.started = int(NOW) + 4000
    assert seen(profile, NOW + 4000, "e9")
    assert (contact.views, contact.session, contact.day) == (4, 1, 2)


def test_messages_are_counted() -> None:
    profile = a_profile()
    campaign = Campaign(id="m", message=MessageUse("log"))
    for after in (0, 61):
        note_message(profile, Decision(campaign, Verdict.MESSAGE, Reason.SENT, key="m"), NOW + after, SITE)
    contact = profile.contacts["m"]
    assert (contact.views, contact.messages, contact.session, contact.day) == (0, 2, 2, 1)


def test_the_contacts_used_least_recently_go_first_but_never_again_stays() -> None:
    profile = a_profile()
    profile.contacts = {f"c{n}": Contact(last_at=n + 1) for n in range(CONTACTS)}
    profile.contacts["c0"].later_until = NEVER
    assert seen(profile, NOW)
    assert len(profile.contacts) == CONTACTS
    assert {"c0", "c", "c2"} <= profile.contacts.keys()
    assert "c1" not in profile.contacts


def test_leases_are_bounded_and_lapsed_ones_go_first() -> None:
    profile = a_profile()
    promise(profile, shown(key="old"), NOW)
    for n in range(LEASES):
        promise(profile, shown(key=f"e{n}"), NOW + 100)
    assert [lease.exposure for lease in profile.leases] == [f"e{n}" for n in reversed(range(LEASES))]
    promise(profile, shown(key="last"), NOW + 200 + REMEMBERED)
    assert [lease.exposure for lease in profile.leases] == ["last"]


CAPS = st.lists(
    st.builds(Cap, times=st.integers(1, 3), per=st.sampled_from(["session", "day", "lifetime"])), max_size=3
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("look"), st.just(0)),
        st.tuples(st.just("see"), st.integers(0, 5)),
        st.tuples(st.just("wait"), st.sampled_from([1, 30, 70, 1800, 40_000])),
        st.tuples(st.just("visit"), st.just(0)),
    ),
    max_size=60,
)


@given(caps=CAPS, steps=STEPS)
def test_views_of_promises_that_did_not_lapse_never_exceed_a_cap(caps: list[Cap], steps: list[tuple[str, int]]) -> None:
    campaign = Campaign(id="c", widget=WidgetUse("popcorn"), delay=3, holdout=0, caps=caps)
    plan = Plan.build([campaign], SITE, {"popcorn": "corner"})
    profile, now, keys = a_profile(), NOW, ["none"]
    views: list[tuple[int, int]] = []
    for step, value in steps:
        if step == "wait":
            now += value
        elif step == "visit":
            now += 1
            profile.visit.started = int(now)
        elif step == "look":
            now += 0.001
            (decision,) = decide(plan, profile, Request(now, event_names=frozenset({"page_view"})), frozenset())
            if decision.verdict is Verdict.SHOW:
                promise(profile, decision, now)
                keys.append(decision.key)
        else:
            key = keys[-1 - value % len(keys)]
            in_time = any(lease.exposure == key for lease in live_leases(profile, now))
            if react(profile, reaction("widget_view", key), now, SITE) and in_time:
                views.append((profile.visit.started, day_number(now, SITE.timezone)))
    for cap in caps:
        per = [{"session": visit, "day": day, "lifetime": 0}[cap.per] for visit, day in views]
        assert max(map(per.count, per), default=0) <= cap.times


def test_two_tabs_can_not_both_take_the_last_allowed_view() -> None:
    campaign = Campaign(id="c", widget=WidgetUse("popcorn"), holdout=0, caps=[Cap(1, "lifetime")])
    plan = Plan.build([campaign], SITE, {"popcorn": "corner"})
    profile, request = Profile(member=Member("kim")), Request(NOW, event_names=frozenset({"page_view"}))
    (first,) = decide(plan, profile, request, frozenset())
    promise(profile, first, NOW)
    (second,) = decide(plan, profile, request, frozenset())
    assert (first.verdict, second.reason) == (Verdict.SHOW, Reason.PROMISED_ELSEWHERE)
