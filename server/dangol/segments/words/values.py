"""Facts and operands as people write them, in Korean and English."""

from collections.abc import Sequence
from datetime import datetime
from math import isfinite
from typing import Any

from dangol.definitions.model import Language
from dangol.render.formats import MONTHS
from dangol.render.money import money
from dangol.segments.calendar import LATEST
from dangol.segments.conditions.moving import Recent
from dangol.segments.conditions.row import UNITS, Row
from dangol.segments.language.scope import Scope

EARLIEST = -60_000_000_000  # unix seconds, in the year 68; before it the calendar has no days
LISTED = 10
"""Texts of a list that a sentence names."""
WORDS = {
    "ko": {"yes": "예", "no": "아니요", "unknown": "알 수 없음", "empty": "없음"},
    "en": {"yes": "yes", "no": "no", "unknown": "not known", "empty": "none"},
}
AT_LEAST = {"ko": "{} 이상", "en": "{} or more"}


def value(row: Row, known: Any, scope: Scope, language: Language) -> str:
    """A shopper's own value: None when not known, a list for a set, unix seconds for a time."""
    words = WORDS[language]
    if known is None:
        return words["unknown"]
    if row.kind == "boolean":
        return words["yes" if known else "no"]
    if row.kind == "time":
        return _known_moment(known, scope, language)
    if isinstance(known, (list, tuple)):
        return listed([quoted(row, each, language) for each in known], language) or words["empty"]
    if isinstance(known, str):
        return quoted(row, known, language)
    is_least = isinstance(row.extract, Recent) and row.extract.saturated(known)
    return (AT_LEAST[language] if is_least else "{}").format(number(row, known, scope, language))


def number(row: Row, amount: float, scope: Scope, language: Language) -> str:
    """A number with its unit, such as 10,000원 or 3 times."""
    if row.unit == "money":
        return money(round(amount), scope.site.currency, language)
    if row.unit == "month" and language == "en" and amount in range(1, 13):
        return MONTHS[int(amount) - 1]
    plain = f"{amount:,.0f}" if amount == int(amount) else f"{amount:,.2f}".rstrip("0")
    korean, one, many = UNITS.get(row.unit, (f"{{}} {row.unit}".rstrip(),) * 3)
    return (korean if language == "ko" else one if amount == 1 else many).format(plain)


def quoted(row: Row, text: str, language: Language) -> str:
    """A text in quotation marks, by its name where it has one."""
    korean, english = row.names.get(text, (text, text))
    return f"‘{korean}’" if language == "ko" else f"“{english}”"


def listed(texts: Sequence[str], language: Language, last: str = ", ") -> str:
    """Texts in a row, the last joined by `last`; of a long list how many more there are."""
    more = len(texts) - LISTED
    if more > 0:
        rest = f" 외 {more}개" if language == "ko" else f" and {more} more"
        return ", ".join(texts[:LISTED]) + rest
    return last.join([*filter(None, [", ".join(texts[:-1])]), *texts[-1:]])


def moment(written: str, language: Language) -> str:
    """A day or time as it stands in a condition: 2026년 1월 31일 18:00, 31 January 2026 18:00."""
    return _written(datetime.fromisoformat(written), " " in written, language)


def _known_moment(at: float, scope: Scope, language: Language) -> str:
    if not isfinite(at) or not EARLIEST < at < LATEST:
        return WORDS[language]["unknown"]
    return _written(scope.calendar.local_time(int(at)), True, language)


def _written(local: datetime, timed: bool, language: Language) -> str:
    day = f"{local.year}년 {local.month}월 {local.day}일"
    if language == "en":
        day = f"{local.day} {MONTHS[local.month - 1]} {local.year}"
    return f"{day} {local:%H:%M}" if timed else day
