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


def sentence(refusal: Refusal) -> str:
    """The refusal as a terminal shows it."""
    where = f"line {refusal.line}, {refusal.column}" if refusal.column else f"line {refusal.line}"
    if not refusal.value:
        return f"{where}: expected {refusal.expected}"
    return f"{where}: {brief(refusal.value)!r} is not {refusal.expected}"


def brief(text: str) -> str:
    """A value as a report shows it."""
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"
