"""What shoppers did and when, as far as some definition asks for it: streams of events on the profile. Pure.

A stream is a sorted set of events of 8 bytes each: the unix second in the upper half, 32 bits of a hash of what makes
the event one of a kind in the lower, so that one second may hold several. As a set, what is taken in twice, late, from
the log or with another profile's history counts once, and the order does not matter. It is bounded: one that counts to
N keeps its newest N. The streams of two patterns (`first`, `then`) keep `RING` events, spread over time, for what comes
late: a pair of events is found in any order of arrival while a shopper has at most that many of each; beyond it
still wherever they arrive in order.

In time, all in whole seconds: a `then` follows a `first` at a if it is at b with a < b <= a + within.
"""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol, TypeAlias
from zlib import crc32

from dangol.profile.model import Profile
from dangol.protocol.event import Event

EVENT_BYTES = 8
RING = 64
FEW = 4
"""Completed pairs that are kept: the newest would do, were it not for clocks that differ."""

LATEST = 1 << 32

Times: TypeAlias = "array[int]"
Streams = dict[str, bytes]
Take = Callable[[Streams, int], None]
"""Puts an event, as 64 bits, into a profile's streams."""


class Pattern(NamedTuple):
    """Events that are called `name` and that `accepts` takes; `key` is the same for equal patterns, and for no others
    of the site."""

    key: str
    name: str
    accepts: Callable[[Event], bool] | None = None


@dataclass(frozen=True, slots=True)
class Bound:
    """What is kept of a stream: its newest `limit` events, or its oldest and newest and others between, far apart."""

    limit: int
    spread: bool = False

    def cut(self, times: Times) -> Times:
        """The same without what is too much."""
        if not self.spread:
            return times[-self.limit :]
        while len(times) > self.limit:
            del times[min(range(1, len(times) - 1), key=lambda place: times[place + 1] - times[place - 1])]
        return times


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
        yield self.pattern, lambda streams, event: _put(streams, key, event, bound)

    def settle(self, streams: Streams) -> None:
        """Nothing is open."""


@dataclass(frozen=True, slots=True)
class Pair:
    """What two patterns share: their rings, and how far apart in seconds they may be."""

    first: Pattern
    then: Pattern
    within: int

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
            for then in _between(streams, thens, at, at + within)[-FEW:]:
                _put(streams, key, then, bound)

        def then(streams: Streams, event: int) -> None:
            at = event >> 32
            if _between(streams, firsts, at - within - 1, at - 1):
                _put(streams, key, event, bound)

        yield self.first, first
        yield self.then, then

    def settle(self, streams: Streams) -> None:
        [_, (_, then)] = self.takes()
        for event in _read(streams, self.thens.key):
            then(streams, event)


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
            if not _between(streams, thens, at, at + within):
                _put(streams, key, event, bound)

        def then(streams: Streams, event: int) -> None:
            at = event >> 32
            _take_out(streams, key, _between(streams, key, at - within - 1, at - 1))

        yield self.first, first
        yield self.then, then

    def settle(self, streams: Streams) -> None:
        [_, (_, then)] = self.takes()
        for event in _read(streams, self.thens.key):
            then(streams, event)


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
            self._move(profile.behaviours, event)

    def _take(self, streams: Streams, event: Event, found: Iterable[tuple[Pattern, tuple[Take, ...]]]) -> None:
        marked = _marked(event)
        for pattern, takes in found:
            if pattern.accepts is None or pattern.accepts(event):
                for take in takes:
                    take(streams, marked)

    def _move(self, streams: Streams, event: Event) -> None:
        """An order that is another profile's was not this one's."""
        number = crc32(event.key.encode())
        for key, stream in self.streams.items():
            if isinstance(stream, Counted) and stream.pattern.name == "purchase":
                _take_out(streams, key, [each for each in _read(streams, key) if each % LATEST == number])

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
            both = array("Q", sorted({*_read(profile.behaviours, key), *array("Q", packed)}))
            profile.behaviours[key] = (stream.bound.cut(both) if stream else both).tobytes()
        for stream in self.streams.values():
            stream.settle(profile.behaviours)
        profile.watched = max(profile.watched, other.watched)


NOTHING = Watching()


def count(packed: bytes, after: int, until: int) -> int:
    """How many events of a stream are at t with after < t <= until, in unix seconds."""
    times = array("Q", packed)
    return max(0, bisect_left(times, until + 1 << 32) - bisect_left(times, after + 1 << 32))


def seconds(packed: bytes) -> list[int]:
    """When a stream's events were, in unix seconds, the oldest first."""
    return [each >> 32 for each in array("Q", packed)]


def without(streams: Streams, events: Iterable[Event]) -> Streams:
    """The streams as they would be had none of these events happened, as far as that can be told."""
    gone = {_marked(event) for event in events}
    return {key: array("Q", [each for each in _read(streams, key) if each not in gone]).tobytes() for key in streams}


def _marked(event: Event) -> int:
    """The event as 64 bits. An order is one of a kind by its number, whoever tells of it."""
    name = event.key if event.name == "purchase" else event.id
    return min(event.at // 1000, LATEST - 1) << 32 | crc32(name.encode())


def _read(streams: Streams, key: str) -> Times:
    return array("Q", streams.get(key, b""))


def _between(streams: Streams, key: str, after: int, until: int) -> Times:
    times = _read(streams, key)
    return times[bisect_left(times, after + 1 << 32) : bisect_left(times, until + 1 << 32)]


def _put(streams: Streams, key: str, event: int, bound: Bound) -> None:
    times = _read(streams, key)
    place = bisect_left(times, event)
    if place == len(times) or times[place] != event:
        times.insert(place, event)
        streams[key] = bound.cut(times).tobytes()


def _take_out(streams: Streams, key: str, gone: Iterable[int]) -> None:
    times = _read(streams, key)
    for event in gone:
        times.remove(event)
    if times:
        streams[key] = times.tobytes()
    else:
        streams.pop(key, None)
