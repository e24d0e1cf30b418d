"""Definitions as the kernel follows them: steps that put tests together on a stack.

Trees are followed as they are, 64 profiles in a word, so nothing is multiplied out as it is for the index.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from dangol.segments.language.nodes import All, AnyOf, Leaf, Node, Not, Test
from dangol.segments.population.kernels import AND, JOIN, LOAD, MEET, OR, TAKE, Ints
from dangol.segments.population.literals import Every, Fixed, Inverse, Some

Expression = Any
"""Every, Some and Inverse over leaves of any kind."""


class Steps:
    """Gathers steps: what to do, the number that `number` gives of a leaf, and -1 where its complement is meant."""

    def __init__(self, number: Callable[[Any], int]) -> None:
        self.steps: list[tuple[int, int, int]] = []
        self.depth = 0
        self._number = number

    def put(self, expression: Expression, wanted: bool = True, depth: int = 1) -> None:
        """Leave the answer, or where not `wanted` its complement, on the stack."""
        while isinstance(expression, Inverse):
            expression, wanted = expression.part, not wanted
        self.depth = max(self.depth, depth)
        if not isinstance(expression, (Every, Some)):
            self.steps.append((LOAD, self._number(expression), 0 if wanted else -1))
            return
        every = isinstance(expression, Every) == wanted
        first, *others = expression.parts or (Fixed(isinstance(expression, Every)),)
        self.put(first, wanted, depth)
        for part in others:
            self._join(part, wanted, every, depth)

    def _join(self, part: Expression, wanted: bool, every: bool, depth: int) -> None:
        while isinstance(part, Inverse):
            part, wanted = part.part, not wanted
        if isinstance(part, (Every, Some)):
            self.put(part, wanted, depth + 1)
            self.steps.append((MEET if every else JOIN, 0, 0))
        else:
            self.steps.append((AND if every else OR, self._number(part), 0 if wanted else -1))

    def array(self) -> Ints:
        """As the kernel takes them."""
        return np.array(self.steps, np.int64).reshape(-1, 3)


class Program:
    """Definitions at any moment. `asked` are their distinct tests, whose places the steps have; `depth` is the height
    of the stack."""

    def __init__(self, nodes: Sequence[Node]) -> None:
        self.size = len(nodes)
        self.asked: list[Test | Fixed] = []
        self._numbers: dict[Any, int] = {}
        steps = Steps(self._number)
        for node in nodes:
            steps.put(_expression(node))
            steps.steps.append((TAKE, 0, 0))
        self.steps, self.depth = steps.array(), steps.depth

    def _number(self, asked: Test | Fixed) -> int:
        """Equal tests are one."""
        key: Any = asked
        if isinstance(asked, Test):
            key = (asked.row, asked.operator, asked.operand, asked.key, asked.negated)
        number = self._numbers.setdefault(key, len(self.asked))
        if number == len(self.asked):
            self.asked.append(asked)
        return number


def _expression(node: Node) -> Expression:
    match node:
        case Leaf():
            return Every(node.tests)  # type: ignore[arg-type]  # tests are the leaves here
        case Not():
            return Inverse(_expression(node.part))
        case AnyOf():
            return Some(tuple(map(_expression, node.parts)))
        case All():
            return Every(tuple(map(_expression, node.parts)))
