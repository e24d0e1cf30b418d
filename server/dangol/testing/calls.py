"""One call of a plugin, checked and guarded as dangol does it. Plain functions: each runs its own event loop.

A plugin that breaks its contract or fails raises `PluginFailure` with what the operator would read, parameters that it
does not take raise `Invalid`.
"""

import asyncio
import time
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from itertools import chain
from types import NoneType
from typing import Any

from dangol import submissions
from dangol.host.guard import Guard
from dangol.host.params import check_params
from dangol.host.registry import Registry
from dangol.plugin import (
    Channel,
    Condition,
    Counts,
    Entry,
    Filters,
    Hook,
    Mark,
    Marks,
    Profile,
    PushRequest,
    Query,
    Ranked,
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
from dangol.products.product import NO_FILTERS
from dangol.recommend import warming
from dangol.recommend.answers import Answer, answer_of
from dangol.recommend.counted import Counted
from dangol.recommend.learning import filed, learned, of_catalogue, products
from dangol.recommend.shelf import Shelf
from dangol.recommend.shelves import Shelves
from dangol.segments.conditions.extensions import SETTLE
from dangol.store import tallies
from dangol.store.counters import Counters, Learned
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
    shelf: Shelf | None = None,
    others: Sequence[Recommender] = (),
    cart: Sequence[str] = (),
    filters: Filters = NO_FILTERS,
    count: int = 10,
    now: float = builders.NOW,
    profile: Profile | None = None,
    store: EmbeddedStore | None = None,
) -> list[Scored]:
    """What the recommender answers once it has learnt from the entries, in their order; the highest first.

    The `shelf` is the catalogue, without it all products that are named. `others` are recommenders whose counts it
    reads; they learn too. The counts are in memory, or with `store` (see the fixture ``dangol_store``) where they are
    in earnest.
    """
    registry, guard, entries = Registry.of([recommender, *others]), Guard(), list(entries)
    named = [*seeds, *cart, *(id for entry in entries for id in products(entry))]
    shelf = shelf or builders.shelf(dict.fromkeys([*named, *(seen.id for seen in (profile.viewed if profile else ()))]))
    query = Query(seeds, count, now, shelf, profile, cart, filters)
    guard.run(recommender, "warm", recommender.warm, expect=NoneType, budget=warming.BUDGET)
    known = filed(shelf, named)
    learnt = {
        each: [
            guard.run(each, "learn", partial(learned, each, of_catalogue(entry, known)), expect=list)
            for entry in entries
        ]
        for each in (recommender, *others)
    }

    async def answer() -> Ranked | Sequence[Scored]:
        if store is None:
            memory = MemoryCounts(shelf, *learnt, now=now)
            for plugin, counts in learnt.items():
                memory.apply(chain.from_iterable(counts), of=plugin.name)
            return await _ask(guard, recommender, query, memory)
        link = Link(store.url)
        try:
            for plugin, counts in learnt.items():
                batch = [Learned(f"{number}-0", SITE, each) for number, each in enumerate(counts, start=1)]
                await Counters(link, plugin).add(0, batch)
            counted = Counted(link, Shelves(link), SITE, registry, lambda: now)
            return await _ask(guard, recommender, query, counted.counts_of(recommender.name, shelf))
        finally:
            link.close()

    return _scored(answer_of(recommender, asyncio.run(answer()), shelf), shelf)


def _scored(answer: Answer, shelf: Shelf) -> list[Scored]:
    rows = zip(answer.places.tolist(), answer.scores.tolist(), answer.because.tolist(), strict=True)
    known = [(place, score, cause) for place, score, cause in rows if place >= 0]
    return [
        Scored(shelf.ids[place], score, shelf.ids[cause] if cause >= 0 else "")
        for place, score, cause in sorted(known, key=lambda row: -row[1])
    ]


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


def _mark(guard: Guard, tally: Tally, entry: Entry) -> list[Mark]:
    def learn() -> list[Mark]:
        marks = list(tally.learn(entry))
        tallies.check(marks, entry.at / 1000)
        return marks

    return guard.run(tally, "learn", learn, expect=list)


async def _count(guard: Guard, tally: Tally, query: TallyQuery, marks: Marks) -> int:
    return await guard.call(tally, "count", lambda: tally.count(query, marks), budget=BUDGET, expect=int)


async def _ask(guard: Guard, recommender: Recommender, query: Query, counts: Counts) -> Ranked | Sequence[Scored]:
    return await guard.call(
        recommender,
        "recommend",
        lambda: recommender.recommend(query, counts),
        budget=BUDGET,
        expect=(Ranked, list, tuple),
    )
