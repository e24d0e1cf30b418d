"""Requests whose handing over was interrupted: their provider is asked what it knows, before anything else happens."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Sequence

from dangol.errors import PluginFailure
from dangol.messages.kinds import price_forms
from dangol.store import money, outbox
from dangol.store.link import Link
from dangol.store.outbox import Outcome, Row
from dangol.worker.asking import Asking
from dangol.worker.composing import tried
from dangol.worker.outcomes import Policy, after_look, interrupted
from dangol.worker.settling import Settling
from dangol.worker.ways import Way


class Interrupted:
    """Serves one worker. Nothing is sent here."""

    def __init__(self, link: Link, asking: Asking, settling: Settling, policy: Policy) -> None:
        self.link = link
        self.asking = asking
        self.settling = settling
        self.policy = policy

    async def look_up(self, rows: Sequence[tuple[Row, Way]], token: str) -> None:
        """Ask the providers about rows that may have been sent, and write down what that means."""
        ways: dict[int, list[tuple[Row, Way]]] = defaultdict(list)
        for row, way in rows:
            ways[id(way)].append((row, way))
        await asyncio.gather(*(self._look(part[0][1], [row for row, _ in part], token) for part in ways.values()))

    async def _look(self, way: Way, rows: Sequence[Row], token: str) -> None:
        now = time.time()
        price = max(way.route.price(form) for form in price_forms(way.route.template))
        attempts = [tried(row, way, row.attempts, row.price or price) for row in rows]
        try:
            found = await self.asking.look_up(way, rows) if way.looks_up else [None] * len(rows)
            outcomes = [
                after_look(each, receipt, self.policy, now) for each, receipt in zip(attempts, found, strict=True)
            ]
        except PluginFailure as failure:
            outcomes = [
                interrupted(each) if each.row.claims >= self.policy.tries else _later(each.row, failure, self.policy)
                for each in attempts
            ]
        zone = way.limits.timezone
        for row, outcome in zip(rows, outcomes, strict=True):
            if outcome.price is not None and (more := outcome.price - row.price):
                told = f"look:{row.key}:{row.attempts}"
                await money.settle(self.link, row.push.site, told, [(row.push.campaign, more)], now, timezone=zone)
        await self.settling.settle(outcomes, token)


def _later(row: Row, failure: PluginFailure, policy: Policy) -> Outcome:
    due = time.time() + policy.pause(row.claims)
    return Outcome(row.key, "sending", due, "no_answer", outbox.short(str(failure)), again=True)
