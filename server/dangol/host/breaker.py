"""When a plugin that fails again and again is left out, and when it is tried again. Pure: the clock is an argument.

It is the circuit breaker of Nygard's *Release It!*: closed, open for a pause, half open for one trial.
"""

from dataclasses import dataclass, replace
from math import inf

LIMIT = 5
"""Failures in a row after which a plugin is switched off."""

PAUSE = 30.0
"""Seconds until the first trial; doubled for every trial that did not succeed, up to `LONGEST`."""

LONGEST = 600.0


@dataclass(frozen=True, slots=True)
class Breaker:
    """`failures` in a row, and the time up to which no call is let through once they reached `LIMIT`."""

    failures: int = 0
    off_until: float = 0.0
    pause: float = PAUSE
    failed_at: float = -inf

    @property
    def off(self) -> bool:
        """Whether the plugin is switched off; a trial may be due all the same."""
        return self.failures >= LIMIT


CLOSED = Breaker()


def admitted(breaker: Breaker, now: float) -> Breaker | None:
    """The breaker after letting a call through at `now`, or None where the call must not be made.

    A trial moves the next one a longer pause ahead at once. So only one is under way at a time, a trial that
    fails needs no further step, and one that never reports back can't keep the plugin off for ever.
    """
    if not breaker.off:
        return breaker
    if now < breaker.off_until:
        return None
    pause = min(breaker.pause * 2, LONGEST)
    return replace(breaker, off_until=now + pause, pause=pause)


def failed(breaker: Breaker, started: float, now: float) -> Breaker:
    """The breaker after a failed call that began at `started`. Calls that failed side by side count once: one stall of
    the process or the store takes many along, and is not the plugin's fault five times."""
    if breaker.off or started < breaker.failed_at:
        return breaker
    return replace(breaker, failures=breaker.failures + 1, off_until=now + breaker.pause, failed_at=now)
