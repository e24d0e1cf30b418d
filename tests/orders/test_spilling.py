"""Lines on the disk."""

import os
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.orders.lines import Line, lines_of, told

from dangol.orders.spilling import Spill

LINES = st.lists(
    st.builds(
        Line,
        st.text("abc가", min_size=1, max_size=3),
        st.integers(-2, 9),
        st.text("xyz", max_size=2),
        st.integers(1, 5000),
        st.integers(-9, 9),
        st.integers(0, 99),
        st.booleans(),
    ),
    max_size=40,
)


@given(LINES, LINES, st.sampled_from(["order", "day"]))
def test_all_lines_come_back_with_what_belongs_together(first: list[Line], second: list[Line], by: str) -> None:
    with Spill(by, 8) as spill:  # type: ignore[arg-type]
        spill.add(lines_of(*first))
        spill.add(lines_of(*second))
        shares = [told(share) for share in spill]
    assert sorted(line for share in shares for line in share) == sorted([*first, *second])
    met: defaultdict[str, set[int]] = defaultdict(set)
    for number, share in enumerate(shares):
        for line in share:
            met[f"c{line.customer}{line.at // 1000}" if by == "day" and line.customer else line.order].add(number)
    assert all(len(numbers) == 1 for numbers in met.values())


def test_no_file_has_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with Spill("order", 8) as spill:
        spill.add(lines_of(Line("1", 1)))
        assert os.listdir(tmp_path) == []
