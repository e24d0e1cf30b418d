"""Running a coroutine up to its first wait without a task or a timer, which most calls of plugins never need."""

from collections.abc import Coroutine, Generator
from functools import partial
from types import coroutine
from typing import Any, TypeVar, cast

T = TypeVar("T")


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
