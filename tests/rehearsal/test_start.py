from array import array
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any
from zlib import crc32

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from dangol.campaigns.plan import Plan
from dangol.definitions.model import Campaign, Cap, Group, Manners, MessageUse, Segment, Site, WidgetUse
from dangol.profile import days
from dangol.profile.model import Contact, Environment, Lease, Line, Member, Order, Profile, Seen
from dangol.protocol.event import Entry, Event, Item
from dangol.rehearsal.replay import replay
from dangol.rehearsal.rest import touched
from dangol.rehearsal.span import Span
from dangol.rehearsal.start import copy, start

NOW = 1_782_874_800
DAY = 86_400
FROM_LOG = (
    "first_seen", "last_seen", "visits", "page_views", "dwell", "orders", "spent", "last_order_at", "viewed",
    "categories", "brands", "cart", "cart_at", "wishlist", "bought", "recent_orders", "checkout_at", "contacts",
    "member", "seed", "environment", "behaviours", "tallies",
)  # fmt: skip
PLAN = Plan.build([], Site("shop", "public-key", "Shop", ["https://shop.example"]), {})
POPCORN = WidgetUse("popcorn")
LEFT = {"first": {"event": "add_to_cart"}, "then": {"event": "purchase"}, "within": "1h", "last": "7d"}
SEGMENTS = [
    Segment("often", {"visits": {"gte": 2}}),
    Segment("looked", {"did": {"event": "view_item", "gte": 2, "within": "24h"}}),
    Segment("left", {"did_but_not": LEFT}),
]
CAMPAIGNS = [
    Campaign("once", widget=POPCORN, caps=[Cap(1, "session")], priority=2, holdout=0),
    Campaign("daily", widget=POPCORN, audience=["often"], caps=[Cap(2, "day"), Cap(3, "7d")], holdout=50, group="few"),
    Campaign("back", widget=POPCORN, audience=["looked", "left"], priority=3, caps=[Cap(1, "day")]),
    Campaign("thanks", message=MessageUse("log", once="event"), on=["purchase"], holdout=0),
]
GROUPS = [Group("few", caps=[Cap(2, "2d")])]
MANNERS = Manners(caps=[Cap(3, "day")], gap=60, budget=[Cap(4, "day")])
NAMES = (
    "page_view", "view_item", "view_item_list", "search", "add_to_cart", "remove_from_cart", "view_cart",
    "add_to_wishlist", "remove_from_wishlist", "begin_checkout", "purchase", "refund", "sign_up", "login", "custom",
)  # fmt: skip
REACTIONS = ("widget_view", "widget_click", "widget_close")


SHORT = (1, 20, 100)
"""Seconds in which a visit goes on."""

PAUSES = (*SHORT, 1_700, 1_900, 30_000, 90_000)


def history(names: Sequence[str], pauses: Sequence[int] = PAUSES) -> st.SearchStrategy[list[Any]]:
    """Requests: what, how many seconds after the one before, about which thing, told how many seconds late."""
    late = st.sampled_from([0, 0, 0, 5, 4000])
    step = st.tuples(st.sampled_from(names), st.sampled_from(pauses), st.sampled_from("abcd"), late)
    return st.lists(step, min_size=2, max_size=25)


class Decisions(list[tuple[str, str, str]]):
    """What a replay decides, as the log keeps it, and nothing else of what it tells."""

    def began(self, held: Any) -> None: ...
    def entered(self, segments: Any, at: float) -> None: ...
    def saw(self, campaign: str) -> None: ...
    def ended(self, held: Any) -> None: ...

    def decided(self, decisions: Any, at: float) -> None:
        self.extend(
            (one.campaign.id, one.verdict.value, one.key) for one in decisions if one.verdict not in ("no", "wait")
        )


def act(shopper: Any, number: int, name: str, at: float, thing: str, late: int) -> None:
    """One request of a random history."""
    if name.startswith("widget_"):
        decided = [(entry, one) for entry in shopper.log for one in entry.decided if one.kind == "show"]
        if decided:
            shopper.react(name, decided[-1][0], at, **({"choice": "1d"} if name == "widget_later" else {}))
        return
    # Exceptions: a line that only shrinks, and what is told late of a cart that has changed since.
    quantity = 10_000 if name == "remove_from_cart" else 2
    late = 0 if name in ("view_cart", "purchase") else late
    items = [Item(thing, price=100, quantity=quantity, category=f"about {thing}")]
    props: dict[str, Any] = {"referrer": "https://www.google.com/"} if thing == "a" else {}
    event = Event(f"e{number}", name, int((at - late) * 1000), f"/{thing}", items, key=thing, props=props)
    shopper.send(event, at=at)


def live(shopper: Any, steps: list[Any], first: int, at: float) -> float:
    """Let a history happen, its events numbered from `first`. Returns when it ended."""
    for number, (name, pause, thing, late) in enumerate(steps, first):
        at += pause
        shopper.ask(at - late if name == "page_view" else at)
        act(shopper, number, name, at, thing, late)
    return at


def carried(profile: Profile) -> dict[str, Any]:
    """What the log tells of a profile. When a visit began is not known once another followed, nor when a campaign was
    seen before it was again, which decides on conversions."""
    known = copy(profile)
    for contact in (*known.contacts.values(), *known.tallies.values()):
        contact.visit_started = contact.visit_started == known.visit.started
        contact.session *= contact.visit_started
        contact.later_visit = contact.later_visit == known.visit.started
        contact.conversions, contact.converted = 0, b""
        contact.arm = contact.draw = ""  # what is compared is no part of a rehearsal
        contact.entered_at = contact.until = contact.orders = contact.revenue = 0
    return {name: getattr(known, name) for name in FROM_LOG}


def fell_off(before: Mapping[str, bytes], now: Mapping[str, bytes]) -> bool:
    """Whether newer events took the place of some in a full stream: then nobody knows those any more."""
    return any(not {*array("Q", marks)} <= {*array("Q", now.get(key, b""))} for key, marks in before.items())


AFTER_GAP = ("view_item", 20, "a", 0)
FOLLOWING = [*NAMES, *REACTIONS, "widget_later"]


@given(
    before=history([*NAMES, *REACTIONS]),
    # The visit that goes on when the span begins is not known any more once another followed.
    after=st.tuples(st.just(60), history(FOLLOWING, SHORT)) | st.tuples(st.just(10_000), history(FOLLOWING)),
    member=st.booleans(),
)
# The page waits for the gap after a campaign of the visit before, and asks again when that is over.
@example(
    before=[("page_view", 1, "a", 0)] * 2,
    after=(10_000, [("widget_view", 1, "a", 0), ("page_view", 1, "a", 0), *[("page_view", 20, "a", 0)] * 2, AFTER_GAP]),
    member=False,
)
# One campaign is promised, and would use the contact budget up: the page does not wait for the other.
@example(
    before=[("page_view", 1, "a", 0)] * 2,
    after=(10_000, [*(("purchase", 1, thing, 0) for thing in "abc"), *(("page_view", at, "a", 0) for at in (1, 100))]),
    member=True,
)
# A page that was opened before the span asks within it.
@example(
    before=[
        ("page_view", 1, "a", 0),
        ("page_view", 1900, "a", 0),
        ("widget_view", 1, "a", 0),
        ("page_view", 1, "a", 0),
    ],
    after=(60, [("page_view", 1, "a", 0)] * 2),
    member=False,
)
# What is told late of a product that was in the cart already, and then the whole cart.
@example(
    before=[("page_view", 1, "a", 0), ("add_to_cart", 1, "a", 0)],
    after=(60, [("add_to_cart", 1, "a", 4000), ("view_cart", 1, "a", 0)]),
    member=False,
)
# Page views told late, of the visit before.
@example(
    before=[("page_view", 1, "a", 0), ("view_item", 1700, "a", 0)],
    after=(60, [*[("page_view", 1, "a", 4000)] * 2, ("page_view", 100, "a", 0)]),
    member=False,
)
# One that was told late happened in the second in which the shopper came first.
@example(
    before=[("page_view", at, "a", 0) for at in (1, 20, 20, 1900, 1900)],
    after=(60, [("page_view", at, "a", 4000) for at in (100, 1)]),
    member=False,
)
def test_replaying_over_the_start_leads_to_the_stored_profile(
    rules: Callable[..., Any], shopper: Callable[..., Any], before: list[Any], after: tuple[int, Any], member: bool
) -> None:
    given, (pause, steps) = rules(SEGMENTS, CAMPAIGNS, groups=GROUPS, manners=MANNERS), after
    one = shopper(given, profile=Profile(member=Member("kim") if member else None))
    since = live(one, before, 0, NOW) + pause
    told, remembered = len(one.log), dict(one.profile.behaviours)
    until = live(one, steps, 100, since)
    assume(not fell_off(remembered, one.profile.behaviours))
    if entries := one.log[told:]:
        begun = start(one.profile, entries, given.plan, seed=7)
        ended = replay(given, begun, entries, Span(since, until), Decisions())
        assert carried(ended) == carried(one.profile)


BEFORE, AFTER = NOW - 3 * DAY, NOW
AN_ORDER = Order("1", 200, BEFORE)
A_LINE = [Line("a", 100, 2, BEFORE)]


TODAY = date(2026, 7, 1).toordinal()
ONE_DAY = days.put(b"", TODAY - 1, 2)
TWO_DAYS = days.put(ONE_DAY, TODAY, 1)


def event(name: str, *items: str, at: int = AFTER, **fields: Any) -> Event:
    lines = [Item(item, price=100) for item in items]
    return Event(**{"id": f"{name}-{at}", "name": name, "at": at * 1000, "page": "/", "items": lines, **fields})


def stream(*marks: int) -> bytes:
    return array("Q", marks).tobytes()


def begun(stored: Profile, *events: Event) -> Profile:
    entries = [Entry("shop", "v000000000000001", "", each.at, [each]) for each in events]
    return start(stored, entries, PLAN, seed=9)


CASES: dict[str, tuple[dict[str, Any], list[Event], dict[str, Any]]] = {
    "totals": ({"visits": 5, "page_views": 9}, [event("page_view")], {"visits": 4, "page_views": 8}),
    "an order": (
        {"orders": 2, "spent": 300, "last_order_at": AFTER, "recent_orders": [Order("2", 100, AFTER), AN_ORDER]},
        [event("purchase", "a", key="2")],
        {"orders": 1, "spent": 200, "last_order_at": BEFORE, "recent_orders": [AN_ORDER]},
    ),
    "a cancelled order from before": (
        {"orders": 0, "recent_orders": [Order("1", -1, BEFORE)]},
        [event("refund", key="1")],
        {"orders": 0, "recent_orders": [Order("1", -1, BEFORE)]},
    ),
    "what was met before only": (
        {"viewed": [Seen("a", BEFORE, 3)]}, [event("search")], {"viewed": [Seen("a", BEFORE, 3)]},
    ),
    "what was met before and again": (
        {"viewed": [Seen("a", AFTER, 3)]}, [event("view_item", "a")], {"viewed": [Seen("a", BEFORE, 2)]},
    ),
    "what was met since": ({"viewed": [Seen("a", AFTER, 1)]}, [event("view_item", "a")], {"viewed": []}),
    "a cart from before": ({"cart": A_LINE, "cart_at": BEFORE}, [event("search")], {"cart": A_LINE, "cart_at": BEFORE}),
    "a line that was added to": (
        {"cart": [Line("a", 100, 3, AFTER)], "cart_at": AFTER}, [event("add_to_cart", "a")], {"cart": A_LINE},
    ),
    "a cart of now": (
        {"cart": [Line("a", 100, 1, AFTER)], "cart_at": AFTER}, [event("add_to_cart", "a")], {"cart": []},
    ),
    "put off before": (
        {"contacts": {"c": Contact(views=2, later_until=AFTER + 9, last_at=AFTER, seen_at=AFTER)}},
        [event("widget_view", key="x", props={"campaign": "c"})],
        {"contacts": {"c": Contact(views=1, later_until=AFTER + 9, last_at=BEFORE, seen_at=BEFORE)}},
    ),
    "first seen in the span": (
        {"contacts": {"c": Contact(views=1, last_at=AFTER, seen_at=AFTER)}},
        [event("widget_view", key="x", props={"campaign": "c"})],
        {"contacts": {}, "leases": [Lease("c", "x", AFTER)]},
    ),
    "a day that goes on and is not the last": (
        {"contacts": {"c": Contact(views=3, last_at=AFTER, seen_at=AFTER, day=1, day_number=TODAY, days=TWO_DAYS)}},
        [event("widget_view", key="x", props={"campaign": "c"})],
        {"contacts": {"c": Contact(2, last_at=BEFORE, seen_at=BEFORE, day=2, day_number=TODAY - 1, days=ONE_DAY)}},
    ),
    "a member of now": (
        {"member": Member("kim", grade="vip")}, [event("search")], {"member": Member("kim", grade="vip")},
    ),
    "who signed up since": (
        {"member": Member("kim", joined_at=AFTER)}, [event("sign_up")], {"member": Member("kim", joined_at=AFTER)},
    ),
    "traits told since": (
        {"traits": {"shoe": 270, "size": "L"}}, [event("traits", props={"size": "L"})], {"traits": {"shoe": 270}},
    ),
    "streams": (
        {"behaviours": {"k": stream(BEFORE << 32, AFTER << 32, AFTER << 32 | crc32(b"search"))}},
        [event("search", id="search")],
        {"behaviours": {"k": stream(BEFORE << 32, AFTER << 32)}},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_the_start_is_what_the_events_do_not_explain(case: str) -> None:
    stored, events, expected = CASES[case]
    profile = Profile(**{"seed": 7, "first_seen": BEFORE, "last_seen": BEFORE, "visits": 1, **stored})
    before = copy(profile)
    found = begun(profile, *events)
    assert {name: getattr(found, name) for name in expected} == expected
    assert profile == before


def test_a_shopper_of_the_span_starts_with_nothing_but_what_the_log_does_not_carry() -> None:
    browser = Environment(device="pc")
    stored = Profile(seed=7, first_seen=AFTER, last_seen=AFTER, visits=1, page_views=1, environment=browser)
    assert begun(stored, event("page_view")) == Profile(seed=7, environment=browser)


def test_who_has_no_seed_any_more_gets_the_given_one() -> None:
    assert begun(Profile(), event("page_view")).seed == 9


@given(steps=history(FOLLOWING), member=st.booleans())
def test_the_definitions_in_force_would_have_done_what_they_did(
    rules: Callable[..., Any], shopper: Callable[..., Any], steps: list[Any], member: bool
) -> None:
    given = rules(SEGMENTS, CAMPAIGNS, groups=GROUPS, manners=MANNERS)
    one = shopper(given, profile=Profile(member=Member("kim") if member else None))
    until = live(one, steps, 0, NOW)
    if one.log:
        decisions = Decisions()
        replay(given, start(one.profile, one.log, given.plan, seed=7), one.log, Span(NOW, until), decisions)
        assert decisions == [(each.campaign, each.kind, each.key) for entry in one.log for each in entry.decided]


def test_who_entered_a_campaign_before_the_span_keeps_the_arm_and_others_are_drawn_anew() -> None:
    made = {"c": Contact(arm="on", entered_at=100, views=1)}
    kept = {before: Contact(arm="on", entered_at=before, views=2) for before in (50, 100)}
    rests = {before: touched({"c": contact}, made, 0)["c"].arm for before, contact in kept.items()}
    assert rests == {50: "on", 100: ""}
    held = Contact(arm="holdout", entered_at=50)
    assert touched({"c": held}, {"c": Contact(arm="holdout", entered_at=100)}, 0)["c"].arm == "holdout"
