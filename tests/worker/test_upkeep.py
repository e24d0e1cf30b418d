"""The log stays short, and the operator sees how far the jobs are."""

import logging
import time
from collections.abc import Awaitable, Callable

import pytest
from prometheus_client import REGISTRY

from dangol.definitions import drafting, repository
from dangol.protocol.event import Entry
from dangol.store import keys
from dangol.store.link import Link
from dangol.worker.leases import Place
from dangol.worker.upkeep import EVERY, Upkeep

pytestmark = pytest.mark.anyio

Append = Callable[..., Awaitable[list[str]]]
Order = Callable[..., Entry]
LABELS = {"job": "reader", "partition": "0"}


async def group(link: Link, name: str) -> None:
    await link.call("XGROUP", "CREATE", keys.log(0), name, "0", "MKSTREAM")


async def test_lag_is_told_while_this_worker_has_the_place(link: Link, append: Append, order: Order) -> None:
    await append(order(1), order(2))
    await group(link, "reader")
    lane = Upkeep(link, {"reader"}, 0.0).lane(Place("upkeep", 0), "t")
    assert await lane.step() == EVERY
    assert REGISTRY.get_sample_value("dangol_job_lag", LABELS) == 2.0
    assert REGISTRY.get_sample_value("dangol_push_waiting", {"partition": "0"}) == 0.0
    assert REGISTRY.get_sample_value("dangol_push_parked", {"partition": "0"}) == 0.0
    lane.close()
    assert REGISTRY.get_sample_value("dangol_job_lag", LABELS) is None


async def test_what_every_job_has_is_deleted(link: Link, append: Append, order: Order) -> None:
    ids = await append(order(1), order(2))
    await group(link, "reader")
    await link.call("XREADGROUP", "GROUP", "reader", "worker", "STREAMS", keys.log(0), ">")
    await link.call("XACK", keys.log(0), "reader", ids[0])
    lane = Upkeep(link, {"reader"}, -60.0).lane(Place("upkeep", 0), "t")
    await lane.step()
    assert await link.call("XLEN", keys.log(0)) == 1
    lane.close()


async def test_a_job_that_nobody_runs_is_named_once(
    link: Link, append: Append, order: Order, caplog: pytest.LogCaptureFixture
) -> None:
    await append(order(1))
    await group(link, "sink:gone")
    lane = Upkeep(link, {"reader"}, 0.0).lane(Place("upkeep", 0), "t")
    with caplog.at_level(logging.WARNING):
        await lane.step()
        await lane.step()
    assert len(caplog.messages) == 1
    assert "sink:gone" in caplog.messages[0]
    lane.close()


async def test_drafts_that_nobody_asks_for_are_let_go(link: Link) -> None:
    for age in (5_000, 4_990):
        written = {"did": {"event": "search", "within": "7d"}}
        await drafting.ask(link, "shop", {"a": written}, time.time() - age)
    await Upkeep(link, set(), 0.0).lane(Place("upkeep", 3), "t").step()
    assert await repository.version(link) == 1
    await Upkeep(link, set(), 0.0).lane(Place("upkeep", 0), "t").step()
    assert await repository.version(link) == 2
    assert (await drafting.ask(link, "shop", {}, time.time())).kept == ()
