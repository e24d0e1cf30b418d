"""The rows of a product feed: a table with commas or tabs, or JSON as one document or line by line. Pure.

Everything here is hostile, and may have been cut off anywhere: a feed is known to be whole once all of it was read.
"""

import io
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, BinaryIO, Final, NamedTuple

import msgspec
from msgspec import Raw, Struct

from dangol.definitions.model import Site
from dangol.errors import Invalid, Problem
from dangol.members.columns import Refusal
from dangol.members.table import BLOCK, LONGEST_RECORD, Blocks, Record, headed
from dangol.products.columns import product, unused
from dangol.products.product import Product

LARGEST_DOCUMENT: Final = 64 << 20
"""Bytes of JSON that is one document: it is held whole."""

BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"


class Wrapped(Struct):
    """JSON's products in an object."""

    products: list[Raw] | None = None
    items: list[Raw] | None = None


class Row(NamedTuple):
    """A row by its line, or by its number in a JSON document, and what its columns tell. One that can't be read says in
    `expected` what it should have been and shows in `value` what it is; `ends` where a feed that is cut off might end
    so."""

    line: int
    told: Iterable[tuple[str, Any]] = ()
    expected: str = ""
    value: str = ""
    ends: bool = False


_decode_list = msgspec.json.Decoder(list[Raw]).decode
_decode_wrapped = msgspec.json.Decoder(Wrapped).decode
_decode_object = msgspec.json.Decoder(dict[str, Any]).decode
NOT_JSON = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class Rows:
    """The rows of a feed in `encoding`: each as a product, or all that is wrong with it. A product that is told twice
    is wrong. Raises `Invalid` where the feed can't be read or is not the `known` one, and at the end of one that was
    cut off.

    `ignored` are the columns of a table that are not used.
    """

    def __init__(self, file: BinaryIO, encoding: str, site: Site, known: Sequence[bytes] | None = None) -> None:
        file.seek(0)
        begins = file.read(BLOCK).removeprefix(BYTE_ORDER_MARK).lstrip()
        file.seek(0)
        self._blocks, self._site = Blocks(file, known), site
        self._lines: dict[str, int] = {}
        self.ignored: Sequence[str] = ()
        if begins.startswith(b"<"):
            raise Invalid([Problem("feed", begins[:40], "CSV, TSV or JSON; this looks like XML, or like a page")])
        is_json = begins.startswith((b"[", b"{"))
        self._rows = _json_rows(self._blocks) if is_json else self._table(begins.split(b"\n", 1)[0], encoding)

    @property
    def position(self) -> int:
        """Bytes read so far."""
        return self._blocks.position

    @property
    def ids(self) -> Collection[str]:
        """The products found so far."""
        return self._lines.keys()

    def __iter__(self) -> Iterator[Product | list[Refusal]]:
        last: Row | None = None  # of what may be the end of a feed that was cut off
        for row in self._rows:
            if last:
                yield _refused(last)
            last = row if row.ends else None
            if not last:
                yield _refused(row) if row.expected else self._product(row)
        if last:
            value = last.value or ...
            raise Invalid([Problem(f"line {last.line}", value, f"{last.expected}: the feed is cut off here")])

    def _product(self, row: Row) -> Product | list[Refusal]:
        made = product(row.line, row.told, self._site)
        if isinstance(made, Product) and (first := self._lines.setdefault(made.id, row.line)) != row.line:
            return [Refusal(row.line, "id", made.id, f"an id that is there once; line {first} has it too")]
        return made

    def _table(self, first: bytes, encoding: str) -> Iterator[Row]:
        delimiter = "\t" if first.count(b"\t") > first.count(b",") else ","
        header, records = headed(self._blocks, encoding, delimiter)
        while header and not header[-1].strip():
            header.pop()  # a table program once had something there
        self.ignored = unused(header)
        return _table_rows(header, records)


def _refused(row: Row) -> list[Refusal]:
    return [Refusal(row.line, "", row.value, row.expected)]


def _table_rows(header: Sequence[str], records: Iterable[Record]) -> Iterator[Row]:
    width = len(header)
    for line, cells, expected in records:
        if expected:
            yield Row(line, expected=expected, ends=True)
        elif len(cells) < width or any(cells[width:]):
            expected = f"{width} cells, as the header has"
            yield Row(line, expected=expected, value=f"{len(cells)} cells", ends=len(cells) < width)
        else:
            yield Row(line, zip(header, cells, strict=False))


def _json_rows(blocks: Blocks) -> Iterator[Row]:
    """Line by line where the first line is an object of its own; else all of it is one document."""
    file: BinaryIO = io.BufferedReader(blocks, BLOCK)
    first = file.readline(LONGEST_RECORD + 1).removeprefix(BYTE_ORDER_MARK)
    return _lines(file, first) if _is_line(first) else _document(first + file.read(LARGEST_DOCUMENT + 1))


def _is_line(line: bytes) -> bool:
    try:
        return not {"products", "items"} & _decode_object(line).keys()
    except NOT_JSON:
        return False


def _lines(file: BinaryIO, line: bytes) -> Iterator[Row]:
    number = 1
    while line:
        if len(line) > LONGEST_RECORD:
            raise Invalid([Problem(f"line {number}", line[:20], f"a line of at most {LONGEST_RECORD} bytes")])
        if line.strip():
            yield _object(number, line)
        line, number = file.readline(LONGEST_RECORD + 1), number + 1


def _document(body: bytes) -> Iterator[Row]:
    if len(body) > LARGEST_DOCUMENT:
        expected = f"JSON of at most {LARGEST_DOCUMENT} bytes; what is larger may come line by line, or as CSV"
        raise Invalid([Problem("feed", f"{len(body)} bytes or more", expected)])
    try:
        if body.lstrip().startswith(b"["):
            found: list[Raw] | None = _decode_list(body)
        else:
            wrapped = _decode_wrapped(body)
            found = wrapped.products if wrapped.products is not None else wrapped.items
    except NOT_JSON as error:
        raise Invalid([Problem("feed", body[-40:], f"JSON that is whole ({error})")]) from None
    if found is None:
        raise Invalid([Problem("feed", body[:40], "a list of products, or an object with it as products or items")])
    for number, each in enumerate(found, 1):
        yield _object(number, each)._replace(ends=False)  # the document is whole


def _object(number: int, line: bytes | Raw) -> Row:
    try:
        return Row(number, _decode_object(line).items())
    except NOT_JSON as error:
        shown = bytes(line)[:40].decode("utf-8", "replace")
        cause = "" if str(error).startswith("Expected `object`") else f" ({error})"
        return Row(number, expected=f"a JSON object{cause}", value=shown, ends=True)
