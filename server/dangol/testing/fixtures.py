"""Fixtures for pytest. In your ``conftest.py``: ``pytest_plugins = ["dangol.testing.fixtures"]``."""

from collections.abc import Iterator

import pytest
from redis import Redis

from dangol.store.embedded import EmbeddedStore
from dangol.testing.clock import Clock


@pytest.fixture(scope="session")
def _dangol_valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedStore]:
    store = EmbeddedStore(tmp_path_factory.mktemp("dangol"))
    store.start()
    yield store
    store.stop()


@pytest.fixture
def dangol_store(_dangol_valkey: EmbeddedStore) -> EmbeddedStore:
    """A real Valkey, emptied for each test; ``dangol_store.url`` is its address."""
    with Redis.from_url(_dangol_valkey.url) as client:
        client.flushall()
    return _dangol_valkey


@pytest.fixture
def dangol_clock() -> Clock:
    """A clock at `dangol.testing.NOW` that moves when told to."""
    return Clock()
