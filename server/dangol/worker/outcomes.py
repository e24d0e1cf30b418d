"""What follows from a channel's answer, or from its silence: retries, ends, and what goes instead. Pure."""

import random
from dataclasses import dataclass
from math import isfinite
from typing import get_args

from msgspec.structs import replace

from dangol.definitions.model import Failure, Fallback
from dangol.errors import PluginFailure
from dangol.messages.push import Push
from dangol.plugin import Receipt
from dangol.store.outbox import KEEP
from dangol.store.rows import Outcome, Row, key_of, recipient_of, short

DAY = 86_400.0
UNSENT = frozenset({"missing", "import", "api", "off"})
"""Kinds of PluginFailure that come before the channel is called."""

ALONE = "alone"
"""The code of a row whose batch gave no answer: it is sent by itself the next time."""

FAILURES = frozenset(get_args(Failure))


@dataclass(frozen=True, slots=True)
class Policy:
    """How sends are tried. `budget` and pauses are seconds: the n-th pause is ``first * factor ** (n - 1)``, at most
    `longest`, of which a random half is taken off so that retries spread. With the defaults a provider may be away for
    two hours. A row's lease outlives the budget by `margin`: that long its outcome may take to be written down, and
    that much workers' clocks may differ. A request that can't even be made ready is parked after `poison` claims.
    `rows` are handled at once by a worker, at most four fifths of them of what is sent to many, by `concurrency` calls
    of one sender; a request that finds no room there within `patience` seconds is given back. Accepted requests
    are looked up after `look` seconds. `keep` is how long a finished row can be looked up. `public_url` is where
    shoppers reach this server; "" leaves links as they are."""

    budget: float = 10.0
    tries: int = 8
    poison: int = 5
    first: float = 5.0
    factor: float = 4.0
    longest: float = 3600.0
    rows: int = 5000
    concurrency: int = 32
    patience: float = 4.0
    margin: float = 5.0
    look: float = 60.0
    keep: float = KEEP
    public_url: str = ""

    @property
    def lease(self) -> float:
        """Seconds for which a claimed row is nobody else's."""
        return self.budget + self.margin

    @property
    def reservation(self) -> float:
        """Seconds for which money is set aside: who takes a dead worker's requests over books them before it lapses."""
        return 2 * self.lease

    def pause(self, attempts: int, asked: float = 0.0) -> float:
        """Seconds until the next attempt after so many; `asked` is what the provider asked for, at most a day."""
        whole = min(self.first * self.factor ** min(max(attempts, 1) - 1, 50), self.longest)
        wish = min(asked, DAY) if isfinite(asked) else 0.0
        return max(whole * random.uniform(0.5, 1.0), wish)  # noqa: S311


@dataclass(frozen=True, slots=True)
class Try:
    """An attempt: the row as it was claimed, how many attempts there have been with this one, and what the channel can
    do. `price` is reserved for it, thousandths; `looks_up` tells whether the provider can be asked about requests."""

    row: Row
    attempts: int
    idempotent: bool
    looks_up: bool
    keeps_trying: bool
    price: int = 0
    fallback: Fallback | None = None


def after_receipt(tried: Try, receipt: Receipt, policy: Policy, now: float) -> Outcome:
    """What follows from a channel's own answer."""
    if receipt.state == "retry":
        if tried.attempts >= policy.tries:
            return _failed(tried, "provider", "given_up", f"{tried.attempts}: {receipt.reason}", receipt.code)
        due = now + policy.pause(tried.attempts, receipt.retry_after)
        return Outcome(tried.row.key, "queued", due, "retry", short(receipt.reason), code=short(receipt.code))
    if receipt.state == "failed":
        failure = receipt.failure if receipt.failure in FAILURES else "other"
        return _failed(tried, failure, failure, receipt.reason, receipt.code, receipt)
    if receipt.state == "unknown" and tried.looks_up and not tried.idempotent:
        due = now + policy.first  # of one call among several no answer came
        return Outcome(tried.row.key, "sending", due, "no_answer", short(receipt.reason), price=tried.price)
    looked = receipt.state == "accepted" and tried.keeps_trying and tried.looks_up
    return Outcome(
        tried.row.key,
        receipt.state,
        reason="no_answer" if receipt.state == "unknown" else "",
        detail=short(receipt.reason),
        provider_id=short(receipt.provider_id),
        price=price_of(receipt, tried.price),
        code=short(receipt.code),
        look=now + policy.look if looked else 0.0,
    )


def after_failure(tried: Try, failure: PluginFailure, policy: Policy, now: float) -> Outcome:
    """What follows when the channel gave no answer: only where nothing was sent, or where a repetition does no harm, is
    it tried again; else the provider is asked later what it knows, where it can be."""
    key, reason = tried.row.key, short(str(failure))
    if failure.kind == "params":
        return Outcome(key, "parked", reason="no_plugin", detail=reason)
    if failure.kind == "off":
        # A plugin stays off for half a minute at least: to look at everything that waits for it sooner is in vain.
        return Outcome(key, "queued", now + policy.pause(tried.attempts + 2), "retry", reason, counted=False)
    if failure.kind not in UNSENT and not tried.idempotent:
        if tried.looks_up:
            return Outcome(key, "sending", now + policy.first, "no_answer", reason, code=ALONE)
        return Outcome(key, "unknown", reason="no_answer", detail=reason, price=tried.price)
    if tried.attempts >= policy.tries:
        return Outcome(key, "parked", reason="no_plugin" if failure.kind in UNSENT else "poison", detail=reason)
    code = "" if failure.kind in UNSENT else ALONE
    return Outcome(key, "queued", now + policy.pause(tried.attempts), "retry", reason, code=code)


def after_look(tried: Try, receipt: Receipt | None, policy: Policy, now: float) -> Outcome:
    """What follows from what the provider knows of a request that may have been sent."""
    if receipt is None or receipt.state == "unknown":
        return interrupted(tried)
    if receipt.state == "retry" and tried.attempts < policy.tries:
        return Outcome(tried.row.key, "queued", now, "retry", short(receipt.reason), price=0, code=ALONE)
    return after_receipt(tried, receipt, policy, now)


def interrupted(tried: Try) -> Outcome:
    """Nobody can tell whether it was sent, and it is not sent again."""
    return Outcome(
        tried.row.key, "unknown", reason="interrupted", detail=tried.row.detail, price=tried.price or tried.row.price
    )


def stumbled(row: Row, error: BaseException, policy: Policy, now: float) -> Outcome:
    """A request that can't be made ready is tried again, then put aside. Only where the error was raised is told: what
    it says may be personal. What may have been sent stays so until it can be looked up."""
    told = f"{type(error).__name__}{_place(error)}"
    if row.state == "sending":
        if row.claims >= policy.tries:
            return Outcome(row.key, "unknown", reason="interrupted", detail=told)
        return Outcome(row.key, "sending", now + policy.pause(row.claims), "poison", told, again=True)
    if row.claims >= policy.poison:
        return Outcome(row.key, "parked", reason="poison", detail=told)
    return Outcome(row.key, "queued", now + policy.pause(row.claims), "poison", told, again=True)


def price_of(receipt: Receipt, reserved: int) -> int:
    """What a message has cost, thousandths: what the provider says, else what was expected; nothing where it failed."""
    if receipt.price is not None and isfinite(receipt.price) and receipt.price >= 0:
        return round(receipt.price * 1000)
    return 0 if receipt.state in ("failed", "retry") else reserved


def instead(push: Push, fallback: Fallback | None, failure: str) -> Push | None:
    """The request that goes instead of one that failed; None where there is none. It is of the same recipient, counts
    as what it stands for, and has no fallback of its own."""
    if fallback is None or push.step or failure not in fallback.on:
        return None
    cause = f"{push.cause}:instead"
    key = key_of(push.site, cause, recipient_of(push.profile, push.member, push.to))
    return replace(push, key=key, cause=cause, counted=True, step=1, before=push.key)


def _failed(
    tried: Try, failure: Failure, reason: str, detail: str, code: str, receipt: Receipt | None = None
) -> Outcome:
    return Outcome(
        tried.row.key,
        "failed",
        reason=reason,
        detail=short(detail),
        provider_id=short(receipt.provider_id) if receipt else "",
        price=price_of(receipt, 0) if receipt else 0,
        failure=failure,
        code=short(code),
        fallback=instead(tried.row.push, tried.fallback, failure),
    )


def _place(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return ""
    return f" in {trace.tb_frame.f_globals.get('__name__', '')}, line {trace.tb_lineno}"
