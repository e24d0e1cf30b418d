"""Push requests in the store: one row per cause, one holder at a time."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangol.plugin import PushRequest
from dangol.store import keys, outbox
from dangol.store.link import Link

pytestmark = pytest.mark.anyio

NOW = 1_763_778_000.25


def request(cause: str = "welcome", member: str = "m1") -> PushRequest:
    key = outbox.key_of("shop", cause, member)
    return PushRequest(key, "shop", cause, member, {"phone": "01012345678"}, {"name": "김단골"})


async def enqueue(link: Link, made: PushRequest, **more: float) -> outbox.Enqueued:
    return await outbox.enqueue(link, made, "webhook", {"url": "https://shop.example/"}, NOW, **more)


async def claim(link: Link, key: str, now: float = NOW, token: str = "a") -> list[outbox.Row]:
    number = outbox.partition(key)
    assert number is not None
    return await outbox.claim(link, await outbox.due(link, number, now, 10), now, 15.0, token)


async def test_a_new_row_holds_what_was_asked_for(link: Link) -> None:
    made = request()
    assert await enqueue(link, made) == (made.key, "queued", True)
    row = await outbox.read(link, made.key)
    assert row == outbox.Row(made.key, "queued", "webhook", {"url": "https://shop.example/"}, made, 0, NOW, NOW)


async def test_the_same_cause_makes_one_row_also_at_the_same_time(link: Link) -> None:
    answers = await asyncio.gather(*(enqueue(link, request()) for _ in range(20)))
    assert sorted(answer.new for answer in answers) == [False] * 19 + [True]
    assert len(await claim(link, request().key)) == 1


async def test_enqueuing_again_tells_what_became_of_it(link: Link) -> None:
    made = request()
    await enqueue(link, made)
    await claim(link, made.key)
    assert await enqueue(link, made) == (made.key, "sending", False)
    await outbox.finish(link, made.key, "a", "accepted", NOW)
    assert await enqueue(link, made) == (made.key, "accepted", False)
    assert await claim(link, made.key, NOW + 100) == []


async def test_a_row_is_claimed_once_when_it_is_due(link: Link) -> None:
    made = request()
    await enqueue(link, made, due=NOW + 60)
    assert await claim(link, made.key, NOW + 59) == []
    [row] = await claim(link, made.key, NOW + 60)
    assert (row.state, row.attempts, row.request) == ("queued", 1, made)
    assert await claim(link, made.key, NOW + 61, "b") == []


async def test_two_claimers_never_get_the_same_row(link: Link) -> None:
    made = [request(f"cause-{number}") for number in range(30)]
    await asyncio.gather(*(enqueue(link, each) for each in made))
    claims = await asyncio.gather(*(claim(link, made[0].key, token=str(number)) for number in range(8)))
    claimed = [row.key for rows in claims for row in rows]
    assert len(claimed) == len(set(claimed)) > 0


async def test_a_dead_claimers_row_comes_up_again_as_sending(link: Link) -> None:
    made = request()
    await enqueue(link, made)
    await claim(link, made.key)
    [row] = await claim(link, made.key, NOW + 15, "b")
    assert (row.state, row.attempts) == ("sending", 2)


async def test_only_the_holder_can_write(link: Link) -> None:
    made = request()
    await enqueue(link, made)
    await claim(link, made.key)
    await claim(link, made.key, NOW + 15, "b")
    assert not await outbox.finish(link, made.key, "a", "failed", NOW)
    assert not await outbox.retry_at(link, made.key, "a", NOW, NOW, attempts=1)
    assert await outbox.finish(link, made.key, "b", "accepted", NOW, provider_id="p-1")
    assert not await outbox.finish(link, made.key, "b", "failed", NOW)
    row = await outbox.read(link, made.key)
    assert row is not None
    assert (row.state, row.provider_id) == ("accepted", "p-1")


async def test_a_retry_waits_for_its_time(link: Link) -> None:
    made = request()
    await enqueue(link, made)
    await claim(link, made.key)
    assert await outbox.retry_at(link, made.key, "a", NOW + 30, NOW, reason="busy", attempts=1)
    assert await claim(link, made.key, NOW + 29) == []
    [row] = await claim(link, made.key, NOW + 30)
    assert (row.state, row.attempts, row.reason) == ("queued", 2, "busy")


async def test_a_finished_row_expires_and_a_waiting_one_does_not(link: Link) -> None:
    made, number = request(), outbox.partition(request().key)
    assert number is not None
    await enqueue(link, made)
    assert await link.call("TTL", keys.push(number, made.key)) == -1
    assert await outbox.waiting(link, number) == 1
    await claim(link, made.key)
    await outbox.finish(link, made.key, "a", "failed", NOW, reason="\ud800" + "x" * 900, keep=50)
    assert 40 < await link.call("TTL", keys.push(number, made.key)) <= 50
    assert await outbox.waiting(link, number) == 0


async def test_an_entry_of_the_order_without_a_row_is_taken_out(link: Link) -> None:
    made, number = request(), outbox.partition(request().key)
    assert number is not None
    await enqueue(link, made)
    await link.call("DEL", keys.push(number, made.key))
    assert await claim(link, made.key) == []
    assert await outbox.waiting(link, number) == 0


@pytest.mark.parametrize(
    "key", ["", "x", "ff" + "0" * 30, "0" * 31, "0" * 33, "00" + "G" * 30, "٠" * 32, "0" * 32 + "\n"]
)
async def test_a_key_that_cannot_be_finds_nothing(link: Link, key: str) -> None:
    assert await outbox.read(link, key) is None


@given(st.text(max_size=20), st.text(max_size=20), st.text(max_size=20))
def test_a_key_names_the_partition_of_its_recipient(site: str, cause: str, recipient: str) -> None:
    key = outbox.key_of(site, cause, recipient)
    assert outbox.partition(key) == keys.partition(recipient)
    assert key == outbox.key_of(site, cause, recipient) != outbox.key_of(site, cause + "x", recipient)


def test_parts_of_a_cause_do_not_run_into_each_other() -> None:
    assert outbox.key_of("a", "bc", "d") != outbox.key_of("ab", "c", "d")
