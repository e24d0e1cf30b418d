"""The report of refused rows, as a spreadsheet opens it."""

import csv
import io

import pytest

from dangol.members.columns import Refusal
from dangol.members.report import Report


@pytest.mark.parametrize("begin", ["=", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_no_value_of_a_refused_row_is_run_by_a_spreadsheet(begin: str) -> None:
    file = io.StringIO()
    Report(file).refuse(Refusal(2, "phone", f"{begin}cmd()", "a number"))
    _, told = csv.reader(io.StringIO(file.getvalue(), newline=""))
    assert told == ["2", "phone", f"'{begin}cmd()", "a number"]
