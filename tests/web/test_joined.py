"""Answers leave in one piece."""

import asyncio
from collections.abc import Iterable

import pytest

from dangol.web.joined import Joined

pytestmark = pytest.mark.anyio


class Line(asyncio.Transport):
    """Notes what is handed to the system, piece by piece."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[bytes] = []

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.pieces.append(bytes(data))

    def writelines(self, list_of_data: Iterable[bytes | bytearray | memoryview]) -> None:
        self.pieces.append(b"".join(list_of_data))

    def close(self) -> None:
        self.pieces.append(b"closed")


async def test_head_and_body_leave_together() -> None:
    line = Line()
    transport = Joined(line)
    for part in (b"head ", b"body"):
        transport.write(part)
    await asyncio.sleep(0)
    assert line.pieces == [b"head body"]


async def test_what_stands_alone_leaves_with_the_turn() -> None:
    line = Line()
    transport = Joined(line)
    transport.write(b"100 Continue")
    assert line.pieces == []
    await asyncio.sleep(0)
    transport.write(b"head")
    await asyncio.sleep(0)
    assert line.pieces == [b"100 Continue", b"head"]


async def test_of_many_writes_at_once_at_most_one_is_held() -> None:
    line = Line()
    transport = Joined(line)
    for number in range(5):
        transport.write(b"%d" % number)
    assert line.pieces == [b"01", b"23"]
    await asyncio.sleep(0)
    assert line.pieces == [b"01", b"23", b"4"]


async def test_a_connection_closes_after_what_is_held() -> None:
    line = Line()
    transport = Joined(line)
    transport.write(b"bye")
    transport.close()
    await asyncio.sleep(0)
    assert line.pieces == [b"bye", b"closed"]
