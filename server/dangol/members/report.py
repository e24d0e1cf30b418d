"""The report of refused rows as CSV, for whoever mends the file: line, column, value, what was expected."""

import csv
from typing import TextIO

from dangol.errors import SHOWN
from dangol.members.columns import Refusal

HEADER = ("line", "column", "value", "expected")
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Report:
    """Writes refusals as they come."""

    def __init__(self, file: TextIO) -> None:
        self._writer = csv.writer(file)
        self._writer.writerow(HEADER)

    def refuse(self, refusal: Refusal) -> None:
        """One more line."""
        line, *texts = refusal
        self._writer.writerow([line, *map(_harmless, texts)])


def brief(text: str) -> str:
    """A value as a report shows it."""
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"


def _harmless(text: str) -> str:
    """A table program takes a cell that starts like this for a formula, and runs it; the quote says that it is text."""
    shown = brief(text)
    return f"'{shown}" if shown.startswith(FORMULA) else shown
