"""Conditions as a console's form shows them: labels, operators, units, an example and its sentence."""

from collections.abc import Iterator, Mapping
from typing import Any

from dangol.definitions.model import Segment
from dangol.segments.conditions.presets import presets
from dangol.segments.conditions.row import BEHAVIOUR, GROUPS, UNITS, Row
from dangol.segments.language.behaviour import EXAMPLES
from dangol.segments.language.nodes import Leaf
from dangol.segments.language.reader import parse, parse_segment
from dangol.segments.language.scope import Scope
from dangol.segments.words.sentences import outline, sentence

OPERATORS: Mapping[str, tuple[str, str]] = {
    "eq": ("같음", "is exactly"),
    "ne": ("같지 않음", "is not"),
    "lt": ("미만", "is less than"),
    "lte": ("이하", "is at most"),
    "gt": ("초과", "is more than"),
    "gte": ("이상", "is at least"),
    "is": ("같음", "is"),
    "in": ("다음 중 하나", "is one of"),
    "contains": ("포함", "contains"),
    "starts": ("시작 글자", "starts with"),
    "ends": ("끝 글자", "ends with"),
    "glob": ("형식(*는 임의의 글자)", "is like (* stands for anything)"),
    "matches": ("정규식", "matches the regular expression"),
    "has_any": ("하나라도 있음", "has any of"),
    "has_all": ("모두 있음", "has all of"),
    "has_none": ("하나도 없음", "has none of"),
    "since": ("이후(그 시각 포함)", "at or after"),
    "before": ("이전(그 시각 제외)", "before"),
    "on": ("당일", "on the day"),
}
"""What operators are called, Korean and English."""

BEHAVIOURS: Mapping[str, tuple[str, str]] = {
    "did": ("기간 내 행동 횟수", "how often something was done"),
    "did_then": ("행동 후 다른 행동", "something was done, and then something else"),
    "did_but_not": ("행동 후 하지 않은 행동", "something was done, but then not something else"),
}


def described(scope: Scope) -> Iterator[dict[str, Any]]:
    """Every condition of a site as JSON: id, label, group, kind, operators, unit, source (profile, request or window),
    choices, an example and its sentence."""
    for row in scope.catalogue:
        yield _described(row, scope)
    for name in BEHAVIOUR:
        leaf = parse({name: EXAMPLES[name]}, scope)
        assert isinstance(leaf, Leaf)
        yield _described(leaf.row, scope) | {"label": _both(BEHAVIOURS[name]), "source": "window"}


def ready_made(scope: Scope) -> Iterator[dict[str, Any]]:
    """Segments to begin with, as JSON, each with its outline in words."""
    for preset in presets(scope.site.currency):
        tree = parse_segment(Segment(preset.id, preset.include, exclude=preset.exclude), scope)
        yield preset.describe() | {"outline": outline(tree, scope)}


def _described(row: Row, scope: Scope) -> dict[str, Any]:
    leaf = parse({row.id: row.example}, scope)
    assert isinstance(leaf, Leaf)
    return {
        "id": row.id,
        "label": {"ko": row.ko, "en": row.en},
        "group": {"id": row.group, **_both(GROUPS.get(row.group, (row.group, row.group)))},
        "kind": row.kind,
        "keyed": row.keyed,
        "operators": [{"id": each, "label": _both(OPERATORS[each])} for each in row.operators],
        "unit": _unit(row, scope),
        "source": row.source,
        "choices": [{"value": each, "label": _both(row.names.get(each, (each, each)))} for each in row.choices],
        "example": {row.id: row.example},
        "sentence": sentence(leaf, scope),
    }


def _unit(row: Row, scope: Scope) -> dict[str, str] | None:
    if not row.unit:
        return None
    if row.unit == "money":
        return {"id": "money", "ko": scope.site.currency, "en": scope.site.currency}
    korean, _, many = UNITS.get(row.unit, (row.unit,) * 3)
    return {"id": row.unit, **_both((korean.replace("{}", "").strip(), many.replace("{}", "").strip()))}


def _both(labels: tuple[str, str]) -> dict[str, str]:
    return {"ko": labels[0], "en": labels[1]}
