"""Reports, made of sums."""

from datetime import date
from typing import Any

import msgspec
import pytest

from dangol.campaigns import ledger
from dangol.definitions.model import Campaign, Definitions, Segment, Site, Variant
from dangol.effects.answer import Comparison, Report
from dangol.effects.figures import LIMB, Cell, Figures
from dangol.effects.report import report
from dangol.effects.selection import Span
from dangol.effects.sequence import LEVEL
from dangol.effects.table import lines, spreadsheet

SITE = Site(id="shop", key="public-key", name="Shop", origins=["https://shop.example"])
PLAIN = Campaign("c", holdout=5)
TESTED = Campaign("c", variants=[Variant("a", name={"ko": "빨간 배너", "en": "Red"}), Variant("b")], holdout=10)
TODAY = date(2026, 11, 22)


def figures(shoppers: int, buyers: int = 0, each: int = 30_000, **more: int) -> Figures:
    high, low = divmod(buyers * each**2, LIMB)
    spent = {"converted": buyers, "orders": buyers, "revenue": buyers * each, "high": high, "low": low}
    return Figures(entered=shoppers, **{**spent, **more})


def told(campaign: Campaign, arms: dict[str, Figures], span: Span | None = None, **site: Any) -> Report:
    shares = ledger.shares(campaign)
    draw = ledger.draw_of(shares)
    cells = {Cell(TODAY.toordinal(), draw, arm, ""): each for arm, each in arms.items()}
    definitions = Definitions(msgspec.structs.replace(SITE, **site), campaigns=[campaign])
    return report(definitions, campaign, cells, {draw: shares}, 1.0, span or Span())


def verdicts(found: Report) -> list[tuple[str, str, str, str]]:
    return [(one.arm, one.against, one.conversion.verdict, one.revenue.verdict) for one in found.comparisons]


def compared(found: Report, arm: str, against: str) -> Comparison:
    return next(one for one in found.comparisons if (one.arm, one.against) == (arm, against))


def test_arms_stand_beside_each_other_and_all_but_the_holdout_together() -> None:
    found = told(TESTED, {"holdout": figures(100, 2), "b": figures(440, 9), "a": figures(460, 10, seen=300, views=500)})
    assert [arm.arm for arm in found.arms] == ["holdout", "a", "b"]
    red = found.arms[1]
    assert red.name == {"ko": "빨간 배너", "en": "Red"}
    assert red.share == pytest.approx(0.45)
    assert (red.shoppers, red.seen, red.views, red.buyers, red.orders) == (460, 300, 500, 10, 10)
    assert (red.revenue, red.conversion, red.revenue_per_shopper) == (300_000, 10 / 460, 300_000 / 460)
    assert (found.together.arm, found.together.shoppers, found.together.orders) == ("*", 900, 19)


def test_a_campaign_without_variants_is_compared_once() -> None:
    found = told(PLAIN, {"holdout": figures(5_000, 100), "on": figures(95_000, 3_800)})
    assert verdicts(found) == [("on", "holdout", "better", "better")]
    effect = found.comparisons[0].conversion
    found_by = msgspec.to_builtins(effect)
    assert found_by["relative"]["value"] == pytest.approx(1)
    assert found_by["extra"]["value"] == pytest.approx(1_900)
    assert found_by["evidence"] > 1 / LEVEL > LEVEL > found_by["p"]


def test_variants_are_compared_with_the_holdout_and_with_each_other() -> None:
    found = told(TESTED, {"holdout": figures(1_000, 10), "a": figures(4_500, 400), "b": figures(4_500, 100)})
    assert verdicts(found) == [
        ("*", "holdout", "early", "early"), ("a", "holdout", "early", "early"), ("b", "holdout", "early", "early"),
        ("b", "a", "worse", "worse"),
    ]  # fmt: skip
    assert found.method.comparisons == 4


def test_more_comparisons_share_the_level() -> None:
    one = told(PLAIN, {"holdout": figures(5_000, 100), "on": figures(95_000, 2_000)})
    many = told(TESTED, {"holdout": figures(5_000, 100), "a": figures(95_000, 2_000), "b": figures(95_000, 2_000)})
    alone, shared = (compared(each, arm, "holdout").conversion.relative for each, arm in ((one, "on"), (many, "a")))
    assert alone
    assert shared
    assert shared.low < alone.low < alone.high < shared.high


def test_money_is_in_units_of_the_currency() -> None:
    found = told(PLAIN, {"holdout": figures(5_000, 100), "on": figures(95_000, 3_800)}, currency="USD")
    assert (found.arms[0].revenue, found.arms[0].revenue_per_shopper) == (30_000.0, 6.0)
    difference = found.comparisons[0].revenue.difference
    assert difference
    assert difference.value == pytest.approx(6)
    assert "$12.00 for shoppers with the campaign, $6.00 for the holdout" in found.sentences["en"][2]


def test_a_leak_is_warned_of() -> None:
    found = told(PLAIN, {"holdout": figures(9_000, 100), "on": figures(91_000, 3_000)})
    assert found.shares.warning
    assert found.sentences["ko"][1].startswith(
        "주의: 고객이 정한 비율대로 나뉘지 않았습니다(대조군 5.0%여야 하는데 9.0%,"
    )
    assert not told(PLAIN, {"holdout": figures(5_010), "on": figures(94_990)}).shares.warning


def test_who_was_taken_out_counts_for_the_shares_only() -> None:
    found = told(PLAIN, {"holdout": figures(5_000, 0, withdrawn=1_000), "on": figures(95_000)})
    assert found.shares.entered == {"holdout": 5_000, "on": 95_000}
    assert found.arms[0].shoppers == 4_000


def test_several_days_are_told_from_the_first_to_the_last() -> None:
    days = {Cell(TODAY.toordinal() - back, "one", "on", ""): figures(10) for back in (0, 3)}
    site = Definitions(SITE, campaigns=[PLAIN])
    found = report(site, PLAIN, days, {"one": ledger.shares(PLAIN)}, 1.0, Span())
    assert found.sentences["ko"][0].startswith("2026-11-19부터 2026-11-22까지 고객 20명이")
    assert found.sentences["en"][0].startswith("20 shoppers entered the campaign from 2026-11-19 to 2026-11-22.")


ENTERED = "2026-11-22에 고객 {}명이 캠페인의 대상이 되었습니다. 그날부터 7일 안의 주문을 셉니다."
SENTENCES: dict[str, tuple[dict[str, Figures], str, list[str]]] = {
    "nobody": ({}, "ko", ["아직 이 캠페인의 대상이 된 고객이 없습니다."]),
    "early": (
        {"holdout": figures(50, 1), "on": figures(950, 30)},
        "ko",
        [
            ENTERED.format("1,000"),
            "구매 전환율: 실험군과 대조군의 차이를 말하기는 아직 이릅니다."
            " 양쪽 모두 구매 고객이 20명은 되어야 하는데 지금 30명과 1명입니다.",
            "고객당 매출: 실험군과 대조군의 차이를 말하기는 아직 이릅니다."
            " 구매 고객이 적거나, 큰 주문 몇 건이 매출의 대부분입니다.",
        ],
    ),
    "open": (
        {"holdout": figures(5_000, 100), "on": figures(95_000, 2_000)},
        "en",
        [
            "100,000 shoppers entered the campaign on 2026-11-22. Their orders within 7 days of that count.",
            "Conversion: 2.11% for shoppers with the campaign, 2.00% for the holdout."
            " Chance makes such differences too. The true difference is somewhere between -24% and +46%.",
            "Revenue per shopper: ₩632 for shoppers with the campaign, ₩600 for the holdout."
            " Chance makes such differences too. The true difference is somewhere between -24% and +46%.",
        ],
    ),
    "better": (
        {"holdout": figures(5_000, 100), "on": figures(95_000, 3_800)},
        "ko",
        [
            ENTERED.format("100,000"),
            "구매 전환율: 실험군 4.00%, 대조군 2.00%. 실험군이 100% 높고, 우연으로 보기 어렵습니다."
            " 실제 차이는 +44%에서 +177% 사이로 보입니다.",
            "고객당 매출: 실험군 1,200원, 대조군 600원. 실험군이 100% 높고, 우연으로 보기 어렵습니다."
            " 실제 차이는 +44%에서 +177% 사이로 보입니다.",
            "캠페인으로 달라진 매출은 57,000,000원쯤이고, 34,700,000원에서 73,300,000원 사이로 보입니다.",
        ],
    ),
}


@pytest.mark.parametrize("case", SENTENCES)
def test_sentences_say_what_a_marketer_asks(case: str) -> None:
    arms, language, expected = SENTENCES[case]
    assert told(PLAIN, arms).sentences[language] == expected


def test_without_a_holdout_it_is_said_that_nothing_can_be_said() -> None:
    found = told(Campaign("c", holdout=0), {"on": figures(1_000, 30)})
    assert found.comparisons == []
    assert found.sentences["en"][1].startswith("There is no holdout")


def test_only_who_was_shared_out_alike_is_compared() -> None:
    """Many of a good day against few of a bad one, and the other way round, would look like an effect."""
    before, after = (Campaign("c", holdout=holdout) for holdout in (50, 5))
    drawn = {ledger.draw_of(ledger.shares(each)): ledger.shares(each) for each in (before, after)}
    old, new = drawn
    day = TODAY.toordinal()
    cells = {
        Cell(day - 9, old, "holdout", ""): figures(10_000, 1_000), Cell(day - 9, old, "on", ""): figures(10_000, 1_000),
        Cell(day, new, "holdout", ""): figures(1_000, 20), Cell(day, new, "on", ""): figures(19_000, 380),
    }  # fmt: skip
    definitions = Definitions(SITE, campaigns=[after])
    now = report(definitions, after, cells, drawn, 1.0)
    assert [(each.draw, each.shoppers) for each in now.draws] == [(new, 20_000), (old, 20_000)]
    assert (now.draw, verdicts(now)) == (new, [("on", "holdout", "open", "open")])
    assert "비율이나 변형안을 바꾼 적이 있어" in now.sentences["ko"][1]
    then = report(definitions, after, cells, drawn, 1.0, Span(draw=old))
    assert (then.draw, then.arms[0].shoppers, then.since) == (old, 10_000, "2026-11-13")
    changed = report(definitions, Campaign("c", holdout=7), cells, drawn, 1.0)
    assert changed.draw == new, "until somebody has entered by the new shares, the last ones are told"


def test_days_and_segments_are_told_apart() -> None:
    campaign = Campaign("c", holdout=0, report_by=["vip"])
    shares = ledger.shares(campaign)
    draw, day = ledger.draw_of(shares), TODAY.toordinal()
    cells = {
        Cell(day - 1, draw, "on", ""): figures(10, 2), Cell(day, draw, "on", ""): figures(20, 1),
        Cell(day, draw, "on", "vip"): figures(5, 1), Cell(day, draw, "on", "former"): figures(3),
    }  # fmt: skip
    vip = Segment("vip", {"orders": {"gte": 5}}, name="Best customers")
    definitions = Definitions(SITE, segments=[vip], campaigns=[campaign])
    found = report(definitions, campaign, cells, {draw: shares}, 1.0)
    assert [(one.day, one.arms[0].shoppers) for one in found.days] == [("2026-11-21", 10), ("2026-11-22", 20)]
    parts = [(one.segment, one.name, one.arms[0].shoppers) for one in found.segments]
    assert parts == [("vip", "Best customers", 5), ("former", "", 3)]
    today = report(definitions, campaign, cells, {draw: shares}, 1.0, Span(TODAY, TODAY, "vip"))
    assert ([one.day for one in today.days], today.arms[0].shoppers, today.segments) == (["2026-11-22"], 5, [])
    head, *rows = spreadsheet(found).removeprefix("\ufeff").split("\r\n")
    assert head.split(",")[:5] == ["day", "segment", "arm", "shoppers", "seen"]
    assert [row.split(",")[:4] for row in rows if row] == [
        ["2026-11-21", "", "on", "10"], ["2026-11-22", "", "on", "20"], ["total", "", "on", "30"],
        ["total", "vip", "on", "5"], ["total", "former", "on", "3"],
    ]  # fmt: skip


def test_a_terminal_gets_columns() -> None:
    head, *rows = lines(told(PLAIN, {"holdout": figures(5_000, 100), "on": figures(95_000, 3_800)}))
    assert head.split()[:4] == ["arm", "share", "shoppers", "seen"]
    assert [row.split()[:3] for row in rows] == [["holdout", "5.0%", "5,000"], ["on", "95.0%", "95,000"]]
    assert len({len(row) for row in (head, *rows)}) == 1
