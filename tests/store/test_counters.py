"""Counts reach the store exactly once, however often and in whatever pieces their entries come."""

import math
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dangol.errors import Invalid
from dangol.plugin import Count
from dangol.store import counters, keys, log
from dangol.store.counters import Counters, Learned
from dangol.store.link import Link

pytestmark = pytest.mark.anyio

NAMES = [f"product-{number}" for number in range(40)]


def learned(number: int, *names: str) -> Learned:
    return Learned(f"{number}-0", "shop", [Count(name, "times") for name in names])


async def totals(link: Link) -> dict[str, float]:
    rows = await Counters(link, "shop", "demo").top(NAMES, 1)
    return {name: row[0][1] for name, row in zip(NAMES, rows, strict=True) if row}


async def test_a_repeated_batch_adds_nothing(link: Link) -> None:
    batch = [learned(number, NAMES[number % 7], NAMES[number % 11]) for number in range(1, 50)]
    for _ in range(3):
        await counters.apply(link, "demo", 3, batch)
    assert await totals(link) == Counter(count.key for each in batch for count in each.counts)


async def test_a_batch_that_was_applied_in_part_is_completed(link: Link) -> None:
    batch = [learned(number, *NAMES) for number in range(1, 6)]
    reached = {0, 1, 2, 3}
    part = [
        Learned(each.id, each.site, [count for count in each.counts if keys.partition(count.key) in reached])
        for each in batch
    ]
    await counters.apply(link, "demo", 0, part)
    assert 0 < len(await totals(link)) < len(NAMES)
    await counters.apply(link, "demo", 0, batch)
    assert await totals(link) == dict.fromkeys(NAMES, 5.0)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=6), seed=st.integers(1, 6))
async def test_batches_may_be_cut_anywhere_when_they_come_again(
    link: Link, cuts: list[tuple[int, int]], seed: int
) -> None:
    await link.call("FLUSHALL")
    log = [learned(number + 1, NAMES[number * seed % 40], NAMES[number % 13]) for number in range(30)]
    done = 0
    for back, ahead in [*cuts, (0, 30)]:  # every batch starts at or before what was done, as pending entries do
        start = max(done - back, 0)
        await counters.apply(link, "demo", 0, log[start : done + ahead])
        done = min(max(done, done + ahead), len(log))
    assert await totals(link) == Counter(count.key for each in log for count in each.counts)


async def test_each_partition_of_the_log_has_its_own_marker(link: Link) -> None:
    for partition in (0, 1, 2):
        await counters.apply(link, "demo", partition, [learned(7, "product-1")])
    assert (await totals(link))["product-1"] == 3.0


async def test_ids_are_ordered_as_numbers(link: Link) -> None:
    for number in (9, 10, 100):
        await counters.apply(link, "demo", 0, [learned(number, "product-1")])
    assert (await totals(link))["product-1"] == 3.0
    assert log.sortable("9-2") < log.sortable("9-10") < log.sortable("10-0")


async def test_a_full_counter_keeps_its_highest_members(link: Link) -> None:
    counts = [Count("hot", f"m{number}", float(number), keep=10) for number in range(1, 101)]
    await counters.apply(link, "demo", 0, [Learned("1-0", "shop", counts)])
    [row] = await Counters(link, "shop", "demo").top(["hot"], 10)
    assert row == [(f"m{number}", float(number)) for number in range(100, 90, -1)]
    assert await link.call("ZCARD", keys.counter("shop", "demo", "hot")) <= 20


async def test_sites_and_plugins_do_not_mix(link: Link) -> None:
    await counters.apply(link, "demo", 0, [learned(1, "product-1")])
    assert await Counters(link, "other", "demo").top(["product-1"], 5) == [[]]
    assert await Counters(link, "shop", "other").top(["product-1"], 5) == [[]]


async def test_top_of_nothing_is_nothing(link: Link) -> None:
    assert await Counters(link, "shop", "demo").top([], 5) == []
    assert await Counters(link, "shop", "demo").top(["a", "b"], 0) == [[], []]


@pytest.mark.parametrize("by", [math.nan, math.inf, -math.inf, 1e300])
async def test_a_count_that_would_poison_a_sum_is_refused_and_nothing_changes(link: Link, by: float) -> None:
    batch = [learned(1, "product-1"), Learned("2-0", "shop", [Count("product-2", "x", by)])]
    with pytest.raises(Invalid, match="finite"):
        await counters.apply(link, "demo", 0, batch)
    assert await link.call("DBSIZE") == 0


@pytest.mark.parametrize("count", [Count("", "m"), Count("k", "x" * 201), Count("k", "m", keep=0)])
def test_a_count_with_unfit_names_or_size_is_refused(count: Count) -> None:
    with pytest.raises(Invalid, match="counts"):
        counters.check([count])
