"""Images that a marketer names by their address."""

import asyncio
from collections.abc import AsyncIterator

import httpcore
import pytest

from dangol_plugins import pictures
from dangol_plugins.batches import Unfit
from dangol_plugins.http import Unreached

pytestmark = pytest.mark.anyio


@pytest.fixture
async def answers() -> AsyncIterator[tuple[str, list[bytes]]]:
    """A server's address, and what it answers with."""
    answers: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answers.pop(0))
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/a.jpg", answers


@pytest.mark.parametrize(
    "address",
    ["https://127.0.0.1/a.jpg", "https://[::1]/a.jpg", "http://cdn.example/a.jpg", "https:///a", "file:///etc/passwd",
     "https://xn--/a.jpg", "https://999.1.1.1/a.jpg", "https://a.example:x/a.jpg"],
)  # fmt: skip
async def test_only_what_is_public_and_encrypted_is_fetched(address: str) -> None:
    with pytest.raises(Unfit):
        await pictures.fetched(address, 1000)


@pytest.mark.parametrize("address", ["https://no-such-host.invalid/a.jpg", "https://없음.invalid/그림.jpg"])
async def test_a_host_that_is_not_there_may_be_there_later(address: str) -> None:
    with pytest.raises(Unreached):
        await pictures.fetched(address, 1000)


async def test_an_image_is_bounded_and_not_led_elsewhere(answers: tuple[str, list[bytes]]) -> None:
    address, said = answers
    said += [
        b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\njpeg",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nlargelarge",
        b"HTTP/1.1 302 Found\r\nLocation: /b.jpg\r\nContent-Length: 0\r\n\r\n",
    ]
    async with httpcore.AsyncConnectionPool() as pool:
        assert await pictures._read(pool, address, 8) == b"jpeg"
        with pytest.raises(Unfit, match="larger than 8 bytes"):
            await pictures._read(pool, address, 8)
        with pytest.raises(Unreached, match="302"):
            await pictures._read(pool, address, 8)
