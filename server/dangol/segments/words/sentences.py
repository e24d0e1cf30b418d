"""Conditions in a marketer's words, in Korean and English: "누적 구매수 3회 이상", "bought 3 times or more"."""

from collections.abc import Iterator, Mapping
from typing import Any

from dangol.definitions.model import LANGUAGES, Language
from dangol.render.text import choose
from dangol.segments.conditions.row import Row
from dangol.segments.language.nodes import All, AnyOf, Leaf, Named, Node, below
from dangol.segments.language.scope import Scope
from dangol.segments.words.korean import particle
from dangol.segments.words.values import listed, moment, number, quoted, value

GROUPS = {
    "everyone": {"ko": "모든 방문자", "en": "every visitor"},
    "all": {"ko": "다음을 모두 충족", "en": "all of these hold"},
    "any": {"ko": "다음 중 하나 이상 충족", "en": "at least one of these holds"},
    "not": {"ko": "다음에 해당하지 않음", "en": "this does not hold"},
    "segment": {"ko": "세그먼트 {}에 속함", "en": "is in the segment {}"},
}
LOWER = {"gte": ("{} 이상", "{} or more"), "gt": ("{} 초과", "more than {}")}
UPPER = {"lt": ("{} 미만", "less than {}"), "lte": ("{} 이하", "at most {}")}
PLACES = ("month", "o'clock")
"""Units that number places in time; of these there is no "exactly"."""
POINT = {"eq": ("정확히 {}", "exactly {}"), "ne": ("{} 아님", "other than {}")}
# In Korean {label} is followed by its particle and {} is the operand in quotation marks with its own.
TEXTS = {
    "is": ("{label:이} {}임", "{label} is {}"),
    "in": ("{label:이} {}임", "{label} is {}"),
    "contains": ("{label}에 {:이} 포함됨", "{label} contains {}"),
    "starts": ("{label:이} {:으로} 시작함", "{label} starts with {}"),
    "ends": ("{label:이} {:으로} 끝남", "{label} ends with {}"),
    "glob": ("{label:이} {} 형식임", "{label} is like {}"),
    "matches": ("{label:이} 정규식 {}에 맞음", "{label} matches the pattern {}"),
}
SETS = {
    "has_any": ("{label}에 {:이} 있음", "has {} among the {label}"),
    "has_all": ("{label}에 {:이} 모두 있음", "has {} among the {label}"),
    "has_none": ("{label}에 {:이} 모두 없음", "has no {} among the {label}"),
    "has_one": ("{label}에 {:이} 있음", "has {} among the {label}"),
    "has_no": ("{label}에 {:이} 없음", "has no {} among the {label}"),
    "contains": ("{label} 중 {:이} 포함된 것이 있음", "has one that contains {} among the {label}"),
    "starts": ("{label} 중 {:으로} 시작하는 것이 있음", "has one that starts with {} among the {label}"),
    "ends": ("{label} 중 {:으로} 끝나는 것이 있음", "has one that ends with {} among the {label}"),
    "glob": ("{label} 중 {} 형식인 것이 있음", "has one like {} among the {label}"),
    "matches": ("{label} 중 정규식 {}에 맞는 것이 있음", "has one that matches the pattern {} among the {label}"),
}
ALONE = {"has_all": "has_one", "has_none": "has_no"}
LINKS = {"ko": {"in": " 또는 ", "has_any": " 또는 "}, "en": {"has_all": " and "}}
LINK = {"ko": ", ", "en": " or "}
NOW = {"ko": "{} (현재 {})", "en": "{} (now {})"}
MARKS = {"ko": {True: "[충족]", False: "[미충족]"}, "en": {True: "[held]", False: "[not held]"}}
LINKED = {"ko": ", ", "en": " and "}
FRAMES = {"ko": "{label} {}", "en": "{label}: {}"}
YES_OR_NO = {"ko": "{label}임|{label:이} 아님", "en": "{label}: yes|{label}: no"}
TIMES = {
    "since": ("{} 이후", "on or after {}"),
    "before": ("{} 전", "before {}"),
    "on": ("{} 당일", "on {}"),
    "between": ("{}부터 {} 전까지", "on or after {} and before {}"),
}
Said = dict[str, str]


class _Word(str):
    """A word whose format specification, if any, is the Korean particle that follows it."""

    def __format__(self, form: str) -> str:
        return f"{self}{particle(self, form)}" if form else str(self)


def sentence(leaf: Leaf, scope: Scope) -> Said:
    """What a condition asks, by language."""
    return {language: _asked(leaf, scope, language) for language in LANGUAGES}


def with_value(leaf: Leaf, known: Any, scope: Scope) -> Said:
    """What a condition asks and what the shopper's own value is (None: not known; sets are lists), by language."""
    asked = sentence(leaf, scope)
    return {each: NOW[each].format(asked[each], value(leaf.row, known, scope, each)) for each in LANGUAGES}


def heading(node: Node, scope: Scope) -> Said:
    """What a group of conditions asks of its parts, by language."""
    if isinstance(node, Named):
        segment = scope.by_id.get(node.segment)
        name = segment.name if segment else ""
        names = {each: choose(name, each, scope.site.language) or node.segment for each in LANGUAGES}
        quotes = {"ko": f"‘{names['ko']}’", "en": f"“{names['en']}”"}
        return {each: GROUPS["segment"][each].format(quotes[each]) for each in LANGUAGES}
    if isinstance(node, All):
        return GROUPS["all" if node.parts else "everyone"]
    return GROUPS["any" if isinstance(node, AnyOf) else "not"]


def outline(node: Node, scope: Scope) -> Said:
    """A whole tree, a line for each condition and group, indented by its depth."""
    return {each: "\n".join(_lines(node, scope, each)) for each in LANGUAGES}


def _lines(node: Node, scope: Scope, language: Language, indent: str = "") -> Iterator[str]:
    if isinstance(node, Leaf):
        yield f"{indent}{_asked(node, scope, language)}"
        return
    parts = below(node)
    yield f"{indent}{heading(node, scope)[language]}{':' if parts else ''}"
    for part in parts:
        yield from _lines(part, scope, language, f"{indent}  ")


def _asked(leaf: Leaf, scope: Scope, language: Language) -> str:
    row = leaf.row
    asked = {operator: operand for operator, operand in leaf.asked.items() if operator != "key"}
    if row.kind == "boolean":
        return _frame(leaf, YES_OR_NO[language], language, answer=int(asked.get("is") is False))
    if row.kind == "time":
        return _frame(leaf, FRAMES[language], language, _time(asked, language))
    if row.kind in ("number", "keyed number"):
        return _frame(leaf, FRAMES[language], language, _amount(row, asked, scope, language))
    said = (_texts(leaf, operator, operand, language) for operator, operand in asked.items())
    return LINKED[language].join(said)


def _frame(leaf: Leaf, otherwise: str, language: Language, said: str = "", answer: int = 0) -> str:
    """A sentence of the row's own, or the usual one of its label; `answer` picks one of several."""
    own = leaf.row.ko_says if language == "ko" else leaf.row.en_says
    key = _Word(quoted(leaf.row, str(leaf.asked.get("key", "")), language))
    return (own or otherwise).split("|")[answer].format(said, key=key, label=_label(leaf, language))


def _label(leaf: Leaf, language: Language) -> _Word:
    row, key = leaf.row, leaf.asked.get("key")
    label = row.ko if language == "ko" else row.en
    if key is None:
        return _Word(label)
    named = quoted(row, str(key), language)
    return _Word(f"{label}({named})" if language == "ko" else f"{label} ({named})")


def _amount(row: Row, asked: Mapping[str, Any], scope: Scope, language: Language) -> str:
    """One phrase for a range, such as 10,000원 이상 50,000원 미만; what else is asked stands behind it."""
    said = [
        [words[operator][language == "en"].format(number(row, asked[operator], scope, language))
         for operator in words if operator in asked]
        for words in (LOWER, UPPER, POINT)
    ]  # fmt: skip
    lower, upper, points = said
    if row.unit in PLACES and "eq" in asked:
        points[0] = number(row, asked["eq"], scope, language)
    between = " " if language == "ko" else " but "
    return ", ".join([*filter(None, [between.join([*lower, *upper])]), *points])


def _time(asked: Mapping[str, str], language: Language) -> str:
    english = language == "en"
    said = {operator: moment(written, language) for operator, written in asked.items()}
    if "since" in said and "before" in said:
        span = TIMES["between"][english].format(said.pop("since"), said.pop("before"))
        return ", ".join([span, *(TIMES["on"][english].format(day) for day in said.values())])
    return ", ".join(TIMES[operator][english].format(each) for operator, each in said.items())


def _texts(leaf: Leaf, operator: str, operand: str | list[str], language: Language) -> str:
    table = SETS if leaf.row.kind == "set" else TEXTS
    texts = [operand] if isinstance(operand, str) else operand
    link = LINKS[language].get(operator, LINK[language])
    said = listed([quoted(leaf.row, each, language) for each in texts], language, link)
    name = ALONE.get(operator, operator) if len(texts) == 1 else operator
    return table[name][language == "en"].format(_Word(said), label=_label(leaf, language))
