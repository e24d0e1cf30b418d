"""Definitions as a population answers them: distinct literals, and a program that puts them together.

Trees are followed as they are, word by word of 64 profiles, so nothing is multiplied out as it is for the index.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from dangol.segments.nodes import All, AnyOf, Leaf, Node, Not, Test
from dangol.segments.population.holders import Holder
from dangol.segments.population.judging import Moment, judge
from dangol.segments.population.kernels import AND, JOIN, LOAD, MEET, OR, TAKE, Ints
from dangol.segments.population.literals import Every, Expression, Fixed, Inverse, Literal, Some


class Question:
    """Some definitions at one moment. `literals` are numbered by their place; `steps` is the kernel's program, `depth`
    the height of its stack."""

    def __init__(self, nodes: Sequence[Node], moment: Moment) -> None:
        self.size = len(nodes)
        self.literals: list[Literal] = []
        self.depth = 0
        self._moment = moment
        self._judged: dict[Any, Expression] = {}
        self._numbers: dict[int, int] = {}
        steps: list[tuple[int, int, int]] = []
        for node in nodes:
            steps += self._steps(self._expression(node), True, 1)
            steps.append((TAKE, 0, 0))
        self.steps: Ints = np.array(steps, np.int64).reshape(-1, 3)

    def holders(self) -> Iterator[Holder]:
        """What is asked for."""
        return (literal.holder for literal in self.literals if not isinstance(literal, Fixed))

    def _expression(self, node: Node) -> Expression:
        match node:
            case Leaf():
                return Every(tuple(map(self._judge, node.tests)))
            case Not():
                return Inverse(self._expression(node.part))
            case AnyOf():
                return Some(tuple(map(self._expression, node.parts)))
            case All():
                return Every(tuple(map(self._expression, node.parts)))

    def _judge(self, test: Test) -> Expression:
        """Equal tests are one."""
        key = (test.row, test.operator, test.operand, test.key, test.negated)
        if key not in self._judged:
            self._judged[key] = judge(test, self._moment)
        return self._judged[key]

    def _steps(self, expression: Expression, wanted: bool, depth: int) -> Iterator[tuple[int, int, int]]:
        """The program that leaves the answer, or where not `wanted` its complement, on the stack."""
        self.depth = max(self.depth, depth)
        if isinstance(expression, Inverse):
            yield from self._steps(expression.part, not wanted, depth)
            return
        if not isinstance(expression, (Every, Some)):
            yield LOAD, self._number(expression), 0 if wanted else -1
            return
        every = isinstance(expression, Every) == wanted
        if not expression.parts:
            yield LOAD, self._number(Fixed(every)), 0
        for place, part in enumerate(expression.parts):
            if place == 0:
                yield from self._steps(part, wanted, depth)
            else:
                yield from self._joined(part, wanted, every, depth)

    def _joined(self, part: Expression, wanted: bool, every: bool, depth: int) -> Iterator[tuple[int, int, int]]:
        while isinstance(part, Inverse):
            part, wanted = part.part, not wanted
        if isinstance(part, (Every, Some)):
            yield from self._steps(part, wanted, depth + 1)
            yield MEET if every else JOIN, 0, 0
        else:
            yield AND if every else OR, self._number(part), 0 if wanted else -1

    def _number(self, literal: Literal) -> int:
        known = self._numbers.setdefault(id(literal), len(self.literals))
        if known == len(self.literals):
            self.literals.append(literal)  # which keeps it alive, so that its id stays its own
        return known
