"""What is kept of every profile, so that all conditions of a site can be judged later, at whatever moment."""

from array import array
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import nan
from typing import Any, Literal, NamedTuple

import numpy as np

from dangol.plugin import Profile, Request
from dangol.segments.calendar import DAY, LATEST, Clock
from dangol.segments.population.columns import Floats, Rows
from dangol.segments.population.lexicon import Lexicon

Kept = Literal["fact", "moment", "day", "date", "days", "streams"]
NO_PAGE = Request(now=0)


@dataclass(frozen=True, slots=True)
class Holder:
    """One number, text or bag (a set of texts, `counted`: with a number each) of every profile. What is kept of it:

    fact    what `read` makes of profile, request and clock, on no page; it does not move
    moment  the unix time, or the times by key, that `read` gives; 0 is never
    day     the number of the shop's day on which that falls; NaN where `Clock.days_since` knows none
    days    the same by key; what never was is not there
    date    the number of the day for a moment of any year
    streams the unix times of each of the streams that `read` gives, packed as `dangol.profile.watch` does
    """

    kind: Literal["number", "text", "bag"]
    kept: Kept
    read: Callable[..., Any]
    counted: bool = field(default=False, compare=False)

    def read_all(self, profiles: Sequence[Profile], clock: Clock) -> list[Any]:
        """What it keeps of some profiles; any clock of the shop will do."""
        read = self.read
        match self.kept:
            case "fact":
                return [read(profile, NO_PAGE, clock) for profile in profiles]
            case "moment" if self.kind == "number":
                return [read(profile) or nan for profile in profiles]
            case "moment":
                return [read(profile) for profile in profiles]
            case "day":
                return [day(read(profile), clock) for profile in profiles]
            case "days":
                found = (read(profile) for profile in profiles)
                return [{key: day(at, clock) for key, at in each.items() if at} for each in found]
            case "date":
                return [clock.day_of(at) if (at := read(profile)) else nan for profile in profiles]
            case "streams":
                return [_times(read(profile)) for profile in profiles]


def day(at: int, clock: Clock) -> float:
    """The number of the shop's day of a unix time; NaN for never and for times that no calendar has."""
    return clock.local(at) // DAY if 0 < at < LATEST else nan


def _times(streams: Mapping[str, bytes]) -> list[tuple[str, int]]:
    return [(key, event >> 32) for key, packed in streams.items() for event in array("Q", packed)]


class Bag(NamedTuple):
    """The elements of several profiles, one profile after the other; `lengths` tells how many each has."""

    lengths: Rows
    codes: Floats
    numbers: Floats


def read_bags(found: Iterable[Any], lexicon: Lexicon, counted: bool) -> Bag:
    """Sets, or what is `counted` by key, as bags take them."""
    lengths: list[int] = []
    codes: list[int] = []
    numbers: list[float] = []
    for fact in found:
        if not fact:
            lengths.append(0)
            continue
        if counted:
            pairs = list(fact.items() if isinstance(fact, Mapping) else fact)
            elements: Collection[str] = [element for element, _ in pairs]
            numbers += [number for _, number in pairs]
        else:
            elements = dict.fromkeys(fact)
        lengths.append(len(elements))
        codes += [lexicon[element] for element in elements]
    return Bag(np.array(lengths, np.int64), np.array(codes, np.float64), np.array(numbers, np.float64))
