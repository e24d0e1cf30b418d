"""Generations of past orders in the store: one in force, one in the making, nothing left behind."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from dangol.errors import Unavailable
from dangol.store import catalogue, generations, keys
from dangol.store.generations import Busy, Generation, Loaded, status
from dangol.store.link import Link

pytestmark = pytest.mark.anyio


def rows(generation: Generation) -> dict[str, bytes]:
    return {
        keys.counter_history("shop", generation.name, "plugin", "mug"): b"row",
        keys.total_history("shop", generation.name, "plugin", "week", 7): b"total",
    }


async def made(link: Link) -> str:
    async with Generation(link, "shop") as generation:
        await generation.write(rows(generation))
        await generation.put_in_force(Loaded(generation.name, orders=3))
    return generation.name


async def failing(link: Link, fails: Callable[[], Awaitable[object]]) -> None:
    """Make one, into which something comes between."""
    async with Generation(link, "shop") as generation:
        await generation.write(rows(generation))
        await fails()
        await generation.write(rows(generation))


async def kept(link: Link) -> list[bytes]:
    """The names of all rows."""
    return [name for pattern in ("*rh:*", "*rth:*") for name in await link.call("KEYS", pattern)]


async def test_one_is_put_in_force_as_a_whole(link: Link) -> None:
    async with Generation(link, "shop") as generation:
        await generation.write(rows(generation))
        assert (await catalogue.state(link, "shop")).orders == ""
        await generation.put_in_force(Loaded(generation.name, orders=3))
    assert (await catalogue.state(link, "shop")).orders == generation.name
    assert await status(link, "shop") == (Loaded(generation.name, orders=3), None, [])
    assert len(await kept(link)) == 2


async def test_the_former_one_can_be_read_for_a_moment(link: Link, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = await made(link), await made(link)
    assert (await catalogue.state(link, "shop")).orders == second
    name = keys.counter_history("shop", first, "plugin", "mug")
    assert await link.call("GET", name) == b"row"
    assert 0 < await link.call("TTL", name) <= generations.FORMER
    assert await link.call("TTL", keys.counter_history("shop", second, "plugin", "mug")) == -1
    assert (await status(link, "shop")).left_behind == []


async def test_one_that_fails_leaves_nothing(link: Link) -> None:
    async def fail() -> None:
        raise ZeroDivisionError

    in_force = await made(link)
    with pytest.raises(ZeroDivisionError):
        await failing(link, fail)
    assert len(await kept(link)) == 2
    assert (await catalogue.state(link, "shop")).orders == in_force
    assert (await status(link, "shop"))[1:] == (None, [])


async def test_only_one_is_made_at_a_time(link: Link) -> None:
    async with Generation(link, "shop") as generation:
        await generation.report("learning", 40)
        with pytest.raises(Busy, match=r"already, learning \(40 %\)"):
            async with Generation(link, "shop"):
                pass
        async with Generation(link, "other"):
            making = (await status(link, "shop")).making
        assert making is not None
        assert (making.generation, making.stage, making.percent) == (generation.name, "learning", 40)


@pytest.fixture
async def silent(link: Link) -> AsyncIterator[Generation]:
    """One that has written, and of which nothing was heard for too long."""
    async with Generation(link, "shop") as generation:
        await generation.write(rows(generation))
        await link.call("DEL", keys.generation_made("shop"))
        yield generation


async def test_what_was_left_behind_is_told_and_removed_by_the_next(link: Link, silent: Generation) -> None:
    assert (await status(link, "shop")).left_behind == [silent.name]
    second = await made(link)
    assert {name.split(b":")[2].decode() for name in await kept(link)} == {second}
    assert (await status(link, "shop")).left_behind == []


async def test_one_that_was_given_up_changes_nothing_any_more(link: Link, silent: Generation) -> None:
    in_force = await made(link)
    for late in (silent.report("writing", 99), silent.put_in_force(Loaded(silent.name))):
        with pytest.raises(Unavailable, match="given up; nothing was changed"):
            await late
    assert (await catalogue.state(link, "shop")).orders == in_force


async def test_reports_are_few(link: Link) -> None:
    async with Generation(link, "shop") as generation:
        for percent in range(100):
            await generation.report("reading", percent)
        making = (await status(link, "shop")).making
    assert making is not None
    assert making.percent == 0


async def test_one_that_there_is_no_room_for_is_given_up(link: Link) -> None:
    try:
        with pytest.raises(Unavailable, match="OOM"):
            await failing(link, lambda: link.call("CONFIG", "SET", "maxmemory", "1"))
        assert await kept(link) == []
    finally:
        await link.call("CONFIG", "SET", "maxmemory", "0")
    assert (await status(link, "shop")) == (None, None, [])
