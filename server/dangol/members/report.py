"""The report of refused rows as CSV, for whoever mends the file: line, column, value, what was expected."""

from typing import TextIO

from dangol.errors import SHOWN
from dangol.members.columns import Refusal
from dangol.messages.spreadsheet import line

HEADER = ("line", "column", "value", "expected")


class Report:
    """Writes refusals as they come."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._file.write(line(HEADER))

    def refuse(self, refusal: Refusal) -> None:
        """One more line."""
        number, *texts = refusal
        self._file.write(line([number, *map(brief, texts)]))


def brief(text: str) -> str:
    """A value as a report shows it."""
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"
