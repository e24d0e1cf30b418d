"""Fixtures for all tests: a real embedded store, emptied for each test."""

from collections.abc import AsyncIterator, Iterator

import pytest

from dangol.store.embedded import EmbeddedStore
from dangol.store.link import Link


@pytest.fixture
def anyio_backend() -> str:
    """asyncio is what dangol runs on."""
    return "asyncio"


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedStore]:
    """A running Valkey, shared by the session."""
    store = EmbeddedStore(tmp_path_factory.mktemp("store"))
    store.start()
    yield store
    store.stop()


@pytest.fixture
async def link(store: EmbeddedStore, anyio_backend: str) -> AsyncIterator[Link]:
    """A link to an empty store."""
    link = Link(store.url)
    await link.call("FLUSHALL")
    yield link
    link.close()
