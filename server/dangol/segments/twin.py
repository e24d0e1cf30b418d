"""The slow and obvious truth about segments: what the tests hold the index against, and what `why` tells.

What is not known: a number or time that is not known is neither equal to any nor different from it, greater or less, so
every operator (``ne`` too) fails; a text that is not known is empty and fails every operator; a set that is not known
is empty, so ``has_none`` holds and all else fails; a key that is absent counts as the condition's `absent`. ``not`` is
plain negation: ``{"not": {"age": {"lt": 20}}}`` holds for shoppers whose age is not known.
"""

from typing import Any

from dangol.definitions.model import Segment
from dangol.plugin import Profile, Request
from dangol.segments.calendar import Clock
from dangol.segments.conditions.row import COMPARE, Row
from dangol.segments.language.nodes import All, Leaf, Node, Not, Test
from dangol.segments.language.reader import parse_segment
from dangol.segments.language.scope import Scope
from dangol.segments.text import PATTERNS


def holds(segment: Segment, profile: Profile, request: Request, scope: Scope) -> bool:
    """Whether the shopper is in the segment. Raises Invalid for a segment that is not well written."""
    clock = Clock(request.now, scope.calendar)
    return _holds(parse_segment(segment, scope), profile, request, clock)


def _holds(node: Node, profile: Profile, request: Request, clock: Clock) -> bool:
    if isinstance(node, Leaf):
        return leaf_holds(node, profile, request, clock)
    if isinstance(node, Not):
        return not _holds(node.part, profile, request, clock)
    parts = (_holds(part, profile, request, clock) for part in node.parts)
    return all(parts) if isinstance(node, All) else any(parts)


def leaf_holds(leaf: Leaf, profile: Profile, request: Request, clock: Clock) -> bool:
    """Whether one condition holds."""
    facts = ((test, fact(test.row, test.key, profile, request, clock)) for test in leaf.tests)
    return all(test_holds(test, known) for test, known in facts)


def fact(row: Row, key: str, profile: Profile, request: Request, clock: Clock) -> Any:
    """The shopper's value for a condition: a number, a bool, a text or a set of texts in the row's form, or None."""
    found = row.extract(profile, request, clock)
    if row.kind == "set":
        return frozenset(row.form(each) for each in found)
    if row.keyed:
        by_key = {row.form(name): value for name, value in found.items()}
        found = by_key.get(key, row.absent)
    if isinstance(found, str):
        return row.form(found) if found else None
    return None if found is None or found != found else found


def test_holds(test: Test, known: Any) -> bool:
    """Whether one operator says yes to a fact."""
    return _test_holds(test, known) != test.negated


def _test_holds(test: Test, known: Any) -> bool:
    operand = test.operand
    if isinstance(known, frozenset):
        return _set_holds(test.operator, operand, known)
    if known is None:
        return False
    if test.operator in COMPARE:
        return bool(COMPARE[test.operator](known, operand))
    return PATTERNS[test.operator](operand, known)


def _set_holds(operator: str, operand: Any, known: frozenset[str]) -> bool:
    if operator == "has_any":
        return any(value in known for value in operand)
    if operator == "has_all":
        return all(value in known for value in operand)
    if operator == "has_none":
        return not any(value in known for value in operand)
    return any(PATTERNS[operator](operand, value) for value in known)
