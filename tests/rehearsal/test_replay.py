from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

import pytest

from dangol.campaigns.decide import Decision
from dangol.definitions.model import Campaign, Cap, Segment, WidgetUse
from dangol.profile.model import Profile
from dangol.protocol.event import Decided, Entry, Event
from dangol.rehearsal.replay import replay
from dangol.rehearsal.span import Span

NOW = 1_782_874_800
SPAN = Span(NOW, NOW + 86_400)
POPCORN = WidgetUse("popcorn")
ONCE = Campaign("once", widget=POPCORN, caps=[Cap(1, "lifetime")], holdout=0)
OFTEN = Segment("often", {"visit_page_views": {"gte": 2}})
CART = Segment("cart", {"page_now": {"is": "/cart"}})


@dataclass
class Diary:
    """Writes down what a replay tells."""

    held: frozenset[str] = frozenset()
    left: frozenset[str] = frozenset()
    entered_at: list[tuple[str, float]] = field(default_factory=list)
    verdicts: list[tuple[str, str]] = field(default_factory=list)
    views: list[str] = field(default_factory=list)

    def began(self, held: AbstractSet[str]) -> None:
        self.held = frozenset(held)

    def entered(self, segments: AbstractSet[str], at: float) -> None:
        self.entered_at += [(segment, at - NOW) for segment in sorted(segments)]

    def decided(self, decisions: Sequence[Decision], at: float) -> None:
        self.verdicts += [(one.campaign.id, one.reason.value) for one in decisions]

    def saw(self, campaign: str) -> None:
        self.views.append(campaign)

    def ended(self, held: AbstractSet[str]) -> None:
        self.left = frozenset(held)


def entry(after: float, *names: str, page: str = "/", decided: Sequence[Decided] = (), **fields: Any) -> Entry:
    at = int((NOW + after) * 1000)
    events = [Event(f"{name}-{after}", name, at, page, **fields) for name in names or ("page_view",)]
    return Entry("shop", "v000000000000001", "", at, events, list(decided))


def told(rules: Any, *entries: Entry, profile: Profile | None = None) -> Diary:
    diary = Diary()
    replay(rules, profile or Profile(seed=7), entries, SPAN, diary)
    return diary


def reaction(name: str, after: float, key: str, campaign: str = "once", **props: Any) -> Entry:
    return entry(after, name, key=key, props={"campaign": campaign, **props})


def test_a_segment_is_entered_with_the_event_that_makes_it_hold_and_once_more_after_it_was_left(rules: Any) -> None:
    diary = told(rules([OFTEN]), entry(0), entry(60), entry(120), entry(9_000), entry(9_060))
    assert diary.entered_at == [("often", 60), ("often", 9_060)]
    assert diary.left == {"often"}


def test_who_was_in_a_segment_when_the_span_began_does_not_enter_it(rules: Any) -> None:
    diary = told(rules([OFTEN]), entry(-90), entry(-60), entry(60))
    assert diary.held == {"often"}
    assert diary.entered_at == []


def test_a_shopper_who_came_first_in_the_span_was_in_nothing_before(rules: Any) -> None:
    new = Segment("few", {"orders": {"lt": 1}})
    diary = told(rules([new]), entry(60))
    assert (diary.held, diary.entered_at) == (frozenset(), [("few", 60)])


def test_a_member_whose_history_came_from_a_visitor_of_the_span_was_in_nothing_before(rules: Any) -> None:
    everyone = Segment("everyone", {"all": []})
    merged = Profile(seed=7, first_seen=NOW + 50, visits=1)
    diary = told(rules([everyone]), entry(60), profile=merged)
    assert (diary.held, diary.entered_at) == (frozenset(), [("everyone", 60)])


def test_conditions_on_the_page_are_judged_by_the_entrys_own_page(rules: Any) -> None:
    diary = told(rules([CART]), entry(0), entry(5, page="/cart?x=1"), entry(9))
    assert diary.entered_at == [("cart", 5)]
    assert diary.left == set()


def test_a_view_that_was_never_promised_counts_once_it_was_in_view(rules: Any) -> None:
    diary = told(rules([], [ONCE]), entry(0), entry(5))
    assert diary.verdicts == [("once", "shown"), ("once", "cap_lifetime")]
    assert diary.views == ["once"]


def test_who_goes_on_before_the_delay_has_not_seen_it(rules: Any) -> None:
    late = Campaign("once", widget=POPCORN, caps=[Cap(1, "lifetime")], holdout=0, delay=10)
    diary = told(rules([], [late]), entry(0), entry(5), entry(100))
    assert diary.verdicts == [("once", "waiting"), ("once", "waiting"), ("once", "shown"), ("once", "cap_lifetime")]
    assert diary.views == ["once"]


@pytest.mark.parametrize("moment", [{"scroll": 50}, {"idle": 30}, {"exit": True}])
def test_nobody_is_imagined_to_scroll_to_idle_or_to_leave(rules: Any, moment: dict[str, Any]) -> None:
    waiting = Campaign("once", widget=POPCORN, holdout=0, delay=1, **moment)
    assert told(rules([], [waiting]), entry(0), entry(500)).verdicts == [("once", "waiting")] * 2


def test_a_moment_that_really_came_is_in_the_log(rules: Any) -> None:
    waiting = Campaign("once", widget=POPCORN, holdout=0, delay=2, exit=True)
    moment = Entry("shop", "v000000000000001", "", (NOW + 40) * 1000, [], [Decided("once", "show", "abc", "on")])
    diary = told(rules([], [waiting]), entry(0), moment, reaction("widget_view", 42, "abc"), entry(500))
    assert [reason for _, reason in diary.verdicts] == ["waiting", "shown", "waiting"]
    assert diary.views == ["once"]


def test_who_waits_by_seconds_is_not_imagined_to_where_the_log_knows(rules: Any) -> None:
    waiting = Campaign("once", widget=POPCORN, holdout=0, delay=5)
    later = Entry("shop", "v000000000000001", "", (NOW + 540) * 1000, [], [Decided("once", "show", "abc", "on")])
    diary = told(rules([], [waiting]), entry(0), entry(500), later)
    assert [reason for _, reason in diary.verdicts] == ["waiting", "waiting", "shown"]


def test_a_view_that_was_really_promised_counts_when_the_log_says_so(rules: Any) -> None:
    promised = [Decided("once", "show", "abc")]
    seen = told(rules([], [ONCE]), entry(0, decided=promised), reaction("widget_view", 3, "abc"), entry(100))
    unseen = told(rules([], [ONCE]), entry(0, decided=promised), entry(100))
    assert [reason for _, reason in seen.verdicts] == ["shown", "cap_lifetime"]
    assert [reason for _, reason in unseen.verdicts] == ["shown", "shown"]


def test_see_later_holds_where_the_campaign_was_there_to_be_put_off(rules: Any) -> None:
    free = Campaign("once", widget=POPCORN, holdout=0)
    later = reaction("widget_later", 5, "abc", choice="1h")
    diary = told(rules([], [free]), entry(0, decided=[Decided("once", "show", "abc")]), later, entry(100), entry(9_000))
    assert [reason for _, reason in diary.verdicts] == ["shown", "later", "shown"]
    other = told(rules([], [Campaign("other", widget=POPCORN, holdout=0)]), entry(0), later, entry(100))
    assert [reason for _, reason in other.verdicts] == ["shown", "shown"]


def test_reactions_to_campaigns_that_were_not_shown_here_change_nothing(rules: Any) -> None:
    views = [reaction("widget_view", 3, "abc", "gone"), reaction("widget_click", 4, "abc", "gone")]
    diary = told(rules([], [ONCE]), *views)
    assert (diary.views, diary.verdicts) == ([], [])


def test_a_widget_keeps_its_place_until_the_next_page_or_until_it_was_closed(rules: Any) -> None:
    second = Campaign("second", widget=POPCORN, on=["search"], holdout=0)
    given = rules([], [Campaign("first", widget=POPCORN, holdout=0), second])
    search = entry(9, "search", key="mug")
    assert told(given, entry(0), search).verdicts[-1] == ("second", "slot_taken")
    assert told(given, entry(0), reaction("widget_close", 4, "abc", "first"), search).verdicts[-1] == (
        "second",
        "shown",
    )
    assert told(given, entry(0), entry(5, page="/mugs"), search).verdicts[-1] == ("second", "slot_taken")


def test_what_was_decided_before_the_span_stands(rules: Any) -> None:
    before = [entry(-60, decided=[Decided("once", "show", "abc")]), reaction("widget_view", -58, "abc")]
    diary = told(rules([], [ONCE]), *before, entry(60))
    assert diary.verdicts == [("once", "cap_lifetime")]
    assert diary.views == []


def test_entries_after_the_span_are_not_judged(rules: Any) -> None:
    assert told(rules([], [ONCE]), entry(0), entry(90_000)).verdicts == [("once", "shown")]


def test_an_entry_of_the_shops_server_shows_nothing(rules: Any) -> None:
    anyway = Campaign("anyway", widget=POPCORN, on=["purchase"], holdout=0)
    assert told(rules([], [anyway]), entry(0, "purchase", page="", key="1")).verdicts == []


def test_the_start_is_left_as_it_was(rules: Any) -> None:
    profile = Profile(seed=7)
    told(rules([OFTEN], [ONCE]), entry(0), profile=profile)
    assert profile == Profile(seed=7)


def test_a_holdout_is_by_the_profiles_seed(rules: Any) -> None:
    given = rules([], [Campaign("once", widget=POPCORN, holdout=30)])
    diaries = [told(given, entry(0), profile=Profile(seed=seed)) for seed in range(1, 201)]
    again = [told(given, entry(0), profile=Profile(seed=seed)) for seed in range(1, 201)]
    assert [diary.verdicts for diary in diaries] == [diary.verdicts for diary in again]
    assert 40 < sum(diary.verdicts == [("once", "holdout")] for diary in diaries) < 80
