"""Reports on recommended products, made of sums."""

from datetime import date

import pytest

from dangol.campaigns import ledger
from dangol.definitions.model import Campaign, Definitions, MessageUse, Site, Variant, WidgetUse
from dangol.effects.answer import StripReport
from dangol.effects.figures import LIMB, Cell, Figures
from dangol.effects.report import report
from dangol.effects.selection import Span
from dangol.effects.sequence import LEVEL
from dangol.effects.strips import strip_report
from dangol.effects.table import strip_lines

SITE = Site(id="shop", key="public-key", name="Shop", origins=["https://shop.example"], currency="GBP")
VARIANTS = [Variant("together", name={"ko": "함께 산 상품", "en": "Bought together"}), Variant("hits")]
CAMPAIGN = Campaign("c", variants=VARIANTS, holdout=10)
TODAY = date(2026, 11, 22).toordinal()
SHARES = ledger.shares(CAMPAIGN)
DRAW = ledger.draw_of(SHARES)


def spent(buyers: int, each: int) -> dict[str, int]:
    high, low = divmod(buyers * each**2, LIMB)
    return {"converted": buyers, "orders": buyers, "revenue": buyers * each, "high": high, "low": low}


def arm(arm: str, shoppers: int, views: int, clickers: int, buyers: int, bought: int) -> dict[Cell, Figures]:
    """So many shoppers, of whom some clicked a recommended product and some of those bought it for £20."""
    popular = Figures(views=views, clicks=clickers // 4, orders=bought // 4, items=bought // 4, revenue=500 * bought)
    others = Figures(
        views=views, clicks=clickers - clickers // 4, orders=bought, items=2 * bought, revenue=1_500 * bought
    )
    parts = {
        "": Figures(entered=shoppers, seen=shoppers // 2, **spent(buyers, 5_000)),
        "~": Figures(views=views, clicks=clickers, clickers=clickers, **spent(bought, 2_000)),
        "~popular": popular,
        "~bought_together": others,
    }
    return {Cell(TODAY, DRAW, arm, part): each for part, each in parts.items()}


CELLS = {
    **arm("together", 9_000, 6_000, 900, 400, 120),
    **arm("hits", 9_000, 6_000, 600, 390, 100),
    Cell(TODAY, DRAW, "holdout", ""): Figures(entered=2_000, **spent(80, 5_000)),
}


def told(cells: dict[Cell, Figures], campaign: Campaign = CAMPAIGN, span: Span | None = None) -> StripReport:
    shares = ledger.shares(campaign)
    drawn = {ledger.draw_of(shares): shares}
    return strip_report(Definitions(SITE, campaigns=[campaign]), campaign, cells, drawn, 1.0, span or Span())


def test_arms_are_told_with_their_recommenders() -> None:
    together, hits = told(CELLS).arms
    assert (together.arm, together.shoppers, together.views, together.clicks) == ("together", 9_000, 6_000, 900)
    assert (together.click_rate, together.click_share, together.clickers) == (0.15, 0.1, 900)
    assert (together.buyers, together.orders, together.revenue) == (120, 120, 2_400.0)
    assert together.revenue_per_shopper == pytest.approx(2_400 / 9_000)
    assert together.spent == 20_000
    assert together.spent_per_shopper == pytest.approx(20_000 / 9_000)
    own = {each.recommender: each for each in together.recommenders}
    assert list(own) == ["bought_together", "popular"]
    popular = own["popular"]
    assert (popular.clicks, popular.click_rate, popular.orders, popular.revenue) == (225, 225 / 6_000, 30, 600.0)
    assert (own["bought_together"].items, own["bought_together"].revenue) == (240, 1_800.0)
    assert hits.arm == "hits"


def test_arms_are_compared_by_shopper_and_without_the_holdout() -> None:
    [compared] = told(CELLS).comparisons
    assert (compared.arm, compared.against) == ("hits", "together")
    assert [each.verdict for each in (compared.clicks, compared.recommended, compared.revenue)] == [
        "worse", "open", "open",
    ]  # fmt: skip
    clicks = compared.clicks
    assert clicks.relative
    assert clicks.relative.value == pytest.approx(-1 / 3)
    assert clicks.relative.low < -1 / 3 < clicks.relative.high < 0
    assert told(CELLS).method.level == LEVEL


def test_the_report_of_the_campaign_takes_recommended_products_for_no_segment() -> None:
    found = report(Definitions(SITE, campaigns=[CAMPAIGN]), CAMPAIGN, CELLS, {DRAW: SHARES}, 1.0)
    assert (found.segments, [each.shoppers for each in found.arms]) == ([], [2_000, 9_000, 9_000])


def test_only_the_shoppers_of_the_days_asked_for_are_told() -> None:
    before = {cell._replace(day=TODAY - 9): sums for cell, sums in CELLS.items()}
    found = told({**CELLS, **before})
    assert (found.since, found.until, found.arms[0].clickers) == ("2026-11-13", "2026-11-22", 1_800)
    assert told({**CELLS, **before}, span=Span(date(2026, 11, 20))).arms[0].clickers == 900


def test_sentences_say_which_is_better() -> None:
    found = told(CELLS)
    assert found.sentences["ko"] == [
        "2026-11-22에 고객 18,000명이 캠페인의 대상이 되었습니다. 그날부터 7일 안의 주문을 셉니다.",
        "추천 상품은 12,000번 보였고, 고객 1,500명이 눌렀습니다. 누른 상품을 7일 안에 사면 추천 상품 매출로 셉니다.",
        "추천 상품을 누른 고객: hits 6.67%, 함께 산 상품 10.00%. hits가 33% 낮고, 우연으로 보기 어렵습니다."
        " 실제 차이는 -43%에서 -22% 사이로 보입니다.",
        "고객당 추천 상품 매출: hits £0.22, 함께 산 상품 £0.27. 우연히도 생길 수 있는 차이라 어느 쪽이 낫다고 말할 수"
        " 없습니다. 실제 차이는 -45%에서 +27% 사이로 보입니다.",
        "고객당 매출: hits £2.17, 함께 산 상품 £2.22. 우연히도 생길 수 있는 차이라 어느 쪽이 낫다고 말할 수 없습니다."
        " 실제 차이는 -21%에서 +21% 사이로 보입니다.",
    ]
    assert found.sentences["en"][2] == (
        "Shoppers who clicked: 6.67% for hits, 10.00% for Bought together. That is 33% lower, which chance hardly"
        " explains. The true difference is somewhere between -43% and -22%."
    )


def test_before_enough_have_clicked_nothing_is_said() -> None:
    few = {cell: Figures(entered=sums.entered, clickers=3) for cell, sums in CELLS.items()}
    found = told(few)
    assert [found.comparisons[0].clicks.verdict, found.comparisons[0].recommended.verdict] == ["early", "early"]
    assert found.sentences["en"][2:4] == [
        "Shoppers who clicked: it is too early to compare hits with Bought together."
        " Each needs 20 shoppers who clicked; they have 3 and 3.",
        "Recommended revenue per shopper: it is too early to compare hits with Bought together."
        " Few shoppers bought what they had clicked, or a few large orders make most of that revenue.",
    ]


def test_one_arm_alone_is_compared_with_nothing() -> None:
    alone = Campaign("c", holdout=0)
    draw = ledger.draw_of(ledger.shares(alone))
    entered = {Cell(TODAY, draw, "on", ""): Figures(entered=10)}
    found = told(entered | {Cell(TODAY, draw, "on", "~"): Figures(views=1)}, alone)
    assert (found.comparisons, found.arms[0].recommenders, found.arms[0].click_rate) == ([], [], 0)
    assert found.sentences["en"][-1].startswith("There is nothing to compare.")
    assert told({}).sentences["ko"] == ["아직 이 캠페인의 대상이 된 고객이 없습니다."]


@pytest.mark.parametrize("campaign", [Campaign("c", holdout=0, widget=WidgetUse("popcorn")), Campaign("c", holdout=0)])
def test_without_a_strip_that_was_seen_there_is_no_table_and_it_is_said_why(campaign: Campaign) -> None:
    draw = ledger.draw_of(ledger.shares(campaign))
    found = told({Cell(TODAY, draw, "on", ""): Figures(entered=10)}, campaign)
    assert list(strip_lines(found)) == []
    assert [len(each) for each in found.sentences.values()] == [2, 2]
    assert found.sentences["ko"][1].startswith("이 가운데 추천 상품을 본 고객은 없습니다.")
    assert found.sentences["en"][1].endswith("the campaign's widget offers none, or was never in view.")


def test_a_message_recommends_no_products() -> None:
    found = told({}, Campaign("c", message=MessageUse("log")))
    assert list(strip_lines(found)) == []
    assert [each[0].partition(".")[0] for each in found.sentences.values()] == [
        "메시지를 보내는 캠페인이라 추천 상품을 보여 주지 않습니다",
        "This campaign sends a message and recommends no products",
    ]


def test_a_terminal_gets_columns() -> None:
    head, first, *rows = strip_lines(told(CELLS))
    assert head.split()[:3] == ["arm", "shoppers", "seen"]
    assert first.split() == ["together", "9,000", "6,000", "900", "15.00%", "900", "120", "270", "2,400.00"]
    assert [row.split()[0] for row in rows] == ["bought_together", "popular", "hits", "bought_together", "popular"]
    assert len({len(row) for row in (head, first, *rows)}) == 1
