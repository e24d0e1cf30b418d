"""Writing down what became of push requests, as long as their leases last."""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from dangol.errors import Unavailable
from dangol.store import outbox
from dangol.store.link import Link
from dangol.store.outbox import Outcome
from dangol.worker.metrics import PUSHES, REASONS
from dangol.worker.outcomes import Policy

Answer = TypeVar("Answer")

logger = logging.getLogger(__name__)


class Settling:
    """Serves one worker."""

    def __init__(self, link: Link, policy: Policy) -> None:
        self.link = link
        self.policy = policy

    async def settle(self, outcomes: Sequence[Outcome], token: str) -> None:
        """Write down what became of rows. A store that is away is waited for as long as the leases last, since what a
        provider accepted must not be forgotten."""
        if not outcomes:
            return
        try:
            kept = await self.insist(
                lambda: outbox.settle(self.link, token, outcomes, time.time(), keep=self.policy.keep)
            )
        except Unavailable:
            logger.error("what became of %d push requests can't be written down", len(outcomes))
        else:
            _tell(outcomes, kept)

    async def insist(self, call: Callable[[], Awaitable[Answer]]) -> Answer:
        """What a `call` that may be repeated answers, once the store is there. Raises `Unavailable` where it stays away
        for longer than a lease's margin."""
        deadline = time.monotonic() + self.policy.margin
        while True:
            try:
                return await call()
            except Unavailable:
                if time.monotonic() > deadline:
                    raise
            await asyncio.sleep(self.policy.margin / 20)


def _tell(outcomes: Sequence[Outcome], kept: Sequence[bool]) -> None:
    for state, times in Counter(each.state for each, held in zip(outcomes, kept, strict=True) if held).items():
        PUSHES.labels(state).inc(times)
    for each, held in zip(outcomes, kept, strict=True):
        if held and each.state in ("held", "refused"):
            REASONS.labels(each.state, each.reason).inc()
        if not held:
            logger.warning("push request %s: its lease ended before %s", each.key, each.state)
