"""Sums of past orders: the same as the store's, in memory."""

from collections.abc import Iterable, Sequence
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangol.orders import sums as module
from dangol.orders.packing import Packer
from dangol.orders.sums import Added, Places
from dangol.plugin import Count, Counts, Query, Recommender, Scored, Total
from dangol.recommend.marks import mark
from dangol.recommend.records import merge, opened, pack, words
from dangol.store.keys import counter_history, total_bucket, total_history

IDS = [f"p{number}" for number in range(9)]
PLACES = Places((id, place) for place, id in enumerate(IDS))
NOW = 1_700_000_000.0
DAY = 86_400.0


class Fading(Recommender):
    """Keeps three members, and forgets half of them a day."""

    name = "fading"
    api = 1
    half_life = DAY
    keep = 3
    totals: ClassVar = {"fading": DAY, "lasting": 0.0}

    async def recommend(self, query: Query, counts: Counts) -> Sequence[Scored]:
        """Nothing."""
        return ()


COUNT = st.builds(
    Count,
    st.sampled_from(["a", "b", "c"]),
    st.lists(st.sampled_from([*IDS, "unheard of"]), max_size=4),
    st.sampled_from([1.0, 0.25, 3.0]),
    st.integers(int(NOW - 3 * DAY), int(NOW)).map(float),
)


def sums_of(records: bytes) -> dict[int, float]:
    """Sums by mark, as of NOW."""
    marks, sums, times, _ = opened(words(records), np.full(1, len(records) // 8, np.int32))
    faded = sums * 2 ** ((times.astype(float) - NOW) / DAY)
    return dict(zip(marks.tolist(), faded.tolist(), strict=True))


def packed(counts: Iterable[Count | Total], waiting: int, slack: int = module.SLACK) -> dict[str, bytes]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "WAITING", waiting)
        patch.setattr(module, "SLACK", slack)
        added = Added(Fading(), PLACES, NOW)
        for each in counts:
            added.take([each])
        return dict(Packer("shop", "g", IDS, NOW).packed(added))


@given(st.lists(COUNT, max_size=12), st.sampled_from([1, 5, 1000]))
def test_rows_are_those_of_the_store(counts: list[Count], waiting: int) -> None:
    rows = packed(counts, waiting)
    for key in ("a", "b", "c"):
        records = [
            pack([id for id in each.members if id in PLACES], each.by, each.at) for each in counts if each.key == key
        ]
        ours = sums_of(rows.get(counter_history("shop", "g", "fading", key), b""))
        theirs = sums_of(merge(b"".join(records), DAY))
        assert sorted(ours.values()) == pytest.approx(sorted(theirs.values(), reverse=True)[:3][::-1], rel=1e-4)
        assert all(theirs[mark] == pytest.approx(by, rel=1e-4) for mark, by in ours.items())


def test_what_rises_late_is_kept() -> None:
    early = [Count("a", [id], 1.0, NOW) for id in IDS[:8]]
    late = [Count("a", [IDS[8]], 1.0, NOW)] * 2
    [row] = packed([*early, *late], 1, slack=1).values()
    assert max(sums_of(row).values()) == 2.0
    assert len(sums_of(row)) == 3


def test_totals_lie_where_the_store_looks_for_them() -> None:
    totals = [Total("lasting", ["p1", "p2", "p1"], 2.0, NOW - DAY), Total("fading", ["p1"], 2.0, NOW - DAY)]
    found = packed(totals, 1000)
    expected = {("lasting", "p1"): 4.0, ("lasting", "p2"): 2.0, ("fading", "p1"): 1.0}
    for (name, id), by in expected.items():
        records = found[total_history("shop", "g", "fading", name, total_bucket(id))]
        assert sums_of(records)[int.from_bytes(mark(id), "little")] == pytest.approx(by)
    assert sum(map(len, map(sums_of, found.values()))) == len(expected)


def test_what_a_file_puts_ahead_counts_in_full_and_no_more() -> None:
    rows = packed([Count("a", ["p1"], 1.0, NOW + DAY), Total("fading", ["p1"], 1.0, NOW + DAY)], 1)
    assert [list(sums_of(row).values()) for row in rows.values()] == [[1.0], [1.0]]


def test_what_was_taken_back_is_not_kept() -> None:
    assert (
        packed([Count("a", ["p1"], 1.0, NOW), Count("a", ["p1"], -1.0, NOW), Total("lasting", ["p1"], -1.0, NOW)], 9)
        == {}
    )
