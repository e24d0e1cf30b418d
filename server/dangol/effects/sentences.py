"""A report in a marketer's words, Korean and English."""

from collections.abc import Iterator, Mapping, Sequence

from dangol.campaigns.arms import HOLDOUT, ON
from dangol.definitions.model import Campaign, Language
from dangol.effects.answer import ALL, Comparison, Effect, Report, StripComparison, StripReport
from dangol.effects.sequence import LEAST
from dangol.render.money import CURRENCIES, money
from dangol.render.text import choose
from dangol.segments.words.korean import particle

NAMES: Mapping[str, Mapping[Language, str]] = {
    HOLDOUT: {"ko": "대조군", "en": "the holdout"},
    ON: {"ko": "실험군", "en": "shoppers with the campaign"},
    ALL: {"ko": "실험군 전체", "en": "all shoppers with the campaign"},
}
MEASURES: Mapping[str, Mapping[Language, str]] = {
    "conversion": {"ko": "구매 전환율", "en": "Conversion"},
    "revenue": {"ko": "고객당 매출", "en": "Revenue per shopper"},
    "clicks": {"ko": "추천 상품을 누른 고객", "en": "Shoppers who clicked"},
    "recommended": {"ko": "고객당 추천 상품 매출", "en": "Recommended revenue per shopper"},
}
FOUND: Mapping[Language, str] = {
    "ko": "{measure}: {arm} {value}, {against} {value_against}. ",
    "en": "{measure}: {value} for {arm}, {value_against} for {against}. ",
}
BETWEEN: Mapping[Language, str] = {
    "ko": " 실제 차이는 {low}에서 {high} 사이로 보입니다.",
    "en": " The true difference is somewhere between {low} and {high}.",
}
WORDS: Mapping[str, Mapping[Language, str]] = {
    "nobody": {"ko": "아직 이 캠페인의 대상이 된 고객이 없습니다.", "en": "Nobody has entered this campaign yet."},
    "one day": {"ko": "{since}에", "en": "on {since}"},
    "days": {"ko": "{since}부터 {until}까지", "en": "from {since} to {until}"},
    "who": {
        "ko": "{when} 고객 {shoppers}명이 캠페인의 대상이 되었습니다. 그날부터 {window}일 안의 주문을 셉니다.",
        "en": "{shoppers} shopper{plural} entered the campaign {when}."
        " Their orders within {window} days of that count.",
    },
    "alone": {
        "ko": "캠페인을 받지 않는 대조군이 없어서 캠페인의 효과는 알 수 없습니다."
        " 효과를 보려면 대조군 비율(holdout)을 정해 주세요.",
        "en": "There is no holdout, so what the campaign brings can't be told. Set one (`holdout`) to find out.",
    },
    "changed": {
        "ko": "비율이나 변형안을 바꾼 적이 있어, 같은 비율로 나뉜 고객끼리만 비교합니다.",
        "en": "Shares or variants were changed. Only shoppers who were shared out alike are compared.",
    },
    "shares": {
        "ko": "주의: 고객이 정한 비율대로 나뉘지 않았습니다({shares})."
        " 어딘가에서 한쪽 고객이 빠지고 있다는 뜻이니, 원인을 찾을 때까지 아래 비교를 믿지 마세요.",
        "en": "Warning: shoppers were not shared out as they should be ({shares})."
        " Something loses shoppers of one side. Don't trust the comparisons below until you know what.",
    },
    "share": {"ko": "{arm} {meant}여야 하는데 {got}", "en": "{arm}: {meant} meant, {got} found"},
    "early conversion": {
        "ko": "{measure}: {arm_and} {against}의 차이를 말하기는 아직 이릅니다."
        " 양쪽 모두 구매 고객이 {least}명은 되어야 하는데 지금 {buyers}명과 {buyers_against}명입니다.",
        "en": "{measure}: it is too early to compare {arm} with {against}."
        " Each needs {least} buyers; they have {buyers} and {buyers_against}.",
    },
    "early revenue": {
        "ko": "{measure}: {arm_and} {against}의 차이를 말하기는 아직 이릅니다."
        " 구매 고객이 적거나, 큰 주문 몇 건이 매출의 대부분입니다.",
        "en": "{measure}: it is too early to compare {arm} with {against}."
        " There are few buyers, or a few large orders make most of the revenue.",
    },
    "early clicks": {
        "ko": "{measure}: {arm_and} {against}의 차이를 말하기는 아직 이릅니다."
        " 양쪽 모두 추천 상품을 누른 고객이 {least}명은 되어야 하는데 지금 {clickers}명과 {clickers_against}명입니다.",
        "en": "{measure}: it is too early to compare {arm} with {against}."
        " Each needs {least} shoppers who clicked; they have {clickers} and {clickers_against}.",
    },
    "early recommended": {
        "ko": "{measure}: {arm_and} {against}의 차이를 말하기는 아직 이릅니다."
        " 추천 상품을 누르고 산 고객이 적거나, 큰 주문 몇 건이 매출의 대부분입니다.",
        "en": "{measure}: it is too early to compare {arm} with {against}."
        " Few shoppers bought what they had clicked, or a few large orders make most of that revenue.",
    },
    "strip": {
        "ko": "추천 상품은 {views}번 보였고, 고객 {clickers}명이 눌렀습니다."
        " 누른 상품을 7일 안에 사면 추천 상품 매출로 셉니다.",
        "en": "Recommended products were seen {views} time{plural}; {clickers} of the shoppers clicked."
        " What they bought of those within 7 days is recommended revenue.",
    },
    "no strip": {
        "ko": "메시지를 보내는 캠페인이라 추천 상품을 보여 주지 않습니다. 캠페인의 성과는 캠페인 보고서에 있습니다.",
        "en": "This campaign sends a message and recommends no products. The campaign's report tells what it brings.",
    },
    "unseen": {
        "ko": "이 가운데 추천 상품을 본 고객은 없습니다."
        " 캠페인의 위젯이 상품을 추천하지 않거나, 아직 화면에 보인 적이 없습니다.",
        "en": "None of them has seen a recommended product: the campaign's widget offers none, or was never in view.",
    },
    "one arm": {
        "ko": "견줄 변형안이 없습니다. 추천 방식이 다른 변형안을 두 개 두면 어느 쪽이 나은지 알 수 있습니다.",
        "en": "There is nothing to compare. Two variants with different recommenders would tell which is better.",
    },
    "open": {
        "ko": FOUND["ko"] + "우연히도 생길 수 있는 차이라 어느 쪽이 낫다고 말할 수 없습니다." + BETWEEN["ko"],
        "en": FOUND["en"] + "Chance makes such differences too." + BETWEEN["en"],
    },
    "better": {
        "ko": FOUND["ko"] + "{arm_is} {size} 높고, 우연으로 보기 어렵습니다." + BETWEEN["ko"],
        "en": FOUND["en"] + "That is {size} higher, which chance hardly explains." + BETWEEN["en"],
    },
    "worse": {
        "ko": FOUND["ko"] + "{arm_is} {size} 낮고, 우연으로 보기 어렵습니다." + BETWEEN["ko"],
        "en": FOUND["en"] + "That is {size} lower, which chance hardly explains." + BETWEEN["en"],
    },
    "brought": {
        "ko": "캠페인으로 달라진 매출은 {extra}쯤이고, {low}에서 {high} 사이로 보입니다.",
        "en": "The campaign changed revenue by about {extra}, somewhere between {low} and {high}.",
    },
}


def sentences(report: Report, language: Language) -> list[str]:
    """The report in sentences."""
    return list(_Voice(report, language).sentences())


def strip_sentences(report: StripReport, campaign: Campaign, language: Language) -> list[str]:
    """The same of recommended products; where there are none, why."""
    if campaign.message and report.is_unseen:
        return [WORDS["no strip"][language]]
    return list(_StripVoice(report, language).sentences())


class _Speaker:
    """What both say alike."""

    def __init__(self, report: Report | StripReport, language: Language) -> None:
        self._language = language
        self._currency, self._shares = report.currency, report.shares
        self._draws, self._shoppers = report.draws, sum(arm.shoppers for arm in report.arms)
        self._times = {"since": report.since, "until": report.until, "window": str(report.window)}
        self._texts = {arm.arm: arm.name for arm in report.arms}

    def _begin(self) -> Iterator[str]:
        if not self._shoppers:
            yield self._say("nobody")
            return
        plural = "" if self._shoppers == 1 else "s"
        when = self._say("one day" if self._times["since"] == self._times["until"] else "days", **self._times)
        yield self._say("who", when=when, shoppers=f"{self._shoppers:,}", plural=plural, **self._times)
        if self._shares.warning:
            yield self._say("shares", shares=", ".join(self._uneven()))
        if len(self._draws) > 1:
            yield self._say("changed")

    def _say(self, what: str, **values: str) -> str:
        return WORDS[what][self._language].format(**values)

    def _uneven(self) -> Iterator[str]:
        shares = self._shares
        for arm, entered in shares.entered.items():
            got = entered / sum(shares.entered.values())
            yield self._say("share", arm=self._name(arm), meant=f"{shares.expected.get(arm, 0):.1%}", got=f"{got:.1%}")

    def _measured(self, measure: str, effect: Effect, values: Sequence[str], names: Mapping[str, str]) -> str:
        told = {"measure": MEASURES[measure][self._language], **names}
        if effect.relative is None:
            return self._say(f"early {measure}", **told)
        size, low, high = (effect.relative.value, effect.relative.low, effect.relative.high)
        ends = {"size": f"{abs(size):.0%}", "low": f"{low:+.0%}", "high": f"{high:+.0%}"}
        return self._say(effect.verdict, **told, value=values[0], value_against=values[1], **ends)

    def _names(self, comparison: Comparison | StripComparison) -> dict[str, str]:
        arm, against = self._name(comparison.arm), self._name(comparison.against)
        parts = {"arm_is": f"{arm}{particle(arm, '이')}", "arm_and": f"{arm}{particle(arm, '과')}"}
        return {"arm": arm, "against": against, "least": str(LEAST), **parts}

    def _name(self, arm: str) -> str:
        if arm in NAMES:
            return NAMES[arm][self._language]
        return choose(self._texts.get(arm, ""), self._language, self._language) or arm

    def _money(self, amount: float) -> str:
        return money(round(amount * 10 ** CURRENCIES[self._currency].digits), self._currency, self._language)


class _Voice(_Speaker):
    def __init__(self, report: Report, language: Language) -> None:
        super().__init__(report, language)
        self._report = report
        self._arms = {arm.arm: arm for arm in (*report.arms, report.together)}

    def sentences(self) -> Iterator[str]:
        yield from self._begin()
        if not self._shoppers:
            return
        if HOLDOUT not in self._arms:
            yield self._say("alone")
        for comparison in self._report.comparisons:
            yield from self._compared(comparison)

    def _compared(self, comparison: Comparison) -> Iterator[str]:
        pair = [self._arms[comparison.arm], self._arms[comparison.against]]
        rates = [f"{arm.conversion:.2%}" for arm in pair]
        amounts = [self._money(arm.revenue_per_shopper) for arm in pair]
        names = self._names(comparison)
        buyers = {"buyers": f"{pair[0].buyers:,}", "buyers_against": f"{pair[1].buyers:,}"}
        yield self._measured("conversion", comparison.conversion, rates, {**names, **buyers})
        yield self._measured("revenue", comparison.revenue, amounts, names)
        extra = comparison.revenue.extra
        if comparison.against == HOLDOUT and comparison.revenue.verdict in ("better", "worse") and extra:
            told = {"extra": extra.value, "low": extra.low, "high": extra.high}
            rounded = {name: float(f"{amount:.3g}") for name, amount in told.items()}  # more would seem exact
            yield self._say("brought", **{name: self._money(amount) for name, amount in rounded.items()})


class _StripVoice(_Speaker):
    def __init__(self, report: StripReport, language: Language) -> None:
        super().__init__(report, language)
        self._report = report
        self._arms = {arm.arm: arm for arm in report.arms}

    def sentences(self) -> Iterator[str]:
        yield from self._begin()
        if not self._shoppers:
            return
        if self._report.is_unseen:
            yield self._say("unseen")
            return
        views, clickers = (sum(getattr(arm, each) for arm in self._report.arms) for each in ("views", "clickers"))
        yield self._say("strip", views=f"{views:,}", plural="" if views == 1 else "s", clickers=f"{clickers:,}")
        if not self._report.comparisons:
            yield self._say("one arm")
        for comparison in self._report.comparisons:
            yield from self._compared(comparison)

    def _compared(self, comparison: StripComparison) -> Iterator[str]:
        pair = [self._arms[comparison.arm], self._arms[comparison.against]]
        names = self._names(comparison)
        clickers = {"clickers": f"{pair[0].clickers:,}", "clickers_against": f"{pair[1].clickers:,}"}
        yield self._measured(
            "clicks", comparison.clicks, [f"{arm.click_share:.2%}" for arm in pair], {**names, **clickers}
        )
        brought = [self._money(arm.revenue_per_shopper) for arm in pair]
        yield self._measured("recommended", comparison.recommended, brought, names)
        spent = [self._money(arm.spent_per_shopper) for arm in pair]
        yield self._measured("revenue", comparison.revenue, spent, names)
