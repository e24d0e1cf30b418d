"""Whatever takes long is loaded before a process says that it is ready."""

import threading

import pytest

from dangol.host.guard import Guard
from dangol.host.registry import Registry
from dangol.house import House
from dangol.plugin import Counts, Query, Recommender, Scored
from dangol.recommend.warming import warm
from dangol.settings import Settings
from dangol.store.embedded import EmbeddedStore


class Heavy(Recommender):
    """Tells by which thread it was made ready."""

    name = "heavy"
    api = 1
    title = {"ko": "무거운", "en": "Heavy"}  # noqa: RUF012

    def __init__(self) -> None:
        self.by: threading.Thread | None = None

    def warm(self) -> None:
        self.by = threading.current_thread()

    async def recommend(self, query: Query, counts: Counts) -> list[Scored]:
        return []


class Broken(Heavy):
    name = "broken"

    def warm(self) -> None:
        raise MemoryError("no room for a compiler")


@pytest.mark.anyio
async def test_a_house_is_open_once_its_recommenders_are_ready(store: EmbeddedStore) -> None:
    heavy = Heavy()
    house = House(Settings(secret="s" * 32), store.url, Registry.of([heavy]))
    await house.open()
    assert heavy.by not in (None, threading.current_thread())
    await house.close()


def test_a_recommender_that_can_t_be_made_ready_keeps_nobody_back() -> None:
    heavy, guard = Heavy(), Guard()
    warm(Registry.of([Broken(), heavy]), guard)
    assert heavy.by
    assert guard.record("broken").detail == "warm: MemoryError: no room for a compiler"
