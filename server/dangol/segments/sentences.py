"""A leaf and what came of it, in a marketer's words."""

from collections.abc import Mapping
from typing import Any

from dangol.segments.language import Leaf, Test
from dangol.segments.row import Row

DECIMALS = {"KRW": 0, "JPY": 0}
UNITS = {
    "ko": {"days": "일", "seconds": "초", "hours": "시", "years": "세"},
    "en": {"days": " days", "seconds": " seconds", "hours": " o'clock", "years": " years"},
}
OPERATORS: Mapping[str, Mapping[str, str]] = {
    "ko": {
        "eq": "{} 같음", "ne": "{} 아님", "lt": "{} 미만", "lte": "{} 이하", "gt": "{} 초과", "gte": "{} 이상",
        "is": "{}", "in": "{} 중 하나", "contains": "{} 포함", "starts": "{}(으)로 시작", "glob": "{} 형식",
        "has_any": "{} 중 하나 이상 있음", "has_all": "{} 모두 있음", "has_none": "{} 모두 없음",
    },
    "en": {
        "eq": "equal to {}", "ne": "other than {}", "lt": "under {}", "lte": "at most {}", "gt": "over {}",
        "gte": "at least {}", "is": "{}", "in": "one of {}", "contains": "containing {}", "starts": "starting with {}",
        "glob": "like {}", "has_any": "with any of {}", "has_all": "with all of {}", "has_none": "with none of {}",
    },
}  # fmt: skip
WORDS = {
    "ko": {
        "yes": "예", "no": "아니요", "unknown": "알 수 없음", "empty": "없음", "and": ", ",
        "held": "충족", "failed": "미충족",
    },
    "en": {
        "yes": "yes", "no": "no", "unknown": "not known", "empty": "none", "and": " and ", "held": "held",
        "failed": "not held",
    },
}  # fmt: skip
FRAMES = {
    "ko": "{subject}: {asked} 조건 {outcome} (현재 {value})",
    "en": "{subject}, {asked}: {outcome} (now {value})",
}


def sentence(leaf: Leaf, value: Any, held: bool, currency: str) -> dict[str, str]:
    """Korean and English. `value` is None when not known; sets are lists."""
    return {language: _say(leaf, value, held, currency, language) for language in ("ko", "en")}


def _say(leaf: Leaf, value: Any, held: bool, currency: str, language: str) -> str:
    words = WORDS[language]
    asked = words["and"].join(_test(test, currency, language) for test in leaf.tests)
    label = leaf.row.ko if language == "ko" else leaf.row.en
    return FRAMES[language].format(
        subject=f"{label} “{leaf.key}”" if leaf.key else label,
        asked=asked,
        outcome=words["held" if held else "failed"],
        value=_value(leaf.row, value, currency, language),
    )


def _test(test: Test, currency: str, language: str) -> str:
    return OPERATORS[language][test.operator].format(_value(test.row, test.operand, currency, language))


def _value(row: Row, value: Any, currency: str, language: str) -> str:
    words = WORDS[language]
    if value is None:
        return words["unknown"]
    if isinstance(value, bool):
        return words["yes" if value else "no"]
    if isinstance(value, (list, tuple)):
        return ", ".join(f"“{each}”" for each in value) or words["empty"]
    if isinstance(value, str):
        return f"“{value}”"
    if row.unit == "money":
        decimals = DECIMALS.get(currency, 2)
        return f"{value / 10**decimals:,.{decimals}f} {currency}"
    number = f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"
    return number + UNITS[language].get(row.unit, "")
