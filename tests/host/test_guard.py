import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping
from typing import Any

import prometheus_client
import pytest

from dangol.errors import PluginFailure, Unavailable
from dangol.host.breaker import LIMIT, PAUSE
from dangol.host.guard import Guard
from dangol.plugin import View, Widget

pytestmark = pytest.mark.anyio


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Hello(Widget):
    name = "guarded"
    api = 1
    slot = "corner"

    async def context(self, params: Any, view: View) -> Mapping[str, Any] | None:
        return {}


HELLO = Hello()
Calling = Callable[..., Any]


async def call(guard: Guard, method: Calling, budget: float = 5.0, expect: Any = dict) -> Any:
    return await guard.call(HELLO, "context", method, budget=budget, expect=expect)


async def fails(guard: Guard, method: Calling, budget: float = 5.0) -> PluginFailure:
    with pytest.raises(PluginFailure) as failure:
        await call(guard, method, budget)
    return failure.value


async def good() -> dict[str, int]:
    return {"a": 1}


async def good_after_a_wait() -> dict[str, int]:
    await asyncio.sleep(0)
    return {"a": 1}


async def raising() -> dict[str, int]:
    raise ValueError("no\nluck")


async def raising_after_a_wait() -> dict[str, int]:
    await asyncio.sleep(0)
    return await raising()


async def hanging() -> dict[str, int]:
    await asyncio.Event().wait()
    return {}


@pytest.mark.parametrize("method", [good, good_after_a_wait])
async def test_a_result_comes_through(method: Calling) -> None:
    guard = Guard()
    assert await call(guard, method) == {"a": 1}
    assert guard.record("guarded").outcomes == {"ok": 1}


@pytest.mark.parametrize("method", [raising, raising_after_a_wait])
async def test_an_exception_names_plugin_method_and_error(method: Calling, caplog: pytest.LogCaptureFixture) -> None:
    failure = await fails(Guard(), method)
    assert (failure.plugin, failure.kind, failure.detail) == ("guarded", "raised", "context: ValueError: no luck")
    assert "plugin guarded: context (raised): ValueError: no luck" in caplog.text
    assert "Traceback" in caplog.text


async def test_a_call_over_its_budget_is_cancelled_and_slow() -> None:
    failure = await fails(Guard(), hanging, budget=0.01)
    assert failure.kind == "slow"
    assert "10 ms" in failure.detail


async def test_a_time_out_of_the_plugins_own_is_not_slow() -> None:
    async def impatient() -> None:
        async with asyncio.timeout(0.001):
            await hanging()

    assert (await fails(Guard(), impatient)).kind == "raised"


async def test_a_plugin_that_ignores_the_cancellation_counts_as_slow_but_its_result_is_used() -> None:
    async def stubborn() -> dict[str, int]:
        with contextlib.suppress(asyncio.CancelledError):
            await hanging()
        return {"late": 1}

    guard = Guard()
    assert await call(guard, stubborn, budget=0.01) == {"late": 1}
    assert guard.record("guarded").outcomes == {"slow": 1}


async def test_a_wrong_result_is_told_with_what_was_expected() -> None:
    with pytest.raises(PluginFailure, match="context: returned dict, expected list or str") as failure:
        await call(Guard(), good, expect=(list, str))
    assert failure.value.kind == "result"


async def test_a_check_inside_the_call_tells_its_own_kind() -> None:
    async def checked() -> None:
        raise PluginFailure("guarded", "result", "template.html: no")

    async def asking_another() -> None:
        raise PluginFailure("another", "off", "switched off")

    assert (await fails(Guard(), checked)).kind == "result"
    assert (await fails(Guard(), asking_another)).kind == "raised"


async def test_none_is_right_where_it_is_expected() -> None:
    async def nothing() -> None:
        return None

    assert await call(Guard(), nothing, expect=Mapping | None) is None


async def test_the_cancellation_of_the_caller_passes_through() -> None:
    guard = Guard()
    task = asyncio.ensure_future(call(guard, hanging))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not guard.record("guarded").outcomes


async def test_a_cancellation_that_nobody_asked_for_is_the_plugins_failure() -> None:
    async def lost() -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        future.cancel()
        await future

    assert (await fails(Guard(), lost)).detail == "context: it cancelled itself"


async def test_an_exit_is_never_swallowed() -> None:
    async def leaving() -> None:
        raise SystemExit(3)

    with pytest.raises(SystemExit):
        await call(Guard(), leaving)


async def test_it_is_switched_off_tried_once_and_switched_on_again(caplog: pytest.LogCaptureFixture) -> None:
    clock = Clock()
    guard = Guard(clock)
    for _ in range(LIMIT):
        assert (await fails(guard, raising)).kind == "raised"
    assert (await fails(guard, good)).kind == "off"
    clock.now += PAUSE
    assert (await fails(guard, raising)).kind == "raised"
    assert (await fails(guard, good)).kind == "off"
    clock.now += 2 * PAUSE
    assert await call(guard, good) == {"a": 1}
    assert await call(guard, good) == {"a": 1}
    assert guard.record("guarded").outcomes == {"raised": LIMIT + 1, "off": 2, "ok": 2}
    assert [record.message for record in caplog.records if record.levelno == logging.ERROR] == [
        f"plugin guarded: switched off for {PAUSE:.0f} s"
    ]
    assert "plugin guarded: works again" in caplog.text


async def test_one_plugin_that_is_off_leaves_the_others_on() -> None:
    class Other(Hello):
        name = "guarded_too"
        api = 1

    guard = Guard()
    for _ in range(LIMIT):
        await fails(guard, raising)
    assert await guard.call(Other(), "context", good, budget=1, expect=dict) == {"a": 1}


async def test_a_wait_resumes_with_what_the_loop_sends_and_raises() -> None:
    async def catching() -> dict[str, str]:
        loop = asyncio.get_running_loop()
        told = loop.create_future()
        loop.call_soon(told.set_exception, KeyError("inside"))
        try:
            await told
        except KeyError as error:
            return {"caught": str(error), "then": await asyncio.sleep(0, "next")}
        return {}

    assert await call(Guard(), catching) == {"caught": "'inside'", "then": "next"}


def test_a_plain_method_gives_its_result() -> None:
    assert Guard().run(HELLO, "fact", lambda: 3.5, expect=float) == 3.5


def test_a_plain_method_that_raises_or_returns_nonsense_fails() -> None:
    def division() -> float:
        return 1 / 0

    with pytest.raises(PluginFailure, match=r"\(raised\): fact: ZeroDivisionError"):
        Guard().run(HELLO, "fact", division, expect=float)
    with pytest.raises(PluginFailure, match=r"\(result\): fact: returned str, expected float \| None"):
        Guard().run(HELLO, "fact", lambda: "1", expect=float | None)


def test_a_plain_method_that_is_late_is_used_but_counts_as_slow() -> None:
    clock = Clock()

    def late() -> float:
        clock.now += 0.5
        return 1.0

    guard = Guard(clock)
    assert [guard.run(HELLO, "fact", late, expect=float, budget=0.1) for _ in range(LIMIT)] == [1.0] * LIMIT
    assert guard.record("guarded").outcomes == {"slow": LIMIT}
    with pytest.raises(PluginFailure, match=r"\(off\)"):
        guard.run(HELLO, "fact", late, expect=float, budget=0.1)


def test_an_error_whose_text_fails_too_is_still_told() -> None:
    class Nasty(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    def nasty() -> float:
        raise Nasty

    with pytest.raises(PluginFailure, match="Nasty"):
        Guard().run(HELLO, "fact", nasty, expect=float)


async def test_calls_are_counted_by_outcome_for_the_operator() -> None:
    def value(outcome: str) -> float:
        labels = {"plugin": "guarded", "method": "context", "outcome": outcome}
        return prometheus_client.REGISTRY.get_sample_value("dangol_plugin_calls_total", labels) or 0.0

    guard = Guard()
    before = value("ok"), value("raised")
    await call(guard, good)
    await fails(guard, raising)
    assert (value("ok"), value("raised")) == (before[0] + 1, before[1] + 1)


async def test_a_store_that_is_away_is_not_the_plugins_failure() -> None:
    guard = Guard()

    async def away() -> dict[str, int]:
        raise Unavailable("the store is away")

    for _ in range(10):
        with pytest.raises(Unavailable):
            await call(guard, away)
    assert guard.record(HELLO.name).state == "ok"
