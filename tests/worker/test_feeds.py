"""The job that fetches product feeds."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from prometheus_client import REGISTRY
from tests.serving import Answer, Asked, serving

from dangol.definitions.model import Definitions
from dangol.store import catalogue, feeds, keys
from dangol.store.link import Link
from dangol.worker.feeds import PAUSE, Feeds
from dangol.worker.job import side_by_side
from dangol.worker.leases import Place

pytestmark = pytest.mark.anyio


def gauge(name: str) -> float | None:
    return REGISTRY.get_sample_value(f"dangol_feed_{name}", {"site": "shop"})


async def test_a_feed_is_fetched_when_it_is_time_by_the_worker_of_its_site(
    link: Link, define: Callable[..., Definitions], compiled: Any
) -> None:
    asked: list[Asked] = []

    def answer(request: Asked) -> Answer:
        asked.append(request)
        return Answer(b"id,title,price\n1,A,5\n2,B,x\n")

    with serving(answer) as address:
        definitions = define(products={"feed": {"url": f"{address}/feed.csv", "hours": 1}})
        job = Feeds(link, lambda: {"shop": compiled(definitions)}, lambda ip: ip == "127.0.0.1")
        lanes = [job.lane(Place("feeds", number), "token") for number in range(keys.PARTITIONS)]
        assert await asyncio.gather(*(lane.step() for lane in lanes)) == [PAUSE] * keys.PARTITIONS
        assert await asyncio.gather(*(lane.step() for lane in lanes)) == [PAUSE] * keys.PARTITIONS
    assert len(asked) == 1
    assert list(await catalogue.get(link, "shop", ["1", "2"])) == ["1"]
    outcome = await feeds.read(link, "shop")
    assert outcome is not None
    assert (gauge("done"), gauge("failed"), gauge("products"), gauge("refused")) == (outcome.done, 0, 1, 1)
    for lane in lanes:
        lane.close()
    assert gauge("done") is None


async def test_what_fails_leaves_nothing_running_behind() -> None:
    done = []

    async def fail() -> None:
        raise ValueError("away")

    async def last() -> None:
        await asyncio.sleep(0.01)
        done.append(True)

    with pytest.raises(ValueError, match="away"):
        await side_by_side([fail(), last()])
    assert done == [True]
