"""The load generator of the benchmarks."""

import asyncio
from itertools import pairwise

import pytest
from loadtests.bench.load import arrivals, drive, post, quantile


def test_arrivals_come_in_order_and_at_the_rate() -> None:
    due = arrivals(5000, 100.0, 1)
    assert all(before < after for before, after in pairwise(due))
    assert due[-1] == pytest.approx(50, rel=0.1)
    assert due == arrivals(5000, 100.0, 1)


def test_a_quantile_is_one_of_the_values() -> None:
    assert quantile([3.0, 1.0, 2.0], 0.5) == 2.0
    assert quantile([3.0, 1.0, 2.0], 1.0) == 3.0


@pytest.mark.anyio
async def test_every_answer_is_waited_for_and_judged() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readuntil(b"\r\n\r\n"):
            body = await reader.readexactly(int(head.partition(b"Content-Length: ")[2].split()[0]))
            status = b"503 Away" if body == b"bad" else b"200 OK"
            writer.write(b"HTTP/1.1 %s\r\ncontent-length: %d\r\n\r\n" % (status, len(body)))
            await asyncio.sleep(0.001)  # the body comes in a packet of its own
            writer.write(body)

    ended = asyncio.Queue[None]()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await answer(reader, writer)
        except asyncio.IncompleteReadError:
            writer.close()
            await writer.wait_closed()
            ended.put_nowait(None)

    bodies = [b'{"show":[1]}', b"bad", b"{}", b"{}"]
    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        result = await drive("127.0.0.1", port, [post("/v1/events", body) for body in bodies], connections=2)
        for _ in range(2):
            await ended.get()
    assert (len(result.latencies), result.failures, result.shown) == (4, 1, 1)
