"""Handing push requests to their channels: claim what is due, send, and write down what became of it."""

import asyncio
import logging
import random
import secrets
import time
from dataclasses import dataclass, fields, replace
from math import isfinite
from typing import Literal

import msgspec

from dangol.errors import PluginFailure, Unavailable
from dangol.host.guard import Guard
from dangol.host.registry import Registry
from dangol.plugin import Channel, Receipt
from dangol.store import outbox
from dangol.store.link import Link
from dangol.store.outbox import Row
from dangol.worker.job import Job, Lane
from dangol.worker.leases import Place
from dangol.worker.metrics import PUSHES, SENDS

CLAIM = 16
FULL_PAUSE = 0.05
"""Seconds until rows that found no room are looked at again."""

DAY = 86_400.0
UNSENT = frozenset({"missing", "import", "api", "off"})
"""Kinds of PluginFailure that come before the channel is called."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Policy:
    """How sends are tried. `budget` and pauses are seconds: the n-th pause is ``first * factor ** (n - 1)``, at most
    `longest`, of which a random half is taken off so that retries spread. With the defaults a provider may be away for
    two hours. A row's lease outlives the budget by `margin`: that long its outcome may take to be written down, and
    that much workers' clocks may differ. `keep` is how long a finished row can be looked up."""

    budget: float = 10.0
    tries: int = 8
    first: float = 5.0
    factor: float = 4.0
    longest: float = 3600.0
    concurrency: int = 64
    margin: float = 5.0
    keep: float = 90 * DAY

    def pause(self, attempts: int, asked: float = 0.0) -> float:
        """Seconds until the next attempt after so many; `asked` is what the provider asked for, at most a day."""
        whole = min(self.first * self.factor ** min(attempts - 1, 50), self.longest)
        wish = min(asked, DAY) if isfinite(asked) else 0.0
        return max(whole * random.uniform(0.5, 1.0), wish)  # noqa: S311


@dataclass(frozen=True, slots=True)
class Outcome:
    """What to write into the row: a final state, or "queued" for another attempt after `pause` seconds."""

    state: Literal["accepted", "delivered", "failed", "unknown", "queued"]
    reason: str = ""
    provider_id: str = ""
    pause: float = 0.0
    counted: bool = True


def judge_receipt(receipt: Receipt, attempts: int, policy: Policy) -> Outcome:
    """What follows from a channel's own answer."""
    if receipt.state != "retry":
        return Outcome(receipt.state, receipt.reason, receipt.provider_id)
    if attempts >= policy.tries:
        return Outcome("failed", f"given up after {attempts} attempts: {receipt.reason}")
    return Outcome("queued", receipt.reason, pause=policy.pause(attempts, receipt.retry_after))


def judge_failure(failure: PluginFailure, idempotent: bool, attempts: int, policy: Policy) -> Outcome:
    """What follows when the channel gave no answer: only where nothing was sent, or where a repetition does no harm, is
    it tried again."""
    reason = str(failure)
    if failure.kind == "params":
        return Outcome("failed", reason)
    if failure.kind == "off":
        return Outcome("queued", reason, pause=policy.pause(attempts), counted=False)
    if failure.kind not in UNSENT and not idempotent:
        return Outcome("unknown", f"it may have been sent, and is not sent again: {reason}")
    if attempts >= policy.tries:
        return Outcome("failed", f"given up after {attempts} attempts: {reason}")
    return Outcome("queued", reason, pause=policy.pause(attempts))


def checked(receipt: Receipt, channel: str) -> Receipt:
    """The receipt, once its fields are of their types; raises PluginFailure (result)."""
    try:
        return msgspec.convert({field.name: getattr(receipt, field.name) for field in fields(Receipt)}, Receipt)
    except msgspec.ValidationError as error:
        raise PluginFailure(channel, "result", f"send: {error}") from error


def may_repeat(idempotent: bool, attempts: int, policy: Policy) -> bool:
    """Whether a row may be sent again whose last dispatcher ended while sending."""
    return idempotent and attempts <= policy.tries


INTERRUPTED = Outcome("unknown", "the worker ended while sending; it may have been sent, and is not sent again")


class Dispatch(Job):
    """Sends rows that are due, at most `policy.concurrency` at once over all partitions."""

    name = "dispatch"

    def __init__(self, link: Link, registry: Registry, guard: Guard, policy: Policy) -> None:
        self.link = link
        self.registry = registry
        self.guard = guard
        self.policy = policy
        self.free = policy.concurrency
        self.sending: set[asyncio.Task[None]] = set()

    def lane(self, place: Place, token: str) -> Lane:
        """One partition's rows."""
        return _Claims(self, place.number)

    async def close(self) -> None:
        """Wait for the sends under way; each has its time budget."""
        await asyncio.gather(*self.sending)

    async def start(self, number: int) -> float | None:
        """Start sending what is due, as far as there is room; returns as `Lane.step` does."""
        token = secrets.token_hex(8)  # not the lane's: a send that outlived its lease must not write over a later one
        due = await outbox.due(self.link, number, time.time(), CLAIM)
        chosen = due[: self.free]
        for row in await self._claim(chosen, token):
            task = asyncio.create_task(self._deliver(row, token))
            self.sending.add(task)
            task.add_done_callback(self._done)
        if len(chosen) < len(due):
            return FULL_PAUSE
        return 0.0 if due else None

    async def _claim(self, due: list[str], token: str) -> list[Row]:
        """Room is taken before the store is asked, since other partitions ask at the same time."""
        self.free -= len(due)
        rows: list[Row] = []
        try:
            rows = await outbox.claim(self.link, due, time.time(), self.policy.budget + self.policy.margin, token)
        finally:
            self.free += len(due) - len(rows)
        return rows

    def _done(self, task: asyncio.Task[None]) -> None:
        self.free += 1
        self.sending.discard(task)
        if not task.cancelled() and (error := task.exception()):
            logger.error("a push request could not be written down", exc_info=error)

    async def _deliver(self, row: Row, token: str) -> None:
        outcome = await self._attempt(row)
        SENDS.labels(row.channel, outcome.state).inc()
        deadline = time.monotonic() + self.policy.margin
        while not await self._settled(row, token, outcome):
            if time.monotonic() > deadline:
                logger.error("push request %s: %s can't be written down", row.key, outcome.state)
                return
            await asyncio.sleep(self.policy.margin / 20)

    async def _settled(self, row: Row, token: str, outcome: Outcome) -> bool:
        """Write the outcome; False where the store is away, since what a provider accepted must not be forgotten."""
        try:
            kept = await self._write(row, token, outcome)
        except Unavailable:
            return False
        if kept:
            PUSHES.labels(outcome.state).inc()
        else:
            logger.warning("push request %s: its lease ended before %s", row.key, outcome.state)
        return True

    async def _write(self, row: Row, token: str, outcome: Outcome) -> bool:
        now = time.time()
        if outcome.state == "queued":
            attempts = row.attempts if outcome.counted else row.attempts - 1
            due = now + outcome.pause
            return await outbox.retry_at(self.link, row.key, token, due, now, reason=outcome.reason, attempts=attempts)
        return await outbox.finish(
            self.link,
            row.key,
            token,
            outcome.state,
            now,
            reason=outcome.reason,
            provider_id=outcome.provider_id,
            keep=self.policy.keep,
        )

    async def _attempt(self, row: Row) -> Outcome:
        idempotent = False
        try:
            channel = self.registry.channel(row.channel)
            idempotent = channel.idempotent
            if row.state == "sending" and not may_repeat(idempotent, row.attempts, self.policy):
                return INTERRUPTED
            return judge_receipt(checked(await self._send(channel, row), row.channel), row.attempts, self.policy)
        except PluginFailure as failure:
            if row.state == "sending" and not idempotent:
                return INTERRUPTED
            return judge_failure(failure, idempotent, row.attempts, self.policy)

    async def _send(self, channel: Channel, row: Row) -> Receipt:
        params = _params(row, channel.Params)
        request = replace(row.request, attempt=row.attempts)
        budget = self.policy.budget
        return await self.guard.call(
            channel, "send", lambda: channel.send(params, request), budget=budget, expect=Receipt
        )


def _params(row: Row, shape: type[msgspec.Struct]) -> msgspec.Struct:
    try:
        return msgspec.convert(row.params, shape)
    except msgspec.ValidationError as error:
        raise PluginFailure(row.channel, "params", str(error)) from error


class _Claims(Lane):
    def __init__(self, job: Dispatch, number: int) -> None:
        self.job = job
        self.number = number

    async def step(self) -> float | None:
        return await self.job.start(self.number)
