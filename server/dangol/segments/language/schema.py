"""The whole language of conditions as a JSON Schema (2020-12), made from the catalogue.

What the schema refuses, the reader refuses too. The reader asks for more: patterns that compile, days that exist,
ranges that some number lies in, segments that don't lead back, bounds on size and depth.
"""

from typing import Any

from dangol.segments import text
from dangol.segments.conditions.row import BEHAVIOUR, PATTERNS, Row
from dangol.segments.language import behaviour
from dangol.segments.language.operands import LISTS, MAX_LENGTH, MAX_NUMBER, MAX_VALUES
from dangol.segments.language.reader import MAX_NODES
from dangol.segments.language.scope import Scope
from dangol.segments.words.describe import BEHAVIOURS

DIALECT = "https://json-schema.org/draft/2020-12/schema"
TREE = {"$ref": "#/$defs/tree"}
DAY, CLOCK = r"[0-9]{4}-[0-9]{2}-[0-9]{2}", r" [0-9]{2}:[0-9]{2}"
SCALARS: dict[str, dict[str, Any]] = {
    "number": {"type": "number", "minimum": -MAX_NUMBER, "maximum": MAX_NUMBER},
    "phrase": {"type": "string", "minLength": 1, "maxLength": MAX_LENGTH},
    "page": {"type": "string", "minLength": 1, "maxLength": MAX_LENGTH, "pattern": "^(/|https?://)"},
    "day": {"type": "string", "pattern": f"^{DAY}$"},
    "time": {"type": "string", "pattern": f"^{DAY}({CLOCK})?$"},
}


def schema(scope: Scope) -> dict[str, Any]:
    """The schema of one tree, as it stands in a segment's include or exclude, for one site: with its traits, plugins'
    conditions and segments."""
    parts = {"type": "array", "items": TREE, "maxItems": MAX_NODES}
    connectives: dict[str, Any] = {
        "all": {"description": "every part holds; empty for every visitor", **parts},
        "any": {"description": "at least one part holds", **parts, "minItems": 1},
        "not": {"description": "the part does not hold", **TREE},
        "segment": {"description": "the visitor is in another segment", "enum": list(scope.by_id)},
    }
    own = behaviour.schema()
    for name in BEHAVIOUR:
        own[name] = {**_labelled(*BEHAVIOURS[name]), "examples": [behaviour.EXAMPLES[name]], **own[name]}
    leaves = {row.id: _leaf(row) for row in scope.catalogue} | {name: _ref(name) for name in BEHAVIOUR}
    return {
        "$schema": DIALECT,
        "title": "A segment's condition",
        "$ref": "#/$defs/tree",
        "$defs": {"tree": _object({**connectives, **leaves}, 1) | {"maxProperties": 1}, **SCALARS, **own},
    }


def _leaf(row: Row) -> dict[str, Any]:
    about = {**_labelled(row.ko, row.en), "examples": [row.example]}
    operators = _object({operator: _operand(row, operator) for operator in row.operators}, 1)
    if row.kind == "boolean":
        return {**about, "anyOf": [{"type": "boolean"}, operators]}
    if row.keyed:
        operators["properties"] = {"key": _ref("phrase"), **operators["properties"]}
        operators |= {"required": ["key"], "minProperties": 2}
    return {**about, **operators}


def _operand(row: Row, operator: str) -> dict[str, Any]:
    if row.kind in ("number", "keyed number"):
        return _ref("number")
    if row.kind == "boolean":
        return {"type": "boolean"}
    if row.kind == "time":
        return _ref("day" if operator == "on" else "time")
    if operator in PATTERNS:
        return _ref("phrase")
    one = {"enum": list(row.choices)} if row.choices else _ref("page" if row.form is text.path else "phrase")
    return {"type": "array", "items": one, "minItems": 1, "maxItems": MAX_VALUES} if operator in LISTS else one


def _object(properties: dict[str, Any], least: int) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "minProperties": least, "additionalProperties": False}


def _labelled(korean: str, english: str) -> dict[str, Any]:
    return {"title": english, "description": korean}


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/$defs/{name}"}
