"""All segments of a site, ready to be matched against one shopper after the other."""

from collections.abc import Sequence
from struct import Struct

import numpy as np

from dangol.definitions.model import Segment, Site
from dangol.plugin import Profile, Request
from dangol.segments import kernels
from dangol.segments.calendar import Clock, calendar
from dangol.segments.catalogue import Catalogue
from dangol.segments.compiler import Program, compile_segments
from dangol.segments.language import parse_segments
from dangol.segments.sources import collectors, readers
from dangol.segments.tables import Ints, tables

Scratch = tuple[bytearray, Ints]


class Index:
    """Which segments a shopper is in. Made whole and never changed: other segments are another index.

    `match` may be called from several threads at once, as each call has a scratch block of its own. One index serves
    one site, whose time zone tells what "today" is.
    """

    def __init__(self, ids: Sequence[str], program: Program, zone: str) -> None:
        self._ids = list(ids)
        self._calendar = calendar(zone)
        self._readers = readers(program)
        self._collectors = collectors(program)
        self._tables = tables(program)
        slots = self._tables[kernels.SLOTS + 1] - self._tables[kernels.SLOTS]
        self._answer = int(len(program.traits) + 1 + len(program.tokens) + slots)
        self._formats = Formats(len(program.traits))
        self._spare: list[Scratch] = []

    @classmethod
    def build(cls, segments: Sequence[Segment], catalogue: Catalogue, site: Site) -> "Index":
        """Pure, and may run in a thread. Raises Invalid with every problem of every segment, their paths starting
        with ``segments[<number>]``; ValueError for an unknown time zone."""
        program = compile_segments(parse_segments(segments, catalogue))
        return cls([segment.id for segment in segments], program, site.timezone)

    def match(self, profile: Profile, request: Request) -> list[str]:
        """The ids of the segments that hold, in the order of their definition."""
        clock = Clock(request.now, self._calendar)
        tokens: set[int] = set()
        for collect in self._collectors:
            collect(profile, request, clock, tokens)
        facts = [read(profile, request, clock) for read in self._readers]
        buffer, scratch = block = self._spare.pop() if self._spare else self._scratch()
        self._formats[len(tokens)].pack_into(buffer, 0, *facts, len(tokens), *tokens)
        count = kernels.match(self._tables, scratch)
        ids = self._ids
        matched = [ids[number] for number in scratch[self._answer : self._answer + count].tolist()]
        self._spare.append(block)
        return matched

    def warm(self) -> None:
        """Compile the kernel, or load it from numba's cache; the first match would do it otherwise."""
        self.match(Profile(), Request(now=0))

    def _scratch(self) -> Scratch:
        buffer = bytearray(8 * (self._answer + len(self._ids)))
        return buffer, np.frombuffer(buffer, np.int64)


class Formats(dict[int, Struct]):
    """How facts and tokens lie at the start of a scratch block, by the number of tokens."""

    def __init__(self, traits: int) -> None:
        super().__init__()
        self._traits = traits

    def __missing__(self, tokens: int) -> Struct:
        self[tokens] = Struct(f"={self._traits}d{1 + tokens}q")
        return self[tokens]
