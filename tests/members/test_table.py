import csv
import io
import tracemalloc
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangol.errors import Invalid
from dangol.members.table import BLOCK, Blocks, Encodings, Record, records


def encoding(content: bytes, size: int = BLOCK) -> str:
    found = Encodings()
    for start in range(0, len(content), size):
        found.take(content[start : start + size])
    found.take(b"", final=True)
    return found.found()


def read(content: bytes) -> list[Record]:
    return list(records(Blocks(io.BytesIO(content)), encoding(content)))


def test_records_are_told_by_the_line_they_start_on() -> None:
    content = 'id,name\r\n1,"Kim\r\nChul ""soo"""\r\n\r\n2,Lee\n3,"a,b"'
    expected = [(1, ["id", "name"]), (2, ["1", 'Kim\r\nChul "soo"']), (5, ["2", "Lee"]), (6, ["3", "a,b"])]
    assert [(line, cells) for line, cells, _ in read(content.encode())] == expected


@pytest.mark.parametrize("size", [1, 2, 3, 7, BLOCK])
def test_the_encoding_is_found_however_the_blocks_fall(size: int) -> None:
    text = "id,name\r\n" + "1,김철수\r\n" * 9
    assert encoding(text.encode(), size) == encoding(text.encode("utf-8-sig"), size) == "utf-8-sig"
    assert encoding(text.encode("cp949"), size) == "cp949"
    assert read(text.encode("utf-8-sig")) == read(text.encode("cp949")) == read(text.encode())


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"id,name\n1,\xff\xff\n", "line 2: b'\\xff\\xff\\n' is not text in UTF-8 or CP949"),
        (b"id\n1\n" + "김".encode("cp949")[:1], "line 3: b'\\xb1' is not text in UTF-8 or CP949"),
        ("id\n김\n".encode() + b"\xff", "line 3: b'\\xff' is not text in UTF-8, as all before it is (line 2"),
        ("id\n김".encode("utf-16"), "file: expected text in UTF-8 or CP949; this is UTF-16: save it as UTF-8"),
        ("id\n김".encode("utf-16-be"), "this is UTF-16"),
        (b"PK\x03\x04\x14\x00\x06\x00\x08\x00\xff", "this is an Excel workbook, or another zip archive"),
    ],
)
def test_another_encoding_is_refused_by_its_line_or_its_kind(content: bytes, told: str) -> None:
    with pytest.raises(Invalid) as error:
        encoding(content)
    [problem] = error.value.problems
    assert told in str(problem)


def test_a_line_with_wrong_quotes_is_one_refused_row() -> None:
    found = read(b'id,name\n1,"Kim "the" Lee"\n2,Park\n')
    assert [(record.line, record.cells) for record in found] == [(1, ["id", "name"]), (2, []), (3, ["2", "Park"])]
    assert found[1].expected.startswith("CSV, with the quotes of a quoted cell doubled")


@pytest.mark.parametrize(
    "content",
    [
        b'id,name\n1,"Kim\n' + b"2,Lee\n" * 5,
        b'id,name\n1,"Kim\n' + b"2,Lee\n" * 100_000,
        b'id,name\n1,"Kim\n"' + b"x" * 100,
        b'id,name\n1,"' + b"x" * 10_000_000 + b'"\n2,Lee\n',
        b"id,name\n1" + b",x" * 5_000_000 + b"\n2,Lee\n",
        b'id,name\n1,"' + b"\n" * 2_000_000,
    ],
)
def test_what_swallows_other_records_ends_the_reading(content: bytes) -> None:
    with pytest.raises(Invalid, match=r"lines? 2"):
        read(content)


def test_a_huge_cell_of_one_line_is_one_refused_row() -> None:
    found = read(b'id,name\n1,"' + b"x" * 200_000 + b'"\n2,Lee\n')
    assert [(record.line, record.cells[:1]) for record in found] == [(1, ["id"]), (2, []), (3, ["2"])]


def test_what_changes_between_two_readings_is_not_given_out() -> None:
    content = b"id,name\n" + b"1,Kim\n" * 200_000
    first = Blocks(io.BytesIO(content))
    assert first.readall() == content
    assert Blocks(io.BytesIO(content), first.digests).readall() == content
    late = bytearray(content)
    late[BLOCK + 9] ^= 1
    for changed in (late, content[:-1], content + b"2,Lee\n", content[: 2 * BLOCK], b""):
        second = Blocks(io.BytesIO(changed), first.digests)
        with pytest.raises(Invalid, match="changed since"):
            second.readall()
    assert Blocks(io.BytesIO(late), first.digests).read(BLOCK) == content[:BLOCK]


class Endless(io.RawIOBase):
    """Rows that are made when they are read."""

    def __init__(self, rows: int) -> None:
        super().__init__()
        self._rows = (f'{number},"Kim, Chul-soo",VIP,2026-11-30\n'.encode() for number in range(rows))
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while len(self._rest) < len(buffer) and (row := next(self._rows, b"")):
            self._rest += row
        size = min(len(buffer), len(self._rest))
        buffer[:size], self._rest = self._rest[:size], self._rest[size:]
        return size


def test_a_large_file_is_read_in_little_memory() -> None:
    tracemalloc.start()
    try:
        blocks = Blocks(io.BufferedReader(Endless(100_000)))
        assert sum(1 for _ in records(blocks, "utf-8-sig")) == 100_000
        assert blocks.position > 3_500_000
        assert tracemalloc.get_traced_memory()[1] < 1_500_000
    finally:
        tracemalloc.stop()


@given(st.lists(st.lists(st.text(st.characters(codec="utf-8"), max_size=5), min_size=1, max_size=4), max_size=6))
def test_what_csv_writes_is_read_back(rows: list[list[str]]) -> None:
    written = io.StringIO(newline="")
    csv.writer(written, quoting=csv.QUOTE_ALL).writerows(rows)
    assert [record.cells for record in read(written.getvalue().encode())] == rows


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    found = []
    with suppress(Invalid):
        found = read(content)
    assert all(record.cells or record.expected for record in found)
    assert [record.line for record in found] == sorted({record.line for record in found})
