"""Writing down what became of push requests, as long as their leases last."""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Sequence

from dangol.errors import Unavailable
from dangol.store import outbox
from dangol.store.link import Link
from dangol.store.outbox import Outcome
from dangol.worker.metrics import PUSHES, REASONS
from dangol.worker.outcomes import Policy

logger = logging.getLogger(__name__)


class Settling:
    """Serves one worker."""

    def __init__(self, link: Link, policy: Policy) -> None:
        self.link = link
        self.policy = policy

    async def settle(self, outcomes: Sequence[Outcome], token: str) -> None:
        """Write down what became of rows. A store that is away is waited for as long as the leases last, since what a
        provider accepted must not be forgotten."""
        deadline = time.monotonic() + self.policy.margin
        while outcomes:
            try:
                kept = await outbox.settle(self.link, token, outcomes, time.time(), keep=self.policy.keep)
            except Unavailable:
                if time.monotonic() > deadline:
                    logger.error("what became of %d push requests can't be written down", len(outcomes))
                    return
                await asyncio.sleep(self.policy.margin / 20)
                continue
            _tell(outcomes, kept)
            return


def _tell(outcomes: Sequence[Outcome], kept: Sequence[bool]) -> None:
    for state, times in Counter(each.state for each, held in zip(outcomes, kept, strict=True) if held).items():
        PUSHES.labels(state).inc(times)
    for each, held in zip(outcomes, kept, strict=True):
        if held and each.state in ("held", "refused"):
            REASONS.labels(each.state, each.reason).inc()
        if not held:
            logger.warning("push request %s: its lease ended before %s", each.key, each.state)
