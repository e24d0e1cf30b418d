"""Facts that move with the clock while the profile stands still.

Each says what the profile holds and, by being called like any other fact, what a moment makes of it. A population of
profiles keeps the first in columns and applies the second to all of them at once. A fact that is a plain function of
the profile must not look at the clock: what it was when the profile was written is what it is. (It may ask the clock
for the shop's calendar, on which a moment that the profile holds has the same day and hour for ever.)

Times are unix seconds and 0 is never. A moment that ends something is the first at which it is over.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import nan
from typing import Any, Literal

from dangol.plugin import Profile, Request
from dangol.profile.packed import count
from dangol.profile.watch import Stream
from dangol.segments.calendar import Clock

Fact = Callable[[Profile, Request, Clock], Any]
HOUR = 3600


@dataclass(frozen=True, slots=True, eq=False)
class Since:
    """The time since a moment that `read` gives (never is not known): calendar days of the shop, or hours with their
    fraction, or seconds. 0 for a moment that is still to come."""

    read: Callable[[Profile], int]
    unit: Literal["days", "hours", "seconds"] = "days"

    def __call__(self, profile: Profile, request: Request, clock: Clock) -> float:
        at = self.read(profile)
        if self.unit == "days":
            return clock.days_since(at)
        if not at:
            return nan
        elapsed = max(0, clock.now - at)
        return elapsed if self.unit == "seconds" else elapsed / HOUR


@dataclass(frozen=True, slots=True, eq=False)
class SinceEach:
    """By key, the calendar days since the moment that `read` gives for it; a key of never is not there."""

    read: Callable[[Profile], Mapping[str, int]]

    def __call__(self, profile: Profile, request: Request, clock: Clock) -> Mapping[str, float]:
        return {key: clock.days_since(at) for key, at in self.read(profile).items() if at}


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """What the clock makes of a text of which a shop has few different ones, such as a birthday: `tell` looks at no
    more of the clock than the day, so that each text is told once a day."""

    read: Callable[[Profile], str]
    tell: Callable[[str, Clock], Any]

    def __call__(self, profile: Profile, request: Request, clock: Clock) -> Any:
        return self.tell(self.read(profile), clock)


@dataclass(frozen=True, slots=True, eq=False)
class Until:
    """What `fact` says (it may move as well) before the moment that `end` gives, and from then on `after`, which is the
    same for everyone. Where the end is never, `fact` holds on."""

    fact: Fact
    end: Callable[[Profile], int]
    after: Any

    def __call__(self, profile: Profile, request: Request, clock: Clock) -> Any:
        end = self.end(profile)
        return self.after if end and clock.now >= end else self.fact(profile, request, clock)


@dataclass(frozen=True, slots=True, eq=False)
class Lasting:
    """Elements that each last until a moment of their own: `read` gives the ends by element. Of those that last:

    elements  the elements themselves (a set)
    count     how many there are (a number)
    left      by element, the calendar days up to the last on which it lasts, 0 for today; without the endless ones
    soonest   the least of those days; not known where there is none
    """

    read: Callable[[Profile], Mapping[str, int]]
    give: Literal["elements", "count", "left", "soonest"]

    def __call__(self, profile: Profile, request: Request, clock: Clock) -> Any:
        lasting = {key: end for key, end in self.read(profile).items() if not end or clock.now < end}
        if self.give == "elements":
            return list(lasting)
        if self.give == "count":
            return len(lasting)
        left = {key: clock.days_until(end - 1) for key, end in lasting.items() if end}
        return left if self.give == "left" else min(left.values(), default=nan)


@dataclass(frozen=True, slots=True, eq=False)
class Apart:
    """Calendar days since a moment of any year that `read` gives (never is not known), or with `ahead` until it. Today
    is 0 both ways; on its other side a moment is not known."""

    read: Callable[[Profile], int]
    ahead: bool = False

    def __call__(self, profile: Profile, request: Request, clock: Clock) -> float:
        at = self.read(profile)
        days = clock.day_of(at) - clock.today
        return nan if not at or (days < 0 if self.ahead else days > 0) else abs(days)


@dataclass(frozen=True, slots=True, eq=False)
class Recent:
    """How many events of a stream lie in (now - far, now - near], in seconds; where `far` is None since the visit's
    start, and none before the first visit. With `some` whether there are any. A full stream keeps its newest, so a
    number may stand for more: see `saturated`."""

    stream: Stream
    far: int | None
    near: int = 0
    some: bool = False

    def __call__(self, profile: Profile, request: Request, clock: Clock) -> int | bool:
        found = 0
        if packed := profile.behaviours.get(self.stream.key):
            after = clock.now - self.far if self.far is not None else (profile.visit.started or clock.now + 1) - 1
            found = count(packed, after, clock.now - self.near)
        return found > 0 if self.some else found

    def saturated(self, found: float) -> bool:
        """Whether `found` means "at least so many"."""
        return not self.some and found >= self.stream.bound.limit
