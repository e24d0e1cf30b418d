"""Handing requests over: money and limits last, then the provider, then what became of them written down."""

import asyncio
import logging
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

from msgspec.structs import replace

from dangol import consents, receipts
from dangol.campaigns.arms import HOLDOUT
from dangol.campaigns.calendar import local_time
from dangol.engine import Engine
from dangol.errors import Unavailable
from dangol.messages.policy import Go, Hold, Refuse, Verdict, judge
from dangol.messages.reasons import Reason
from dangol.plugin import Receipt
from dangol.profile.model import Profile
from dangol.store import money, outbox, recipients
from dangol.store.link import Link
from dangol.store.money import Out, Want
from dangol.store.outbox import Outcome, Row
from dangol.store.rows import BULK
from dangol.worker.asking import Answer, Asking
from dangol.worker.composing import Ready
from dangol.worker.metrics import SENDS, SPENT
from dangol.worker.outcomes import Policy, after_failure, after_receipt, stumbled
from dangol.worker.preparing import not_now, refused
from dangol.worker.settling import Settling
from dangol.worker.ways import Way

FULL_PAUSE = 1.0
"""Seconds until requests that found no room at their sender are looked at again, at least."""

FULL_LONGEST = 60.0
FULL_PACE = 5
"""As many calls for each that a sender has room for come back a second to one that is full."""

FRESH = 1.0
"""Seconds for which a judgement stands of a message that its recipient's limits have counted already."""

RESERVED_PAUSE = 0.2
"""Seconds until those are that only other messages' reservations stand in the way of."""

logger = logging.getLogger(__name__)


class Given(NamedTuple):
    """A request with what the channel answered."""

    ready: Ready
    answer: Answer


@dataclass
class Spent:
    """What a batch has cost by campaign, thousandths."""

    token: str
    sums: Counter[str] = field(default_factory=Counter)


class Handing:
    """Serves one worker."""

    def __init__(self, link: Link, asking: Asking, engine: Engine, settling: Settling, policy: Policy) -> None:
        self.link = link
        self.asking = asking
        self.settling = settling
        self.engine = engine
        self.policy = policy
        self._full: dict[tuple[str, str], float] = {}  # until when nobody waits for a slot of the sender, unix seconds
        self._turns: dict[tuple[str, str], float] = {}
        self._slots: dict[tuple[str, str], asyncio.Semaphore] = defaultdict(
            lambda: asyncio.Semaphore(policy.concurrency)
        )

    async def hand_over(self, way: Way, chunk: Sequence[Ready], token: str, name: str) -> None:
        """Send requests of one way that the contact policy lets go; `name` is the batch's, for money."""
        async with self._slot(way, chunk[0].row) as free:
            if free:
                await self._send(way, chunk, token, name)
            else:
                due = self._turn(way, chunk[0].row)
                await self.settling.settle([Outcome(each.row.key, "queued", due, "rate") for each in chunk], token)

    @asynccontextmanager
    async def _slot(self, way: Way, row: Row) -> AsyncIterator[bool]:
        """Room for one more call of the sender; False where there was none for too long. Then others don't even wait
        for a while, since those who wait are no use to other senders."""
        name = _sender(way, row)
        slots, patience = self._slots[name], self.policy.patience
        try:
            async with asyncio.timeout(patience if self._full.get(name, 0.0) <= time.time() else 0):
                await slots.acquire()
        except TimeoutError:
            if self._full.get(name, 0.0) <= time.time():
                self._full[name] = time.time() + patience
            yield False
            return
        try:
            yield True
        finally:
            slots.release()

    def _turn(self, way: Way, row: Row) -> float:
        """When those that found no room are looked at again: one call after the other, at a pace that a sender which
        is full can't follow."""
        name, now = _sender(way, row), time.time()
        turn = max(self._turns.get(name, 0.0), now + FULL_PAUSE) + 1 / (FULL_PACE * self.policy.concurrency)
        self._turns[name] = min(turn, now + FULL_LONGEST)
        return self._turns[name]

    async def _send(self, way: Way, chunk: Sequence[Ready], token: str, name: str) -> None:
        spent = Spent(name)
        paid, outcomes = await self._paid(way, chunk, name)
        chunk, others = await self._noted(way, paid)
        outcomes += others
        chunk = await self._marked(way, chunk, token)
        answers = await self.asking.send(way, [each.request for each in chunk]) if chunk else []
        given = [Given(ready, answer) for ready, answer in zip(chunk, answers, strict=True)]
        sent = [self._outcome(each) for each in given]
        for each, outcome in zip(chunk, sent, strict=True):
            spent.sums[each.row.push.campaign] += outcome.price or 0
        for state, times in Counter(outcome.state for outcome in sent).items():
            SENDS.labels(way.route.channel, state).inc(times)
        if total := spent.sums.total():
            SPENT.labels(chunk[0].row.push.site, way.route.channel).inc(total / money.THOUSANDTHS)
        await asyncio.gather(
            self.settling.settle([*outcomes, *sent], token),
            self._named(way, chunk, sent),
            self._booked(way, paid, spent),
            self._follow(given),
            self._told(chunk, sent),
        )

    def _outcome(self, given: Given) -> Outcome:
        """What becomes of a request; what may have been sent counts as paid for."""
        now, attempt = time.time(), given.ready.tried
        if isinstance(given.answer, Receipt):
            return after_receipt(attempt, given.answer, self.policy, now)
        outcome = after_failure(attempt, given.answer, self.policy, now)
        return replace(outcome, price=attempt.price) if outcome.state == "sending" else outcome

    async def _marked(self, way: Way, chunk: Sequence[Ready], token: str) -> list[Ready]:
        """Those that are still ours and of which it is written down that the provider is asked now. A process that was
        stopped in between, as a sleeping machine is, does not send what was judged before."""
        latest = time.time() - self.policy.lease
        fresh = [each for each in chunk if each.case.now > latest]
        sending = [(each.row.key, each.request.to) for each in fresh]
        channel, sender, lease = way.route.channel, way.route.sender, self.policy.lease
        held = await self.settling.insist(
            lambda: outbox.mark_sending(self.link, sending, channel, sender, time.time(), lease, token)
        )
        return [each for each, mine in zip(fresh, held, strict=True) if mine]

    async def _paid(self, way: Way, chunk: Sequence[Ready], name: str) -> tuple[list[Ready], list[Outcome]]:
        """Those that there is money for, and that the sender's account takes now."""
        if not _is_limited(way, chunk):
            return list(chunk), []
        answers = await money.admit(
            self.link,
            chunk[0].row.push.site,
            name,
            [Want(each.row.push.campaign, each.price, each.row.push.origin in BULK) for each in chunk],
            way.limits,
            time.time(),
            lease=self.policy.reservation,
            sender=way.route.sender or way.route.channel,
            rate=way.rate,
        )
        pairs = list(zip(chunk, answers, strict=True))
        paid = [each for each, answer in pairs if not isinstance(answer, Out)]
        now = time.time()
        return paid, [_unpaid(each, answer, self.policy, now) for each, answer in pairs if isinstance(answer, Out)]

    async def _noted(self, way: Way, chunk: Sequence[Ready]) -> tuple[list[Ready], list[Outcome]]:
        """Those that still may go, each counted in its recipient's limits now."""
        outcomes: list[Outcome] = []
        going, left = await self._noted_as_judged(way, chunk)
        verdicts = await asyncio.gather(*(self._note(each) for each in left), return_exceptions=True)
        for each, verdict in zip(left, verdicts, strict=True):
            if isinstance(verdict, Go):
                going.append(each)
            elif isinstance(verdict, Unavailable) or not isinstance(verdict, Exception | Hold | Refuse):
                raise verdict
            elif isinstance(verdict, Exception):
                outcomes.append(stumbled(each.row, verdict, self.policy, time.time()))
            else:
                outcomes.append(not_now(each.row, verdict, way))
        return going, outcomes

    async def _noted_as_judged(self, way: Way, chunk: Sequence[Ready]) -> tuple[list[Ready], list[Ready]]:
        """Those that go, as their recipients' profiles are still the very ones that they were judged by or nothing has
        to be counted; and the others."""
        judged = [(each, each.looked) for each in chunk if each.counts and each.looked and each.row.push.arm != HOLDOUT]
        noted = await self.engine.note_judged(way.runtime, [(looked, each.sending) for each, looked in judged])
        done = {each.row.key for (each, _), mine in zip(judged, noted, strict=True) if mine}
        going, left = list[Ready](), list[Ready]()
        for each in chunk:  # asked once: one that grows stale in between would be in both
            (going if each.row.key in done or _stands(each) else left).append(each)
        return going, left

    async def _note(self, ready: Ready) -> Verdict:
        """Judged once more on the profile as it stands when the message is counted on it: of two messages at once only
        one may take the last place that a limit leaves."""
        push, case = ready.row.push, ready.case
        if not ready.counts:
            return judge(replace(case, profile=await self.engine.look(ready.way.runtime, push.profile)))
        verdict: Verdict = Go(ready.request.to, ready.request.devices)

        def still(profile: Profile) -> bool:
            nonlocal verdict
            verdict = judge(replace(case, profile=profile))
            return isinstance(verdict, Go)

        await self.engine.note_sent(ready.way.runtime, push.profile, ready.sending, still)
        if push.arm == HOLDOUT and isinstance(verdict, Go):
            return Refuse(Reason("holdout"))
        return verdict

    async def _named(self, way: Way, chunk: Sequence[Ready], outcomes: Sequence[Outcome]) -> None:
        """Hooks of some providers know requests by the provider's ids alone."""
        if way.channel.found_by == "provider_id" and chunk:
            named = [(each.provider_id, each.key) for each in outcomes if each.provider_id]
            await recipients.name_provider(self.link, chunk[0].row.push.site, way.route.sender, named)

    async def _booked(self, way: Way, paid: Sequence[Ready], spent: Spent) -> None:
        """Also of a batch of which nothing was sent in the end: what was reserved for it is free again."""
        if paid and (_is_limited(way, paid) or any(spent.sums.values())):
            site, zone = paid[0].row.push.site, way.limits.timezone
            sums, now = list(spent.sums.items()), time.time()
            await self.settling.insist(lambda: money.settle(self.link, site, spent.token, sums, now, timezone=zone))

    async def _follow(self, given: Sequence[Given]) -> None:
        """What answers mean for the people."""
        for ready, answer in given:
            if isinstance(answer, Receipt) and (answer.dead or answer.failure == receipts.OPTED_OUT):
                push, to = ready.row.push, ready.request.to
                way = ready.way
                await receipts.follow(self.link, self.engine, way.runtime, push, way.kind, to, answer, time.time())

    async def _told(self, chunk: Sequence[Ready], sent: Sequence[Outcome]) -> None:
        """Whoever was sent the notice of what became of consents counts as told."""
        for ready, outcome in zip(chunk, sent, strict=True):
            if outcome.state in ("accepted", "delivered"):
                push = ready.row.push
                await consents.told(self.link, self.engine, ready.way.runtime, push, time.time())


def _sender(way: Way, row: Row) -> tuple[str, str]:
    return row.push.site, way.route.sender or way.route.channel


def _stands(ready: Ready) -> bool:
    """Whether a message that has nothing left to be counted goes as it was judged."""
    is_anybodys = ready.case.test or not ready.row.push.profile
    return not ready.counts and (is_anybodys or time.time() < ready.case.now + FRESH)


def _is_limited(way: Way, chunk: Sequence[Ready]) -> bool:
    """Whether there is anything to ask: a rate, or budgets and a price."""
    return bool(way.rate) or (any(each.price for each in chunk) and way.limits.is_set)


def _unpaid(ready: Ready, out: Out, policy: Policy, now: float) -> Outcome:
    """What becomes of a request that there is no money or no room for. Money that is only reserved may come back as
    soon as other messages have been sent."""
    key, channel = ready.row.key, ready.way.route.channel
    if out.until is None:
        return refused(ready.row, Reason("budget_total"), ready.way)
    told = local_time(out.until, ready.way.limits.timezone)
    if out.scope == "rate":
        return Outcome(key, "queued", out.until, "rate", told)
    if out.until <= now + policy.reservation:
        return Outcome(key, "queued", min(out.until, now + RESERVED_PAUSE), "reserved")
    return Outcome(key, "held", out.until, "budget_day", told, channel=channel)
