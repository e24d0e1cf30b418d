"""Columns, bags and the directory hold what was put in, however it came."""

from math import inf, nan, nextafter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangol.segments.population.bags import Bags
from dangol.segments.population.columns import Column, bounds
from dangol.segments.population.directory import NOWHERE, Directory, names, words
from dangol.segments.population.lexicon import Lexicon
from dangol.segments.text import exact, folded

numbers = st.sampled_from([0.0, 1, 254, 255, 256, 65_535, 2**32 - 2, 2**32 - 1, 2.0**53, 0.5, -1, nan, inf])


@given(st.lists(st.dictionaries(st.integers(0, 99), numbers, max_size=9), max_size=5))
def test_a_column_holds_numbers_at_any_width(batches: list[dict[int, float]]) -> None:
    column, truth = Column(), np.zeros(100)
    column.grow(100)
    for batch in batches:
        rows, values = np.array(list(batch), np.int64), np.array(list(batch.values()), np.float64)
        column.write(rows, values)
        truth[rows] = values
    assert np.array_equal(column.read()[:100], truth, equal_nan=True)


@pytest.mark.parametrize(
    ("values", "width"),
    [([254, nan], np.uint8), ([255], np.uint16), ([65_535], np.uint32), ([2**32 - 1], np.float64), ([0.5], np.float64)],
)
def test_a_column_is_as_narrow_as_its_numbers_let_it_be(values: list[float], width: type) -> None:
    column = Column()
    column.write(np.arange(len(values)), np.array(values, np.float64))
    assert column.array.dtype == width


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (-inf, inf, (0, 254)),
        (3, 3, (3, 3)),
        (nextafter(3, inf), nextafter(5, -inf), (4, 4)),
        (255, 300, (1, 0)),
        (-5, -1, (1, 0)),
        (3.2, 3.8, (1, 0)),
    ],
)
def test_a_range_as_bytes_hold_it(low: float, high: float, expected: tuple[float, float]) -> None:
    lows, highs = bounds(np.dtype(np.uint8), np.array([low]), np.array([high]))
    assert (lows[0], highs[0]) == expected


runs = st.lists(st.tuples(st.sampled_from([0, 1, 7, 300, 70_000]), numbers), max_size=4)


@given(st.lists(st.dictionaries(st.integers(0, 150), runs, max_size=12), max_size=8), st.booleans())
def test_bags_hold_the_runs_of_all_rows(batches: list[dict[int, list[tuple[int, float]]]], squeeze: bool) -> None:
    bags = Bags(counted=True)
    truth: dict[int, list[tuple[int, float]]] = {}
    bags.grow(151)
    for batch in batches:
        truth |= batch
        flat = [each for run in batch.values() for each in run]
        codes, values = (np.array([each[place] for each in flat], np.float64) for place in (0, 1))
        lengths = np.array([len(run) for run in batch.values()], np.int64)
        bags.write(np.array(list(batch), np.int64), lengths, codes, values)
    if squeeze:
        bags._compact()
    assert bags.live().astype(int).tolist() == [code for row in sorted(truth) for code, _ in truth[row]]
    held = bags.numbers.read() if bags.numbers else np.zeros(0)
    for row, run in truth.items():
        start = int(bags.starts[row // 32]) + int(bags.lengths.array[row // 32 * 32 : row].astype(int).sum())
        assert np.array_equal(held[start : start + len(run)], [value for _, value in run], equal_nan=True)


@given(st.lists(st.tuples(st.booleans(), st.sets(st.integers(0, 200), max_size=40)), max_size=12))
def test_the_directory_finds_who_is_there(changes: list[tuple[bool, set[int]]]) -> None:
    plain, rich = (words([f"v{2 * number + side}" for number in range(101)]) for side in (0, 1))
    directory, there = Directory(), set[int]()
    for coming, numbers in changes:
        these = sorted(numbers - there if coming else numbers & there)
        (directory.add if coming else directory.remove)(plain, rich, np.array(these, np.int64))
        there = there | set(these) if coming else there - set(these)
    found = directory.find(plain, rich, words([f"v{number}" for number in range(201)]))
    assert found.tolist() == [number if number in there else NOWHERE for number in range(201)]


def test_an_id_that_is_too_long_is_refused() -> None:
    assert names(words(["v", "m" * 16])) == ["v", "m" * 16]
    with pytest.raises(ValueError, match="at most 16"):
        words(["v" * 17])


def test_a_lexicon_gives_the_numbers_of_forgotten_texts_to_others() -> None:
    lexicon = Lexicon()
    a, b = lexicon["Aa"], lexicon["bb"]
    assert lexicon.equal(folded, ["aa"]).nonzero()[0].tolist() == [a]
    lexicon.release(np.array([True, False, True]))
    assert "Aa" not in lexicon
    assert (lexicon["cc"], lexicon["bb"]) == (a, b)
    assert lexicon.fitting(exact, "starts", "c").nonzero()[0].tolist() == [a]
    assert lexicon.equal(folded, ["aa"]).nonzero()[0].tolist() == []
