from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dangol.definitions.model import Campaign, Cap, MessageUse, Segment, WidgetUse
from dangol.profile.model import Member, Profile
from dangol.protocol.event import Event, Item
from dangol.rehearsal.replay import Span, replay
from dangol.rehearsal.start import copy, start

NOW = 1_782_874_800
DAY = 86_400
FROM_LOG = (
    "first_seen", "last_seen", "visits", "page_views", "dwell", "orders", "spent", "last_order_at", "viewed",
    "categories", "brands", "cart", "cart_at", "wishlist", "bought", "recent_orders", "checkout_at", "contacts",
    "member", "seed", "environment",
)  # fmt: skip
POPCORN = WidgetUse("popcorn")
SEGMENTS = [Segment("often", {"visits": {"gte": 2}})]
CAMPAIGNS = [
    Campaign("once", widget=POPCORN, caps=[Cap(1, "session")], priority=2, holdout=0),
    Campaign("daily", widget=POPCORN, audience=["often"], caps=[Cap(2, "day")], holdout=50, delay=5),
    Campaign("thanks", message=MessageUse("log", once="event"), on=["purchase"], holdout=0),
]
NAMES = (
    "page_view", "view_item", "view_item_list", "search", "add_to_cart", "remove_from_cart", "view_cart",
    "add_to_wishlist", "remove_from_wishlist", "begin_checkout", "purchase", "refund", "sign_up", "login", "custom",
)  # fmt: skip
REACTIONS = ("widget_view", "widget_click", "widget_close")


def history(*names: str) -> st.SearchStrategy[list[Any]]:
    """Requests: what, how many seconds after the one before, about which thing, told how many seconds late."""
    pauses = st.sampled_from([1, 20, 100, 1700, 1900, 30_000, 90_000])
    step = st.tuples(st.sampled_from(names), pauses, st.sampled_from("abcd"), st.sampled_from([0, 0, 0, 5, 4000]))
    return st.lists(step, min_size=2, max_size=25)


class Ignored:
    """Nobody counts."""

    def began(self, held: Any) -> None: ...
    def entered(self, segments: Any, at: float) -> None: ...
    def decided(self, decisions: Any, at: float) -> None: ...
    def saw(self, campaign: str) -> None: ...
    def ended(self, held: Any) -> None: ...


def act(shopper: Any, number: int, name: str, at: float, thing: str, late: int) -> None:
    """One request of a random history."""
    if name.startswith("widget_"):
        decided = [(entry, one) for entry in shopper.log for one in entry.decided if one.kind == "show"]
        if decided:
            shopper.react(name, decided[-1][0], at, **({"choice": "1d"} if name == "widget_later" else {}))
        return
    quantity = 10_000 if name == "remove_from_cart" else 2  # a line that only shrinks is an exception
    items = [Item(thing, price=100, quantity=quantity, category=f"about {thing}")]
    props: dict[str, Any] = {"referrer": "https://www.google.com/"} if thing == "a" else {}
    event = Event(f"e{number}", name, int((at - late) * 1000), f"/{thing}", items, key=thing, props=props)
    shopper.send(event, at=at)


def live(shopper: Any, steps: list[Any], first: int, at: float) -> float:
    """Let a history happen, its events numbered from `first`. Returns when it ended."""
    for number, (name, pause, thing, late) in enumerate(steps, first):
        at += pause
        act(shopper, number, name, at, thing, late)
    return at


def carried(profile: Profile) -> dict[str, Any]:
    """What the log tells of a profile. When a visit began is not known once another followed, nor when a campaign was
    seen before it was again, which decides on conversions."""
    known = copy(profile)
    for contact in known.contacts.values():
        contact.visit_started = contact.visit_started == known.visit.started
        contact.session *= contact.visit_started
        contact.later_visit = contact.later_visit == known.visit.started
        contact.conversions, contact.converted = 0, b""
    return {name: getattr(known, name) for name in FROM_LOG}


@given(before=history(*NAMES, *REACTIONS), after=history(*NAMES, *REACTIONS, "widget_later"), member=st.booleans())
def test_replaying_over_the_start_leads_to_the_stored_profile(
    rules: Callable[..., Any], shopper: Callable[..., Any], before: list[Any], after: list[Any], member: bool
) -> None:
    given = rules(SEGMENTS, CAMPAIGNS)
    one = shopper(given, profile=Profile(member=Member("kim") if member else None))
    since = live(one, before, 0, NOW) + 60  # what was promised before has lapsed
    one.log.clear()
    until = live(one, after, 100, since)
    if not one.log:
        return
    begun = start(one.profile, one.log, given.site, seed=7)
    ended = replay(given, begun, one.log, Span(since, until), Ignored())
    assert carried(ended) == carried(one.profile)
