"""Rows of records: merging them changes nothing that is read of them, and what fades, fades by its half-life."""

import random
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangol.recommend import records
from dangol.recommend.marks import mark_of
from dangol.recommend.records import RECORD, SEAL, longest, merge, pack, words
from dangol.recommend.shelf import Shelf
from dangol.testing import shelf

NAMES = "abcdef"
SHELF = shelf(NAMES)
DAY = 86_400.0

additions = st.lists(st.tuples(st.sampled_from(NAMES), st.integers(1, 9), st.integers(0, 40)), max_size=60)


def row_of(added: list[tuple[str, int, int]]) -> bytes:
    return b"".join(pack([name], by, day * DAY) for name, by, day in added)


def read(*rows: bytes, now: float = 50 * DAY, half_life: float = 7 * DAY, on: Shelf = SHELF) -> list[dict[str, float]]:
    """What kernels read of rows, by the products' ids."""
    ends = np.cumsum([len(row) // 8 for row in rows], dtype=np.int32)
    scratch = np.full(on.size, -1, np.int32)
    starts, places, sums = records.read(
        words(b"".join(rows)), ends, on.marks, on.slots, on.size, now, half_life, scratch
    )
    assert (scratch == -1).all()
    found = [(on.ids[place], total) for place, total in zip(places.tolist(), sums.tolist(), strict=True)]
    return [dict(found[start:end]) for start, end in pairwise(starts.tolist())]


@given(additions)
def test_a_sum_is_what_was_added_less_what_has_faded(added: list[tuple[str, int, int]]) -> None:
    [found] = read(row_of(added))
    expected: dict[str, float] = {}
    for name, by, day in added:
        expected[name] = expected.get(name, 0.0) + by * 2 ** (-(50 - day) / 7)
    assert found == pytest.approx(expected, rel=1e-5)


@given(additions, st.data())
def test_merging_any_part_of_a_row_changes_nothing_that_is_read(
    added: list[tuple[str, int, int]], data: st.DataObject
) -> None:
    cut = data.draw(st.integers(0, len(added)))
    part = merge(row_of(added[:cut]), 7 * DAY) + row_of(added[cut:])
    [found], [expected] = read(merge(part, 7 * DAY)), read(row_of(added))
    assert found == pytest.approx(expected, rel=1e-5)


@given(additions, st.randoms(use_true_random=False))
def test_what_is_taken_back_is_gone_whatever_was_merged_meanwhile(
    added: list[tuple[str, int, int]], chance: random.Random
) -> None:
    row = row_of([("a", 3, 10)])
    for each in added:
        row += row_of([each])
        row = merge(row, 7 * DAY) if chance.random() < 0.3 else row
    row = merge(row + pack(["a"], -3.0, 10 * DAY), 7 * DAY)
    [found], [expected] = read(row), read(row_of(added))
    assert found == pytest.approx(expected, rel=1e-4)


def test_nothing_fades_without_a_half_life() -> None:
    assert read(pack("ab", 2.0, 0.0), now=1e9, half_life=0.0) == [{"a": 2.0, "b": 2.0}]


def test_a_half_life_later_a_sum_is_half_as_high() -> None:
    row = pack("a", 8.0, 10 * DAY)
    assert read(row, now=17 * DAY) == [{"a": 4.0}]
    assert read(merge(row + pack("b", 1.0, 17 * DAY), 7 * DAY), now=24 * DAY) == [{"a": 2.0, "b": 0.5}]


def test_what_a_wrong_clock_has_put_ahead_counts_in_full_and_no_more() -> None:
    assert read(pack("a", 8.0, 400 * DAY) + pack("b", 9.0, 50 * DAY), half_life=DAY / 8) == [{"a": 8.0, "b": 9.0}]


def test_a_merged_row_keeps_its_highest_members_as_of_now() -> None:
    row = row_of([("a", 9, 0), ("b", 2, 40), ("c", 1, 40), ("d", 3, 40)])
    assert set(read(merge(row, 7 * DAY, keep=2))[0]) == {"b", "d"}


def test_a_merged_row_has_a_seal_of_its_own_the_members_and_one_time() -> None:
    row = merge(pack("ab", 1.0, 10 * DAY) + pack("c", 4.0, 17 * DAY), 7 * DAY)
    assert row[:8] == SEAL
    assert row[8:16] != merge(row, 7 * DAY)[8:16]
    assert row[16:24] == (3).to_bytes(4, "little") + (17 * 86_400).to_bytes(4, "little")
    assert row[24:48] == b"".join(map(mark_of, "abc"))
    assert np.frombuffer(row[48:], "<f4").tolist() == [0.5, 0.5, 4.0, 0.0], "up to a multiple of eight bytes"


def test_a_full_row_is_in_less_memory_merged_and_has_room_for_half_as_many_newcomers() -> None:
    row = merge(pack(map(str, range(200)), 1.0, DAY), DAY, keep=64)
    assert len(row) == 24 + 12 * 64
    assert len(row + pack(map(str, range(32)), 1.0, DAY)) < longest(64) <= len(row) + 33 * RECORD


def test_what_is_not_above_zero_is_not_kept_nor_read() -> None:
    row = row_of([("a", 1, 1)]) + pack(["a"], -1.0, DAY) + pack(["b"], -2.0, DAY)
    assert read(merge(row, 7 * DAY)) == [{}]
    assert read(row) == [{}]


def test_products_that_the_shelf_does_not_know_fall_away() -> None:
    row = pack(["a", "gone", "b"], 1.0, 50 * DAY)
    assert read(row, row) == [{"a": 1.0, "b": 1.0}] * 2
    assert read(row, on=shelf("b")) == [{"b": 1.0}]


def test_a_row_of_another_form_says_nothing_and_is_merged_away() -> None:
    row = merge(pack("abcde", 1.0, 50 * DAY), 7 * DAY)
    former = SEAL + b"12345678" + pack("abcde", 1.0, 50 * DAY)
    others = [former, *(row[:length] for length in range(8, len(row), 8))]
    assert read(*others, row) == [*([{}] * len(others)), dict.fromkeys("abcde", 1.0)]
    assert read(merge(former, 7 * DAY)) == [{}]


def test_rows_are_read_apart_and_totals_together() -> None:
    rows = [pack("ab", 1.0, 50 * DAY), b"", pack("bc", 1.0, 43 * DAY)]
    rows += [merge(each, 7 * DAY) for each in (*rows, pack("f", 1.0, 50 * DAY))]
    expected: list[dict[str, float]] = [{"a": 1.0, "b": 1.0}, {}, {"b": 0.5, "c": 0.5}]
    assert read(*rows) == [*expected, *expected, {"f": 1.0}]
    totals = records.add_up(words(b"".join(rows)), SHELF.marks, SHELF.slots, SHELF.size, 50 * DAY, 7 * DAY)
    assert totals.tolist() == [2.0, 3.0, 1.0, 0.0, 0.0, 1.0]


def test_a_row_is_marks_sums_and_times() -> None:
    assert pack(["a"], 1.0, 2.9) == mark_of("a") + bytes.fromhex("0000803f02000000")


def test_sums_do_not_become_infinite() -> None:
    assert read(merge(pack("a" * 9, 2e38, 0.0), 0.0), half_life=0.0) == [{"a": pytest.approx(3e38)}]
