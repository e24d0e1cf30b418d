"""Lines on the disk, split by what belongs together, so that a file of any size needs no more memory than its share."""

import tempfile
from collections.abc import Iterator
from types import TracebackType
from typing import BinaryIO, Final, Literal, Self
from zlib import crc32

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dangol.orders.columns import Lines, Texts

LEAST, MOST = 16, 256
BYTES: Final = 4 << 20
"""Of the files, for each share: some hundred thousand lines."""

SCHEMA: Final = pa.schema(
    {
        "order": pa.string(),
        "customer": pa.string(),
        "at": pa.int64(),
        "day": pa.int64(),
        "product": pa.int64(),
        "quantity": pa.int64(),
        "price": pa.int64(),
        "cancelled": pa.bool_(),
    }
)


def shares_of(size: int) -> int:
    """How many shares lines of files of so many bytes are split into."""
    return max(LEAST, min(size // BYTES, MOST))


class Spill:
    """Takes lines and gives them back share by share: those of one order, or of one customer's day (of one order for
    guests), are in one share. Its files have no names: they are gone with the process, however that ends."""

    def __init__(self, by: Literal["order", "day"], shares: int) -> None:
        self._by = by
        self.shares = shares
        self._files: list[BinaryIO] = []
        self._writers: list[pa.RecordBatchStreamWriter] = []

    def __enter__(self) -> Self:
        for _ in range(self.shares):
            self._files.append(tempfile.TemporaryFile())
            self._writers.append(pa.ipc.new_stream(self._files[-1], SCHEMA))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for file in self._files:
            file.close()

    def add(self, lines: Lines) -> None:
        """Some lines, in any order. Raises `OSError` where the disk is full."""
        shares = self._shares(lines)
        order = np.argsort(shares, kind="stable")
        batch = _packed(lines).take(pa.array(order))
        ends = np.cumsum(np.bincount(shares, minlength=self.shares)).tolist()
        for writer, start, end in zip(self._writers, [0, *ends], ends, strict=False):
            if end > start:
                writer.write_batch(batch.slice(start, end - start))

    def __iter__(self) -> Iterator[Lines]:
        """The shares, once; nothing can be added any more."""
        for writer, file in zip(self._writers, self._files, strict=True):
            writer.close()
            file.seek(0)
            table = pa.ipc.open_stream(file).read_all()
            if table.num_rows:
                yield _unpacked(table)
            file.truncate(0)

    def _shares(self, lines: Lines) -> NDArray[np.int64]:
        orders, customers = _sums(lines.order), _sums(lines.customer)
        if self._by == "order":
            return orders % self.shares
        return np.where(lines.customer[1] < 0, orders, customers + lines.day) % self.shares


def _sums(texts: Texts) -> NDArray[np.int64]:
    found, codes = texts
    return np.array([*(crc32(text.encode()) for text in found), 0], np.int64)[codes]


def _packed(lines: Lines) -> pa.RecordBatch:
    texts = [_strings(lines.order), _strings(lines.customer)]
    return pa.record_batch([*texts, *map(pa.array, lines[2:])], schema=SCHEMA)


def _strings(texts: Texts) -> pa.Array:
    found, codes = texts
    return pa.array(found, pa.string()).take(pa.array(codes, mask=codes < 0))


def _unpacked(table: pa.Table) -> Lines:
    columns = [table.column(name).combine_chunks() for name in SCHEMA.names]
    return Lines._make([*map(_texts, columns[:2]), *(each.to_numpy(zero_copy_only=False) for each in columns[2:])])


def _texts(column: pa.Array) -> Texts:
    encoded = column.dictionary_encode()
    return encoded.dictionary.to_pylist(), encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
