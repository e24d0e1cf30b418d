"""Which shoppers a report is on, out of all that is counted of a campaign."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from msgspec import Struct

from dangol.campaigns import ledger
from dangol.definitions.model import Campaign
from dangol.effects import ratio
from dangol.effects.answer import Draw, Shares
from dangol.effects.figures import EVERYBODY, NONE, Cell, Figures

Cells = Mapping[Cell, Figures]
Sums = Mapping[str, Figures]
"""By arm."""
Drawn = Mapping[str, Mapping[str, float]]
"""The shares of the arms, by draw."""


class Span(Struct, frozen=True):
    """Which shoppers a report is on: those who entered on the days from `since` to `until` (both included), were in
    `segment` then, and whose arm was drawn by the shares `draw`; empty for those that are drawn now."""

    since: date = date.min
    until: date = date.max
    segment: str = EVERYBODY
    draw: str = ""

    def has(self, cell: Cell) -> bool:
        """Whether the shoppers of a cell entered then."""
        return self.since.toordinal() <= cell.day <= self.until.toordinal()


ALL_TIME = Span()


class Selection(NamedTuple):
    """The sums of one draw by what they are part of (everybody, a segment, or recommended products) and arm, and those
    of the span's segment by day of entry, the earliest first. Beside them all draws, the latest first, and whether
    shoppers of this one were shared out as meant."""

    draw: str
    draws: list[Draw]
    shares: Shares
    parts: Mapping[str, Sums]
    days: dict[str, dict[str, Figures]]


def select(campaign: Campaign, cells: Cells, drawn: Drawn, span: Span) -> Selection:
    """The shoppers of the span; without a draw those of the shares that are in force."""
    draws = list(_draws(cells, drawn))
    draw = span.draw or _current(campaign, draws)
    within = {cell: sums for cell, sums in cells.items() if cell.draw == draw and span.has(cell)}
    days = _grouped({cell: sums for cell, sums in within.items() if cell.segment == span.segment}, _day)
    parts = _grouped(within, lambda cell: cell.segment)
    return Selection(draw, draws, _shares(cells, draw, drawn.get(draw, {})), parts, dict(sorted(days.items())))


def _grouped(cells: Cells, group: Callable[[Cell], str]) -> dict[str, dict[str, Figures]]:
    groups: dict[str, dict[str, Figures]] = {}
    for cell, each in cells.items():
        sums = groups.setdefault(group(cell), {})
        sums[cell.arm] = sums.get(cell.arm, NONE).plus(each)
    return groups


def _day(cell: Cell) -> str:
    return date.fromordinal(cell.day).isoformat()


def _draws(cells: Cells, drawn: Drawn) -> Iterator[Draw]:
    """The latest first."""
    everybody = {cell: sums for cell, sums in cells.items() if cell.segment == EVERYBODY}
    shoppers = _grouped(everybody, lambda cell: cell.draw)
    days = {draw: sorted(_day(cell) for cell in everybody if cell.draw == draw) for draw in shoppers}
    for draw in sorted(days, key=lambda draw: (days[draw][-1], days[draw][0], draw), reverse=True):
        total = sum(sums.shoppers for sums in shoppers[draw].values())
        yield Draw(draw, dict(drawn.get(draw, {})), days[draw][0], days[draw][-1], total)


def _current(campaign: Campaign, draws: Sequence[Draw]) -> str:
    """The shares that are in force, once somebody has entered by them, else the last ones that were."""
    now = ledger.draw_of(ledger.shares(campaign))
    return now if not draws or any(each.draw == now for each in draws) else draws[0].draw


def _shares(cells: Cells, draw: str, expected: Mapping[str, float]) -> Shares:
    """All entries count, of every day: what is chosen by what came of it may look uneven."""
    everybody = {cell: each for cell, each in cells.items() if (cell.draw, cell.segment) == (draw, EVERYBODY)}
    sums = _grouped(everybody, lambda cell: cell.draw).get(draw, {})
    entered = {arm: sums.get(arm, NONE).entered for arm in {**expected, **sums}}
    evidence = ratio.evidence(entered, expected)
    return Shares(dict(expected), entered, evidence, min(1.0, 1 / evidence), evidence >= 1 / ratio.ALARM)
