"""What providers tell later of requests that they were given: by hook, or when they are asked. Each step may be
repeated, and what is told twice, late or in another order changes nothing."""

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

from dangol import consents
from dangol.engine import Engine
from dangol.errors import Invalid, PluginFailure
from dangol.host.registry import Registry
from dangol.messages.policy import CHANNELS
from dangol.messages.push import Push
from dangol.plugin import Receipt
from dangol.runtime import SiteRuntime
from dangol.store import money, outbox
from dangol.store.link import Link
from dangol.store.outbox import Outcome, Row
from dangol.store.sends import Sends
from dangol.worker.outcomes import Policy, Try, after_receipt
from dangol.worker.ways import Way, Ways

TELLING = frozenset({"accepted", "delivered", "failed"})
"""What a provider can tell of a request later; that it be tried again is for the sending itself."""


OPTED_OUT = "opted_out"
BOOKED = frozenset({"accepted", "unknown"})
"""States in which whoever sent a request has written its price down."""


class Told(NamedTuple):
    """A row of the outbox, and what its provider tells of it."""

    row: Row
    receipt: Receipt


class Receipts:
    """Serves one process, server or worker."""

    def __init__(self, link: Link, registry: Registry, engine: Engine, policy: Policy) -> None:
        self._link = link
        self._registry = registry
        self._engine = engine
        self._policy = policy
        self._sends = Sends(link)
        self._ways: dict[str, Ways] = {}

    async def take(self, runtime: SiteRuntime, told: Sequence[Told], now: float) -> int:
        """Write down what is told of rows of the site, with the fallback of what has failed; how many came further.
        Raises `Unavailable`: then all of it is to be told again."""
        known = [each for each in told if _is_news(each)]
        outcomes = [await self._outcome(runtime, each, now) for each in known]
        pairs = list(zip(known, outcomes, strict=True))
        # The money goes first: a provider whose hook is not answered tells it again, as long as the row stands still.
        await asyncio.gather(*(self._book(runtime, each.row, outcome, now) for each, outcome in pairs))
        moved = await outbox.tell(self._link, outcomes, now, keep=self._policy.keep)
        for row, receipt in known:
            if receipt.dead or receipt.failure == OPTED_OUT:
                way = await self.way(runtime, row)
                kind = way.kind if way else ""
                await follow(self._link, self._engine, runtime, row.push, kind, row.to, receipt, row.sent or now)
        return sum(moved)

    async def way(self, runtime: SiteRuntime, row: Row) -> Way | None:
        """The way that the row's request goes by the definitions of now; None where there is none any more."""
        known = self._ways.get(runtime.site.id)
        if known is None or known.runtime is not runtime:
            known = self._ways[runtime.site.id] = Ways(runtime, self._registry)
        try:
            return await known.of(row.push, self._sends)
        except (Invalid, PluginFailure):
            return None

    async def _outcome(self, runtime: SiteRuntime, told: Told, now: float) -> Outcome:
        row, receipt = told
        way = await self.way(runtime, row)
        tried = Try(row, row.attempts, False, False, False, row.price)
        if way is not None:
            idempotent, keeps_trying = way.channel.idempotent, way.channel.keeps_trying
            tried = Try(row, row.attempts, idempotent, way.looks_up, keeps_trying, row.price, way.use.fallback)
        return after_receipt(tried, receipt, self._policy, now)

    async def _book(self, runtime: SiteRuntime, row: Row, outcome: Outcome, now: float) -> None:
        """What it has really cost, where that is not what was reckoned with; once for each state."""
        more = 0 if outcome.price is None else outcome.price - row.price
        if more and row.state in BOOKED:
            token, zone = f"told:{row.key}:{outcome.state}", runtime.site.timezone
            await money.settle(self._link, row.push.site, token, [(row.push.campaign, more)], now, timezone=zone)


async def follow(
    link: Link, engine: Engine, runtime: SiteRuntime, push: Push, kind: str, to: str, receipt: Receipt, now: float
) -> None:
    """What a receipt means for the person, beside the message of a `kind` to the address `to`: devices that will never
    work again are forgotten, and who has refused advertisements at the provider has refused them by the time `now`, at
    which it was sent: not who has agreed since. May be repeated."""
    if receipt.dead and push.profile:
        await engine.drop_devices(runtime, push.profile, receipt.dead)
    if receipt.state == "failed" and receipt.failure == OPTED_OUT and to and kind in CHANNELS:
        await consents.withdraw_by_address(link, engine, runtime, CHANNELS[kind], to, now, "provider")


def _is_news(told: Told) -> bool:
    """Whether anything can follow from it. That a request was accepted is known of one that was sent, and of one that
    is done."""
    row, receipt = told
    if receipt.state == "accepted" and row.state in ("accepted", "delivered", "failed"):
        is_priced = receipt.price is not None and money.thousandths(receipt.price) != row.price
        return row.state == "accepted" and is_priced
    return receipt.state in TELLING
