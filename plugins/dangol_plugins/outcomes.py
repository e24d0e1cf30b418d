"""What codes of providers mean for a push request: how their tables are read. Pure.

A provider's own words are never passed on, since they may repeat a phone number or what the message says.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import NamedTuple

from dangol.plugin import Failure, Receipt
from dangol_plugins.http import Answer, Lost

KOREA = timezone(timedelta(hours=9))
MORNING = 8
CODE = re.compile(r"[A-Za-z0-9_.-]{1,60}\Z")
PASSING = frozenset({"account", "balance", "night", "too_fast", "provider"})
"""Failures of something else than the message: another time it may work."""

PAUSES: Mapping[str, float] = {"account": 300.0, "balance": 300.0}
"""Seconds that somebody needs to see to it."""


class Meaning(NamedTuple):
    """A failure's class, and words for the operator."""

    failure: Failure
    words: str


Table = Mapping[str, Meaning]
UNKNOWN = Meaning("other", "the provider gives a code that is not known here")


def failed(table: Table, code: object, provider_id: str = "") -> Receipt:
    """The message was taken, and failed for good."""
    written = plain(code)
    failure, words = table.get(written, UNKNOWN)
    return Receipt("failed", f"{words} ({written})", provider_id, failure=failure, code=written)


def refused(table: Table, code: object, now: float) -> Receipt:
    """The message was not taken: it has failed, or may work another time, at the unix time `now` or later."""
    receipt = failed(table, code)
    if receipt.failure not in PASSING:
        return receipt
    pause = until_morning(now) if receipt.failure == "night" else PAUSES.get(receipt.failure, 0.0)
    return Receipt("retry", receipt.reason, retry_after=pause, failure=receipt.failure, code=receipt.code)


def turned_away(answer: Answer) -> Receipt | None:
    """What a status says of all messages of a call, apart from what the body says; None where that counts. Raises
    `Lost` for errors that may have come after the messages were taken."""
    status, code = answer.status, str(answer.status)
    if status in (429, 503):
        failure: Failure = "too_fast" if status == 429 else "provider"
        return Receipt(
            "retry", f"the provider answered {status}", retry_after=answer.retry_after, failure=failure, code=code
        )
    if status >= 500:
        raise Lost(f"the provider answered {status}")
    if status == 413:
        return Receipt("failed", "the provider finds the call too long (413)", failure="content", code=code)
    if 300 <= status < 400:
        return Receipt("retry", f"the address answered {status}; is it the provider's?", failure="account", code=code)
    return None


def until_morning(now: float) -> float:
    """Seconds until it is eight in Korea."""
    here = datetime.fromtimestamp(now, KOREA)
    eight = here.replace(hour=MORNING, minute=0, second=0, microsecond=0)
    return ((eight if here < eight else eight + timedelta(days=1)) - here).total_seconds()


def plain(code: object) -> str:
    """A provider's code, unless that is something else than a code."""
    written = str(code).strip()
    return written if CODE.match(written) else "?"
