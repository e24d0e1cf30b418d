"""Facts that move with the clock while the profile stands still.

Each says what the profile holds and, by being called like any other fact, what a moment makes of it. A population of
profiles keeps the first in columns and applies the second to all of them at once. A fact that is a plain function of
the profile must not look at the clock: what it was when the profile was written is what it is.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import nan
from typing import Any, Literal

from dangol.plugin import Profile, Request
from dangol.segments.calendar import Clock


@dataclass(frozen=True, slots=True, eq=False)
class Since:
    """The time since a moment that `read` gives (unix seconds; 0 for never, which is not known): calendar days of the
    shop, or seconds."""

    read: Callable[[Profile], int]
    unit: Literal["days", "seconds"] = "days"

    def __call__(self, profile: Profile, request: Request, clock: Clock) -> float:
        at = self.read(profile)
        if self.unit == "days":
            return clock.days_since(at)
        return max(0, clock.now - at) if at else nan


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """What the clock makes of a text of which a shop has few different ones, such as a birthday."""

    read: Callable[[Profile], str]
    tell: Callable[[str, Clock], Any]

    def __call__(self, profile: Profile, request: Request, clock: Clock) -> Any:
        return self.tell(self.read(profile), clock)
