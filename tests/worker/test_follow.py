"""Following the log: in order, until done, and never for ever."""

from collections.abc import Awaitable, Callable, Sequence

import pytest

from dangol.errors import PluginFailure, Unavailable
from dangol.protocol.event import Entry
from dangol.store import keys
from dangol.store.link import Link
from dangol.store.log import Delivery, LeaseLost, Reader
from dangol.worker import follow
from dangol.worker.follow import Follow, Logged
from dangol.worker.job import Lane
from dangol.worker.leases import Place

pytestmark = pytest.mark.anyio

Append = Callable[..., Awaitable[list[str]]]
Order = Callable[..., Entry]


class Killed(BaseException):
    """What no handler catches, as the end of a process."""


class Seen:
    """A handler that notes what it gets and fails on the profiles in `bad`."""

    def __init__(self, error: BaseException | None = None, bad: Sequence[str] = ()) -> None:
        self.batches: list[list[str]] = []
        self.error = error
        self.bad = set(bad)

    async def __call__(self, number: int, batch: Sequence[Logged]) -> None:
        self.batches.append([logged.entry.profile for logged in batch])
        if self.error and self.bad & set(self.batches[-1]):
            raise self.error


async def lane(link: Link, handler: Seen, token: str = "t", tries: int = 3) -> Lane:
    await link.call("SET", keys.lead(0, "job"), token)
    made = Follow(link, "job", handler, tries).lane(Place("job", 0), token)
    await made.open()
    return made


async def drain(lane: Lane) -> list[float]:
    """Steps until nothing is left; the pauses asked for."""
    pauses: list[float] = []
    while (pause := await lane.step()) is not None and len(pauses) < 100:
        pauses.append(pause)
    return pauses


async def pending(link: Link) -> int:
    return int((await link.call("XPENDING", keys.log(0), "job"))[0])


async def test_entries_are_handled_in_batches_and_acknowledged(link: Link, append: Append, order: Order) -> None:
    await append(*(order(number) for number in range(150)))
    seen = Seen()
    await drain(await lane(link, seen))
    assert [len(batch) for batch in seen.batches] == [100, 50]
    assert [name for batch in seen.batches for name in batch] == [f"v{number}" for number in range(150)]
    assert await pending(link) == 0


async def test_a_successor_starts_with_what_is_pending(link: Link, append: Append, order: Order) -> None:
    await append(*(order(number) for number in range(3)))
    dead = Seen(Unavailable("gone"), ["v0"])
    with pytest.raises(Unavailable):
        await (await lane(link, dead)).step()
    await append(order(3))
    seen = Seen()
    await drain(await lane(link, seen, "t2"))
    assert seen.batches == [["v0"], ["v1"], ["v2"], ["v3"]]


async def test_the_entry_at_fault_is_parked_and_the_others_are_done(link: Link, append: Append, order: Order) -> None:
    ids = await append(*(order(number) for number in range(4)))
    seen = Seen(ValueError("no good"), ["v2"])
    pauses = await drain(await lane(link, seen))
    assert seen.batches == [["v0", "v1", "v2", "v3"], ["v0"], ["v1"], ["v2"], ["v2"], ["v2"], ["v3"]]
    [[_, fields]] = await link.call("XRANGE", keys.parked(0), "-", "+")
    assert fields[3].decode() == ids[2]
    assert fields[5] == b"ValueError: no good"
    assert await pending(link) == 0
    assert sum(pauses) > 0


async def test_what_cannot_be_decoded_is_parked_at_once(link: Link, append: Append, order: Order) -> None:
    await append(order(0), b"\xc1 not msgpack", b"\x96\xa1\xff\xa0\xa0\x00\x90\x90", b"", order(1))
    seen = Seen()
    await drain(await lane(link, seen))
    assert seen.batches == [["v0", "v1"]]
    assert await link.call("XLEN", keys.parked(0)) == 3
    assert await pending(link) == 0


async def test_an_absent_store_counts_against_no_entry(link: Link, append: Append, order: Order) -> None:
    await append(order(0))
    seen = Seen(Unavailable("the store is away"), ["v0"])
    job = await lane(link, seen, tries=2)
    for _ in range(10):
        with pytest.raises(Unavailable):
            await job.step()
    seen.error = None
    await drain(job)
    assert len(seen.batches) == 11
    assert await link.call("EXISTS", keys.parked(0)) == 0


async def test_a_plugin_that_is_switched_off_counts_against_no_entry(link: Link, append: Append, order: Order) -> None:
    await append(order(0))
    seen = Seen(PluginFailure("p", "off", "switched off"), ["v0"])
    job = await lane(link, seen, tries=2)
    assert [await job.step() for _ in range(5)] == [follow.LONGEST_PAUSE] * 5
    seen.error = None
    await drain(job)
    assert await link.call("EXISTS", keys.parked(0)) == 0
    assert await pending(link) == 0


async def test_an_entry_under_which_workers_end_is_parked_at_last(link: Link, append: Append, order: Order) -> None:
    await append(order(0), order(1))
    for number in range(follow.ENDED_WORKERS + 3):
        dead = await lane(link, Seen(Killed(), ["v0"]), str(number))
        with pytest.raises(Killed):
            await dead.step()
    seen = Seen()
    await drain(await lane(link, seen, "last"))
    assert seen.batches == [["v1"]]
    assert await link.call("XLEN", keys.parked(0)) == 1


async def test_a_reader_whose_lease_is_over_stops(link: Link, append: Append, order: Order) -> None:
    await append(order(0))
    job = await lane(link, Seen(), "t")
    await lane(link, Seen(), "t2")
    with pytest.raises(LeaseLost):
        await job.step()


async def test_entries_whose_delivery_was_lost_on_the_way_come_again(
    link: Link, append: Append, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    await append(order(0))
    seen = Seen()
    follower = await lane(link, seen)
    deliver = Reader.new

    async def lose(reader: Reader, limit: int) -> list[Delivery]:
        await deliver(reader, limit)
        raise Unavailable("the store answered, but the answer did not arrive")

    with monkeypatch.context() as broken:
        broken.setattr(Reader, "new", lose)
        with pytest.raises(Unavailable):
            await follower.step()
    await drain(follower)
    assert seen.batches == [["v0"]]
    assert await pending(link) == 0
