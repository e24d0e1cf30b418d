"""Recommenders that learn and sinks that drain, behind the guard."""

from collections.abc import Callable, Iterable, Sequence

import pytest

from dangol.errors import PluginFailure
from dangol.host.guard import Guard
from dangol.plugin import Count, Counts, Entry, Query, Recommender, Scored, Sink
from dangol.store.counters import Counters
from dangol.store.link import Link
from dangol.worker.follow import Logged
from dangol.worker.learners import MOST_COUNTS, Drain, Learner

pytestmark = pytest.mark.anyio

Order = Callable[..., Entry]


class Tally(Recommender):
    name = "tally"
    api = 1
    counts: Callable[[Entry], Iterable[Count]]

    def learn(self, entry: Entry) -> Iterable[Count]:
        return type(self).counts(entry)

    async def recommend(self, query: Query, counts: Counts) -> Sequence[Scored]:
        return []


def tally(counts: Callable[[Entry], Iterable[Count]]) -> Tally:
    return type("Made", (Tally,), {"counts": staticmethod(counts)})()  # type: ignore[no-any-return]


async def test_a_repeated_batch_is_learnt_once(link: Link, order: Order) -> None:
    plugin = tally(lambda entry: (Count("sold", item.id) for event in entry.events for item in event.items))
    learner = Learner(link, Guard(), plugin)
    batch = [Logged(f"{number}-0", order(number, "mug", f"p{number}")) for number in range(1, 4)]
    for _ in range(2):
        await learner(0, batch)
    [row] = await Counters(link, "shop", "tally").top(["sold"], 9)
    assert row[0] == ("mug", 3.0)
    assert len(row) == 4


def _raises(entry: Entry) -> Iterable[Count]:
    yield Count("sold", "mug")
    raise ValueError("half way")


@pytest.mark.parametrize(
    "counts",
    [
        _raises,
        lambda entry: None,
        lambda entry: ["mug"],
        lambda entry: [Count("sold", "mug", float("nan"))],
        lambda entry: (Count("sold", str(number)) for number in range(MOST_COUNTS + 1)),
    ],
)
async def test_a_recommender_that_breaks_its_contract_counts_nothing(
    link: Link, order: Order, counts: Callable[[Entry], Iterable[Count]]
) -> None:
    with pytest.raises(PluginFailure):
        await Learner(link, Guard(), tally(counts))(0, [Logged("1-0", order(1, "mug"))])
    assert await link.call("DBSIZE") == 0


class Keep(Sink):
    name = "keep"
    api = 1

    def __init__(self) -> None:
        self.got: list[str] = []

    async def consume(self, entries: Sequence[Entry]) -> None:
        if not entries:
            raise ValueError("nothing to consume")
        self.got.extend(entry.profile for entry in entries)


async def test_a_sink_gets_the_entries_in_order(order: Order) -> None:
    sink = Keep()
    await Drain(Guard(), sink)(0, [Logged(f"{number}-0", order(number)) for number in range(5)])
    assert sink.got == [f"v{number}" for number in range(5)]


async def test_a_sink_that_fails_is_told(order: Order) -> None:
    with pytest.raises(PluginFailure, match="nothing to consume"):
        await Drain(Guard(), Keep())(0, [])
