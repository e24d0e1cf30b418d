"""Running a coroutine up to its first wait without a task or a timer, which most never need."""

import asyncio
from collections.abc import Coroutine, Generator
from functools import partial
from types import coroutine
from typing import Any, TypeVar, cast

T = TypeVar("T")


class Overrun(Exception):
    """The budget is used up and the call was cancelled."""


@coroutine
def resumed(started: Coroutine[Any, Any, T], waiting_for: Any) -> Generator[Any, Any, T]:
    """The rest of a coroutine that was sent its first None and answered with `waiting_for`."""
    while True:
        try:
            yield waiting_for
        except BaseException as error:
            step = partial(started.throw, error)
        else:
            step = partial(started.send, None)
        try:
            waiting_for = step()
        except StopIteration as stop:
            return cast(T, stop.value)


async def within(budget: float, work: Coroutine[Any, Any, T]) -> T:
    """The result of `work`, which gets at most `budget` seconds; raises `Overrun` after them. A timer costs more than
    most work: only what waits for something gets one."""
    try:
        waiting_for = work.send(None)
    except StopIteration as stop:
        return cast(T, stop.value)
    timeout = asyncio.timeout(budget)
    try:
        async with timeout:
            return await resumed(work, waiting_for)
    except Exception as error:
        if timeout.expired():
            raise Overrun from error
        raise
