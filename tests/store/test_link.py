"""The pipelined link: order, errors, lost connections, time-outs, back-pressure."""

import asyncio
from pathlib import Path

import pytest
from redis.exceptions import ResponseError

from dangol.errors import Unavailable
from dangol.store.embedded import EmbeddedStore
from dangol.store.link import Link
from dangol.store.script import Script

pytestmark = pytest.mark.anyio


async def test_replies_reach_their_callers_in_order(link: Link) -> None:
    await asyncio.gather(*(link.call("SET", f"key:{n}", n) for n in range(500)))
    replies = await asyncio.gather(*(link.call("GET", f"key:{n}") for n in range(500)))
    assert replies == [str(n).encode() for n in range(500)]


async def test_an_error_reply_fails_only_its_own_caller(link: Link) -> None:
    replies = await asyncio.gather(
        link.call("SET", "a", 1), link.call("NOSUCH"), link.call("GET", "a"), return_exceptions=True
    )
    assert replies[0] == b"OK"
    assert isinstance(replies[1], ResponseError)
    assert replies[2] == b"1"


async def test_a_cancelled_caller_does_not_shift_the_replies(link: Link) -> None:
    await link.call("SET", "a", "mine")
    given_up = asyncio.ensure_future(link.call("ECHO", "given up"))
    waiting = asyncio.ensure_future(link.call("GET", "a"))
    given_up.cancel()
    assert await waiting == b"mine"


async def test_a_killed_connection_fails_what_waits_and_comes_back(link: Link, store: EmbeddedStore) -> None:
    waiting = asyncio.ensure_future(link.call("BLPOP", "nothing", 5))
    await asyncio.sleep(0.05)
    other = Link(store.url)
    await other.call("CLIENT", "KILL", "TYPE", "normal")
    with pytest.raises(Unavailable, match="lost"):
        await waiting
    assert await link.call("PING") == b"PONG"
    other.close()


async def test_a_silent_store_is_given_up_after_the_timeout(store: EmbeddedStore) -> None:
    link = Link(store.url, timeout=0.2)
    with pytest.raises(Unavailable, match="did not answer"):
        await link.call("BLPOP", "nothing", 5)
    assert await link.call("PING") == b"PONG"
    link.close()


async def test_too_many_waiting_calls_are_refused(store: EmbeddedStore) -> None:
    link = Link(store.url, max_waiting=10)
    await link.call("PING")
    replies = await asyncio.gather(*(link.call("PING") for _ in range(12)), return_exceptions=True)
    assert [isinstance(reply, Unavailable) for reply in replies] == [False] * 10 + [True] * 2
    link.close()


async def test_an_absent_store_is_told_with_its_address(tmp_path: Path) -> None:
    link = Link(f"unix://{tmp_path}/nobody.sock")
    with pytest.raises(Unavailable, match=r"nobody\.sock"):
        await link.call("PING")
    with pytest.raises(Unavailable, match="next try in"):
        await link.call("PING")
    link.close()


async def test_a_wrong_password_never_shows_in_the_error(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path)
    store.start()
    link = Link(store.url.replace("unix://", "unix://someone:s3cret@"))
    with pytest.raises(Unavailable) as caught:
        await link.call("PING")
    assert "s3cret" not in str(caught.value)
    link.close()
    store.stop()


@pytest.mark.parametrize("greeting", [b"-LOADING the data\r\n", b"-NOAUTH who\r\n", b""])
async def test_a_store_that_does_not_greet_is_left(tmp_path: Path, greeting: bytes) -> None:
    left = asyncio.Event()

    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(greeting)
        await reader.read()
        left.set()
        writer.close()

    async with await asyncio.start_unix_server(greet, tmp_path / "socket"):
        with pytest.raises(Unavailable):
            await Link(f"unix://{tmp_path}/socket", timeout=0.2).call("PING")
        async with asyncio.timeout(5):
            await left.wait()


async def test_a_script_runs_also_when_the_store_forgot_it(link: Link) -> None:
    script = Script("return {KEYS[1], ARGV[1]}")
    await link.call("SCRIPT", "FLUSH")
    assert await script(link, ["{00}key"], [7]) == [b"{00}key", b"7"]
    assert await script(link, ["{00}key"], [8]) == [b"{00}key", b"8"]


async def test_data_survives_a_killed_store(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path)
    store.start()
    link = Link(store.url)
    await link.call("SET", "kept", "yes")
    store.kill()
    store.start()
    await asyncio.sleep(0.2)
    assert await link.call("GET", "kept") == b"yes"
    link.close()
    store.stop()
