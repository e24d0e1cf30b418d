"""What is kept of every profile, so that all conditions of a site can be judged later, at whatever moment."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import nan
from typing import Any, Literal, NamedTuple

import numpy as np

from dangol.plugin import Profile, Request
from dangol.segments.calendar import DAY, LATEST, Clock
from dangol.segments.population.columns import Floats, Rows
from dangol.segments.population.lexicon import Lexicon

Kept = Literal["fact", "moment", "day", "date", "days"]
NO_PAGE = Request(now=0)


@dataclass(frozen=True, slots=True)
class Holder:
    """One number, text or bag (a set of texts, `counted`: with a number each) of every profile. What is kept of it:

    fact    what `read` makes of profile, request and clock, on no page; it does not move
    moment  the unix time, or the times by key, that `read` gives; 0 is never
    day     the number of the shop's day on which that falls; NaN where `Clock.days_since` knows none
    days    the same by key; what never was is not there
    date    the number of the day for a moment of any year
    """

    kind: Literal["number", "text", "bag"]
    kept: Kept
    read: Callable[..., Any]
    counted: bool = field(default=False, compare=False)

    def reader(self, clock: Clock) -> Callable[[Profile], Any]:
        """What it keeps of a profile; any clock of the shop will do."""
        read = self.read
        readers: dict[Kept, Callable[[Profile], Any]] = {
            "fact": lambda profile: read(profile, NO_PAGE, clock),
            "moment": read if self.kind != "number" else lambda profile: read(profile) or nan,
            "day": lambda profile: day(read(profile), clock),
            "days": lambda profile: {key: day(at, clock) for key, at in read(profile).items() if at},
            "date": lambda profile: clock.day_of(at) if (at := read(profile)) else nan,
        }
        return readers[self.kept]


def day(at: int, clock: Clock) -> float:
    """The number of the shop's day of a unix time; NaN for never and for times that no calendar has."""
    return clock.local(at) // DAY if 0 < at < LATEST else nan


class Bag(NamedTuple):
    """The elements of several profiles, one profile after the other; `lengths` tells how many each has."""

    lengths: Rows
    codes: Floats
    numbers: Floats


def read_numbers(found: Iterable[Any]) -> Floats:
    """Numbers and yes-or-no as a column takes them."""
    return np.array(list(found), np.float64)


def read_texts(found: Iterable[str], lexicon: Lexicon) -> Floats:
    """Texts as a column takes them: their numbers in the lexicon."""
    return np.array([lexicon[text] for text in found], np.float64)


def read_bags(found: Iterable[Mapping[str, float] | Iterable[str]], lexicon: Lexicon, counted: bool) -> Bag:
    """Sets, or counts by key, as bags take them."""
    lengths: list[int] = []
    codes: list[int] = []
    numbers: list[float] = []
    for fact in found:
        elements: Sequence[str] = list(fact if isinstance(fact, Mapping) else dict.fromkeys(fact))
        lengths.append(len(elements))
        codes += [lexicon[element] for element in elements]
        if counted and isinstance(fact, Mapping):
            numbers += fact.values()
    return Bag(np.array(lengths, np.int64), np.array(codes, np.float64), np.array(numbers, np.float64))
