"""Counting what replays tell. Pure; equal replays make equal answers."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from dangol.campaigns.decision import Decision, Reason, Verdict
from dangol.definitions.model import Definitions
from dangol.protocol.event import Entry
from dangol.rehearsal.answer import WHO, CampaignFigures, Figures, Heads, SegmentFigures, Who
from dangol.rehearsal.span import Span

FINE = 2 * 86_400
"""Seconds of a span up to which hours are told, and days beyond."""

Key = tuple[str, str] | tuple[str, str, str] | tuple[str, str, int]
"""A figure, a segment or campaign, and a population, step of the span or reason."""


class Axis:
    """The steps that a span is told in: the shop's hours, or its days where the span is long."""

    def __init__(self, span: Span, timezone: str) -> None:
        self.step: Literal["hour", "day"] = "hour" if span.until - span.since <= FINE else "day"
        zone = ZoneInfo(timezone)
        self._starts = list(_hours(span, zone) if self.step == "hour" else _days(span, zone))
        shape = "%Y-%m-%d %H:00" if self.step == "hour" else "%Y-%m-%d"
        self.labels = [datetime.fromtimestamp(start, zone).strftime(shape) for start in self._starts]
        """Local times; in autumn an hour may stand there twice."""

    def place(self, at: float) -> int:
        """The number of the step that unix seconds fall into."""
        return max(0, bisect_right(self._starts, at) - 1)


def _hours(span: Span, zone: ZoneInfo) -> Iterator[float]:
    first = datetime.fromtimestamp(span.since, zone).replace(minute=0, second=0, microsecond=0)
    at = first.timestamp()
    while at <= span.until:
        yield at
        at += 3600


def _days(span: Span, zone: ZoneInfo) -> Iterator[float]:
    day = datetime.fromtimestamp(span.since, zone).date()
    while (start := datetime.combine(day, time(), zone).timestamp()) <= span.until:
        yield start
        day += timedelta(days=1)


class Tally:
    """Counts over all shoppers, one after the other."""

    def __init__(self, definitions: Definitions, axis: Axis) -> None:
        self.axis = axis
        self.counts: Counter[Key] = Counter()
        self._definitions = definitions

    def shopper(self, who: Who) -> "Shopper":
        """The observer of the next shopper's replay."""
        return Shopper(self, who)

    def logged(self, entries: Sequence[Entry]) -> None:
        """What was really shown and sent."""
        done = (one for entry in entries for one in entry.decided if one.kind != Verdict.HOLDOUT)
        self.counts.update(("logged", one.campaign) for one in done)

    def figures(self) -> Figures:
        """All that was counted, in the order of the definitions."""
        return Figures(
            [self._segment(each.id) for each in self._definitions.segments],
            [self._campaign(each.id) for each in self._definitions.campaigns],
        )

    def _segment(self, segment: str) -> SegmentFigures:
        start, entered, end = (self._heads(figure, segment) for figure in ("start", "entered", "end"))
        return SegmentFigures(segment, start, entered, end, self.counts["times", segment], self._when("in", segment))

    def _campaign(self, campaign: str) -> CampaignFigures:
        refused = {reason.value: self.counts["refused", campaign, reason.value] for reason in Reason}
        return CampaignFigures(
            campaign=campaign,
            shoppers=self._heads("reached", campaign),
            shown=self.counts[Verdict.SHOW.value, campaign],
            seen=self.counts["seen", campaign],
            messages=self.counts[Verdict.MESSAGE.value, campaign],
            waited=self.counts[Verdict.WAIT.value, campaign],
            held_out=self.counts[Verdict.HOLDOUT.value, campaign],
            logged=self.counts["logged", campaign],
            refused={reason: times for reason, times in refused.items() if times},
            when=self._when("out", campaign),
        )

    def _heads(self, figure: str, name: str) -> Heads:
        return Heads(*(self.counts[figure, name, who] for who in WHO))

    def _when(self, figure: str, name: str) -> list[int]:
        return [self.counts[figure, name, place] for place in range(len(self.axis.labels))]


class Shopper:
    """Counts what one shopper's replay tells."""

    def __init__(self, tally: Tally, who: Who) -> None:
        self._counts = tally.counts
        self._axis = tally.axis
        self._who = who
        self._entered: set[str] = set()
        self._reached: set[str] = set()

    def began(self, held: AbstractSet[str]) -> None:
        """The segments at the beginning."""
        self._counts.update(("start", segment, self._who) for segment in held)

    def entered(self, segments: AbstractSet[str], at: float) -> None:
        """Segments that the shopper came into."""
        place = self._axis.place(at)
        self._counts.update(("times", segment) for segment in segments)
        for segment in segments - self._entered:
            self._counts["entered", segment, self._who] += 1
            self._counts["in", segment, place] += 1
        self._entered |= segments

    def decided(self, decisions: Sequence[Decision], at: float) -> None:
        """What became of campaigns."""
        for decision in decisions:
            campaign = decision.campaign.id
            if decision.verdict is Verdict.NO:
                self._counts["refused", campaign, decision.reason.value] += 1
            else:
                self._counts[decision.verdict.value, campaign] += 1
            if decision.verdict in (Verdict.SHOW, Verdict.MESSAGE):
                self._counts["out", campaign, self._axis.place(at)] += 1
                if campaign not in self._reached:
                    self._reached.add(campaign)
                    self._counts["reached", campaign, self._who] += 1

    def saw(self, campaign: str) -> None:
        """A view that counts."""
        self._counts["seen", campaign] += 1

    def ended(self, held: AbstractSet[str]) -> None:
        """The segments at the end; a visitor who has become a member is in none any more."""
        if self._who != "joined":
            self._counts.update(("end", segment, self._who) for segment in held)
