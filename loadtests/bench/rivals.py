"""Other ways to tell which of many segments a shopper is in, each in the form that is quickest with it.

Every rival is made once from all segments, and is then called with the shopper's facts as a dict that lies ready.
"""

import json
from collections.abc import Callable, Sequence
from typing import Any

import zen
from flag_engine.segments.evaluator import is_context_in_segment
from growthbook.core import evalCondition
from json_logic import jsonLogic

Facts = dict[str, Any]
Leaf = tuple[str, str, Any, str]
"""Condition, operator, operand and key, as dangol's segments have them."""

Rival = Callable[[Facts], list[int]]
SIGNS = {"gte": ">=", "lt": "<"}


def closures(segments: Sequence[Sequence[Leaf]]) -> Rival:
    """Plain Python, a function for each condition."""
    tests = [[_closure(*leaf) for leaf in leaves] for leaves in segments]
    return lambda facts: [number for number, each in enumerate(tests) if all(test(facts) for test in each)]


def _closure(name: str, operator: str, operand: Any, key: str) -> Callable[[Facts], bool]:
    if key:
        return lambda facts: bool(facts[name].get(key, 0) >= operand)
    if operator == "gte":
        return lambda facts: bool(facts[name] >= operand)
    if operator == "lt":
        return lambda facts: bool(facts[name] < operand)
    wanted = frozenset(operand)
    if operator == "in":
        return lambda facts: facts[name] in wanted
    if operator == "has_any":
        return lambda facts: not wanted.isdisjoint(facts[name])
    return lambda facts: wanted.isdisjoint(facts[name])


def growthbook(segments: Sequence[Sequence[Leaf]]) -> Rival:
    """The evaluator of GrowthBook's SDK; a document of conditions for each segment."""
    signs = {"in": "$in", "has_any": "$in", "has_none": "$nin", "gte": "$gte", "lt": "$lt"}
    trees = [
        {(f"{name}.{key}" if key else name): {signs[operator]: operand} for name, operator, operand, key in leaves}
        for leaves in segments
    ]
    return lambda facts: [number for number, tree in enumerate(trees) if evalCondition(facts, tree)]


def flagsmith(segments: Sequence[Sequence[Leaf]]) -> Rival:
    """Flagsmith's engine. It knows no sets, so each element of one is a trait of its own that is set or not."""
    contexts: list[Any] = [
        {"key": str(number), "name": str(number), "rules": [{"type": "ALL", "rules": list(map(_flagsmith, leaves))}]}
        for number, leaves in enumerate(segments)
    ]

    def match(facts: Facts) -> list[int]:
        context: Any = {
            "environment": {"key": "e", "name": "e"},
            "identity": {"identifier": "i", "key": "i", "traits": facts},
        }
        return [number for number, segment in enumerate(contexts) if is_context_in_segment(context, segment)]

    return match


def _flagsmith(leaf: Leaf) -> dict[str, Any]:
    name, operator, operand, key = leaf
    if operator in ("has_any", "has_none"):
        conditions = [{"property": f"{name}:{value}", "operator": "IS_SET", "value": ""} for value in operand]
        return {"type": "ANY" if operator == "has_any" else "NONE", "conditions": conditions}
    signs = {"gte": "GREATER_THAN_INCLUSIVE", "lt": "LESS_THAN", "in": "IN"}
    value = operand if operator == "in" else str(operand)
    condition = {"property": f"{name}:{key}" if key else name, "operator": signs[operator], "value": value}
    return {"type": "ALL", "conditions": [condition]}


def flattened(facts: Facts) -> Facts:
    """The facts as traits without sets, for Flagsmith's engine."""
    flat: Facts = {}
    for name, value in facts.items():
        if isinstance(value, dict):
            flat |= {f"{name}:{key}": number for key, number in value.items()}
        elif isinstance(value, list):
            flat |= {f"{name}:{element}": 1 for element in value}
        else:
            flat[name] = value
    return flat


def json_logic(segments: Sequence[Sequence[Leaf]]) -> Rival:
    """json-logic-qubit, the package that is kept up; a rule for each segment."""
    rules = [{"and": list(map(_logic, leaves))} for leaves in segments]
    return lambda facts: [number for number, rule in enumerate(rules) if jsonLogic(rule, facts)]


def _logic(leaf: Leaf) -> dict[str, Any]:
    name, operator, operand, key = leaf
    if key:
        return {SIGNS[operator]: [{"var": [f"{name}.{key}", 0]}, operand]}
    if operator in SIGNS:
        return {SIGNS[operator]: [{"var": name}, operand]}
    if operator == "in":
        return {"in": [{"var": name}, operand]}
    some = {"or": [{"in": [value, {"var": name}]} for value in operand]}
    return some if operator == "has_any" else {"!": some}


def zen_table(segments: Sequence[Sequence[Leaf]]) -> Rival:
    """zen-engine (Rust) with its form for many rules: one decision table that collects all rows which hold."""
    names = sorted({name for leaves in segments for name, _, _, key in leaves if not key})
    inputs = [{"id": name, "name": name, "field": name} for name in names] + [{"id": "rest", "name": "rest"}]
    rules = [
        {"_id": str(number), "segment": str(number), **{name if not key else "rest": _cell(name, operator, operand, key)
         for name, operator, operand, key in leaves}}
        for number, leaves in enumerate(segments)
    ]  # fmt: skip
    table = {"hitPolicy": "collect", "inputs": inputs, "rules": rules,
             "outputs": [{"id": "segment", "name": "segment", "field": "segment"}]}  # fmt: skip
    nodes = [
        {"id": "in", "type": "inputNode", "name": "in"},
        {"id": "table", "type": "decisionTableNode", "name": "table", "content": table},
        {"id": "out", "type": "outputNode", "name": "out"},
    ]
    edges = [
        {"id": "first", "sourceId": "in", "targetId": "table", "type": "edge"},
        {"id": "second", "sourceId": "table", "targetId": "out", "type": "edge"},
    ]
    decision = zen.ZenEngine().create_decision(json.dumps({"nodes": nodes, "edges": edges}))

    def match(facts: Facts) -> list[int]:
        found: Any = decision.evaluate(facts)["result"]
        return [each["segment"] for each in found]

    return match


def _cell(name: str, operator: str, operand: Any, key: str) -> str:
    if key or operator in ("has_any", "has_none"):
        return _expression(name, operator, operand, key)
    return json.dumps(operand)[1:-1] if operator == "in" else f"{SIGNS[operator]} {operand}"


def zen_expression(segments: Sequence[Sequence[Leaf]]) -> Rival:
    """zen-engine with all segments in one compiled expression, a list of yes and no: an unusual form, its fastest."""
    every = ", ".join(" and ".join(_expression(*leaf) for leaf in leaves) for leaves in segments)
    expression = zen.compile_expression(f"[{every}]")
    return lambda facts: [number for number, held in enumerate(expression.evaluate(facts)) if held]


def _expression(name: str, operator: str, operand: Any, key: str) -> str:
    if key:
        return f"(views_of['{key}'] ?? 0) {SIGNS[operator]} {operand}"
    if operator in SIGNS:
        return f"{name} {SIGNS[operator]} {operand}"
    if operator == "in":
        return f"{name} in {json.dumps(operand)}"
    return f"{'some' if operator == 'has_any' else 'none'}({json.dumps(operand)}, # in $root.{name})"
