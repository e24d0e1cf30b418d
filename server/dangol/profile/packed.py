"""A stream on the profile: a sorted, bounded set of events of 8 bytes each.

The upper half is the unix second, the lower 32 bits of a hash of what makes the event one of a kind, so that one second
may hold several. As a set, what is taken in twice, late, from the log or with another profile's history counts once,
and the order does not matter.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias
from zlib import crc32

from dangol.protocol.event import Event

EVENT_BYTES = 8
LATEST = 1 << 32
"""Unix seconds, in the year 2106."""

Times: TypeAlias = "array[int]"
Streams = dict[str, bytes]


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


def count(packed: bytes, after: int, until: int) -> int:
    """How many events of a stream are at t with after < t <= until, in unix seconds."""
    times = array("Q", packed)
    return max(0, bisect_left(times, until + 1 << 32) - bisect_left(times, after + 1 << 32))


def seconds(packed: bytes) -> list[int]:
    """When a stream's events were, in unix seconds, the oldest first."""
    return [each >> 32 for each in array("Q", packed)]


def without(streams: Streams, events: Iterable[Event]) -> Streams:
    """The streams as they would be had none of these events happened, as far as that can be told."""
    gone = {marked(event) for event in events}
    return {key: array("Q", [each for each in read(streams, key) if each not in gone]).tobytes() for key in streams}


def marked(event: Event) -> int:
    """The event as 64 bits. An order is one of a kind by its number, whoever tells of it."""
    name = event.key if event.name == "purchase" else event.id
    return min(event.at // 1000, LATEST - 1) << 32 | mark_of(name)


def mark_of(name: str) -> int:
    """The lower half, of an event's id or an order's number."""
    return crc32(name.encode())


def read(streams: Streams, key: str) -> Times:
    """The events of one stream, none where it is not there."""
    return array("Q", streams.get(key, b""))


def between(streams: Streams, key: str, after: int, until: int) -> Times:
    """Those at t with after < t <= until."""
    times = read(streams, key)
    return times[bisect_left(times, after + 1 << 32) : bisect_left(times, until + 1 << 32)]


def put(streams: Streams, key: str, event: int, bound: Bound) -> None:
    """Add an event."""
    times = read(streams, key)
    place = bisect_left(times, event)
    if place == len(times) or times[place] != event:
        times.insert(place, event)
        streams[key] = bound.cut(times).tobytes()


def take_out(streams: Streams, key: str, gone: Iterable[int]) -> None:
    """Take events out, and the stream with its last one."""
    times = read(streams, key)
    for event in gone:
        times.remove(event)
    if times:
        streams[key] = times.tobytes()
    else:
        streams.pop(key, None)
