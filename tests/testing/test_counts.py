import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dangol.errors import Invalid
from dangol.plugin import Count
from dangol.store import counters
from dangol.store.counters import Counters, Learned
from dangol.store.link import Link
from dangol.testing import MemoryCounts

counts = st.builds(
    Count, st.sampled_from(["a", "b"]), st.sampled_from("uvwxyz"), st.integers(-3, 9).map(float), st.integers(1, 4)
)


def test_the_highest_sums_come_first() -> None:
    memory = MemoryCounts()
    memory.apply([Count("bought", "tea"), Count("bought", "cup", 3.0), Count("bought", "tea", 0.5)])
    assert asyncio.run(memory.top(["bought", "never"], 5)) == [[("cup", 3.0), ("tea", 1.5)], []]


def test_a_count_that_the_store_would_refuse_is_refused_and_nothing_added() -> None:
    memory = MemoryCounts()
    with pytest.raises(Invalid):
        memory.apply([Count("bought", "tea"), Count("bought", "cup", float("nan"))])
    assert asyncio.run(memory.top(["bought"], 5)) == [[]]


@pytest.mark.anyio
async def test_memory_and_store_agree(link: Link) -> None:
    batches: list[list[list[Count]]] = []

    @settings(max_examples=25, deadline=None)
    @given(st.lists(st.lists(counts, max_size=8), min_size=1, max_size=8))
    def collect(batch: list[list[Count]]) -> None:
        batches.append(batch)

    collect()
    for number, batch in enumerate(batches):
        memory = MemoryCounts()
        for each in batch:
            memory.apply(each)
        learned = [Learned(f"{place}-0", f"site{number}", each) for place, each in enumerate(batch, start=1)]
        await counters.apply(link, f"twin{number}", 0, learned)
        stored = Counters(link, f"site{number}", f"twin{number}")
        assert await stored.top(["a", "b"], 3) == await memory.top(["a", "b"], 3)
