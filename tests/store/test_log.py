"""Reading the event log: in order, under a lease, and deleting only what nobody needs."""

import time

import msgspec
import pytest

from dangol.protocol.event import Decided, Entry, Event, Item
from dangol.store import keys, log
from dangol.store.link import Link
from dangol.store.log import LeaseLost, Reader

pytestmark = pytest.mark.anyio

HOUR = 3_600.0


def entry(number: int = 1) -> Entry:
    events = [Event(f"e{number}", "purchase", number, items=[Item("mug", price=3)])]
    return Entry("shop", f"v{number}", "m1", number, events, [Decided("c", "message", "k")])


async def append(link: Link, count: int = 1, entry_id: str = "*") -> list[str]:
    ids = [await link.call("XADD", keys.log(0), entry_id, "e", msgspec.msgpack.encode(entry(n))) for n in range(count)]
    return [each.decode() for each in ids]


async def reader(link: Link, job: str = "job", token: str = "t") -> Reader:
    await link.call("SET", keys.lead(0, job), token)
    made = Reader(link, job, 0, token)
    await made.open()
    return made


async def backlog(link: Link, retention: float = -HOUR) -> tuple[int, dict[str, int]]:
    return await log.trim(link, 0, retention)


async def test_new_entries_come_once_in_order_and_decoded(link: Link) -> None:
    ids = await append(link, 3)
    job = await reader(link)
    first = await job.new(2)
    assert [each.id for each in first] == ids[:2]
    assert first[0].entry() == entry(0)
    assert [each.id for each in await job.new(2)] == ids[2:]
    assert await job.new(2) == []


async def test_a_group_that_is_made_late_starts_at_the_first_entry(link: Link) -> None:
    ids = await append(link, 3)
    job = await reader(link)
    await job.open()
    assert [each.id for each in await job.new(9)] == ids


async def test_what_was_handed_out_stays_pending_until_acknowledged(link: Link) -> None:
    first, second = await append(link, 2)
    job = await reader(link)
    await job.new(9)
    successor = await reader(link, token="t2")
    oldest = await successor.pending()
    assert oldest is not None
    assert (oldest.id, oldest.tries) == (first, 2)
    await successor.acknowledge([first])
    oldest = await successor.pending()
    assert oldest is not None
    assert oldest.id == second
    await successor.acknowledge([second])
    assert await successor.pending() is None


async def test_each_pending_read_counts_a_try_of_the_oldest_only(link: Link) -> None:
    first, second = await append(link, 2)
    job = await reader(link)
    await job.new(9)
    tries = [each.tries for _ in range(3) if (each := await job.pending())]
    assert tries == [2, 3, 4]
    await job.acknowledge([first])
    oldest = await job.pending()
    assert oldest is not None
    assert (oldest.id, oldest.tries) == (second, 2)


async def test_a_reader_without_the_lease_can_do_nothing(link: Link) -> None:
    await append(link, 1)
    job = await reader(link)
    [delivery] = await job.new(1)
    await link.call("SET", keys.lead(0, "job"), "another")
    for attempt in (job.pending, lambda: job.new(1), lambda: job.acknowledge([delivery.id])):
        with pytest.raises(LeaseLost):
            await attempt()
    with pytest.raises(LeaseLost):
        await job.park(delivery, "bad")
    assert await link.call("EXISTS", keys.parked(0)) == 0
    assert (await link.call("XPENDING", keys.log(0), "job"))[0] == 1


async def test_a_parked_entry_is_kept_aside_with_its_reason(link: Link) -> None:
    await append(link, 1)
    job = await reader(link)
    [delivery] = await job.new(1)
    await job.park(delivery, "no good")
    assert await job.pending() is None
    [[_, fields]] = await link.call("XRANGE", keys.parked(0), "-", "+")
    assert dict(zip(fields[::2], fields[1::2], strict=True)) == {
        b"job": b"job",
        b"id": delivery.id.encode(),
        b"reason": b"no good",
        b"e": delivery.payload,
    }


async def test_what_is_parked_is_bounded(link: Link, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "PARKED_LIMIT", 3)
    ids = await append(link, 5)
    job = await reader(link)
    for delivery in await job.new(9):
        await job.park(delivery, "no good")
    kept = await link.call("XRANGE", keys.parked(0), "-", "+")
    assert [fields[3].decode() for _, fields in kept] == ids[2:]


async def test_an_entry_is_deleted_once_every_job_has_it(link: Link) -> None:
    ids = await append(link, 4)
    one, two = await reader(link, "one"), await reader(link, "two")
    for job in (one, two):
        await job.new(9)
    await one.acknowledge(ids)
    await two.acknowledge([ids[0], ids[1], ids[3]])
    assert await backlog(link) == (2, {"one": 0, "two": 1})
    await two.acknowledge([ids[2]])
    assert (await backlog(link))[0] == 2
    assert await link.call("XLEN", keys.log(0)) == 0


async def test_an_entry_that_a_job_has_not_seen_stays(link: Link) -> None:
    ids = await append(link, 3)
    one = await reader(link, "one")
    await reader(link, "two")
    await one.new(9)
    await one.acknowledge(ids)
    assert await backlog(link) == (0, {"one": 0, "two": 3})
    assert await log.forget(link, 0, "two")
    assert (await backlog(link))[0] == 3


async def test_a_young_entry_stays_although_every_job_has_it(link: Link) -> None:
    old = int((time.time() - 2 * HOUR) * 1000)
    ids = [*await append(link, 1, f"{old}-0"), *await append(link, 1)]
    job = await reader(link)
    await job.new(9)
    await job.acknowledge(ids)
    assert (await backlog(link, HOUR))[0] == 1
    assert [each.decode() for each, _ in await link.call("XRANGE", keys.log(0), "-", "+")] == ids[1:]


async def test_a_log_that_nobody_reads_keeps_everything(link: Link) -> None:
    assert await backlog(link) == (0, {})
    await append(link, 2)
    assert await backlog(link) == (0, {})
    assert await link.call("XLEN", keys.log(0)) == 2


async def test_forgetting_an_unknown_job_says_so(link: Link) -> None:
    assert not await log.forget(link, 0, "nobody")
    await append(link, 1)
    assert not await log.forget(link, 0, "nobody")
