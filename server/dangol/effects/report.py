"""From sums to what may be said of a campaign."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations

from msgspec.structs import replace

from dangol.campaigns.arms import HOLDOUT
from dangol.definitions.model import LANGUAGES, Campaign, Definitions, Language, Text
from dangol.effects import sequence
from dangol.effects.answer import ALL, Arm, Comparison, Day, Effect, Method, Part, Report
from dangol.effects.figures import EVERYBODY, NONE, Figures
from dangol.effects.selection import ALL_TIME, Cells, Drawn, Span, Sums, select
from dangol.effects.sentences import sentences
from dangol.effects.sequence import LEVEL, Sample
from dangol.protocol.event import RECOMMENDED
from dangol.render.money import CURRENCIES


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
    chosen = select(campaign, cells, drawn, span)
    by_segment, days = chosen.parts, list(chosen.days)
    sums, draw = by_segment.get(span.segment, {}), chosen.draw
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
        draws=chosen.draws,
        arms=teller.arms(sums),
        together=teller.together(sums),
        comparisons=teller.comparisons(sums),
        shares=chosen.shares,
        segments=[] if span.segment else [teller.part(one, by_segment) for one in _segments(campaign, by_segment)],
        days=[Day(day, teller.arms(each)) for day, each in chosen.days.items()],
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
        self._arms = ordered(shares, campaign)
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
        return Comparison(arm, against, effect(buyers, level), effect(money, level))


def ordered(arms: Iterable[str], campaign: Campaign) -> list[str]:
    """The holdout, then variants as they stand in the definition, then those that stand there no more."""
    order = [HOLDOUT, *(variant.id for variant in campaign.variants)]
    return sorted(arms, key=lambda arm: (order.index(arm) if arm in order else len(order), arm))


def effect(pair: Sequence[Sample], level: float) -> Effect:
    """What may be said of one arm against another by one measure."""
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


def _segments(campaign: Campaign, counted: Iterable[str]) -> list[str]:
    """Those that the report is split by, then those that it was."""
    others = {part for part in counted if not part.startswith(RECOMMENDED)} - {EVERYBODY, *campaign.report_by}
    return [*campaign.report_by, *sorted(others)]
