"""All segments of a site, ready to be matched against one shopper after the other."""

from collections.abc import Iterable
from copy import copy

import msgspec
import numpy as np

from dangol.plugin import Profile, Request
from dangol.segments.calendar import Clock
from dangol.segments.conditions.row import Extract
from dangol.segments.language.scope import Scope
from dangol.segments.matching import kernels
from dangol.segments.matching.arrangement import Arrangement
from dangol.segments.matching.parts import read_parts
from dangol.segments.matching.sources import Brought, Sources, is_field
from dangol.segments.matching.tables import Ints, tables

encode = msgspec.msgpack.Encoder().encode


class Index:
    """Which segments a shopper is in. Made whole and never changed: other segments are another index.

    `match` may be called from several threads at once, as each call has a scratch block of its own. One index serves
    one site, whose time zone tells what "today" is.
    """

    def __init__(self, scope: Scope, arrangement: Arrangement, former: "Index | None" = None) -> None:
        self._scope = scope
        self._arrangement = arrangement
        self._ids = np.array([*arrangement.parts.by_id, None], object)[:-1]
        self._calendar = scope.calendar
        facts = sorted(arrangement.facts.values(), key=lambda fact: not is_field(fact.row))
        # What was remembered of texts stays right for as long as their codes and entries do.
        known = former._sources if former else Sources({}, {})
        self._sources: Sources = known.changed(facts, arrangement.entries.vocabularies)
        self._fields, self._readers = self._sources.fields(), self._sources.readers()
        self._collectors = self._sources.collectors()
        self._tables, self._layout = tables(arrangement, facts)
        self._wanted = np.ones(len(self._ids), np.bool_)
        self._spare: list[Ints] = []

    @classmethod
    def build(cls, scope: Scope) -> "Index":
        """All segments of the scope, in their order. Pure, and may run in a thread. Raises Invalid with every problem
        of every segment, their paths starting with ``segments[<number>]``."""
        return cls(scope, Arrangement.build(read_parts(scope)))

    def changed(self, scope: Scope) -> "Index":
        """The same as `build`, in a fraction of the time where few segments differ. This index stays as it is, also
        where the new segments are refused. What other conditions mean can't be shared: then it is a whole `build`."""
        if scope.site != self._scope.site or [*scope.catalogue] != [*self._scope.catalogue]:
            return self.build(scope)
        parts = read_parts(scope, self._arrangement.parts)
        return Index(scope, self._arrangement.changed(parts), self)

    def among(self, ids: Iterable[str]) -> "Index":
        """This index for some of its segments alone: who is in many is told of few, which is what takes the time."""
        narrowed = copy(self)
        wanted = frozenset(ids)
        narrowed._wanted = np.array([id in wanted for id in self._ids], np.bool_)
        narrowed._spare = []
        return narrowed

    def match(self, profile: Profile, request: Request) -> list[str]:
        """The ids of the segments that hold, in the order of their definition."""
        clock = Clock(request.now, self._calendar)
        brought = Brought([], [], [])
        for collect in self._collectors:
            collect(profile, request, clock, brought)
        facts = [*self._fields(profile), *[read(profile, request, clock) for read in self._readers]]
        given = self._packed(facts, *brought)
        scratch = self._spare.pop() if self._spare else self._scratch()
        answer, count = self._layout.answer, kernels.match(self._tables, scratch, given)
        matched: list[str] = self._ids[scratch[answer : answer + count]].tolist()
        self._spare.append(scratch)
        return matched

    def _scratch(self) -> Ints:
        scratch, layout = np.zeros(self._layout.size, np.int64), self._layout
        bits = np.packbits(self._wanted, bitorder="little")
        scratch[layout.wanted : layout.answer].view(np.uint8)[: len(bits)] = bits
        return scratch

    def _packed(self, facts: list[float], plain: list[int], counted: list[int], numbers: list[float]) -> bytes:
        if len(plain) > self._layout.room:
            plain = list(set(plain))
        if len(counted) > self._layout.room:
            distinct = dict(zip(counted, numbers, strict=True))
            counted, numbers = list(distinct), list(distinct.values())
        try:
            return encode((facts, counted, numbers, plain))
        except OverflowError:  # of a whole number of more than 64 bits
            return encode((list(map(float, facts)), counted, list(map(float, numbers)), plain))

    def facts(self) -> list[Extract]:
        """The functions that read the numbers, times, yes-or-nos and whole texts that some segment asks for."""
        return [row.extract for row in self._arrangement.facts]

    @property
    def size(self) -> int:
        """Bytes of the tables."""
        return self._tables.nbytes

    def warm(self) -> None:
        """Compile the kernel, or load it from numba's cache; the first match would do it otherwise."""
        self.match(Profile(), Request(now=0))
