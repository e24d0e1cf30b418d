"""CSV (RFC 4180) that a spreadsheet shows and never runs. Pure.

A cell that begins like a formula gets an apostrophe in front, as OWASP's page on CSV injection says; numbers stay
numbers. Full-width signs are among them since some spreadsheets read those as the others.
"""

import csv
from collections.abc import Iterable
from io import StringIO

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # the full-width ones
BYTE_ORDER_MARK = "\ufeff"
"""Tells Excel that Korean is written in UTF-8."""

Cell = str | int | float | None


def line(cells: Iterable[Cell]) -> str:
    """One line with its end; None is an empty cell."""
    text = StringIO()
    csv.writer(text).writerow([harmless(cell) for cell in cells])
    return text.getvalue()


def harmless(cell: Cell) -> Cell:
    """The cell as no spreadsheet takes it for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
