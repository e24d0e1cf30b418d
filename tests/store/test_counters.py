"""Counts reach the store exactly once, however often and in whatever pieces their entries come."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dangol.plugin import Count, Counts, Query, Ranked, Recommender, Scored, Total
from dangol.recommend.marks import mark_of
from dangol.recommend.records import RECORD, longest, opened, words
from dangol.store import keys, log
from dangol.store.counters import LEAST_TOTAL, Counters, Learned
from dangol.store.link import Link

pytestmark = pytest.mark.anyio

NAMES = [f"product-{number}" for number in range(40)]


class Demo(Recommender):
    """Never fades, so that sums are exact."""

    name = "demo"
    api = 1
    keep = 8
    totals = {"sold": 0.0}  # noqa: RUF012

    async def recommend(self, query: Query, counts: Counts) -> Ranked | Sequence[Scored]:
        return []


def learned(number: int, *names: str) -> Learned:
    """An entry that counts in a row of each product, and in a total."""
    rows = [Count(name, ["times"], 1.0, number) for name in names]
    return Learned(f"{number}-0", "shop", [*rows, Total("sold", names, 1.0, number)])


def sums(row: bytes) -> dict[str, float]:
    """A row's sums by the names that the tests use."""
    found: defaultdict[str, float] = defaultdict(float)
    names = {mark_of(name): name for name in ["times", *NAMES, *(f"m{number}" for number in range(200))]}
    marks, by, _, _ = opened(words(row), np.full(1, len(row) // 8, np.int32))
    for mark, each in zip(marks, by.tolist(), strict=True):
        found[names[mark.tobytes()]] += each
    return dict(found)


async def row(link: Link, key: str, site: str = "shop", plugin: str = "demo") -> dict[str, float]:
    return sums(await link.call("GET", keys.counter(site, plugin, key)) or b"")


async def totals(link: Link) -> dict[str, float]:
    parts = [keys.total("shop", "demo", "sold", bucket) for bucket in range(keys.TOTAL_BUCKETS)]
    return sums(b"".join([await link.call("GET", part) or b"" for part in parts]))


async def rows(link: Link) -> dict[str, float]:
    found = {name: await row(link, name) for name in NAMES}
    return {name: each["times"] for name, each in found.items() if each}


def count(batch: Sequence[Learned]) -> dict[str, float]:
    return dict(Counter(count.key for each in batch for count in each.counts if isinstance(count, Count)))


async def test_a_repeated_batch_adds_nothing(link: Link) -> None:
    batch = [learned(number, NAMES[number % 7], NAMES[number % 11]) for number in range(1, 50)]
    for _ in range(3):
        await Counters(link, Demo()).add(3, batch)
    assert await rows(link) == await totals(link) == count(batch)


async def test_a_batch_that_was_added_in_part_is_completed(link: Link) -> None:
    batch = [learned(number, *NAMES) for number in range(1, 6)]
    reached = [name for name in NAMES if keys.partition(name) < 4]
    await Counters(link, Demo()).add(0, [learned(number, *reached) for number in range(1, 6)])
    assert 0 < len(await rows(link)) < len(NAMES)
    await Counters(link, Demo()).add(0, batch)
    assert await rows(link) == await totals(link) == dict.fromkeys(NAMES, 5.0)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=6), seed=st.integers(1, 6))
async def test_batches_may_be_cut_anywhere_when_they_come_again(
    link: Link, cuts: list[tuple[int, int]], seed: int
) -> None:
    await link.call("FLUSHALL")
    log = [learned(number + 1, *{NAMES[number * seed % 40], NAMES[number % 13]}) for number in range(30)]
    done = 0
    for back, ahead in [*cuts, (0, 30)]:  # every batch starts at or before what was done, as pending entries do
        start = max(done - back, 0)
        await Counters(link, Demo()).add(0, log[start : done + ahead])
        done = min(max(done, done + ahead), len(log))
    assert await rows(link) == await totals(link) == count(log)


async def test_each_partition_of_the_log_has_its_own_marker(link: Link) -> None:
    for partition in (0, 1, 2):
        await Counters(link, Demo()).add(partition, [learned(7, "product-1")])
    assert await rows(link) == {"product-1": 3.0}


async def test_ids_are_ordered_as_numbers(link: Link) -> None:
    for number in (9, 10, 100):
        await Counters(link, Demo()).add(0, [learned(number, "product-1")])
    assert await rows(link) == {"product-1": 3.0}
    assert log.sortable("9-2") < log.sortable("9-10") < log.sortable("10-0")


async def test_a_long_row_is_merged_and_keeps_its_highest_members(link: Link) -> None:
    counters, length = Counters(link, Demo()), 0
    for number in range(1, 101):
        await counters.add(0, [Learned(f"{number}-0", "shop", [Count("hot", [f"m{number}"], float(number), number)])])
        length = max(length, await link.call("STRLEN", keys.counter("shop", "demo", "hot")))
    found = await row(link, "hot")
    assert set(sorted(found, key=lambda name: -found[name])[:8]) == {f"m{number}" for number in range(93, 101)}
    assert length <= longest(Demo.keep)


async def test_a_total_keeps_all_and_is_merged_when_it_has_doubled(link: Link) -> None:
    counters, lengths = Counters(link, Demo()), []
    for number in range(1, 400):
        names = [f"m{number % 5}", "product-1"]
        await counters.add(0, [Learned(f"{number}-0", "shop", [Total("sold", names, 1.0, number)])])
        parts = [keys.total("shop", "demo", "sold", bucket) for bucket in range(keys.TOTAL_BUCKETS)]
        lengths.append(max(await asyncio.gather(*(link.call("STRLEN", part) for part in parts))))
    assert await totals(link) == {"m0": 79.0, **{f"m{each}": 80.0 for each in range(1, 5)}, "product-1": 399.0}
    assert max(lengths) <= LEAST_TOTAL + RECORD
    assert lengths[-1] < max(lengths)


async def test_what_is_appended_while_a_row_is_merged_stays(link: Link) -> None:
    many = [Learned(f"{number}-0", "shop", [Count("hot", ["m1"], 1.0, number)]) for number in range(1, 301)]
    workers = [Counters(link, Demo()) for _ in range(4)]
    await asyncio.gather(*(each.add(place, many[:150]) for place, each in enumerate(workers)))
    for start in range(150, 300):
        await asyncio.gather(*(each.add(place, many[start : start + 1]) for place, each in enumerate(workers)))
    assert await row(link, "hot") == {"m1": 1200.0}
    assert await link.call("STRLEN", keys.counter("shop", "demo", "hot")) <= longest(Demo.keep)


async def test_sites_and_plugins_do_not_mix(link: Link) -> None:
    await Counters(link, Demo()).add(0, [learned(1, "product-1")])
    assert await row(link, "product-1", site="other") == await row(link, "product-1", plugin="other") == {}


async def test_counters_of_an_earlier_version_are_in_nobodys_way(link: Link) -> None:
    former = f"{keys.TAGS[keys.partition('product-1')]}n:shop:demo:product-1"
    await link.call("ZADD", former, 5, "times")
    await link.call("HSET", keys.applied(keys.partition("product-1"), "demo"), 0, log.sortable("1-0"))
    await Counters(link, Demo()).add(0, [learned(number, "product-1") for number in (1, 2)])
    assert await rows(link) == {"product-1": 1.0}, "the earlier version had counted the first entry"
    assert await link.call("ZSCORE", former, "times") == b"5"
