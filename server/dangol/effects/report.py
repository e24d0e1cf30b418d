"""From sums to what may be said of a campaign."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import combinations

from msgspec import Struct
from msgspec.structs import replace

from dangol.campaigns import ledger
from dangol.campaigns.arms import HOLDOUT
from dangol.definitions.model import LANGUAGES, Campaign, Definitions, Language, Text
from dangol.effects import ratio, sequence
from dangol.effects.answer import ALL, Arm, Comparison, Day, Draw, Effect, Method, Part, Report, Shares
from dangol.effects.figures import EVERYBODY, NONE, Cell, Figures
from dangol.effects.sentences import sentences
from dangol.effects.sequence import LEVEL, Sample
from dangol.protocol.event import RECOMMENDED
from dangol.render.money import CURRENCIES

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


def report(
    definitions: Definitions,
    campaign: Campaign,
    cells: Cells,
    drawn: Drawn,
    counted: float,
    span: Span = ALL_TIME,
    languages: Sequence[Language] = LANGUAGES,
) -> Report:
    """What the sums by cell, counted at the unix time `counted`, say of the campaign."""
    draws = list(_draws(cells, drawn))
    draw = span.draw or _current(campaign, draws)
    within = {cell: sums for cell, sums in cells.items() if cell.draw == draw and span.has(cell)}
    by_segment = _grouped(
        {cell: sums for cell, sums in within.items() if not cell.segment.startswith(RECOMMENDED)},
        lambda cell: cell.segment,
    )
    by_day = _grouped({cell: sums for cell, sums in within.items() if cell.segment == span.segment}, _day)
    sums, days = by_segment.get(span.segment, {}), sorted(by_day)
    teller = _Teller(definitions, campaign, drawn.get(draw, {}))
    told = Report(
        campaign=campaign.id,
        name=campaign.name,
        active=campaign.active,
        window=campaign.window,
        currency=definitions.site.currency,
        timezone=definitions.site.timezone,
        counted=counted,
        since=days[0] if days else "",
        until=days[-1] if days else "",
        segment=span.segment,
        draw=draw,
        draws=draws,
        arms=teller.arms(sums),
        together=teller.together(sums),
        comparisons=teller.comparisons(sums),
        shares=_shares(cells, draw, drawn.get(draw, {})),
        segments=[] if span.segment else [teller.part(one, by_segment) for one in _segments(campaign, by_segment)],
        days=[Day(day, teller.arms(by_day[day])) for day in days],
        sentences={},
        method=Method(len(teller.pairs)),
    )
    return replace(told, sentences={each: sentences(told, each) for each in languages})


class _Teller:
    """Tells sums by arm as arms and comparisons. Arms come as they stand in the definition, the holdout first."""

    def __init__(self, definitions: Definitions, campaign: Campaign, shares: Mapping[str, float]) -> None:
        self._segments = {each.id: each.name for each in definitions.segments}
        self._names: Mapping[str, Text] = {variant.id: variant.name for variant in campaign.variants}
        self._shares = shares
        self._unit = 10 ** CURRENCIES[definitions.site.currency].digits
        order = [HOLDOUT, *self._names]
        self._arms = sorted(shares, key=lambda arm: (order.index(arm) if arm in order else len(order), arm))
        self.pairs = list(_pairs([arm for arm in self._arms if arm != HOLDOUT], HOLDOUT in shares))

    def arms(self, sums: Sums) -> list[Arm]:
        """Every arm, also one without shoppers."""
        return [self._arm(arm, self._shares[arm], sums.get(arm, NONE)) for arm in self._arms]

    def together(self, sums: Sums) -> Arm:
        """All arms but the holdout."""
        return self._arm(ALL, 1 - self._shares.get(HOLDOUT, 0.0), _together(sums))

    def comparisons(self, sums: Sums) -> list[Comparison]:
        """Every pair of arms; the level is shared out among them."""
        known = {**sums, ALL: _together(sums)}
        return [self._comparison(one, known.get(one, NONE), other, known.get(other, NONE)) for one, other in self.pairs]

    def part(self, segment: str, by_segment: Mapping[str, Sums]) -> Part:
        """A segment's shoppers."""
        sums = by_segment.get(segment, {})
        return Part(segment, self._segments.get(segment, ""), self.arms(sums), self.comparisons(sums))

    def _arm(self, arm: str, share: float, sums: Figures) -> Arm:
        revenue = sums.revenue / self._unit if self._unit > 1 else sums.revenue
        shoppers = sums.shoppers
        return Arm(
            arm=arm,
            name=self._names.get(arm, ""),
            share=share,
            shoppers=shoppers,
            seen=sums.seen,
            views=sums.views,
            clicks=sums.clicks,
            closes=sums.closes,
            laters=sums.laters,
            submits=sums.submits,
            buyers=sums.converted,
            orders=sums.orders,
            revenue=revenue,
            conversion=sums.converted / shoppers if shoppers else 0.0,
            revenue_per_shopper=revenue / shoppers if shoppers else 0.0,
        )

    def _comparison(self, arm: str, one: Figures, against: str, other: Figures) -> Comparison:
        level, unit = LEVEL / len(self.pairs), self._unit
        buyers = [Sample(each.shoppers, each.converted, each.converted) for each in (one, other)]
        money = [Sample(each.shoppers, each.revenue / unit, each.squares / unit**2) for each in (one, other)]
        return Comparison(arm, against, _effect(buyers, level), _effect(money, level))


def _effect(pair: Sequence[Sample], level: float) -> Effect:
    one, other = pair
    uplift = sequence.uplift(one, other, level)
    if uplift is None:
        return Effect("early")
    return Effect(
        verdict="open" if not uplift.is_told else "better" if uplift.relative.value > 0 else "worse",
        relative=uplift.relative,
        difference=uplift.difference,
        extra=uplift.difference.by(lambda each: each * one.shoppers),
        evidence=uplift.evidence,
        p=uplift.p,
        visible=uplift.visible,
    )


def _pairs(given: Sequence[str], has_holdout: bool) -> Iterator[tuple[str, str]]:
    if has_holdout and len(given) > 1:
        yield ALL, HOLDOUT
    if has_holdout:
        yield from ((arm, HOLDOUT) for arm in given)
    yield from ((other, one) for one, other in combinations(given, 2))


def _together(sums: Sums) -> Figures:
    together = NONE
    for arm, each in sums.items():
        together = together if arm == HOLDOUT else together.plus(each)
    return together


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


def _segments(campaign: Campaign, counted: Iterable[str]) -> list[str]:
    """Those that the report is split by, then those that it was."""
    return [*campaign.report_by, *sorted(set(counted) - {EVERYBODY, *campaign.report_by})]
