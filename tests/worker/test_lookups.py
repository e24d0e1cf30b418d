"""Asking providers what became of accepted messages, ever more rarely, until they tell or are given up."""

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangol.definitions.model import Fallback, MessageUse
from dangol.definitions.templates import TextTemplate
from dangol.plugin import Receipt
from dangol.protocol import tokens
from dangol.store import addresses, keys, money, outbox
from dangol.worker.lookups import GIVEN_UP, LONGEST, SHORTEST, Lookups, pause
from dangol.worker.outcomes import Policy

anyio = pytest.mark.anyio
POLICY = Policy(budget=0.2, tries=3, first=0.01, longest=0.02)


def lookups(desk: Any) -> Lookups:
    return Lookups(desk.link, desk.registry, desk.guard, desk.site, desk.engine, POLICY)


async def look(desk: Any, after: float) -> int:
    """Ask everywhere, as if so many seconds had passed."""
    job, now = lookups(desk), time.time() + after
    return sum([await job.look(number, now) for number in range(keys.PARTITIONS)])


@anyio
async def test_an_accepted_message_is_looked_up_until_the_provider_tells(
    office: Any, pushed: Any, knowing: Any
) -> None:
    channel = knowing(Receipt("accepted", provider_id="p-1"))
    desk = office(channel)
    [key] = await desk.enqueue(pushed(channel="knowing"))
    await desk.run()
    assert (await look(desk, 30), channel.asked) == (0, [])
    assert await look(desk, 61) == 1
    assert (channel.asked[0].request.key, channel.asked[0].provider_id) == (key, "p-1")
    assert (await look(desk, 62), (await desk.row(key)).state) == (0, "accepted")
    channel.known[key] = Receipt("delivered", price=8.4)
    assert (await look(desk, 200), (await desk.row(key)).state, (await desk.row(key)).price) == (1, "delivered", 8400)
    assert await look(desk, 9e5) == 0


@anyio
async def test_what_failed_makes_the_fallback_once(office: Any, pushed: Any, knowing: Any, scripted: Any) -> None:
    channel = knowing(Receipt("accepted"))
    use = MessageUse("knowing", fallback=Fallback("scripted", "note", on=["not_reachable"]))
    desk = office(channel, scripted(), templates=[TextTemplate("note", "Your parcel is here.", ad=False)])
    [key] = await desk.enqueue(pushed(use=use, to="01012345678"))
    await desk.run()
    channel.known[key] = Receipt("failed", failure="not_reachable")
    assert [await look(desk, 61), await look(desk, 99)] == [1, 0]
    assert (await desk.row(key)).failure == "not_reachable"
    [other] = [each async for each in outbox.every(desk.link) if each != key]
    row = await desk.row(other)
    assert (row.state, row.push.before, row.push.step) == ("queued", key, 1)


@anyio
async def test_a_message_nobody_tells_of_is_given_up_and_may_still_be_told_of(
    office: Any, pushed: Any, knowing: Any
) -> None:
    channel = knowing(Receipt("accepted"))
    desk = office(channel)
    [key] = await desk.enqueue(pushed(channel="knowing"))
    await desk.run()
    assert await look(desk, GIVEN_UP - 60) == 1
    assert (await desk.row(key)).state == "accepted"
    assert await look(desk, GIVEN_UP + LONGEST) == 1
    row = await desk.row(key)
    assert (row.state, row.reason) == ("unknown", "no_answer")
    assert await look(desk, 2 * GIVEN_UP) == 0


@anyio
async def test_a_provider_that_is_away_is_asked_again_later(office: Any, pushed: Any, knowing: Any) -> None:
    class Away(knowing):  # type: ignore[misc]
        name = "away"
        api = 1

        async def look_up(self, params: Any, sent: Any) -> Any:
            raise OSError("unplugged")

    desk = office(Away(Receipt("accepted")))
    [key] = await desk.enqueue(pushed(channel="away"))
    await desk.run()
    assert (await look(desk, 61), await look(desk, 62), await look(desk, 200)) == (1, 0, 1)
    assert (await desk.row(key)).state == "accepted"


@anyio
async def test_a_refusal_at_the_provider_is_a_refusal(office: Any, pushed: Any, knowing: Any, scripted: Any) -> None:
    refusal = Receipt("failed", failure="opted_out")
    desk = office(knowing(Receipt("accepted")), scripted(refusal), templates=[TextTemplate("note", "Hi", ad=False)])
    late, soon = (
        pushed(channel, use=MessageUse(channel, template="note"), to=number)
        for channel, number in (("knowing", "01012345678"), ("scripted", "01087654321"))
    )
    await desk.enqueue(late, soon)
    await desk.run()
    desk.registry.channel("knowing").known[late.key] = refusal
    await look(desk, 61)
    for push in (late, soon):
        mark = tokens.address_mark(desk.runtime.keys, push.to)
        assert await addresses.refused_at(desk.link, "shop", mark, "sms") > 0


@anyio
async def test_what_was_paid_is_put_right_by_the_real_price(office: Any, pushed: Any, knowing: Any) -> None:
    channel = knowing(Receipt("accepted", price=20.0))
    desk = office(channel)
    [key] = await desk.enqueue(pushed(channel="knowing"))
    await desk.run()
    channel.known[key] = Receipt("failed", failure="bad_address")
    await look(desk, 61)
    assert (await desk.row(key)).price == 0
    assert (await money.stand(desk.link, "shop", "Asia/Seoul", time.time())).total == 0


@anyio
async def test_a_message_whose_site_is_gone_waits_and_is_given_up(office: Any, pushed: Any, knowing: Any) -> None:
    channel = knowing(Receipt("accepted"))
    desk = office(channel)
    [key] = await desk.enqueue(pushed(channel="knowing"))
    await desk.run()
    desk.site = lambda name: None
    assert (await look(desk, 61), channel.asked) == (1, [])
    assert await look(desk, GIVEN_UP + 1) == 1
    assert (await desk.row(key)).state == "unknown"


@given(st.floats(0, 1e7))
def test_pauses_grow_within_bounds(age: float) -> None:
    assert SHORTEST <= pause(age) <= LONGEST
    assert pause(age) <= pause(age + 1)


def test_a_message_is_asked_about_a_bounded_number_of_times() -> None:
    age, times = SHORTEST, 0
    while age < GIVEN_UP:
        age, times = age + pause(age), times + 1
    assert times < 25


@anyio
async def test_a_look_is_repeated_where_the_worker_died_before_writing_it_down(
    office: Any, pushed: Any, knowing: Any
) -> None:
    channel = knowing(Receipt("accepted"))
    desk = office(channel)
    made = await desk.enqueue(*(pushed(f"cause-{number}", "knowing") for number in range(3)))
    await desk.run()
    now, number = time.time() + 61, outbox.partition(made[0]) or 0
    assert len(await outbox.to_look_up(desk.link, number, now, 10)) == 3
    assert await lookups(desk).look(number, now) == 3
