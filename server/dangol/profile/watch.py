"""What shoppers did and when, as far as some definition asks for it: streams of events on the profile. Pure.

A stream that counts to N keeps its newest N events. The streams of two patterns (`first`, `then`) keep `RING` events,
spread over time, for what comes late: a pair of events is found in any order of arrival while a shopper has at most
that many of each; beyond it still wherever they arrive in order.

In time, all in whole seconds: a `then` follows a `first` at a if it is at b with a < b <= a + within.
"""

from abc import ABC, abstractmethod
from array import array
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from dangol.profile.model import Profile
from dangol.profile.packed import LATEST, Bound, Streams, between, mark_of, marked, put, read, take_out
from dangol.protocol.event import Event

RING = 64
FEW = 4
"""Completed pairs that are kept: the newest would do, were it not for clocks that differ."""

Take = Callable[[Streams, int], None]
"""Puts an event, as 64 bits, into a profile's streams."""


class Pattern(NamedTuple):
    """Events that are called `name` and that `accepts` takes; `key` is the same for equal patterns, and for no others
    of the site."""

    key: str
    name: str
    accepts: Callable[[Event], bool] | None = None


class Stream(Protocol):
    """One that is asked for."""

    @property
    def key(self) -> str:
        """Its name on the profile."""

    @property
    def bound(self) -> Bound:
        """What is kept of it."""

    def sources(self) -> "Iterable[Stream]":
        """Other streams that it needs."""

    def takes(self) -> Iterable[tuple[Pattern, Take]]:
        """What is done with which events."""

    def settle(self, streams: Streams) -> None:
        """Put right what the union of two profiles' streams leaves open."""


@dataclass(frozen=True, slots=True)
class Counted:
    """The events of one pattern."""

    pattern: Pattern
    limit: int
    spread: bool = False

    @property
    def key(self) -> str:
        return f"{self.pattern.key}{'~' if self.spread else '.'}{self.limit}"

    @property
    def bound(self) -> Bound:
        return Bound(self.limit, self.spread)

    def sources(self) -> Iterable[Stream]:
        return ()

    def takes(self) -> Iterable[tuple[Pattern, Take]]:
        key, bound = self.key, self.bound
        yield self.pattern, lambda streams, event: put(streams, key, event, bound)

    def settle(self, streams: Streams) -> None:
        """Nothing is open."""


@dataclass(frozen=True, slots=True)
class Pair(ABC):
    """What two patterns share: their rings, and how far apart in seconds they may be."""

    first: Pattern
    then: Pattern
    within: int

    @abstractmethod
    def takes(self) -> Iterable[tuple[Pattern, Take]]:
        """What is done with a `first`, and with a `then`."""

    def settle(self, streams: Streams) -> None:
        """Judge every `then` anew."""
        _, (_, take) = self.takes()
        for event in read(streams, self.thens.key):
            take(streams, event)

    def _key(self, sign: str) -> str:
        return f"{self.first.key}{sign}{self.then.key}.{self.within}"

    @property
    def firsts(self) -> Counted:
        return Counted(self.first, RING, spread=True)

    @property
    def thens(self) -> Counted:
        return Counted(self.then, RING, spread=True)


@dataclass(frozen=True, slots=True)
class Followed(Pair):
    """Each `then` that follows a `first`."""

    @property
    def key(self) -> str:
        return self._key(">")

    @property
    def bound(self) -> Bound:
        return Bound(FEW)

    def sources(self) -> Iterable[Stream]:
        return self.firsts, self.thens

    def takes(self) -> Iterable[tuple[Pattern, Take]]:
        key, bound, firsts, thens, within = self.key, self.bound, self.firsts.key, self.thens.key, self.within

        def first(streams: Streams, event: int) -> None:
            at = event >> 32
            for then in between(streams, thens, at, at + within)[-FEW:]:
                put(streams, key, then, bound)

        def then(streams: Streams, event: int) -> None:
            at = event >> 32
            if between(streams, firsts, at - within - 1, at - 1):
                put(streams, key, event, bound)

        yield self.first, first
        yield self.then, then


@dataclass(frozen=True, slots=True)
class Unfollowed(Pair):
    """Each `first` that no `then` follows so far."""

    @property
    def key(self) -> str:
        return self._key("!")

    @property
    def bound(self) -> Bound:
        return Bound(RING, spread=True)

    def sources(self) -> Iterable[Stream]:
        return (self.thens,)

    def takes(self) -> Iterable[tuple[Pattern, Take]]:
        key, bound, thens, within = self.key, self.bound, self.thens.key, self.within

        def first(streams: Streams, event: int) -> None:
            at = event >> 32
            if not between(streams, thens, at, at + within):
                put(streams, key, event, bound)

        def then(streams: Streams, event: int) -> None:
            at = event >> 32
            take_out(streams, key, between(streams, key, at - within - 1, at - 1))

        yield self.first, first
        yield self.then, then


@dataclass(frozen=True)
class Watching:
    """All streams that one version of a site's definitions asks for, by key, and what is done with events of a name."""

    version: int = -1
    streams: Mapping[str, Stream] = field(default_factory=dict)
    by_name: Mapping[str, tuple[tuple[Pattern, tuple[Take, ...]], ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, asked: Iterable[Stream], version: int) -> "Watching":
        """For the streams that definitions ask for, and what those need."""
        streams: dict[str, Stream] = {}
        for stream in asked:
            streams |= {each.key: each for each in (*stream.sources(), stream)}
        takes: dict[str, tuple[Pattern, list[Take]]] = {}
        for stream in streams.values():
            for pattern, take in stream.takes():
                takes.setdefault(pattern.key, (pattern, []))[1].append(take)
        by_name: dict[str, list[tuple[Pattern, tuple[Take, ...]]]] = {}
        for pattern, each in takes.values():
            by_name.setdefault(pattern.name, []).append((pattern, tuple(each)))
        return cls(version, streams, {name: tuple(each) for name, each in by_name.items()})

    def only(self, keys: Iterable[str]) -> "Watching":
        """The same for some of the streams."""
        return Watching.of([self.streams[key] for key in keys], self.version)

    def take(self, profile: Profile, event: Event) -> None:
        """Put a new event into the profile's streams."""
        if found := self.by_name.get(event.name):
            self._take(profile.behaviours, event, found)
        if event.name == "refund" and event.props.get("moved"):
            _move_away(profile.behaviours, event.key)

    def _take(self, streams: Streams, event: Event, found: Iterable[tuple[Pattern, tuple[Take, ...]]]) -> None:
        mark = marked(event)
        for pattern, takes in found:
            if pattern.accepts is None or pattern.accepts(event):
                for take in takes:
                    take(streams, mark)

    def tidy(self, profile: Profile) -> None:
        """Let go of streams that nobody asks for any more. A server that has not heard of newer definitions yet leaves
        to the others what it does not know."""
        if not profile.behaviours or self.version < profile.watched:
            return
        profile.watched = self.version
        for key in profile.behaviours.keys() - self.streams.keys():
            del profile.behaviours[key]

    def unite(self, profile: Profile, other: Profile) -> None:
        """Take over the streams of another profile that is the same person's."""
        for key, packed in other.behaviours.items():
            stream = self.streams.get(key)
            both = array("Q", sorted({*read(profile.behaviours, key), *array("Q", packed)}))
            profile.behaviours[key] = (stream.bound.cut(both) if stream else both).tobytes()
        for stream in self.streams.values():
            stream.settle(profile.behaviours)
        profile.watched = max(profile.watched, other.watched)


def _move_away(streams: Streams, number: str) -> None:
    """An order that is another profile's was not this one's."""
    mark = mark_of(number)
    for key in list(streams):
        take_out(streams, key, [each for each in read(streams, key) if each % LATEST == mark])


NOTHING = Watching()
