"""What becomes of a push request, for every way in which handing it over can go."""

import asyncio
import time
from itertools import pairwise
from typing import Any

import pytest

from dangol.definitions.model import MessageUse
from dangol.plugin import Receipt
from dangol.store import keys, outbox
from dangol.store.link import Link
from dangol.worker.dispatch import BATCH
from dangol.worker.leases import Place
from dangol.worker.outcomes import Policy

pytestmark = pytest.mark.anyio


async def abandon(link: Link, key: str, channel: str) -> None:
    """As a worker does that dies while it sends."""
    number = outbox.partition(key)
    assert number is not None
    now = time.time()
    [row] = await outbox.claim(link, number, now, 0.05, "dead", 10)
    assert await outbox.mark_sending(link, [(row.key, "")], channel, "", now, 0.05, "dead") == [True]


async def test_an_accepted_request_is_done(office: Any, pushed: Any, scripted: Any) -> None:
    channel = scripted(Receipt("accepted", provider_id="p-1"))
    desk = office(channel)
    [key] = await desk.enqueue(pushed())
    await desk.run()
    done = await desk.row(key)
    assert (done.state, done.provider_id, done.attempts, done.channel) == ("accepted", "p-1", 1, "scripted")
    assert [each.key for each in channel.got] == [key]
    assert sum([await outbox.waiting(desk.link, number) for number in range(16)]) == 0


async def test_a_retry_is_sent_again_with_the_same_key_and_a_higher_attempt(
    office: Any, pushed: Any, scripted: Any
) -> None:
    channel = scripted(Receipt("retry", "busy"), Receipt("retry", "busy"), Receipt("accepted"))
    desk = office(channel)
    [key] = await desk.enqueue(pushed())
    await desk.run()
    assert [(each.key, each.attempt) for each in channel.got] == [(key, 1), (key, 2), (key, 3)]
    assert (await desk.row(key)).state == "accepted"


async def test_retries_end(office: Any, pushed: Any, scripted: Any) -> None:
    channel = scripted(Receipt("retry", "busy"))
    desk = office(channel)
    [key] = await desk.enqueue(pushed())
    await desk.run()
    done = await desk.row(key)
    assert (done.state, done.failure, len(channel.got)) == ("failed", "provider", 3)
    assert (done.reason, done.detail) == ("given_up", "3: busy")


async def test_an_exception_leaves_a_request_unknown_that_could_be_doubled(
    office: Any, pushed: Any, scripted: Any
) -> None:
    channel = scripted(RuntimeError("connection lost"))
    desk = office(channel)
    [key] = await desk.enqueue(pushed())
    await desk.run()
    done = await desk.row(key)
    assert (done.state, done.reason, len(channel.got)) == ("unknown", "no_answer", 1)


async def test_an_exception_is_tried_again_where_repetition_is_harmless(
    office: Any, pushed: Any, repeatable: Any
) -> None:
    channel = repeatable(RuntimeError("connection lost"), Receipt("accepted"))
    desk = office(channel)
    [key] = await desk.enqueue(pushed(channel="repeatable"))
    await desk.run()
    assert ((await desk.row(key)).state, len(channel.got)) == ("accepted", 2)


async def test_a_channel_that_takes_too_long_is_cut_off(
    office: Any, pushed: Any, scripted: Any, repeatable: Any
) -> None:
    async def for_ever() -> Receipt:
        await asyncio.sleep(60)
        return Receipt("accepted")

    for kind, state, sends in ((scripted, "unknown", 1), (repeatable, "accepted", 2)):
        channel = kind(for_ever, Receipt("accepted"))
        desk = office(channel)
        [key] = await desk.enqueue(pushed(channel.name, channel.name))
        await desk.run()
        assert ((await desk.row(key)).state, len(channel.got)) == (state, sends)


@pytest.mark.parametrize("answer", [None, "accepted", Receipt("done"), Receipt("retry", retry_after="soon")])  # type: ignore[arg-type]
async def test_an_answer_that_is_none_leaves_a_request_unknown(
    office: Any, pushed: Any, scripted: Any, answer: Any
) -> None:
    desk = office(scripted(answer))
    [key] = await desk.enqueue(pushed())
    await desk.run()
    assert (await desk.row(key)).state == "unknown"


async def test_parameters_that_do_not_fit_are_parked_without_a_send(office: Any, pushed: Any, scripted: Any) -> None:
    channel = scripted()
    desk = office(channel)
    [key] = await desk.enqueue(pushed(use=MessageUse("scripted", {"colour": "red"})))
    await desk.run()
    done = await desk.row(key)
    assert (done.state, channel.got) == ("parked", [])
    assert "colour" in done.detail


async def test_a_missing_channel_is_waited_for_and_then_parked(office: Any, pushed: Any) -> None:
    desk = office()
    [key] = await desk.enqueue(pushed(channel="nowhere"))
    await desk.run()
    done = await desk.row(key)
    assert (done.state, done.reason, done.attempts) == ("parked", "no_plugin", 0)
    assert [row.key for row in await outbox.parked(desk.link, outbox.partition(key) or 0)] == [key]


async def test_a_row_whose_dispatcher_died_is_not_sent_blindly(office: Any, pushed: Any, scripted: Any) -> None:
    channel = scripted()
    desk = office(channel)
    [key] = await desk.enqueue(pushed())
    await abandon(desk.link, key, "scripted")
    await desk.run()
    done = await desk.row(key)
    assert (done.state, done.reason, channel.got) == ("unknown", "interrupted", [])


async def test_a_row_whose_dispatcher_died_is_sent_again_where_repetition_is_harmless(
    office: Any, pushed: Any, repeatable: Any
) -> None:
    channel = repeatable()
    desk = office(channel)
    [key] = await desk.enqueue(pushed(channel="repeatable"))
    await abandon(desk.link, key, "repeatable")
    await desk.run()
    assert ((await desk.row(key)).state, [each.attempt for each in channel.got]) == ("accepted", [2])


async def test_a_row_whose_dispatcher_died_stays_unknown_when_its_channel_is_gone(office: Any, pushed: Any) -> None:
    desk = office()
    [key] = await desk.enqueue(pushed(channel="nowhere"))
    await abandon(desk.link, key, "nowhere")
    await desk.run()
    assert (await desk.row(key)).state == "unknown"


@pytest.mark.parametrize(
    ("known", "state", "sends"),
    [
        (Receipt("delivered", provider_id="p-1"), "delivered", 0),
        (Receipt("failed", failure="bad_address"), "failed", 0),
        (Receipt("retry", "never came"), "accepted", 1),
        (None, "unknown", 0),
    ],
)
async def test_a_provider_is_asked_what_it_knows_before_anything_is_sent_again(
    office: Any, pushed: Any, knowing: Any, known: Receipt | None, state: str, sends: int
) -> None:
    channel = knowing()
    desk = office(channel)
    [key] = await desk.enqueue(pushed(channel="knowing"))
    await abandon(desk.link, key, "knowing")
    channel.known[key] = known
    await desk.run()
    assert ((await desk.row(key)).state, len(channel.got)) == (state, sends)
    assert [each.request.key for each in channel.asked] == [key]


async def test_what_may_have_been_sent_is_looked_up_once_its_site_is_there_again(
    office: Any, pushed: Any, knowing: Any
) -> None:
    channel = knowing()
    desk = office(channel)
    [key] = await desk.enqueue(pushed(channel="knowing"))
    await abandon(desk.link, key, "knowing")
    channel.known[key] = Receipt("delivered")
    desk.job.preparing.sites = lambda name: None
    await asyncio.sleep(0.05)
    assert await desk.job.start(outbox.partition(key) or 0) == 0.0
    await desk.job.close()
    assert (await desk.row(key)).state == "sending"
    desk.job.preparing.sites = desk.site
    await desk.run()
    assert ((await desk.row(key)).state, channel.got) == ("delivered", [])


async def test_a_slow_provider_does_not_keep_others_from_being_looked_up(
    office: Any, pushed: Any, knowing: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Slow(knowing):  # type: ignore[misc]
        name = "slow"
        api = 1

        async def look_up(self, params: Any, sent: Any) -> Any:
            await asyncio.sleep(60)

    channel = knowing()
    desk = office(Slow(), channel, policy=Policy(budget=0.1, margin=0.1))
    made = await desk.enqueue(pushed("a", "slow"), pushed("b", "knowing"))
    number, now = outbox.partition(made[0]) or 0, time.time()
    await outbox.claim(desk.link, number, now, 0.0, "dead", 10)
    await outbox.mark_sending(desk.link, [(key, "") for key in made], "knowing", "", now, 0.0, "dead")
    channel.known[made[1]] = Receipt("delivered")
    assert await desk.job.start(number) == 0.0
    await asyncio.sleep(0.05)
    assert (await desk.row(made[1])).state == "delivered"
    await desk.job.close()


async def test_a_batch_without_an_answer_is_looked_up_and_what_never_came_is_sent_alone(
    office: Any, pushed: Any, knowing: Any
) -> None:
    channel = knowing(TimeoutError("no answer"), Receipt("accepted"))
    desk = office(channel)
    made = await desk.enqueue(
        *(pushed("batch", "knowing", to=f"0101234{number:04}", member="") for number in range(40))
    )
    channel.known = {key: Receipt("accepted") if place % 2 else Receipt("retry") for place, key in enumerate(made)}
    await desk.run()
    assert set(await desk.states(made)) == {"accepted"}
    times = [sum(each.key == key for each in channel.got) for key in made]
    assert max(times) == 2, "what had never come was sent again"
    assert sorted(channel.batches)[-1] > 1
    assert channel.batches.count(1) >= sum(each == 2 for each in times) > 0


@pytest.mark.parametrize(
    ("known", "state", "sends"),
    [(Receipt("delivered"), "delivered", 1), (Receipt("retry"), "accepted", 2), (None, "unknown", 1)],
)
async def test_a_request_of_which_a_channel_can_not_tell_is_looked_up_as_well(
    office: Any, pushed: Any, knowing: Any, known: Receipt | None, state: str, sends: int
) -> None:
    channel = knowing(Receipt("unknown", "no answer"), Receipt("accepted"))
    desk = office(channel)
    [key] = await desk.enqueue(pushed(channel="knowing"))
    channel.known[key] = known
    await desk.run()
    assert ((await desk.row(key)).state, len(channel.got)) == (state, sends)


async def test_one_bad_request_does_not_take_its_batch_along(office: Any, pushed: Any, batched: Any) -> None:
    async def picky(requests: Any) -> list[Receipt]:
        if any(each.variables.get("bad") for each in requests):
            raise KeyError("bad")
        return [Receipt("accepted") for _ in requests]

    channel = batched(picky)
    desk = office(channel, policy=Policy(tries=2, first=0.01, longest=0.02))
    made = [pushed(f"c{number}", "batched", variables={"bad": "x"} if number == 13 else {}) for number in range(30)]
    found = await desk.enqueue(*made)
    await desk.run()
    assert await desk.states(found) == ["parked" if number == 13 else "accepted" for number in range(30)]
    poison = await desk.row(found[13])
    assert (poison.reason, poison.attempts) == ("poison", desk.policy.tries)


async def test_a_request_that_can_not_be_made_ready_is_parked_and_the_others_go(
    office: Any, pushed: Any, batched: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(row: Any, *more: Any) -> Any:
        if row.push.cause == "c3":
            raise RuntimeError("01012345678 is not for the logs")
        return judged(row, *more)

    from dangol.worker import preparing

    judged = preparing.case_of
    monkeypatch.setattr(preparing, "case_of", unreadable)
    desk = office(batched(), policy=Policy(first=0.01, longest=0.01, poison=3))
    found = await desk.enqueue(*(pushed(f"c{number}", "batched") for number in range(6)))
    await desk.run()
    assert await desk.states(found) == ["parked" if number == 3 else "accepted" for number in range(6)]
    assert (await desk.row(found[3])).detail.startswith("RuntimeError in ")


async def test_a_request_over_which_workers_end_is_parked(office: Any, pushed: Any, scripted: Any) -> None:
    desk = office(scripted(), policy=Policy(poison=1))
    [key] = await desk.enqueue(pushed())
    number = outbox.partition(key)
    assert number is not None
    for claim in range(12):
        await outbox.claim(desk.link, number, time.time() + claim, 0.5, "dead", 10)
    await desk.link.call("ZADD", keys.due(number), 0, key)
    await desk.run()
    assert (await desk.row(key)).state == "parked"


async def test_what_is_parked_can_be_released(office: Any, pushed: Any, scripted: Any) -> None:
    desk = office()
    [key] = await desk.enqueue(pushed())
    await desk.run()
    repaired = office(scripted())
    assert await outbox.release(desk.link, [key, key], time.time()) == 1
    await repaired.run()
    assert (await repaired.row(key)).state == "accepted"


async def test_a_dispatcher_that_lost_its_row_changes_nothing(office: Any, pushed: Any, scripted: Any) -> None:
    async def slow() -> Receipt:
        await outbox.claim(desk.link, outbox.partition(key) or 0, time.time() + 100, 15.0, "another", 10)
        return Receipt("failed", "too late")

    desk = office(scripted(slow))
    [key] = await desk.enqueue(pushed())
    assert await desk.job.lane(Place("dispatch", outbox.partition(key) or 0), "token").step() == 0.0
    await desk.job.close()
    assert (await desk.row(key)).state == "sending"


async def test_no_more_calls_than_the_limit_are_made_at_once(office: Any, pushed: Any, scripted: Any) -> None:
    running, most = 0, 0

    async def slow() -> Receipt:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.005)
        running -= 1
        return Receipt("accepted")

    desk = office(scripted(slow), policy=Policy(concurrency=4))
    made = await desk.enqueue(*(pushed(f"c{number}") for number in range(20)))
    await desk.run()
    assert most == 4
    assert desk.job.free == desk.policy.rows
    assert set(await desk.states(made)) == {"accepted"}


async def test_what_finds_no_room_at_its_sender_is_given_back(office: Any, pushed: Any, scripted: Any) -> None:
    gate = asyncio.Event()

    async def stuck() -> Receipt:
        await gate.wait()
        return Receipt("accepted")

    desk = office(scripted(stuck), policy=Policy(concurrency=1, patience=0.02))
    made = await desk.enqueue(pushed("a"), pushed("b"))
    await asyncio.gather(*(desk.job.start(number) for number in range(16)))
    await asyncio.sleep(0.2)
    rows = [await desk.row(key) for key in made]
    assert sorted((row.state, row.attempts, row.reason) for row in rows) == [("queued", 0, "rate"), ("sending", 1, "")]
    gate.set()
    await desk.run()
    assert set(await desk.states(made)) == {"accepted"}


async def test_who_comes_to_a_sender_that_is_full_does_not_wait_and_gets_a_turn(
    office: Any, pushed: Any, scripted: Any
) -> None:
    gate = asyncio.Event()

    async def stuck() -> Receipt:
        await gate.wait()
        return Receipt("accepted")

    desk = office(scripted(stuck), policy=Policy(concurrency=1, patience=0.3))
    made = await desk.enqueue(pushed("a"), pushed("b"))
    await asyncio.gather(*(desk.job.start(number) for number in range(16)))
    await asyncio.sleep(0.35)
    made += await desk.enqueue(pushed("c"), pushed("d"))
    began = time.monotonic()
    await asyncio.gather(*(desk.job.start(number) for number in range(16)))
    while len(desk.job.working) > 1:
        await asyncio.sleep(0.002)
    assert time.monotonic() - began < 0.25
    dues = sorted(row.due for row in [await desk.row(key) for key in made] if row.reason == "rate")
    assert [late - early >= 0.19 for early, late in pairwise(dues)] == [True, True]
    gate.set()
    await desk.job.close()


async def test_a_worker_takes_no_more_rows_than_it_has_room_for(office: Any, pushed: Any, scripted: Any) -> None:
    desk = office(scripted(), policy=Policy(rows=5))
    await desk.enqueue(*(pushed(f"c{number}") for number in range(BATCH)))
    number = outbox.partition(pushed("c0").key)
    assert await desk.job.start(number) == 0.0
    assert desk.job.free == 0
    assert await desk.job.start(number) == 0.05
    await desk.job.close()


async def test_what_is_sent_to_many_by_a_slow_provider_leaves_room_for_others(
    office: Any, pushed: Any, scripted: Any, repeatable: Any
) -> None:
    gate = asyncio.Event()

    async def stuck() -> Receipt:
        await gate.wait()
        return Receipt("accepted")

    desk = office(scripted(stuck), repeatable(), policy=Policy(rows=1000))
    await desk.enqueue(*(pushed(f"c{number}", origin="manual", profile=f"m{number}") for number in range(1000)))
    for _ in range(3):
        await asyncio.gather(*(desk.job.start(number) for number in range(16)))
    assert desk.job.free >= 200
    [key] = await desk.enqueue(pushed("one", "repeatable"))
    await desk.job.start(outbox.partition(key) or 0)
    async with asyncio.timeout(2):
        while (await desk.row(key)).state != "accepted":
            await asyncio.sleep(0.01)
    gate.set()
    await desk.job.close()
    assert desk.job.free == desk.policy.rows


async def test_what_a_provider_accepted_is_written_down_after_the_store_was_away(
    office: Any, pushed: Any, store: Any, scripted: Any
) -> None:
    helper = Link(store.url)

    async def cut() -> Receipt:
        await helper.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
        return Receipt("accepted")

    channel = scripted(cut)
    desk = office(channel, policy=Policy())
    [key] = await desk.enqueue(pushed())
    assert await desk.job.lane(Place("dispatch", outbox.partition(key) or 0), "token").step() == 0.0
    await desk.job.close()
    helper.close()
    assert ((await desk.row(key)).state, len(channel.got)) == ("accepted", 1)
