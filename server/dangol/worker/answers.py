"""What a worker answers a server: sizes, partition by partition."""

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Protocol
from weakref import WeakKeyDictionary

from dangol.errors import Invalid
from dangol.runtime import SiteRuntime
from dangol.segments.calendar import Clock
from dangol.segments.language.reader import parse_segments, parse_unsaved
from dangol.segments.language.scope import Scope
from dangol.segments.population import counting, question
from dangol.segments.population.judging import Moment
from dangol.segments.population.program import Program
from dangol.segments.population.schema import Schema
from dangol.store import asking
from dangol.store.asking import Answer, Part, Question
from dangol.store.link import Link
from dangol.worker.roll import Roll

LONGEST_WAIT = 1.0
"""Seconds within which a worker hears of new definitions."""

LOOK = 0.02

_programs: WeakKeyDictionary[Scope, Program] = WeakKeyDictionary()
"""All segments of a version of a site's definitions, which are asked for again and again, for as long as it is there.
"""


class Partition(Protocol):
    """One partition: `roll` is what is counted, `coming` what is being read to take its place."""

    @property
    def roll(self) -> Roll | None: ...
    @property
    def coming(self) -> Roll | None: ...
    async def catch_up(self) -> None:
        """Read all that had changed when this was called."""


class Counted(Protocol):
    """What a worker counts; `dangol.worker.census.Census` is one. `counting` is held by who counts."""

    @property
    def link(self) -> Link: ...
    @property
    def sites(self) -> Callable[[], Mapping[str, SiteRuntime]]: ...
    @property
    def lanes(self) -> Mapping[int, Partition]: ...
    @property
    def counting(self) -> asyncio.Lock: ...


async def answer(census: Counted, asked: Question) -> None:
    """Answer for the partitions that this worker has."""
    lanes = {number: census.lanes[number] for number in asked.partitions if number in census.lanes}
    runtime = await _runtime(census, asked) if lanes else None
    if runtime is None:
        return
    await asyncio.gather(*(lane.catch_up() for lane in lanes.values()))
    try:
        async with census.counting:
            ready = {number: lane.roll for number, lane in lanes.items() if lane.roll and asked.site in lane.roll.sites}
            parts = await asyncio.to_thread(_count, ready, runtime, asked)
        problem = ""
    except Invalid as error:
        parts, problem = [], str(error)
    counted = {part.partition for part in parts}
    for number, lane in lanes.items():
        if number not in counted and not problem:
            parts.append(Part(number, share=lane.coming.share if lane.coming else 0.0))
    await asking.reply(census.link, asked.server, Answer(asked.id, runtime.version, parts, problem))


async def _runtime(census: Counted, asked: Question) -> SiteRuntime | None:
    """The site as the server knows it, or newer; None where this worker does not hear of it."""
    deadline = time.monotonic() + LONGEST_WAIT
    while time.monotonic() < deadline:
        runtime = census.sites().get(asked.site)
        if runtime is not None and runtime.version >= asked.version:
            return runtime
        await asyncio.sleep(LOOK)
    return None


def _count(rolls: dict[int, Roll], runtime: SiteRuntime, asked: Question) -> list[Part]:
    """Without those that don't keep what is asked for."""
    questions: dict[Schema, question.Question] = {}
    program = _program(runtime, asked)
    parts = []
    for number, roll in rolls.items():
        schema = roll.schemas[asked.site]
        if schema not in questions:
            calendar = runtime.scope.calendar
            moment = Moment(Clock(asked.now, calendar), calendar, schema.lexicon)
            questions[schema] = question.Question(program, moment)
        if schema.holds(questions[schema].holders()):
            sizes, sample = counting.count([roll.sites[asked.site]], questions[schema], asked.now, bool(asked.asked))
            parts.append(Part(number, [each for size in sizes for each in size], [(at, id) for at, id in sample]))
    return parts


def _program(runtime: SiteRuntime, asked: Question) -> Program:
    if not asked.asked:
        if runtime.scope not in _programs:
            _programs[runtime.scope] = Program(parse_segments(runtime.scope))
        return _programs[runtime.scope]
    return Program([parse_unsaved(each.include, each.exclude, runtime.scope) for each in asked.asked])
