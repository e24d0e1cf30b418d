"""The report of refused rows, as a spreadsheet opens it."""

import csv
import io

import pytest

from dangol.members.columns import Refusal
from dangol.members.report import Report, sentence


def test_a_refusal_is_told_with_its_value_where_it_has_one() -> None:
    assert sentence(Refusal(2, "phone", "x" * 99, "a number")) == f"line 2, phone: '{'x' * 80}…' is not a number"
    assert sentence(Refusal(2, "id", "", "an id")) == "line 2, id: expected an id"
    assert sentence(Refusal(2, "", "", "an object")) == "line 2: expected an object"


@pytest.mark.parametrize("begin", ["=", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_no_value_of_a_refused_row_is_run_by_a_spreadsheet(begin: str) -> None:
    file = io.StringIO()
    Report(file).refuse(Refusal(2, "phone", f"{begin}cmd()", "a number"))
    _, told = csv.reader(io.StringIO(file.getvalue(), newline=""))
    assert told == ["2", "phone", f"'{begin}cmd()", "a number"]
