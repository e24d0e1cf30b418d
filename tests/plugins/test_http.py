"""Calls to providers against a real HTTP server."""

import asyncio
import logging
import socket
import time
from collections.abc import AsyncIterator
from email.utils import formatdate

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dangol_plugins import http

pytestmark = pytest.mark.anyio


class Server:
    """Answers every request with `answer`, and not at all where that is empty; `ends` closes the connection then."""

    def __init__(self) -> None:
        self.answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
        self.ends = False
        self.heads: list[str] = []
        self.connections = 0
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/send?key=secret"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                self.heads.append((await reader.readuntil(b"\r\n\r\n")).decode().lower())
                writer.write(self.answer)
                await writer.drain()
                if self.ends:
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the other side has closed
        finally:
            writer.close()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    made = Server()
    listening = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = listening.sockets[0].getsockname()[1]
    async with listening:
        yield made


async def test_an_answer_comes_whole_and_its_connection_is_kept(server: Server) -> None:
    for _ in range(3):
        answer = await http.call("GET", server.url, headers={"x-own": "1"})
        assert (answer.status, answer.read(dict)) == (200, {})
    assert server.connections == 1
    assert "x-own: 1" in server.heads[0]
    assert "accept-encoding: identity" in server.heads[0]


def test_an_event_loop_that_ends_closes_its_connections() -> None:
    server, ended = Server(), asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await server.serve(reader, writer)
        ended.set()

    async def start() -> asyncio.Server:
        return await asyncio.start_server(serve, "127.0.0.1", 0)

    with asyncio.Runner() as here:
        listening = here.run(start())
        server.port = listening.sockets[0].getsockname()[1]

        def call() -> None:
            asyncio.run(http.call("GET", server.url, headers={}))

        here.run(asyncio.to_thread(call))
        here.run(asyncio.wait_for(ended.wait(), 2))
        listening.close()
    assert not http._open


async def test_redirects_cookies_and_proxies_are_not_followed(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    server.answer = b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n"
    for _ in range(2):
        assert (await http.call("GET", server.url, headers={})).status == 302
    assert len(server.heads) == 2
    assert not any("cookie" in head or "elsewhere" in head for head in server.heads)


async def test_nobody_listening_means_that_nothing_was_taken() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        with pytest.raises(http.Unreached, match="ConnectError"):
            await http.call("GET", f"http://127.0.0.1:{free.getsockname()[1]}/", headers={})


@pytest.mark.parametrize("answer", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"])
async def test_a_broken_connection_leaves_open_what_was_taken(server: Server, answer: bytes) -> None:
    server.answer, server.ends = answer, True
    with pytest.raises(http.Lost):
        await http.call("POST", server.url, headers={}, content=b"{}")


async def test_silence_leaves_open_what_was_taken(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "WHOLE", 0.05)
    server.answer = b""
    with pytest.raises(http.Lost, match="TimeoutError"):
        await http.call("POST", server.url, headers={}, content=b"{}")


async def test_an_endless_answer_is_left(server: Server) -> None:
    server.answer = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"400\r\n" + b"x" * 1024 + b"\r\n"
    with pytest.raises(http.Lost, match="more than 1000 bytes"):
        await http.call("GET", server.url, headers={}, longest=1000)


async def test_neither_logs_nor_errors_tell_an_address(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    server.answer, server.ends = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n<ht>", True
    with caplog.at_level(logging.DEBUG):
        answer = await http.call("GET", server.url, headers={"authorization": "secret"})
    with pytest.raises(http.Lost) as error:
        answer.read(dict)
    assert "secret" not in caplog.text + str(error.value)


def test_times_are_told_by_the_clock_of_the_other_side() -> None:
    now = time.time()
    wrong = http.Answer(200, {"date": formatdate(now + 3600, usegmt=True)}, b"")
    start, end = wrong.span([now - 10, now])
    assert start == pytest.approx(now + 3600 - 10 - 60, abs=2)
    assert end == pytest.approx(now + 3600 + 60, abs=2)
    for odd in ("yesterday", "Fri, 31 Dec 99999999999999999999 23:59:59 GMT"):
        assert http.Answer(200, {"date": odd}, b"").span([now]) == (now - 900, now + 900)


@given(st.one_of(st.text(max_size=40), st.integers().map(str), st.integers().map("Fri, 31 Dec {} 23:59:59 GMT".format)))
@example("Fri, 31 Dec 9999 23:59:59 GMT")
@example("Fri, 31 Dec 99999999999999999999 23:59:59 GMT")
def test_any_retry_after_gives_seconds(header: str) -> None:
    assert 0 <= http.seconds(header, 1_763_778_000.0) <= 86_400


def test_a_date_is_a_time_to_wait_for() -> None:
    assert http.seconds(formatdate(1_763_778_060, usegmt=True), 1_763_778_000.0) == 60.0
    assert http.seconds(formatdate(1_763_777_000, usegmt=True), 1_763_778_000.0) == 0.0


class Breaking(httpx.AsyncHTTPTransport):
    """Its connection ends `times`: before the request's body is out or, with `late`, after that."""

    def __init__(self, times: int, late: bool = False) -> None:
        super().__init__()
        self.times, self.late, self.got = times, late, 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.got += 1
        assert isinstance(request.stream, httpx.AsyncByteStream)
        if self.got <= self.times:
            if self.late:
                assert [part async for part in request.stream] == [b"hello"]
            raise httpx.WriteError("gone")
        return httpx.Response(200, stream=httpx.ByteStream(b"{}"))


async def test_what_was_surely_not_written_is_tried_on_another_connection_once() -> None:
    once, always = Breaking(1), Breaking(9)
    answer = await http.call("POST", "http://a.example", headers={}, content=b"hello", way=lambda: once)
    assert (answer.status, once.got) == (200, 2)
    with pytest.raises(http.Unreached):
        await http.call("POST", "http://a.example", headers={}, content=b"hello", way=lambda: always)
    assert always.got == 2


async def test_what_may_have_been_written_is_not_tried_again() -> None:
    breaking = Breaking(1, late=True)
    with pytest.raises(http.Lost):
        await http.call("POST", "http://a.example", headers={}, content=b"hello", way=lambda: breaking)
    assert breaking.got == 1
