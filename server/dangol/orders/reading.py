"""Order files as they come: CSV and Parquet in batches of rows, nothing of them held for long.

A cell is text whatever the file has, and each different text of a column is told once a batch: what is checked is the
text, not the row. Everything here is hostile: rows, headers and batches are bounded.
"""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import BinaryIO, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyarrow import parquet
from pyarrow.csv import ConvertOptions, InvalidRow, ParseOptions, ReadOptions, open_csv

from dangol.errors import Invalid, Problem
from dangol.members.columns import Refusal
from dangol.members.table import BLOCK, Encodings

MAGIC = b"PAR1"
"""What Parquet begins with."""

LARGEST_ROW = 4 << 20
"""Bytes of one row of a CSV file, and of what is read at once."""

LONGEST_HEADER = 65_536
AT_ONCE = 65_536
"""Rows of Parquet that are read at once."""

LARGEST_GROUP = 1 << 30
"""Bytes, unpacked, of what is read of one row group of Parquet: it is held whole."""

MOST_BROKEN = 10_000
"""Rows without as many cells as the header, after which a file is no such CSV."""

TEXTS = pa.dictionary(pa.int32(), pa.string())

Choose = Callable[[Sequence[str]], Mapping[str, int]]
"""Tells which columns of a header are which fields. Raises `Invalid`."""


class Cells(NamedTuple):
    """A column of a batch: its different `texts`, and for each row which of them stands there (-1: none)."""

    texts: list[str]
    codes: NDArray[np.int64]


class Batch(NamedTuple):
    """Rows of a file by field, their numbers as a table program counts them, and how many bytes were read so far."""

    numbers: NDArray[np.int64]
    cells: Mapping[str, Cells]
    position: int


def batches(file: BinaryIO, choose: Choose, refuse: Callable[[Refusal], None]) -> Iterator[Batch]:
    """The rows of a file that can be read twice; those with too few or too many cells go to `refuse`. Raises `Invalid`
    for a file that is neither CSV nor Parquet, or where nothing after a place can be trusted."""
    file.seek(0)
    is_parquet = file.read(len(MAGIC)) == MAGIC
    file.seek(0)
    try:
        yield from _parquet(file, choose) if is_parquet else _Csv(file, refuse).batches(choose)
    except (pa.ArrowException, OSError) as error:
        kind, cause = "Parquet" if is_parquet else "CSV", str(error).partition("\n")[0]
        if "straddl" in cause:  # pyarrow's word for a row that is longer than what is read at once
            cause = f"a row is longer than {LARGEST_ROW >> 20} MB; perhaps a quote is not closed"
        raise Invalid([Problem("file", ..., f"{kind} that can be read to its end ({cause})")]) from None


def _parquet(file: BinaryIO, choose: Choose) -> Iterator[Batch]:
    opened = parquet.ParquetFile(file)
    names = opened.schema_arrow.names
    chosen = {field: names[place] for field, place in choose(names).items()}
    wanted = [opened.schema_arrow.field(name) for name in chosen.values()]
    if nested := [each for each in wanted if pa.types.is_nested(each.type)]:
        raise Invalid([Problem(each.name, str(each.type), "a column of texts, numbers or times") for each in nested])
    texts = [each.name for each in wanted if pa.types.is_string(each.type)]
    opened = parquet.ParquetFile(file, read_dictionary=texts)
    _check_groups(opened, set(chosen.values()))
    done, total = 0, max(opened.metadata.num_rows, 1)
    size = file.seek(0, 2)
    for batch in opened.iter_batches(AT_ONCE, columns=list(chosen.values()), use_threads=False):
        numbers = np.arange(done + 1, done + 1 + batch.num_rows)
        done += batch.num_rows
        yield Batch(numbers, {field: _cells(batch[name]) for field, name in chosen.items()}, size * done // total)


def _check_groups(opened: parquet.ParquetFile, names: set[str]) -> None:
    for number in range(opened.num_row_groups):
        group = opened.metadata.row_group(number)
        columns = [group.column(place) for place in range(group.num_columns)]
        size = sum(each.total_uncompressed_size for each in columns if each.path_in_schema in names)
        if size > LARGEST_GROUP:
            expected = f"at most {LARGEST_GROUP} bytes; write the file with smaller row groups"
            raise Invalid([Problem(f"row group {number + 1}", f"{size} bytes", expected)])


def _cells(column: pa.Array) -> Cells:
    """A column of any type: a number is written as shortly as it can be, a time in ISO 8601; NaN is no number."""
    if pa.types.is_floating(column.type):
        column = pc.if_else(pc.is_nan(column), None, column)
    encoded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return Cells(encoded.dictionary.cast(pa.string()).to_pylist(), codes.astype(np.int64))


class _Csv:
    """A CSV file. Rows are counted from the header's, which is row 1; a row may have several lines in quotes."""

    def __init__(self, file: BinaryIO, refuse: Callable[[Refusal], None]) -> None:
        self._file = file
        self._refuse = refuse
        self._broken: list[int] = []
        self._swallowed = 0

    def batches(self, choose: Choose) -> Iterator[Batch]:
        encoding = self._encoding()
        names = self._header(encoding)
        chosen = {field: str(place) for field, place in choose(names).items()}
        begin = self._file.tell()
        if not self._file.read(1):
            return  # pyarrow takes a file without rows for a broken one
        self._file.seek(begin)
        reader = open_csv(
            self._file,  # from behind the header
            ReadOptions(
                use_threads=False,
                block_size=LARGEST_ROW,
                column_names=[str(place) for place in range(len(names))],
                encoding="utf8" if encoding == "utf-8-sig" else encoding,
            ),
            ParseOptions(newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=self._invalid),
            ConvertOptions(column_types=dict.fromkeys(chosen.values(), TEXTS), include_columns=[*chosen.values()]),
        )
        taken = 0
        for batch in reader:
            self._check()
            numbers = self._numbers(taken, batch.num_rows)
            taken += batch.num_rows
            cells = {field: _cells(batch[name]) for field, name in chosen.items()}
            yield Batch(numbers, cells, self._file.tell())
        self._check()

    def _encoding(self) -> str:
        """What the whole file is in: the one reading that looks at every byte. Raises `Invalid` for a file whose last
        quote is not closed: its cell would be all that follows."""
        encodings, quotes = Encodings(), 0
        while block := self._file.read(BLOCK):
            encodings.take(block)
            quotes += block.count(b'"')
        encodings.take(b"", final=True)
        found = encodings.found()
        if quotes % 2:
            raise Invalid([self._unclosed(found)])
        self._file.seek(0)
        return found

    def _unclosed(self, encoding: str) -> Problem:
        """Where a file with an odd number of quotes most likely has the one that is not closed."""
        self._file.seek(0)
        lines = iter(lambda: self._file.readline(LARGEST_ROW), b"")
        number, line = next((number, line) for number, line in enumerate(lines, 1) if line.count(b'"') % 2)
        shown = line.decode(encoding, "replace").strip()
        return Problem(f"line {number}", shown, "a line that closes its quotes; one within a cell is doubled")

    def _header(self, encoding: str) -> list[str]:
        line = self._file.readline(LONGEST_HEADER + 1)
        text = line.decode(encoding, "replace").strip("\r\n")
        try:
            [names] = csv.reader([text], strict=True) if text and len(line) <= LONGEST_HEADER else [[]]
        except csv.Error:
            names = []
        if not names:
            expected = f"a header: a line with the names of the columns, {LONGEST_HEADER} bytes at most"
            raise Invalid([Problem("row 1", text or ..., expected)])
        return names

    def _invalid(self, row: InvalidRow) -> str:
        """Called for a row that has not as many cells as the header. What it raised would be lost."""
        if len(self._broken) < MOST_BROKEN:
            expected = f"{row.expected_columns} cells, as the header has"
            self._refuse(Refusal(row.number + 1, "", f"{row.actual_columns} cells", expected))
        if "\n" in row.text and not self._swallowed:
            self._swallowed = row.number + 1
        self._broken.append(row.number)
        return "skip"

    def _check(self) -> None:
        """Raises `Invalid` where rows can't be told from each other any more."""
        if self._swallowed:
            expected = "a row that ends; perhaps a quote is opened in it and swallows what follows"
            raise Invalid([Problem(f"row {self._swallowed}", ..., expected)])
        if len(self._broken) > MOST_BROKEN:
            expected = f"at most {MOST_BROKEN:,} rows with another number of cells than the header has"
            raise Invalid([Problem("file", ..., expected)])

    def _numbers(self, taken: int, rows: int) -> NDArray[np.int64]:
        """The numbers of `rows` rows after the first `taken` of those that were not broken."""
        broken = np.array(self._broken, np.int64)
        places = np.arange(taken, taken + rows)
        return places + 2 + np.searchsorted(broken - np.arange(1, len(broken) + 1), places, side="right")
