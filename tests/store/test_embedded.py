"""The embedded store: found by others, started again, with its data."""

import asyncio
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from dangol.errors import Unavailable
from dangol.store.embedded import EmbeddedStore, store_at, supervised
from dangol.store.link import Link

pytestmark = pytest.mark.anyio


async def test_a_second_process_finds_the_running_store(tmp_path: Path) -> None:
    with store_at("", tmp_path) as first, store_at("", tmp_path) as second:
        assert first == second


async def test_of_processes_that_start_at_once_one_runs_the_store(tmp_path: Path) -> None:
    stores = [EmbeddedStore(tmp_path) for _ in range(4)]
    with ThreadPoolExecutor() as pool:
        list(pool.map(EmbeddedStore.start, stores))
    assert sum(store._process is not None for store in stores) == 1
    for store in stores:
        store.stop()


async def test_who_still_uses_the_store_takes_it_over_from_who_leaves(tmp_path: Path) -> None:
    with ExitStack() as first, ExitStack() as second:
        first.enter_context(store_at("", tmp_path))
        link = Link(second.enter_context(store_at("", tmp_path)))
        await link.call("SET", "kept", "yes")
        await asyncio.to_thread(first.close)
        assert await eventually(link, "GET", "kept") == b"yes"
        link.close()


async def test_an_own_server_is_used_as_it_is(tmp_path: Path) -> None:
    with store_at("redis://elsewhere:6379", tmp_path) as address:
        assert address == "redis://elsewhere:6379"
    assert not list(tmp_path.iterdir())


async def test_a_long_path_gets_a_short_socket_that_others_find(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 30)
    with store_at("", folder) as address:
        assert len(address) < 120
        assert EmbeddedStore.running(folder) == address


async def test_a_store_that_died_is_started_again_with_its_data(tmp_path: Path) -> None:
    with supervised(EmbeddedStore(tmp_path)) as address:
        link = Link(address)
        await link.call("SET", "kept", "yes")
        about = dict(line.split(b":", 1) for line in (await link.call("INFO", "server")).split(b"\r\n") if b":" in line)
        os.kill(int(about[b"process_id"]), signal.SIGKILL)
        assert await eventually(link, "GET", "kept") == b"yes"
        link.close()


async def eventually(link: Link, *command: str) -> object:
    """The reply, once the store is there again."""
    async with asyncio.timeout(10):
        while True:
            try:
                return await link.call(*command)
            except Unavailable:
                await asyncio.sleep(0.1)
