"""From checked trees to clauses: each segment becomes alternatives of which one must hold, each a few literals.

A literal is one of two things. *Dense*: a number, a yes-or-no or a text that is compared with few values must lie in
one of a set of buckets; all literals of a clause on one such trait become one. *Tokens*: a token is something that a
profile has or has not, such as "viewed 85123A", "some page starts with /event" or "views of 85123A is at least 3";
a clause wants one token of a group, or none of them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple

from dangol.errors import Invalid, Problem
from dangol.segments.language import All, Leaf, Node, Not, Test, tests_of
from dangol.segments.row import Extract, Row
from dangol.segments.scale import Codes, Scale

MAX_CLAUSES = 256
"""Alternatives of one segment, written out."""

DENSE_VALUES = 64
"""A text that is compared with more values than this is looked up like a set, which costs no memory per value."""

EXACT = ("is", "in", "has_any", "has_all", "has_none")


class Token(NamedTuple):
    """What a profile has or has not. `operator` is ``is`` (a value), contains, starts, glob (a pattern), or ``at``
    (a keyed number lies in one of the buckets `operand`)."""

    row: Row
    operator: str
    operand: str | int
    key: str = ""


class Clause(NamedTuple):
    """Literals that must all hold: the allowed buckets by trait, tokens of which none, and groups of which one."""

    dense: tuple[tuple[int, int], ...] = ()
    none: frozenset[int] = frozenset()
    some: frozenset[frozenset[int]] = frozenset()


ALWAYS = Clause()


@dataclass
class Program:
    """All segments of a site, compiled together. `traits` and `tokens` are numbered by their place."""

    traits: list[tuple[Row, Scale | Codes]] = field(default_factory=list)
    tokens: dict[Token, int] = field(default_factory=dict)
    keyed: dict[tuple[Extract, str], Scale] = field(default_factory=dict)
    segments: list[list[Clause]] = field(default_factory=list)


def compile_segments(nodes: Sequence[Node], where: str = "segments") -> Program:
    """Raises Invalid for segments that branch too much."""
    compiler = _Compiler(nodes)
    problems = []
    for number, node in enumerate(nodes):
        try:
            compiler.program.segments.append(compiler.clauses(node, True))
        except _TooMany as error:
            expected = f"within {MAX_CLAUSES} alternatives once its any-groups are multiplied out; split the segment"
            problems.append(Problem(f"{where}[{number}]", f"{error.args[0]} alternatives", expected))
    if problems:
        raise Invalid(problems)
    return compiler.program


class _TooMany(Exception):
    """A segment has more alternatives than are kept; the argument is how many."""


class _Compiler:
    def __init__(self, nodes: Sequence[Node]) -> None:
        self.program = Program()
        self.dense: dict[Row, int] = {}
        counters: dict[tuple[Extract, str], list[Test]] = {}
        tests: dict[Row, list[Test]] = {}
        for test in tests_of(nodes):
            if test.row.kind == "keyed number":
                counters.setdefault((test.row.extract, test.key), []).append(test)
            else:
                tests.setdefault(test.row, []).append(test)
        self.program.keyed = {counter: Scale(those) for counter, those in counters.items()}
        for row, those in tests.items():
            self._place(row, those)

    def _place(self, row: Row, tests: list[Test]) -> None:
        """Decide once for each trait whether it is dense."""
        if row.kind in ("number", "boolean", "time"):
            self._add_trait(row, Scale(tests))
        elif row.kind == "text":
            values = dict.fromkeys(chain.from_iterable(_values(test) for test in tests if test.operator in EXACT))
            if 0 < len(values) <= DENSE_VALUES:
                self._add_trait(row, Codes(values))

    def _add_trait(self, row: Row, buckets: Scale | Codes) -> None:
        self.dense[row] = len(self.program.traits)
        self.program.traits.append((row, buckets))

    def clauses(self, node: Node, wanted: bool) -> list[Clause]:
        """The alternatives in which `node` holds (or, where not `wanted`, does not hold)."""
        if isinstance(node, Not):
            return self.clauses(node.part, not wanted)
        if isinstance(node, Leaf):
            return _combine([self.literal(test, wanted != test.negated) for test in node.tests], wanted)
        return _combine([self.clauses(part, wanted) for part in node.parts], isinstance(node, All) == wanted)

    def literal(self, test: Test, wanted: bool) -> list[Clause]:
        row = test.row
        if row.kind == "keyed number":
            return self._keyed(test, wanted)
        if row in self.dense and (row.kind != "text" or test.operator in EXACT):
            return self._bucketed(self.dense[row], test, wanted)
        if test.operator not in EXACT:
            return _tokens([self._token(Token(row, test.operator, test.operand, test.key))], wanted)
        tokens = [self._token(Token(row, "is", value, test.key)) for value in _values(test)]
        if test.operator == "has_all":
            return _combine([_tokens([token], wanted) for token in tokens], wanted)
        return _tokens(tokens, wanted != (test.operator == "has_none"))

    def _bucketed(self, trait: int, test: Test, wanted: bool) -> list[Clause]:
        buckets = self.program.traits[trait][1]
        holds = buckets.holds(test)
        return _in_buckets(trait, holds if wanted else buckets.full & ~holds, buckets.full)

    def _keyed(self, test: Test, wanted: bool) -> list[Clause]:
        """Most keys are absent from most profiles, so the token is what differs from absence."""
        scale = self.program.keyed[test.row.extract, test.key]
        holds = scale.holds(test)
        when_absent = bool(holds >> scale.bucket(test.row.absent) & 1)
        buckets = scale.full & ~holds if when_absent else holds
        return _tokens([self._token(Token(test.row, "at", buckets, test.key))], wanted != when_absent)

    def _token(self, token: Token) -> int:
        return self.program.tokens.setdefault(token, len(self.program.tokens))


def _values(test: Test) -> tuple[str, ...]:
    """The texts that a test with an exact operator names."""
    return (test.operand,) if test.operator == "is" else test.operand


def _in_buckets(trait: int, allowed: int, full: int) -> list[Clause]:
    if allowed == full:
        return [ALWAYS]
    return [Clause(dense=((trait, allowed),))] if allowed else []


def _tokens(tokens: Iterable[int], wanted: bool) -> list[Clause]:
    group = frozenset(tokens)
    return [Clause(some=frozenset([group])) if wanted else Clause(none=group)]


def _combine(parts: Sequence[list[Clause]], every: bool) -> list[Clause]:
    """All parts together (`every`), or one of them."""
    if not every:
        return _united(list(chain.from_iterable(parts)))
    clauses = [ALWAYS]
    for part in parts:
        if len(clauses) * len(part) > MAX_CLAUSES:
            raise _TooMany(len(clauses) * len(part))
        both = (_both(one, other) for one in clauses for other in part)
        clauses = list(dict.fromkeys(clause for clause in both if clause is not None))
    return clauses


def _both(one: Clause, other: Clause) -> Clause | None:
    """Both clauses at once; None where they contradict each other."""
    dense = dict(one.dense)
    for trait, allowed in other.dense:
        dense[trait] = allowed & dense.get(trait, allowed)
        if not dense[trait]:
            return None
    none, some = one.none | other.none, one.some | other.some
    if any(group <= none for group in some):
        return None
    return Clause(tuple(sorted(dense.items())), none, some)


def _united(clauses: list[Clause]) -> list[Clause]:
    """One of the clauses. Those that are one literal each on the same trait, or one group of tokens each, become one;
    so alternatives within a trait don't branch."""
    if ALWAYS in clauses:
        return [ALWAYS]
    buckets: dict[int, int] = {}
    group: frozenset[int] = frozenset()
    kept: dict[Clause, None] = {}
    for clause in clauses:
        if len(clause.dense) == 1 and not clause.none and not clause.some:
            [(trait, allowed)] = clause.dense
            buckets[trait] = buckets.get(trait, 0) | allowed
        elif len(clause.some) == 1 and not clause.none and not clause.dense:
            group |= next(iter(clause.some))
        else:
            kept[clause] = None
    united = [Clause(dense=((trait, allowed),)) for trait, allowed in buckets.items()]
    united += [Clause(some=frozenset([group]))] if group else []
    united += kept
    if len(united) > MAX_CLAUSES:
        raise _TooMany(len(united))
    return united
