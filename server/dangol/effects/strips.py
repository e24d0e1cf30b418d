"""From sums to what may be said of the products that a campaign recommends, and of one recommender against another."""

from collections.abc import Mapping, Sequence
from itertools import combinations

from msgspec.structs import replace

from dangol.campaigns.arms import HOLDOUT
from dangol.definitions.model import LANGUAGES, Campaign, Definitions, Language
from dangol.effects.answer import Method, Recommended, StripArm, StripComparison, StripReport
from dangol.effects.figures import EVERYBODY, NONE, Figures
from dangol.effects.report import effect, ordered
from dangol.effects.selection import ALL_TIME, Cells, Drawn, Span, Sums, select
from dangol.effects.sentences import strip_sentences
from dangol.effects.sequence import LEVEL, Sample
from dangol.protocol.event import RECOMMENDED
from dangol.render.money import CURRENCIES


def strip_report(
    definitions: Definitions,
    campaign: Campaign,
    cells: Cells,
    drawn: Drawn,
    counted: float,
    span: Span = ALL_TIME,
    languages: Sequence[Language] = LANGUAGES,
) -> StripReport:
    """The same of recommended products as `report` of the campaign. The holdout is left out: it is shown none."""
    chosen = select(campaign, cells, drawn, span)
    arms = [arm for arm in ordered(drawn.get(chosen.draw, {}), campaign) if arm != HOLDOUT]
    teller = _Teller(campaign, chosen.parts, 10 ** CURRENCIES[definitions.site.currency].digits, arms)
    told = StripReport(
        campaign=campaign.id,
        name=campaign.name,
        active=campaign.active,
        window=campaign.window,
        currency=definitions.site.currency,
        timezone=definitions.site.timezone,
        counted=counted,
        since=next(iter(chosen.days), ""),
        until=next(reversed(chosen.days), ""),
        draw=chosen.draw,
        draws=chosen.draws,
        arms=[teller.arm(arm) for arm in arms],
        comparisons=[teller.comparison(one, other) for one, other in teller.pairs],
        shares=chosen.shares,
        sentences={},
        method=Method(len(teller.pairs)),
    )
    return replace(told, sentences={each: strip_sentences(told, campaign, each) for each in languages})


class _Teller:
    """Tells sums by part and arm as arms and comparisons."""

    def __init__(self, campaign: Campaign, parts: Mapping[str, Sums], unit: int, arms: Sequence[str]) -> None:
        self._names = {variant.id: variant.name for variant in campaign.variants}
        self._parts, self._unit = parts, unit
        self._recommenders = sorted(part for part in parts if part.startswith(RECOMMENDED) and part != RECOMMENDED)
        self.pairs = [(other, one) for one, other in combinations(arms, 2)]

    def arm(self, arm: str) -> StripArm:
        """One arm, with the recommenders whose products its shoppers met."""
        shoppers, sums = self._sums(EVERYBODY, arm), self._sums(RECOMMENDED, arm)
        own = [(part, self._sums(part, arm)) for part in self._recommenders]
        return StripArm(
            arm=arm,
            name=self._names.get(arm, ""),
            shoppers=shoppers.shoppers,
            views=sums.views,
            clicks=sums.clicks,
            click_rate=_rate(sums.clicks, sums.views),
            clickers=sums.clickers,
            click_share=_rate(sums.clickers, shoppers.shoppers),
            buyers=sums.converted,
            orders=sums.orders,
            revenue=self._money(sums.revenue),
            revenue_per_shopper=_rate(self._money(sums.revenue), shoppers.shoppers),
            spent=self._money(shoppers.revenue),
            spent_per_shopper=_rate(self._money(shoppers.revenue), shoppers.shoppers),
            recommenders=[self._recommended(part, each) for part, each in own if each != NONE],
        )

    def _recommended(self, part: str, sums: Figures) -> Recommended:
        rate, revenue = _rate(sums.clicks, sums.views), self._money(sums.revenue)
        recommender = part.removeprefix(RECOMMENDED)
        return Recommended(recommender, sums.views, sums.clicks, rate, sums.orders, sums.items, revenue)

    def comparison(self, arm: str, against: str) -> StripComparison:
        """By shopper, since it is shoppers who were shared out; the level is shared out among the pairs."""
        pair, level = (arm, against), LEVEL / len(self.pairs)
        shoppers = [self._sums(EVERYBODY, each) for each in pair]
        own = [self._sums(RECOMMENDED, each) for each in pair]
        both = list(zip(shoppers, own, strict=True))
        clicked = [Sample(each.shoppers, sums.clickers, sums.clickers) for each, sums in both]
        return StripComparison(
            arm,
            against,
            effect(clicked, level),
            effect([self._spent(each.shoppers, sums) for each, sums in both], level),
            effect([self._spent(each.shoppers, each) for each in shoppers], level),
        )

    def _spent(self, shoppers: int, sums: Figures) -> Sample:
        return Sample(shoppers, sums.revenue / self._unit, sums.squares / self._unit**2)

    def _sums(self, part: str, arm: str) -> Figures:
        return self._parts.get(part, {}).get(arm, NONE)

    def _money(self, minor: int) -> float:
        return minor / self._unit if self._unit > 1 else minor


def _rate(some: float, all: int) -> float:
    return some / all if all else 0.0
