"""What becomes of a push request, for every way in which handing it over can go."""

import asyncio
import math
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangol.errors import PluginFailure
from dangol.host.guard import Guard
from dangol.host.registry import Registry
from dangol.plugin import Channel, PushRequest, Receipt
from dangol.store import outbox
from dangol.store.link import Link
from dangol.store.outbox import Row
from dangol.worker import dispatch
from dangol.worker.dispatch import Dispatch, Policy
from dangol.worker.leases import Place

pytestmark = pytest.mark.anyio

QUICK = Policy(budget=0.2, tries=3, first=0.01, longest=0.02)
NUMBER = 0


def request(cause: str) -> PushRequest:
    return PushRequest(f"{NUMBER:02x}" + outbox.key_of("shop", cause, "m")[2:], "shop", cause, "m")


async def enqueue(link: Link, channel: str, *causes: str, params: dict[str, Any] | None = None) -> list[str]:
    made = [request(cause) for cause in causes]
    for each in made:
        await outbox.enqueue(link, each, channel, params or {}, time.time())
    return [each.key for each in made]


async def send_all(link: Link, channel: Channel | None, policy: Policy = QUICK) -> Dispatch:
    """Runs one partition until nothing waits any more, as one worker would."""
    registry = Registry.of([channel] if channel else [])
    job = Dispatch(link, registry, Guard(), policy)
    lane = job.lane(Place("dispatch", NUMBER), "token")
    async with asyncio.timeout(5):
        while await outbox.waiting(link, NUMBER):
            await lane.step()
            await asyncio.sleep(0.002)
    await job.close()
    return job


async def row(link: Link, key: str) -> Row:
    found = await outbox.read(link, key)
    assert found is not None
    return found


async def test_an_accepted_request_is_done(link: Link, scripted: Any) -> None:
    [key] = await enqueue(link, "scripted", "a")
    channel = scripted(Receipt("accepted", provider_id="p-1"))
    await send_all(link, channel)
    done = await row(link, key)
    assert (done.state, done.provider_id, done.attempts) == ("accepted", "p-1", 1)
    assert [each.key for each in channel.got] == [key]


async def test_a_retry_is_sent_again_with_the_same_key_and_a_higher_attempt(link: Link, scripted: Any) -> None:
    [key] = await enqueue(link, "scripted", "a")
    channel = scripted(Receipt("retry", "busy"), Receipt("retry", "busy"), Receipt("accepted"))
    await send_all(link, channel)
    assert [(each.key, each.attempt) for each in channel.got] == [(key, 1), (key, 2), (key, 3)]
    assert (await row(link, key)).state == "accepted"


async def test_retries_end(link: Link, scripted: Any) -> None:
    [key] = await enqueue(link, "scripted", "a")
    channel = scripted(Receipt("retry", "busy"))
    await send_all(link, channel)
    done = await row(link, key)
    assert (done.state, len(channel.got)) == ("failed", 3)
    assert done.reason == "given up after 3 attempts: busy"


async def test_an_exception_leaves_a_request_unknown_that_could_be_doubled(link: Link, scripted: Any) -> None:
    [key] = await enqueue(link, "scripted", "a")
    channel = scripted(RuntimeError("connection lost"))
    await send_all(link, channel)
    done = await row(link, key)
    assert (done.state, len(channel.got)) == ("unknown", 1)
    assert "connection lost" in done.reason


async def test_an_exception_is_tried_again_where_repetition_is_harmless(link: Link, repeatable: Any) -> None:
    [key] = await enqueue(link, "repeatable", "a")
    channel = repeatable(RuntimeError("connection lost"), Receipt("accepted"))
    await send_all(link, channel)
    assert ((await row(link, key)).state, len(channel.got)) == ("accepted", 2)


async def test_a_channel_that_takes_too_long_is_cut_off(link: Link, scripted: Any, repeatable: Any) -> None:
    async def for_ever() -> Receipt:
        await asyncio.sleep(60)
        return Receipt("accepted")

    for kind, state, sends in ((scripted, "unknown", 1), (repeatable, "accepted", 2)):
        channel = kind(for_ever, Receipt("accepted"))
        [key] = await enqueue(link, channel.name, channel.name)
        await send_all(link, channel)
        assert ((await row(link, key)).state, len(channel.got)) == (state, sends)


@pytest.mark.parametrize("answer", [None, "accepted", Receipt("done"), Receipt("retry", retry_after="soon")])  # type: ignore[arg-type]
async def test_an_answer_that_is_none_leaves_a_request_unknown(link: Link, scripted: Any, answer: Any) -> None:
    [key] = await enqueue(link, "scripted", "a")
    await send_all(link, scripted(answer))
    assert (await row(link, key)).state == "unknown"


async def test_parameters_that_do_not_fit_fail_without_a_send(link: Link, scripted: Any) -> None:
    [key] = await enqueue(link, "scripted", "a", params={"colour": "red"})
    channel = scripted()
    await send_all(link, channel)
    done = await row(link, key)
    assert (done.state, channel.got) == ("failed", [])
    assert "colour" in done.reason


async def test_a_missing_channel_is_waited_for_and_then_given_up(link: Link) -> None:
    [key] = await enqueue(link, "nowhere", "a")
    await send_all(link, None)
    done = await row(link, key)
    assert (done.state, done.attempts) == ("failed", 3)
    assert "no channel of this name is installed" in done.reason


async def test_a_row_whose_dispatcher_died_is_not_sent_blindly(link: Link, scripted: Any) -> None:
    [key] = await enqueue(link, "scripted", "a")
    await outbox.claim(link, [key], time.time(), 0.05, "dead")
    channel = scripted()
    await send_all(link, channel)
    assert ((await row(link, key)).state, channel.got) == ("unknown", [])


async def test_a_row_whose_dispatcher_died_is_sent_again_where_repetition_is_harmless(
    link: Link, repeatable: Any
) -> None:
    [key] = await enqueue(link, "repeatable", "a")
    await outbox.claim(link, [key], time.time(), 0.05, "dead")
    channel = repeatable()
    await send_all(link, channel)
    assert ((await row(link, key)).state, [each.attempt for each in channel.got]) == ("accepted", [2])


async def test_a_row_whose_dispatcher_died_stays_unknown_when_its_channel_is_gone(link: Link) -> None:
    [key] = await enqueue(link, "nowhere", "a")
    await outbox.claim(link, [key], time.time(), 0.05, "dead")
    await send_all(link, None)
    assert (await row(link, key)).state == "unknown"


async def test_a_dispatcher_that_lost_its_row_changes_nothing(link: Link, scripted: Any) -> None:
    [key] = await enqueue(link, "scripted", "a")

    async def slow() -> Receipt:
        await outbox.claim(link, [key], time.time() + 100, 15.0, "another")
        return Receipt("failed", "too late")

    job = Dispatch(link, Registry.of([scripted(slow)]), Guard(), QUICK)
    assert await job.lane(Place("dispatch", NUMBER), "token").step() == 0.0
    await job.close()
    assert (await row(link, key)).state == "sending"


async def test_no_more_than_the_limit_are_sent_at_once(link: Link, scripted: Any) -> None:
    running, most = 0, 0

    async def slow() -> Receipt:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.005)
        running -= 1
        return Receipt("accepted")

    keys = await enqueue(link, "scripted", *(f"c{number}" for number in range(20)))
    job = await send_all(link, scripted(slow), Policy(concurrency=4))
    assert most == 4
    assert job.free == 4
    assert {(await row(link, key)).state for key in keys} == {"accepted"}


async def test_no_partition_waits_while_there_is_room(link: Link, scripted: Any) -> None:
    made = [PushRequest(outbox.key_of("shop", "a", str(number)), "shop", "a", str(number)) for number in range(40)]
    for each in made:
        await outbox.enqueue(link, each, "scripted", {}, time.time())
    job = Dispatch(link, Registry.of([scripted()]), Guard(), Policy(concurrency=40))
    await asyncio.gather(*(job.lane(Place("dispatch", number), "token").step() for number in range(16)))
    await job.close()
    assert {(await row(link, each.key)).state for each in made} == {"accepted"}


async def test_what_a_provider_accepted_is_written_down_after_the_store_was_away(
    link: Link, store: Any, scripted: Any
) -> None:
    [key] = await enqueue(link, "scripted", "a")
    helper = Link(store.url)

    async def cut() -> Receipt:
        await helper.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
        return Receipt("accepted")

    channel = scripted(cut)
    job = Dispatch(link, Registry.of([channel]), Guard(), Policy())
    assert await job.lane(Place("dispatch", NUMBER), "token").step() == 0.0
    await job.close()
    helper.close()
    assert ((await row(link, key)).state, len(channel.got)) == ("accepted", 1)


@given(st.integers(1, 10_000), st.one_of(st.floats(), st.just(math.nan), st.just(math.inf)))
def test_a_pause_grows_within_bounds(attempts: int, asked: float) -> None:
    policy = Policy()
    pause = policy.pause(attempts, asked)
    whole = min(policy.first * policy.factor ** min(attempts - 1, 50), policy.longest)
    assert whole / 2 <= pause <= dispatch.DAY
    if math.isfinite(asked):
        assert pause >= min(asked, dispatch.DAY)


@given(st.sampled_from(["raised", "slow", "result", "off", "missing", "import", "api"]), st.integers(1, 20))
def test_only_what_was_surely_not_sent_may_be_repeated_without_an_idempotent_provider(kind: str, attempts: int) -> None:
    outcome = dispatch.judge_failure(PluginFailure("p", kind, "x"), False, attempts, Policy())
    assert (outcome.state == "unknown") == (kind in ("raised", "slow", "result"))
