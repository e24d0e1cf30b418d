"""Reports as tables: for a spreadsheet, and for a terminal."""

from collections.abc import Iterator, Sequence

from dangol.effects.answer import Arm, Recommended, Report, StripArm, StripReport
from dangol.messages.spreadsheet import BYTE_ORDER_MARK, Cell, line
from dangol.render.money import CURRENCIES

FIGURES = (
    "shoppers", "seen", "views", "clicks", "closes", "laters", "submits", "buyers", "orders", "revenue",
)  # fmt: skip


def spreadsheet(report: Report) -> str:
    """CSV (RFC 4180): each day of entry, then `total`, by segment where the report is split, and by arm."""
    return BYTE_ORDER_MARK + "".join(map(line, [["day", "segment", "arm", *FIGURES], *_rows(report)]))


def _rows(report: Report) -> Iterator[Sequence[Cell]]:
    for day in report.days:
        yield from (_row(day.day, report.segment, arm) for arm in day.arms)
    yield from (_row("total", report.segment, arm) for arm in report.arms)
    for part in report.segments:
        yield from (_row("total", part.segment, arm) for arm in part.arms)


def _row(day: str, segment: str, arm: Arm) -> Sequence[Cell]:
    return [day, segment, arm.arm, *(getattr(arm, figure) for figure in FIGURES)]


def lines(report: Report) -> Iterator[str]:
    """The arms as aligned columns, without colours; none where nobody has entered."""
    if not report.arms:
        return iter(())
    heads = ["arm", "share", *FIGURES, "conversion", "revenue each"]
    return _aligned([heads, *(_cells(arm, report.currency) for arm in report.arms)])


def strip_lines(report: StripReport) -> Iterator[str]:
    """The arms, each with its recommenders below it, as aligned columns; none where there is nothing in them."""
    if report.is_unseen:
        return iter(())
    rows = [["arm", "shoppers", "seen in", "clicks", "click rate", "clicked by", "orders", "items", "revenue"]]
    for arm in report.arms:
        items, clickers = sum(each.items for each in arm.recommenders), f"{arm.clickers:,}"
        rows.append([arm.arm, f"{arm.shoppers:,}", *_clicks(arm), clickers, *_bought(arm, items, report.currency)])
        for each in arm.recommenders:
            rows.append([f"  {each.recommender}", "", *_clicks(each), "", *_bought(each, each.items, report.currency)])
    return _aligned(rows)


def _clicks(told: StripArm | Recommended) -> list[str]:
    return [f"{told.views:,}", f"{told.clicks:,}", f"{told.click_rate:.2%}"]


def _bought(told: StripArm | Recommended, items: int, currency: str) -> list[str]:
    return [f"{told.orders:,}", f"{items:,}", _amount(told.revenue, currency)]


def _aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        first, *others = row
        yield "  ".join(
            [first.ljust(widths[0]), *(each.rjust(width) for each, width in zip(others, widths[1:], strict=True))]
        )


def _cells(arm: Arm, currency: str) -> list[str]:
    figures = [*(f"{getattr(arm, figure):,}" for figure in FIGURES[:-1]), _amount(arm.revenue, currency)]
    return [arm.arm, f"{arm.share:.1%}", *figures, f"{arm.conversion:.2%}", f"{arm.revenue_per_shopper:,.2f}"]


def _amount(units: float, currency: str) -> str:
    return f"{units:,.{CURRENCIES[currency].digits}f}"
