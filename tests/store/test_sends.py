"""Manual sends in the store: kept, changed by one at a time, let go of when they are over; rows by partition."""

import asyncio

import pytest
from msgspec.structs import replace

from dangol.definitions.model import MessageUse
from dangol.store import draws, sends
from dangol.store.draws import Draw
from dangol.store.link import Link
from dangol.store.sends import Recipient, Send, Sends

pytestmark = pytest.mark.anyio


def a_send(id: str = "s1", created: float = 1.0, **fields: object) -> Send:
    return replace(Send(id, "shop", "", MessageUse("log"), "rows", created), **fields)


async def test_sends_are_listed_from_the_newest_and_old_ones_go(link: Link) -> None:
    now = 1_790_000_000.0
    assert await sends.create(link, a_send("old", now - sends.KEPT - 1))
    assert await sends.create(link, a_send("reserved", now - sends.KEPT - 1, at=now))
    assert await sends.create(link, a_send("new", now))
    assert [each.id for each in await sends.every(link, "shop")] == ["new", "reserved"]
    assert await sends.every(link, "other") == []


async def test_there_are_only_so_many(link: Link, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sends, "MOST", 2)
    assert [await sends.create(link, a_send(f"s{number}")) for number in range(3)] == [True, True, False]
    assert len(await sends.every(link, "shop")) == 2


async def test_changes_at_once_all_count(link: Link) -> None:
    await sends.create(link, a_send())

    async def one_more() -> None:
        await sends.change(link, "shop", "s1", lambda send: replace(send, rows=send.rows + 1))

    await asyncio.gather(*(one_more() for _ in range(10)))
    found = await sends.read(link, "shop", "s1")
    assert found is not None
    assert found.rows == 10
    assert await sends.change(link, "shop", "none", lambda send: send) is None


async def test_a_start_opens_the_draw_and_a_cancel_drops_it(link: Link) -> None:
    await sends.create(link, a_send(state="ready"))
    draw = Draw("d", "shop", "send:s1", "rows", 0.0)
    for state, left in (("started", [draw]), ("cancelled", [])):
        await sends.change(link, "shop", "s1", lambda send: replace(send, state=state), lambda send: draw)  # noqa: B023
        assert await draws.under_way(link) == left


async def test_rows_stand_in_chunks_until_they_are_dropped(link: Link) -> None:
    rows = [Recipient("kim", "", "ko", ["=1"]), Recipient("", "01012345678", "", ["b"])]
    await sends.put_rows(link, 3, "f", rows[:1], 60)
    await sends.put_rows(link, 3, "f", rows[1:], 60)
    assert [await sends.rows(link, 3, "f", place) for place in range(3)] == [rows[:1], rows[1:], None]
    assert await sends.rows(link, 4, "f", 0) is None
    await sends.drop_rows(link, "f")
    assert await sends.rows(link, 3, "f", 0) is None


async def test_a_dispatcher_reads_a_send_again_after_a_second(link: Link, monkeypatch: pytest.MonkeyPatch) -> None:
    known = Sends(link)
    assert await known.find("shop", "send:s1") is None
    await sends.create(link, a_send())
    assert await known.find("shop", "send:s1") is None
    monkeypatch.setattr(sends, "REMEMBERED", 0.0)
    assert await known.find("shop", "send:s1") == a_send()
