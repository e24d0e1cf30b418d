"""The wrapper around every call of a plugin: it limits, checks, counts and reports, and lets only results through."""

import asyncio
import logging
import time
import traceback
from collections import Counter
from collections.abc import Callable, Coroutine
from types import UnionType
from typing import Any, TypeVar

import prometheus_client

from dangol.errors import PluginFailure, Unavailable
from dangol.host.breaker import CLOSED, Breaker, admitted, failed
from dangol.host.eager import Overrun, within
from dangol.plugin import Plugin

T = TypeVar("T")
Expected = type | UnionType | tuple[type, ...]

RUN_BUDGET = 0.02
"""Seconds that a plain (not async) method may take before it counts as slow."""

SHOWN = 300
"""Characters of an exception that the operator is shown."""

CALLS = prometheus_client.Counter(
    "dangol_plugin_calls", "Calls of plugins by what became of them.", ["plugin", "method", "outcome"]
)
SECONDS = prometheus_client.Histogram(
    "dangol_plugin_seconds",
    "Time that plugins took.",
    ["plugin", "method"],
    buckets=(0.0001, 0.0005, 0.002, 0.01, 0.05, 0.2, 1.0, 5.0),
)

logger = logging.getLogger(__name__)


class Record:
    """What the guard knows of one plugin: its breaker, its calls by outcome, and how its last call ended."""

    __slots__ = ("breaker", "detail", "outcomes", "state")

    def __init__(self) -> None:
        self.breaker: Breaker = CLOSED
        self.outcomes: Counter[str] = Counter()
        self.state = "ok"
        self.detail = ""


class Guard:
    """Calls plugins for one event loop; `clock` is seconds, monotonic.

    A call gives the plugin's result or raises PluginFailure of the kind

    - ``raised``: the plugin raised an exception;
    - ``slow``: it was cancelled at the end of its budget;
    - ``result``: what it returned is not of the expected type;
    - ``off``: it failed `breaker.LIMIT` times in a row and is left out for a while.

    A result that comes late all the same, since Python code can't be pre-empted, is used but counts as slow.
    `Unavailable`, cancellation of the caller and other BaseExceptions pass through.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._records: dict[str, Record] = {}
        self._succeeded: dict[tuple[str, str], Callable[[], None]] = {}
        self._observe: dict[tuple[str, str], Callable[[float], None]] = {}

    def record(self, name: str) -> Record:
        """What is known of the plugin of this name."""
        return self._records.setdefault(name, Record())

    def note(self, failure: PluginFailure) -> None:
        """Tell the operator of a failure that was found outside a call."""
        record = self.record(failure.plugin)
        record.state, record.detail = failure.kind, failure.detail
        logger.error("%s; dangol goes on without it", failure)

    async def call(
        self,
        plugin: Plugin,
        method: str,
        make: Callable[[], Coroutine[Any, Any, T]],
        *,
        budget: float,
        expect: Expected,
    ) -> T:
        """Await the coroutine that `make` returns for `budget` seconds; its result must be an instance of `expect`."""
        started = self._admit(plugin, method)
        try:
            result = await within(budget, make())
        except Overrun as error:
            raise self._failed(plugin, method, started, "slow", _late(budget)) from error
        except Unavailable:
            raise  # the store's fault: it must not switch off the plugins that need it
        except Exception as error:
            raise self._failed(plugin, method, started, *_told(plugin, error)) from error
        except asyncio.CancelledError as error:
            if _cancelled_from_outside():
                raise
            raise self._failed(plugin, method, started, "raised", "it cancelled itself") from error
        self._settle(plugin, method, started, budget, result, expect)
        return result

    def run(
        self,
        plugin: Plugin,
        method: str,
        function: Callable[[], T],
        *,
        expect: Expected,
        budget: float = RUN_BUDGET,
    ) -> T:
        """The same for a plain function. A generator must be used up inside `function` to be guarded."""
        started = self._admit(plugin, method)
        try:
            result = function()
        except Exception as error:
            raise self._failed(plugin, method, started, *_told(plugin, error)) from error
        self._settle(plugin, method, started, budget, result, expect)
        return result

    def _admit(self, plugin: Plugin, method: str) -> float:
        now = self._clock()
        record = self.record(plugin.name)
        breaker = admitted(record.breaker, now)
        if breaker is None:
            record.outcomes["off"] += 1
            CALLS.labels(plugin.name, method, "off").inc()
            left = record.breaker.off_until - now
            raise PluginFailure(plugin.name, "off", f"switched off after failures; next trial in {left:.0f} s")
        record.breaker = breaker
        return now

    def _settle(
        self, plugin: Plugin, method: str, started: float, budget: float, result: object, expect: Expected
    ) -> None:
        if not isinstance(result, expect):
            detail = f"returned {type(result).__name__}, expected {_type_name(expect)}"
            raise self._failed(plugin, method, started, "result", detail)
        if self._clock() - started > budget:
            self._failed(plugin, method, started, "slow", _late(budget))
            return
        self._count_success(plugin.name, method, started)

    def _count_success(self, name: str, method: str, started: float) -> None:
        key = (name, method)
        if key not in self._succeeded:  # looking a labelled metric up costs more than the rest of the guard
            self._succeeded[key] = CALLS.labels(name, method, "ok").inc
            self._observe[key] = SECONDS.labels(name, method).observe
        self._succeeded[key]()
        self._observe[key](self._clock() - started)
        record = self._records[name]
        record.outcomes["ok"] += 1
        record.state, record.detail = "ok", ""
        if record.breaker.off:
            logger.warning("plugin %s: works again", name)
        record.breaker = CLOSED

    def _failed(self, plugin: Plugin, method: str, started: float, kind: str, detail: str) -> PluginFailure:
        now = self._clock()
        record = self._records[plugin.name]
        was_off = record.breaker.off
        record.breaker = failed(record.breaker, started, now)
        record.outcomes[kind] += 1
        record.state, record.detail = ("off" if record.breaker.off else kind), f"{method}: {detail}"
        CALLS.labels(plugin.name, method, kind).inc()
        SECONDS.labels(plugin.name, method).observe(now - started)
        logger.warning("plugin %s: %s (%s): %s", plugin.name, method, kind, detail, exc_info=kind == "raised")
        if record.breaker.off and not was_off:
            logger.error("plugin %s: switched off for %.0f s", plugin.name, record.breaker.pause)
        return PluginFailure(plugin.name, kind, f"{method}: {detail}")


def describe(error: BaseException) -> str:
    """An exception in one line, also where its own ``__str__`` raises."""
    text = " ".join("".join(traceback.format_exception_only(error)).split())
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"


def _cancelled_from_outside() -> bool:
    task = asyncio.current_task()
    return task is None or task.cancelling() > 0


def _told(plugin: Plugin, error: Exception) -> tuple[str, str]:
    """The kind of a failure and its detail; the host's own checks inside a call have said both already."""
    if isinstance(error, PluginFailure) and error.plugin == plugin.name:
        return error.kind, error.detail
    return "raised", describe(error)


def _late(budget: float) -> str:
    return f"took longer than its budget of {budget * 1000:.0f} ms"


def _type_name(expect: Expected) -> str:
    if isinstance(expect, tuple):
        return " or ".join(_type_name(each) for each in expect)
    return expect.__name__ if isinstance(expect, type) else str(expect)
