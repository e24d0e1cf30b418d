"""Texts by number: columns hold the numbers, and what a condition says of a text is found once for each text."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from dangol.segments.calendar import Clock
from dangol.segments.text import PATTERNS

Flags = npt.NDArray[np.bool_]
Form = Callable[[str], str]

REMEMBERED = 256
"""Patterns whose fitting texts are remembered."""


class Lexicon(dict[str, int]):
    """The number of each text, given when it is first asked for. The empty text is 0. Texts are kept as they are on the
    profile, since the same fact may be asked for in several forms."""

    def __init__(self) -> None:
        super().__init__({"": 0})
        self.texts: list[str] = [""]
        self._free: list[int] = []
        self._forms: dict[Form, _Formed] = {}
        self._fitting: dict[tuple[Form, str, str], Flags] = {}
        self._told: dict[Callable[[str, Clock], Any], Told] = {}

    def __missing__(self, raw: str) -> int:
        if self._free:
            number = self._free.pop()
            self.texts[number] = raw
        else:
            number = len(self.texts)
            self.texts.append(raw)
        self[raw] = number
        return number

    def equal(self, form: Form, values: Iterable[str]) -> Flags:
        """Which texts are one of `values` (in the form) once they are in the form."""
        formed = self._formed(form)
        flags = np.zeros(len(self.texts), np.bool_)
        for value in values:
            flags[formed.numbers.get(value, [])] = True
        return flags

    def fitting(self, form: Form, operator: str, operand: str) -> Flags:
        """Which texts fit a pattern. Those judged before are remembered."""
        judged = self._fitting.pop((form, operator, operand), np.zeros(0, np.bool_))
        if len(judged) < len(self.texts):
            fits, formed = PATTERNS[operator], self._formed(form).texts
            new = [fits(operand, text) for text in formed[len(judged) :]]
            judged = np.concatenate([judged, np.array(new, np.bool_)])
        if len(self._fitting) >= REMEMBERED:
            del self._fitting[next(iter(self._fitting))]
        self._fitting[form, operator, operand] = judged
        return judged

    def told(self, tell: Callable[[str, Clock], Any], clock: Clock) -> "Told":
        """What `tell`, which looks at no more of the clock than the day, makes of each text. Remembered for the day."""
        told = self._told.get(tell)
        if told is None or told.day != clock.today:
            told = self._told[tell] = Told(clock.today)
        told.add(tell(text, clock) for text in self.texts[len(told.places) :])
        return told

    def release(self, used: Flags) -> None:
        """Forget the texts that are not `used`; their numbers go to others."""
        gone = [number for number in np.flatnonzero(~used[1:]) + 1 if self.get(self.texts[number]) == number]
        for number in gone:
            del self[self.texts[number]]
            self.texts[number] = ""
        self._free += map(int, gone)
        self._forms.clear()
        self._fitting.clear()
        self._told.clear()

    def _formed(self, form: Form) -> "_Formed":
        formed = self._forms.setdefault(form, _Formed())
        for number in range(len(formed.texts), len(self.texts)):
            text = form(self.texts[number])
            formed.texts.append(text)
            formed.numbers.setdefault(text, []).append(number)
        return formed


class _Formed:
    """The texts in one form, and their numbers by it."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.numbers: dict[str, list[int]] = {}


class Told:
    """What a day makes of texts: the different `values`, and by text the place of its value."""

    def __init__(self, day: int) -> None:
        self.day = day
        self.values: dict[Any, int] = {}
        self.places: npt.NDArray[np.int64] = np.zeros(0, np.int64)

    def add(self, told: Iterable[Any]) -> None:
        """What was made of further texts."""
        new = [self.values.setdefault(value, len(self.values)) for value in told]
        if new:
            self.places = np.concatenate([self.places, np.array(new, np.int64)])
