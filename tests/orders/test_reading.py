"""Order files as bytes: what is read of them, and what is refused."""

import io
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import csv, parquet

from dangol.errors import Invalid
from dangol.members.columns import Refusal
from dangol.orders import reading
from dangol.orders.reading import batches


def all_of(header: Sequence[str]) -> Mapping[str, int]:
    return {name: place for place, name in enumerate(header)}


def read(content: bytes) -> tuple[list[tuple[int, dict[str, str]]], list[Refusal]]:
    """Each row with its number, by the names of its columns; and what was refused."""
    rows: list[tuple[int, dict[str, str]]] = []
    refused: list[Refusal] = []
    for numbers, cells, _ in batches(io.BytesIO(content), all_of, refused.append):
        for row, number in enumerate(numbers.tolist()):
            told = {name: texts[codes[row]] if codes[row] >= 0 else "" for name, (texts, codes) in cells.items()}
            rows.append((number, told))
    return rows, refused


def parquet_of(**columns: Any) -> bytes:
    file = io.BytesIO()
    parquet.write_table(pa.table(columns), file, row_group_size=2)
    return file.getvalue()


def test_rows_are_numbered_as_a_table_program_does() -> None:
    rows, refused = read(b'a,b\r\n1,2\r\n\r\n3,"x\ny"\r\n4\r\n5,6,7\r\n8,9')
    assert rows == [
        (2, {"a": "1", "b": "2"}),
        (3, {"a": "", "b": ""}),
        (4, {"a": "3", "b": "x\ny"}),
        (7, {"a": "8", "b": "9"}),
    ]
    assert refused == [
        Refusal(5, "", "1 cells", "2 cells, as the header has"),
        Refusal(6, "", "3 cells", "2 cells, as the header has"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
def test_korean_is_read_in_what_table_programs_write(encoding: str) -> None:
    rows, _ = read("번호,상품\n가1,나2\n".encode(encoding))
    assert rows == [(2, {"번호": "가1", "상품": "나2"})]


def test_a_cut_file_ends_with_a_row_of_too_few_cells() -> None:
    rows, refused = read(b"a,b,c\n1,2,3\n4,5")
    assert [number for number, _ in rows] == [2]
    assert refused == [Refusal(3, "", "2 cells", "3 cells, as the header has")]


def test_a_header_alone_has_no_rows() -> None:
    assert read(b"a,b\n") == read(b"a,b") == ([], [])


BAD = {
    "nothing": (b"", "row 1: expected a header"),
    "no header": (b"\n1,2\n", "row 1: expected a header"),
    "a picture": (b"\x89PNG\r\n\x1a\n\xff\xff", "is not text in CP949, as all before it is (line 1 is not in UTF-8)"),
    "packed": (b"\x1f\x8b\x08\x00", "this is packed by gzip: unpack it first"),
    "a huge header": (b"a," * 40_000, "row 1"),
    "an open quote": (b'a,b\n1,2\n3,"4\n' + b"5,6\n" * 9, "line 3: '3,\"4' is not a line that closes its quotes"),
    "a quote that swallows rows": (b'a,b\n1,"2\n3,4\n5,6",7\n', "row 2: expected a row that ends"),
    "rows of other lengths": (b"a,b\n" + b"1\n" * 10_001, "expected at most 10,000 rows"),
    "a row without an end": (b'a,b\n1,"' + b"x\n" * 5_000_000 + b'"\n', "a row is longer than 4 MB"),
    "Parquet in name only": (b"PAR1 and then nothing", "expected Parquet that can be read to its end"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_can_not_be_trusted_is_refused_whole(case: str) -> None:
    content, error = BAD[case]
    with pytest.raises(Invalid, match=re.escape(error)):
        read(content)


def test_parquet_is_read_whatever_its_types() -> None:
    content = parquet_of(
        text=["a", None, "b"],
        whole=pa.array([1, 2, None], pa.int32()),
        broken=[2.55, float("nan"), 12000.0],
        exact=pa.array([Decimal("1.50"), None, Decimal("-2.00")]),
        at=pa.array([datetime(2024, 1, 2, 3, 4), None, None], pa.timestamp("ns")),
        zoned=pa.array([datetime(2024, 1, 2, 3, 4, tzinfo=UTC), None, None], pa.timestamp("ms", "Asia/Seoul")),
        large=pa.array(["x", "y", "x"], pa.large_string()),
    )
    rows, refused = read(content)
    assert not refused
    assert rows[0] == (1, {
        "text": "a", "whole": "1", "broken": "2.55", "exact": "1.50", "large": "x",
        "at": "2024-01-02 03:04:00.000000000", "zoned": "2024-01-02 12:04:00.000+0900",
    })  # fmt: skip
    assert [row["broken"] for _, row in rows] == ["2.55", "", "12000"]
    assert [(number, row["text"]) for number, row in rows] == [(1, "a"), (2, ""), (3, "b")]


@pytest.mark.parametrize("size", [5, 100, 900])
def test_parquet_that_is_cut_off_is_refused(size: int) -> None:
    content = parquet_of(a=[f"number {each}" for each in range(1000)])
    with pytest.raises(Invalid, match="Parquet that can be read to its end"):
        read(content[:size])


def test_parquet_whose_pages_are_damaged_is_refused() -> None:
    content = bytearray(parquet_of(a=[f"number {each}" for each in range(1000)]))
    content[20:2000] = b"\xff" * 1980
    with pytest.raises(Invalid, match="Parquet that can be read to its end"):
        read(bytes(content))


def test_parquet_with_lists_or_with_huge_groups_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Invalid, match="a column of texts, numbers or times"):
        read(parquet_of(a=[["a"], ["b"]]))
    monkeypatch.setattr(reading, "LARGEST_GROUP", 10)
    with pytest.raises(Invalid, match=r"row group 1: '.* bytes' is not at most 10 bytes"):
        read(parquet_of(a=["many", "words"]))


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r"), max_size=6)


@given(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=9))
def test_what_arrow_writes_is_read_as_it_was(pairs: list[tuple[str, str]]) -> None:
    table = pa.table({"a": [a for a, _ in pairs], "b": [b for _, b in pairs]})
    file = io.BytesIO()
    csv.write_csv(table, file)
    rows, refused = read(file.getvalue())
    assert not refused
    assert [(row["a"], row["b"]) for _, row in rows] == pairs
