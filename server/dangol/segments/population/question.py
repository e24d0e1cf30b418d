"""A program at one moment: what its tests ask then of what is kept."""

from collections.abc import Iterator

import numpy as np

from dangol.segments.population.holders import Holder
from dangol.segments.population.judging import Moment, judge
from dangol.segments.population.kernels import AND, LOAD, OR, STORE, Ints
from dangol.segments.population.literals import Every, Fixed, Inverse, Literal, Some
from dangol.segments.population.program import Program, Steps


class Question:
    """`literals` are numbered by their place, and so are their rows of bits; behind them stand rows for tests that are
    made of several literals. `rows` is how many there are. `steps` begins with what makes the latter."""

    def __init__(self, program: Program, moment: Moment) -> None:
        self.size = program.size
        self.literals: list[Literal] = []
        self._numbers: dict[int, int] = {}
        found = [asked if isinstance(asked, Fixed) else judge(asked, moment) for asked in program.asked]
        places = np.zeros((len(found), 2), np.int64)
        composed = []
        for number, expression in enumerate(found):
            flip = 0
            while isinstance(expression, Inverse):
                expression, flip = expression.part, ~flip
            if isinstance(expression, (Every, Some)):
                composed.append((number, expression, flip))
            else:
                places[number] = self._number(expression), flip
        before = Steps(self._number)
        for _, expression, _ in composed:
            before.put(expression)
            before.steps.append((STORE, 0, 0))
        for row, (number, _, flip) in enumerate(composed, len(self.literals)):
            places[number] = row, flip
        self.rows = len(self.literals) + len(composed)
        self.depth = max(program.depth, before.depth)
        self.steps = np.concatenate([self._stored(before.array()), _placed(program.steps, places)])

    def holders(self) -> Iterator[Holder]:
        """What is asked for."""
        return (literal.holder for literal in self.literals if not isinstance(literal, Fixed))

    def _number(self, literal: Literal) -> int:
        known = self._numbers.setdefault(id(literal), len(self.literals))
        if known == len(self.literals):
            self.literals.append(literal)  # which keeps it alive, so that its id stays its own
        return known

    def _stored(self, steps: Ints) -> Ints:
        """The rows behind the literals' take what is composed, one after the other."""
        stores = steps[:, 0] == STORE
        steps[stores, 1] = len(self.literals) + np.arange(stores.sum())
        return steps


def _placed(steps: Ints, places: Ints) -> Ints:
    """A program's steps with its tests' rows in place of their numbers."""
    placed = steps.copy()
    uses = np.isin(placed[:, 0], (LOAD, AND, OR))
    rows = places[placed[uses, 1]]
    placed[uses, 1] = rows[:, 0]
    placed[uses, 2] ^= rows[:, 1]
    return placed
