"""Workers find each other and share the work."""

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangol.errors import Unavailable
from dangol.protocol.event import Entry
from dangol.store.link import Link
from dangol.store.log import Reader, trim
from dangol.worker import leases
from dangol.worker.leases import Place

pytestmark = pytest.mark.anyio

PLACES = [Place(job, number) for job in ("triggers", "dispatch", "learn:popular") for number in range(16)]
WORKERS = st.sets(st.text("abcdef0123456789", min_size=1, max_size=16), min_size=1, max_size=6)


@given(WORKERS)
def test_every_place_has_exactly_one_owner(workers: set[str]) -> None:
    shares = [leases.share(worker, workers, PLACES) for worker in workers]
    assert sum(map(len, shares)) == len(PLACES)
    assert set.union(*shares) == set(PLACES)


@given(WORKERS, st.text("xyz", min_size=1, max_size=8))
def test_a_worker_that_goes_moves_only_its_own_places(workers: set[str], leaver: str) -> None:
    for place in PLACES:
        before = leases.owner(place, {*workers, leaver})
        assert before in (leaver, leases.owner(place, workers))


def test_the_work_is_spread() -> None:
    sizes = [len(leases.share(worker, "abc", PLACES)) for worker in "abc"]
    assert min(sizes) >= 6


async def test_silent_workers_are_forgotten(link: Link) -> None:
    await leases.beat(link, "a", 0.1)
    assert await leases.beat(link, "b", 0.1) == ["a", "b"]
    await asyncio.sleep(0.15)
    assert await leases.beat(link, "b", 0.1) == ["b"]
    await leases.leave(link, "b")
    assert await leases.beat(link, "c", 0.1) == ["c"]


async def test_a_lease_has_one_holder_until_it_is_released(link: Link) -> None:
    place = PLACES[0]
    assert await leases.acquire(link, place, "a", 5)
    assert not await leases.acquire(link, place, "b", 5)
    await leases.release(link, place, "b")
    assert await leases.renew(link, place, "a", 5)
    await leases.release(link, place, "a")
    assert await leases.acquire(link, place, "b", 5)


async def test_a_lease_that_lapsed_can_not_be_renewed(link: Link) -> None:
    place = PLACES[0]
    await leases.acquire(link, place, "a", 0.05)
    await asyncio.sleep(0.1)
    assert not await leases.renew(link, place, "a", 5)
    assert await leases.acquire(link, place, "b", 5)


async def test_in_a_full_store_workers_still_find_their_places_and_make_room(link: Link, append: Any) -> None:
    place = Place("job", 0)
    reader = Reader(link, "job", 0, "token")
    assert await leases.acquire(link, place, "token", 5)
    await append(Entry("shop", "v1", "", 1, []))
    await reader.open()
    await link.call("CONFIG", "SET", "maxmemory", 1)
    try:
        with pytest.raises(Unavailable, match="OOM"):
            await link.call("SET", "anything", "else")
        assert await leases.beat(link, "me", 5) == ["me"]
        assert await leases.renew(link, place, "token", 5)
        assert await leases.acquire(link, Place("other", 1), "token", 5)
        await reader.acknowledge([entry.id for entry in await reader.new(10)])
        assert (await trim(link, 0, retention=-10))[0] == 1
    finally:
        await link.call("CONFIG", "SET", "maxmemory", 0)
