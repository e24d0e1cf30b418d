"""Exports that no spreadsheet takes for formulas, and that lose nothing."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangol.messages.spreadsheet import FORMULA, harmless, line


@pytest.mark.parametrize("cell", ["=1+1", "+8210", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＠x"])
def test_what_looks_like_a_formula_gets_an_apostrophe(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "a=1", "010-1234-5678", " =1", "'=1", -5, 0, -0.5, None])
def test_numbers_and_other_texts_stay_as_they_are(cell: str | float | None) -> None:
    assert harmless(cell) == cell


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0")) | st.integers(), min_size=2, max_size=5))
def test_a_line_can_be_read_back_and_no_text_in_it_is_a_formula(cells: list[str | int]) -> None:
    [read] = csv.reader(io.StringIO(line(cells), newline=""))
    assert [each.removeprefix("'") for each in read] == [str(each).removeprefix("'") for each in cells]
    assert not [
        text for text, cell in zip(read, cells, strict=True) if isinstance(cell, str) and text.startswith(FORMULA)
    ]
