"""From a checked tree to alternatives of which one must hold, each a few literals that must all hold.

A literal is one of two things. *Dense*: a number, a yes-or-no or a whole text must be among allowed values; all
literals of an alternative on one such fact become one. *Tokens*: a token is something that a profile has or has not,
such as "viewed 85123A", "some page starts with /event" or "views of 85123A is at least 3"; an alternative wants one
token of a group, or none of them. Nothing here depends on other segments, so a segment's alternatives are made once.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from dangol.errors import Problem
from dangol.segments.conditions.row import Row
from dangol.segments.language.nodes import All, Leaf, Node, Not, Test
from dangol.segments.matching.ranges import ALWAYS, NEVER, Allowed, Ranges, Values, both, compared, either

MAX_ALTERNATIVES = 256
"""Of one segment, written out."""

EXACT = ("is", "in", "has_any", "has_all", "has_none")


class Token(NamedTuple):
    """What a profile has or has not. `operator` is ``is`` (a value), one of `text.PATTERNS`, or ``at`` (the number of
    `key` is in the ranges `operand`)."""

    row: Row
    operator: str
    operand: str | Ranges
    key: str = ""


class Alternative(NamedTuple):
    """Literals that must all hold: what is allowed by fact, tokens of which none, and groups of which one each."""

    allowed: frozenset[tuple[Row, Allowed]] = frozenset()
    none: frozenset[Token] = frozenset()
    some: frozenset[frozenset[Token]] = frozenset()

    def tokens(self) -> Iterator[Token]:
        return chain(self.none, *self.some)

    def size(self) -> int:
        """How many literals it is, tokens counted one by one, and at least 1."""
        return 1 + len(self.allowed) + len(self.none) + sum(map(len, self.some))


EVERYONE = Alternative()


class TooMany(Exception):
    """A segment has more alternatives than are kept; the argument is how many."""

    def problem(self, where: str) -> Problem:
        """What is wrong with the segment that stands there."""
        expected = f"within {MAX_ALTERNATIVES} alternatives once its any-groups are multiplied out; split the segment"
        return Problem(where, f"{self.args[0]} alternatives", expected)


def alternatives(node: Node, wanted: bool = True) -> list[Alternative]:
    """Those in which `node` holds (or, where not `wanted`, does not hold). Raises TooMany."""
    if isinstance(node, Not):
        return alternatives(node.part, not wanted)
    if isinstance(node, Leaf):
        return _combine([_literal(test, wanted != test.negated) for test in node.tests], wanted)
    return _combine([alternatives(part, wanted) for part in node.parts], isinstance(node, All) == wanted)


def _literal(test: Test, wanted: bool) -> list[Alternative]:
    row = test.row
    if row.kind in ("number", "boolean", "time"):
        return _dense(row, compared(test), wanted)
    if row.keyed:
        return _keyed(test, wanted)
    if test.operator not in EXACT:
        return _tokens([Token(row, test.operator, test.operand)], wanted)
    values = (test.operand,) if test.operator == "is" else test.operand
    if row.kind == "text":
        return _dense(row, Values(False, frozenset(values)), wanted)
    tokens = [Token(row, "is", value) for value in values]
    if test.operator == "has_all":
        return _combine([_tokens([token], wanted) for token in tokens], wanted)
    return _tokens(tokens, wanted != (test.operator == "has_none"))


def _dense(row: Row, allowed: Allowed, wanted: bool) -> list[Alternative]:
    return _unless_trivial(row, allowed if wanted else allowed.negated())


def _unless_trivial(row: Row, allowed: Allowed) -> list[Alternative]:
    if allowed in ALWAYS:
        return [EVERYONE]
    return [] if allowed in NEVER else [Alternative(frozenset([(row, allowed)]))]


def _keyed(test: Test, wanted: bool) -> list[Alternative]:
    """Most keys are absent from most profiles, so the token is what differs from absence."""
    ranges = compared(test)
    when_absent = ranges.holds(test.row.absent)
    token = Token(test.row, "at", ranges.negated() if when_absent else ranges, test.key)
    return _tokens([token], wanted != when_absent)


def _tokens(tokens: Iterable[Token], wanted: bool) -> list[Alternative]:
    group = frozenset(tokens)
    return [Alternative(some=frozenset([group])) if wanted else Alternative(none=group)]


def _combine(parts: Sequence[list[Alternative]], every: bool) -> list[Alternative]:
    """All parts together (`every`), or one of them."""
    if not every:
        return _united(chain.from_iterable(parts))
    found = [EVERYONE]
    for part in parts:
        if len(found) * len(part) > MAX_ALTERNATIVES:
            raise TooMany(len(found) * len(part))
        together = (_both(one, other) for one in found for other in part)
        found = list(dict.fromkeys(each for each in together if each is not None))
    return found


def _both(one: Alternative, other: Alternative) -> Alternative | None:
    """Both at once; None where they contradict each other."""
    allowed = dict(one.allowed)
    for row, values in other.allowed:
        allowed[row] = found = both(values, allowed[row]) if row in allowed else values
        if found in NEVER:
            return None
    none, some = one.none | other.none, one.some | other.some
    if any(group <= none for group in some):
        return None
    return Alternative(frozenset(allowed.items()), none, some)


def _united(parts: Iterable[Alternative]) -> list[Alternative]:
    """One of them. Those that are one literal each on the same fact, or one group of tokens each, become one; so
    alternatives within a fact don't branch."""
    dense: dict[Row, Allowed] = {}
    group: frozenset[Token] = frozenset()
    kept: dict[Alternative, None] = {}
    for part in parts:
        if len(part.allowed) == 1 and not part.none and not part.some:
            [(row, allowed)] = part.allowed
            dense[row] = either(dense[row], allowed) if row in dense else allowed
        elif len(part.some) == 1 and not part.none and not part.allowed:
            group |= next(iter(part.some))
        else:
            kept[part] = None
    united = [*chain.from_iterable(_unless_trivial(*each) for each in dense.items())]
    united += [Alternative(some=frozenset([group]))] if group else []
    united += kept
    if EVERYONE in united:
        return [EVERYONE]
    if len(united) > MAX_ALTERNATIVES:
        raise TooMany(len(united))
    return united
