"""One call of a plugin, checked and guarded as dangol does it. Plain functions: each runs its own event loop.

A plugin that breaks its contract or fails raises `PluginFailure` with what the operator would read, parameters that it
does not take raise `Invalid`.
"""

import asyncio
import time
from collections.abc import Iterable, Mapping, Sequence
from itertools import starmap
from types import NoneType
from typing import Any

from dangol import submissions
from dangol.host.guard import Guard
from dangol.host.params import check_params
from dangol.host.registry import Registry
from dangol.plugin import (
    Channel,
    Condition,
    Count,
    Counts,
    Entry,
    Hook,
    Mark,
    Marks,
    Profile,
    PushRequest,
    Query,
    Receipt,
    Recommender,
    Request,
    Scored,
    Sent,
    Sink,
    Submission,
    Tally,
    TallyQuery,
    Told,
    Widget,
)
from dangol.segments.conditions.extensions import SETTLE
from dangol.store import counters, tallies
from dangol.store.embedded import EmbeddedStore
from dangol.store.link import Link
from dangol.testing import builders
from dangol.testing.counts import MemoryCounts, MemoryMarks

BUDGET = 5.0
SITE = "shop"


def recommend(
    recommender: Recommender,
    entries: Iterable[Entry],
    seeds: Sequence[str] = (),
    *,
    count: int = 10,
    now: float = builders.NOW,
    profile: Profile | None = None,
    store: EmbeddedStore | None = None,
) -> list[Scored]:
    """What the recommender answers once it has learnt from the entries, in their order.

    The counters are in memory, or with `store` (see the fixture ``dangol_store``) where they are in earnest.
    """
    Registry.of([recommender])
    guard = Guard()
    learnt = [_learn(guard, recommender, entry) for entry in entries]
    query = Query(seeds, count, now, profile)

    async def answer() -> Sequence[Scored]:
        if store is None:
            return await _ask(guard, recommender, query, _in_memory(learnt))
        link = Link(store.url)
        try:
            return await _ask(guard, recommender, query, await _in_store(link, recommender.name, learnt))
        finally:
            link.close()

    return list(asyncio.run(answer()))


def submit(widget: Widget, params: Mapping[str, Any] | None, fields: Mapping[str, str]) -> Submission | None:
    """What the widget makes of its form, addresses in their normal form or named as problems."""
    Registry.of([widget])
    return submissions.ask(Guard(), widget, check_params(widget, params or {}, "params"), fields)


def tally(
    tally: Tally,
    entries: Iterable[Entry],
    action: str,
    *,
    product: str = "",
    category: str = "",
    minutes: int = 1440,
    now: float = builders.NOW,
    store: EmbeddedStore | None = None,
) -> int:
    """How many people the tally counts once it has learnt from the entries.

    Its marks are in memory, or with `store` (see the fixture ``dangol_store``) where they are in earnest.
    """
    Registry.of([tally])
    guard = Guard()
    learnt = [tallies.Marked(SITE, _mark(guard, tally, entry)) for entry in entries]
    query = TallyQuery(action, product, now - minutes * 60, category)

    async def answer() -> int:
        if store is None:
            return await _count(guard, tally, query, MemoryMarks(learnt))
        link = Link(store.url)
        try:
            await tallies.apply(link, tally.name, learnt)
            return await _count(guard, tally, query, tallies.Tallied(link, SITE, tally.name))
        finally:
            link.close()

    return asyncio.run(answer())


def fact(
    condition: Condition, profile: Profile | None = None, request: Request | None = None
) -> float | str | Iterable[str] | bool | None:
    """The condition's fact about a shopper, as segments compare it."""
    Registry.of([condition])
    shopper, page = profile or builders.profile(), request or builders.request()

    def settled() -> float | str | Iterable[str] | bool | None:
        value = condition.fact(shopper, page)
        return None if value is None else SETTLE[condition.kind](value)

    return Guard().run(condition, "fact", settled, expect=object)


def send(channel: Channel, params: Mapping[str, Any] | None = None, request: PushRequest | None = None) -> Receipt:
    """What the channel makes of one push request."""
    Registry.of([channel])
    checked = check_params(channel, params or {}, "params")
    asked = [request or builders.push_request()]
    call = Guard().call(channel, "send", lambda: channel.send_many(checked, asked), budget=BUDGET, expect=Sequence)
    [receipt] = asyncio.run(call)
    return receipt


def look_up(channel: Channel, params: Mapping[str, Any] | None, *sent: PushRequest | Sent) -> list[Receipt | None]:
    """What the channel finds out about requests that were sent a minute ago, without an answer."""
    Registry.of([channel])
    checked = check_params(channel, params or {}, "params")
    asked = [each if isinstance(each, Sent) else Sent(each, "", time.time() - 60) for each in sent]
    call = Guard().call(channel, "look_up", lambda: channel.look_up(checked, asked), budget=BUDGET, expect=Sequence)
    return list(asyncio.run(call))


def told(channel: Channel, params: Mapping[str, Any] | None, hook: Hook) -> list[Told]:
    """What the channel reads in a provider's hook. Raises `Untrusted` and ValueError as it does."""
    Registry.of([channel])
    return list(channel.told(check_params(channel, params or {}, "params"), hook))


def consume(sink: Sink, entries: Sequence[Entry]) -> None:
    """Hand the sink a batch."""
    Registry.of([sink])
    asyncio.run(Guard().call(sink, "consume", lambda: sink.consume(entries), budget=BUDGET, expect=NoneType))


def _learn(guard: Guard, recommender: Recommender, entry: Entry) -> list[Count]:
    return guard.run(recommender, "learn", lambda: list(recommender.learn(entry)), expect=list)


def _mark(guard: Guard, tally: Tally, entry: Entry) -> list[Mark]:
    def learn() -> list[Mark]:
        marks = list(tally.learn(entry))
        tallies.check(marks, entry.at / 1000)
        return marks

    return guard.run(tally, "learn", learn, expect=list)


async def _count(guard: Guard, tally: Tally, query: TallyQuery, marks: Marks) -> int:
    return await guard.call(tally, "count", lambda: tally.count(query, marks), budget=BUDGET, expect=int)


def _in_memory(learnt: Iterable[list[Count]]) -> Counts:
    memory = MemoryCounts()
    for counts in learnt:
        memory.apply(counts)
    return memory


async def _in_store(link: Link, name: str, learnt: Iterable[list[Count]]) -> Counts:
    entries = ((f"{number}-0", SITE, counts) for number, counts in enumerate(learnt, start=1))
    await counters.apply(link, name, 0, list(starmap(counters.Learned, entries)))
    return counters.Counters(link, SITE, name)


async def _ask(guard: Guard, recommender: Recommender, query: Query, counts: Counts) -> Sequence[Scored]:
    return await guard.call(
        recommender, "recommend", lambda: recommender.recommend(query, counts), budget=BUDGET, expect=Sequence
    )
