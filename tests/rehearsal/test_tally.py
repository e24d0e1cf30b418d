from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from dangol.campaigns.decision import Decision, Reason, Verdict
from dangol.definitions.model import Campaign, Definitions, Segment, Site
from dangol.protocol.event import Decided, Entry
from dangol.rehearsal.answer import Answer, Figures, Heads
from dangol.rehearsal.span import Span
from dangol.rehearsal.table import bars, lines, reasons
from dangol.rehearsal.tally import Axis, Tally

SEOUL = "Asia/Seoul"
DEFINITIONS = Definitions(
    Site("shop", "public-key", "Shop", ["https://shop.example"]), [Segment("often", {"all": []})], [Campaign("hello")]
)


def at(text: str, timezone: str = SEOUL) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(timezone)).timestamp()


def span(since: str, until: str, timezone: str = SEOUL) -> Span:
    return Span(at(since, timezone), at(until, timezone))


DAYS = span("2026-07-01 18:00", "2026-07-04 06:00")


def a_tally() -> Tally:
    return Tally(DEFINITIONS, Axis(DAYS, SEOUL))


def decision(verdict: Verdict, reason: Reason) -> Decision:
    return Decision(DEFINITIONS.campaigns[0], verdict, reason)


def test_a_long_span_is_told_in_the_shops_days() -> None:
    axis = Axis(DAYS, SEOUL)
    assert (axis.step, axis.labels) == ("day", ["2026-07-01", "2026-07-02", "2026-07-03", "2026-07-04"])
    moments = ["2026-07-01 18:00", "2026-07-01 23:59", "2026-07-02 00:00", "2026-07-04 06:00"]
    assert [axis.place(at(moment)) for moment in moments] == [0, 0, 1, 3]


def test_a_short_span_is_told_in_hours() -> None:
    axis = Axis(span("2026-07-01 22:30", "2026-07-02 01:10"), SEOUL)
    assert axis.labels == ["2026-07-01 22:00", "2026-07-01 23:00", "2026-07-02 00:00", "2026-07-02 01:00"]
    assert axis.place(at("2026-07-02 00:59")) == 2


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25)])
def test_a_day_on_which_the_clock_changes_has_its_own_number_of_hours(day: str, hours: int) -> None:
    whole = Span(at(f"{day} 00:00", "Europe/Berlin"), at(f"{day} 23:59", "Europe/Berlin"))
    assert len(Axis(whole, "Europe/Berlin").labels) == hours


def test_shoppers_are_counted_once_and_by_who_they_are() -> None:
    tally = a_tally()
    for who in ("visitors", "visitors", "members"):
        shopper = tally.shopper(who)
        shopper.entered({"often"}, at("2026-07-02 10:00"))
        shopper.entered({"often"}, at("2026-07-03 10:00"))
        shopper.ended({"often"})
    [figures] = tally.figures().segments
    assert (figures.entered, figures.at_end) == (Heads(2, 0, 1), Heads(2, 0, 1))
    assert (figures.times, figures.when) == (6, [0, 3, 0, 0])


def test_a_visitor_who_has_become_a_member_is_in_nothing_at_the_end() -> None:
    tally = a_tally()
    shopper = tally.shopper("joined")
    shopper.began({"often"})
    shopper.ended({"often"})
    [figures] = tally.figures().segments
    assert (figures.at_start, figures.at_end) == (Heads(joined=1), Heads())


def test_a_campaign_has_its_showings_its_shoppers_and_its_refusals() -> None:
    tally = a_tally()
    one, other = tally.shopper("visitors"), tally.shopper("members")
    for shopper in (one, one, other):
        shopper.decided([decision(Verdict.SHOW, Reason.SHOWN)], at("2026-07-02 10:00"))
    other.decided([decision(Verdict.HOLDOUT, Reason.HOLDOUT)], at("2026-07-03 10:00"))
    other.decided([decision(Verdict.NO, Reason.HOLDOUT)], at("2026-07-03 10:00"))
    other.decided([decision(Verdict.NO, Reason.CAP_DAY)], at("2026-07-03 10:00"))
    other.decided([decision(Verdict.MESSAGE, Reason.SENT)], at("2026-07-04 01:00"))
    other.decided([decision(Verdict.UPDATE, Reason.UPDATED)], at("2026-07-04 01:00"))
    one.saw("hello")
    [figures] = tally.figures().campaigns
    assert (figures.shown, figures.seen, figures.messages, figures.held_out) == (3, 1, 1, 1)
    assert (figures.shoppers, figures.when) == (Heads(visitors=1, members=1), [0, 3, 0, 1])
    assert figures.refused == {"holdout": 1, "cap_day": 1}


def test_what_was_really_shown_and_sent_is_counted_and_holdouts_are_not() -> None:
    tally = a_tally()
    decided = [Decided("hello", kind, "") for kind in ("show", "message", "holdout")]
    tally.logged([Entry("shop", "v1", "", 0, [], decided), Entry("shop", "v1", "", 0, [], decided[:1])])
    assert tally.figures().campaigns[0].logged == 3


def test_a_table_has_a_line_for_each_segment_and_campaign_and_what_is_in_force_beside_it() -> None:
    figures = a_tally().figures()
    other = Figures([], [])
    answer = Answer("shop", *DAYS, "day", ["1", "2", "3", "4"], 0, Heads(), figures, other)
    told = [line.split() for line in lines(answer, SEOUL)]
    assert told[0][:6] == ["shop:", "2026-07-01", "18:00", "to", "2026-07-04", "06:00"]
    assert [line[0] for line in told if line] == ["shop:", "SEGMENT", "often", "CAMPAIGN", "hello"]
    assert told[3] == ["often", "0", "0", "-", "0"]


def test_bars_are_as_high_as_their_share_and_nothing_is_told_from_little() -> None:
    assert bars([0, 1, 50, 100]) == " ▁▄█"
    assert bars([0, 0]) == "  "
    assert bars([]) == ""


def test_the_reasons_given_most_often_are_told() -> None:
    assert reasons({"page": 2, "cap_day": 1_500, "later": 3, "slot_taken": 1}) == "cap_day 1,500, later 3, page 2"
