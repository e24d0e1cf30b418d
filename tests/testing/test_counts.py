"""Counts in memory are those of the store, by the same rules."""

import asyncio
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dangol.errors import Invalid
from dangol.host.registry import Registry
from dangol.plugin import Count, Counts, Entry, Query, Ranked, Recommender, Scored, Total
from dangol.recommend.counted import Counted
from dangol.recommend.shelves import Shelves
from dangol.store.counters import Counters, Learned
from dangol.store.link import Link
from dangol.testing import NOW, MemoryCounts, entry, event, shelf

WEEK = 7 * 86_400
SHELF = shelf("uvwxyz")


class Demo(Recommender):
    name = "demo"
    api = 1
    half_life = float(WEEK)
    keep = 3
    totals = {"sold": WEEK, "ever": 0.0}  # noqa: RUF012

    def learn(self, entry: Entry) -> list[Count | Total]:
        sold = [item.id for event in entry.events for item in event.items]
        return [Count("sold", sold, 1.0, entry.at / 1000), Total("ever", sold, 1.0, entry.at / 1000)]

    async def recommend(self, query: Query, counts: Counts) -> Ranked | Sequence[Scored]:
        return []


class Other(Demo):
    name = "other"
    half_life = WEEK / 7


members = st.lists(st.sampled_from("uvwxyz?"), min_size=1, max_size=4)
by, at = st.sampled_from([-2.0, 1.0, 5.0]), st.integers(NOW - 4 * WEEK, NOW)
counts = st.builds(Count, st.sampled_from(["a", "b"]), members, by, at) | st.builds(
    Total, st.just("sold"), members, by, at
)


async def told(counts: Counts) -> list[dict[int, float] | list[float]]:
    rows = await counts.rows(["a", "never", "b"])
    bounds = zip(rows.starts.tolist(), rows.starts[1:].tolist(), strict=False)
    found = [dict(zip(rows.places[s:e].tolist(), rows.sums[s:e].tolist(), strict=True)) for s, e in bounds]
    return [*found, (await counts.totals("sold")).tolist()]


def test_what_recommenders_learn_is_read_by_places_each_with_its_half_life() -> None:
    memory = MemoryCounts(SHELF, Demo(), Other(), now=NOW + WEEK)
    memory.learn(entry(event("purchase", "u", "w")), entry(event("purchase", "w")))
    [ours, others] = [asyncio.run(memory.rows(["sold"], of)) for of in ("", "other")]
    assert (ours.places.tolist(), ours.sums.tolist()) == ([0, 2], [0.5, 1.0])
    assert others.sums.tolist() == [2**-7, 2**-6]
    assert asyncio.run(memory.totals("ever")).tolist() == [1.0, 0.0, 2.0, 0.0, 0.0, 0.0]


def test_a_count_that_the_store_would_refuse_is_refused_and_nothing_added() -> None:
    memory = MemoryCounts(SHELF, Demo())
    with pytest.raises(Invalid):
        memory.apply([Count("a", ["u"], 1.0, NOW), Count("a", ["u"], float("nan"), NOW)])
    assert len(asyncio.run(memory.rows(["a"])).places) == 0


@pytest.mark.anyio
async def test_memory_and_store_agree(link: Link) -> None:
    batches: list[list[list[Count | Total]]] = []

    @settings(max_examples=25, deadline=None)
    @given(st.lists(st.lists(counts, max_size=8), min_size=1, max_size=8))
    def collect(batch: list[list[Count | Total]]) -> None:
        batches.append(batch)

    collect()
    demo, store = Demo(), Counters(link, Demo())
    for number, batch in enumerate(batches):
        memory, site = MemoryCounts(SHELF, demo), f"site{number}"
        for place, each in enumerate(batch, start=1):
            memory.apply(each)
            await store.add(0, [Learned(f"{number}-{place}", site, each)])
        stored = Counted(link, Shelves(link), site, Registry.of([demo]), lambda: NOW).counts_of("demo", SHELF)
        for ours, theirs in zip(await told(memory), await told(stored), strict=True):
            assert theirs == pytest.approx(ours, rel=1e-6)
