"""A CSV file as it comes: bytes in blocks, characters in lines, lines in records. Nothing of it is held for long.

Everything here is hostile: a record is bounded, and so is what an open quote may swallow.
"""

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from typing import Any, BinaryIO, NamedTuple

from dangol.definitions.shapes import nearest
from dangol.errors import Invalid, Problem

BLOCK = 1 << 18
DIGEST = 16
LONGEST_RECORD = 1_000_000
"""Characters of a record; one with every trait a site may have, each as long as may be, is half of it."""

ENCODINGS = ("utf-8-sig", "cp949")
"""What table programs write in Korea. CP949 that happens to be UTF-8 as well is all but impossible."""

SAVE = "save it as UTF-8 (in Excel: CSV UTF-8)"
OTHERS = {
    b"PK\x03\x04": f"an Excel workbook, or another zip archive: {SAVE}",
    b"\xd0\xcf\x11\xe0": f"an old Excel workbook: {SAVE}",
    b"\xff\xfe": f"UTF-16: {SAVE}",
    b"\xfe\xff": f"UTF-16: {SAVE}",
    b"\x1f\x8b": "packed by gzip: unpack it first",
    b"PAR1": f"Parquet: {SAVE}",
}
"""What else people send, by its first bytes, and what they can do."""


class Blocks(io.RawIOBase):
    """The bytes of a file, with a digest of each block and of the end. Where `known` has those of an earlier reading,
    a block is given out only if it is the same: what was checked is what is read. `Invalid` where the file changed."""

    def __init__(self, file: BinaryIO, known: Sequence[bytes] | None = None) -> None:
        super().__init__()
        self._file = file
        self._known = known
        self._rest = memoryview(b"")
        self.digests: list[bytes] = []
        self.position = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._rest:
            self._rest = memoryview(self._next())
        target = memoryview(buffer)
        size = min(len(target), len(self._rest))
        target[:size], self._rest = self._rest[:size], self._rest[size:]
        return size

    def _next(self) -> bytes:
        block = self._file.read(BLOCK)
        self.position += len(block)
        place, digest = len(self.digests), blake2b(block, digest_size=DIGEST).digest()
        if place and not block and self.digests[-1] == digest:
            return block  # the end, again
        if self._known is not None and self._known[place : place + 1] != [digest]:
            raise Invalid([Problem("file", ..., "the file that was checked: it has changed since")])
        self.digests.append(digest)
        return block


class Record(NamedTuple):
    """A record by the line that it starts on; without cells `expected` says what its line should have been."""

    line: int
    cells: list[str]
    expected: str = ""


class _Wrong(NamedTuple):
    """Where a file is not in an encoding, and the bytes there."""

    encoding: str
    line: int
    shown: bytes


class Encodings:
    """Finds out which of `ENCODINGS` a file is in, block by block."""

    def __init__(self) -> None:
        self._decoders = {name: codecs.getincrementaldecoder(name)() for name in ENCODINGS}
        self._line = 1
        self._has_begun = False
        self._wrong: list[_Wrong] = []

    def take(self, block: bytes, final: bool = False) -> None:
        """The next block; an empty one that is `final` ends the file. Raises `Invalid` for a file of another kind."""
        if not self._has_begun:
            _check_kind(block)
            self._has_begun = True
        if block.isascii() and not any(decoder.getstate()[0] for decoder in self._decoders.values()):
            self._line += block.count(b"\n")
            return  # the same in all of them
        for name, decoder in list(self._decoders.items()):
            try:
                decoder.decode(block, final)
            except UnicodeDecodeError as error:
                del self._decoders[name]
                line = self._line + error.object[: error.start].count(b"\n")
                shown = error.object[error.start : error.start + 10]
                if final and name == ENCODINGS[0] and error.end == len(error.object):
                    # All but the last character is UTF-8, so it is no other encoding that happens to fit.
                    raise Invalid(
                        [Problem(f"line {line}", shown, "a whole character: the file is cut off here")]
                    ) from None
                self._wrong.append(_Wrong(name.removesuffix("-sig").upper(), line, shown))
        self._line += block.count(b"\n")

    def found(self) -> str:
        """The first that the whole file is in. Raises `Invalid` where there is none."""
        if not self._decoders:
            raise Invalid([self._problem()])
        return next(iter(self._decoders))

    def _problem(self) -> Problem:
        """The file is most likely in the encoding that fits longest."""
        near, far = sorted(reversed(self._wrong), key=lambda each: each.line)
        expected = f"text in {far.encoding} or {near.encoding}"
        if near.line < far.line:
            expected = f"text in {far.encoding}, as all before it is (line {near.line} is not in {near.encoding})"
        return Problem(f"line {far.line}", far.shown, expected)


def _check_kind(begins: bytes) -> None:
    found = next((what for mark, what in OTHERS.items() if begins.startswith(mark)), "")
    if not found and b"\0" in begins[:2]:
        found = OTHERS[b"\xff\xfe"]
    if found:
        raise Invalid([Problem("file", ..., f"text in UTF-8 or CP949; this is {found}")])


def records(blocks: Blocks, encoding: str, delimiter: str = ",") -> Iterator[Record]:
    """The records of a file, blank lines left out. Raises `Invalid` where nothing after the place can be trusted: in
    too long a record, which may have many others in it."""
    lines = _Lines(io.TextIOWrapper(io.BufferedReader(blocks), encoding, newline=""))
    reader = csv.reader(lines, strict=True, delimiter=delimiter)
    while True:
        lines.begin()
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if reader.line_num > line:
                expected = f"a record that ends: a quote that is opened in line {line} swallows what follows ({error})"
                raise Invalid([Problem(f"lines {line} to {reader.line_num}", ..., expected)]) from None
            yield Record(line, [], f"CSV, with the quotes of a quoted cell doubled ({error})")
            continue
        if cells:
            yield Record(line, cells)


def headed(blocks: Blocks, encoding: str, delimiter: str = ",") -> tuple[list[str], Iterator[Record]]:
    """The cells of the header, and the records under it. Raises `Invalid` where there is no header to be read."""
    found = records(blocks, encoding, delimiter)
    header = next(found, None)
    if header is None:
        raise Invalid([Problem("file", ..., "a header and rows; there is nothing in it")])
    if header.expected:
        raise Invalid([Problem(f"line {header.line}", ..., header.expected)])
    return header.cells, found


def header_problem(
    where: str, header: Sequence[str], missing: Sequence[str], others: Sequence[str], note: str = ""
) -> Problem:
    """A header without columns that are needed; one of the `others` may be meant."""
    columns = "columns" if len(missing) > 1 else "a column"
    hints = "".join(nearest(name, list(others)) for name in missing)
    if len(header) == 1 and ";" in header[0]:
        hints = "; there are semicolons between the cells, where commas are expected"
    return Problem(where, ",".join(header), f"a header with {columns} {', '.join(missing)}{note}{hints}")


class _Lines:
    """The lines of a text, as long as a record does not get too long of them."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self._number = 0
        self._left = 0

    def begin(self) -> None:
        """A record begins."""
        self._left = LONGEST_RECORD

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        self._number += 1
        line = self._text.readline(self._left + 1)
        if not line:
            raise StopIteration
        self._left -= len(line)
        if self._left < 0:
            expected = f"a record of at most {LONGEST_RECORD} characters; perhaps a quote is not closed"
            raise Invalid([Problem(f"line {self._number}", line[:20], expected)])
        return line
