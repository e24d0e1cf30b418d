from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pytest
from msgspec import Struct

from dangol.errors import Invalid, PluginFailure
from dangol.plugin import (
    Channel,
    Condition,
    Count,
    Counts,
    Entry,
    Profile,
    PushRequest,
    Query,
    Ranked,
    Receipt,
    Recommender,
    Request,
    Scored,
    Sink,
)
from dangol.store.embedded import EmbeddedStore
from dangol.testing import Clock, consume, entry, event, fact, profile, recommend, send

pytest_plugins = ["dangol.testing.fixtures"]

VIEWS = [entry(event("view_item", product)) for product in ("tea", "cup", "tea")]


class Viewed(Recommender):
    name = "viewed"
    api = 1

    def learn(self, entry: Entry) -> Iterable[Count]:
        return [Count("views", [item.id], 1.0, entry.at / 1000) for event in entry.events for item in event.items]

    async def recommend(self, query: Query, counts: Counts) -> Ranked:
        rows = await counts.rows(["views"])
        is_new = ~np.isin(rows.places, query.shelf.places(query.seeds))
        return Ranked(rows.places[is_new], rows.sums[is_new])


class Wishes(Condition):
    name = "wishes"
    api = 1
    kind = "number"

    def fact(self, profile: Profile, request: Request) -> float | None:
        return len(profile.wishlist) / len(profile.viewed)


class Pager(Channel):
    name = "pager"
    api = 1

    class Params(Struct, frozen=True, forbid_unknown_fields=True):
        number: str

    async def send(self, params: Any, request: PushRequest) -> Receipt:
        return Receipt("accepted", provider_id=params.number)


class Keeper(Sink):
    name = "keeper"
    api = 1

    def __init__(self) -> None:
        self.kept: list[Entry] = []

    async def consume(self, entries: Sequence[Entry]) -> None:
        self.kept += entries


def test_a_recommender_learns_and_answers_in_memory() -> None:
    assert recommend(Viewed(), VIEWS) == [Scored("tea", 2), Scored("cup", 1)]
    assert recommend(Viewed(), VIEWS, seeds=["tea"]) == [Scored("cup", 1)]


def test_a_recommender_learns_and_answers_in_a_real_store(dangol_store: EmbeddedStore) -> None:
    assert recommend(Viewed(), VIEWS, store=dangol_store) == [Scored("tea", 2), Scored("cup", 1)]


def test_the_store_is_empty_for_each_test(dangol_store: EmbeddedStore) -> None:
    assert recommend(Viewed(), [], store=dangol_store) == []


def test_a_condition_tells_its_fact() -> None:
    assert fact(Wishes(), profile(wishlist=["a"], viewed=["a", "b"])) == 0.5


def test_a_condition_that_fails_tells_how() -> None:
    with pytest.raises(PluginFailure, match=r"'wishes' \(raised\): fact: ZeroDivisionError"):
        fact(Wishes(), profile())


def test_a_fact_of_another_kind_is_refused() -> None:
    class Words(Wishes):
        kind = "text"  # type: ignore[assignment]

    with pytest.raises(PluginFailure, match="a text condition gave float"):
        fact(Words(), profile(viewed=["a"]))


def test_a_channel_gets_checked_parameters() -> None:
    assert send(Pager(), {"number": "7"}).provider_id == "7"
    with pytest.raises(Invalid, match=r"params\.number: 7 is not str"):
        send(Pager(), {"number": 7})


def test_a_sink_takes_a_batch() -> None:
    keeper = Keeper()
    consume(keeper, VIEWS)
    assert keeper.kept == VIEWS


def test_a_plugin_that_breaks_its_contract_is_refused() -> None:
    class Blocking(Keeper):
        def consume(self, entries: Sequence[Entry]) -> None:  # type: ignore[override]
            self.kept += entries

    with pytest.raises(PluginFailure, match=r"\(api\): consume is def consume\("):
        consume(Blocking(), [])


def test_the_clock_fixture_stands_still(dangol_clock: Clock) -> None:
    assert dangol_clock() == dangol_clock.now
