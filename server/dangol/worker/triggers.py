"""Campaigns' messages: what the log says was decided becomes rows of the outbox."""

import logging
import time
from collections import defaultdict
from collections.abc import Sequence

from dangol.errors import Unavailable
from dangol.messages.push import Push
from dangol.protocol.event import Decided, Entry
from dangol.store import outbox
from dangol.store.link import Link
from dangol.worker.follow import Logged
from dangol.worker.metrics import PUSHES, SKIPPED
from dangol.worker.preparing import Sites

SETTLING = 10.0
"""Seconds that an unknown campaign is waited for: the server that decided may have heard of a change before us."""

logger = logging.getLogger(__name__)


def push_of(entry: Entry, decided: Decided) -> Push:
    """The request that a decision asks for. The same decision gives the same key for ever; it has counted towards the
    shopper's limits already."""
    cause = f"{decided.campaign}:{decided.key}"
    recipient = outbox.recipient_of(entry.profile, entry.member, "")
    return Push(
        outbox.key_of(entry.site, cause, recipient),
        entry.site,
        cause,
        "trigger",
        decided.campaign,
        entry.profile,
        entry.member,
        arm=decided.arm,
        counted=True,
    )


class Triggers:
    """The handler of the job."""

    def __init__(self, link: Link, sites: Sites) -> None:
        self.link = link
        self.sites = sites

    async def __call__(self, number: int, batch: Sequence[Logged]) -> None:
        """Enqueue every message of the batch. Enqueuing is idempotent by key, so a repeated batch adds nothing."""
        due: dict[str, list[tuple[Push, float]]] = defaultdict(list)
        for logged in batch:
            for decided in logged.entry.decided:
                if decided.kind == "message" and (found := self._due(logged.entry, decided)) is not None:
                    due[logged.entry.site].append((push_of(logged.entry, decided), found))
        for site, rows in due.items():
            runtime = self.sites(site)
            assert runtime is not None  # else its campaigns were not known either
            pushes, times = [push for push, _ in rows], [at for _, at in rows]
            zone = runtime.site.timezone
            made = await outbox.enqueue(self.link, pushes, times, time.time(), zone=zone)
            PUSHES.labels("queued").inc(sum(each.new for each in made))

    def _due(self, entry: Entry, decided: Decided) -> float | None:
        """When the message goes; None where there is none to be sent."""
        runtime = self.sites(entry.site)
        rule = runtime.plan.by_id.get(decided.campaign) if runtime else None
        at = entry.at / 1000
        if rule is None and time.time() - at < SETTLING:
            raise Unavailable(f"site {entry.site}: campaign {decided.campaign} is not known here yet")
        if rule is None or rule.campaign.message is None:
            SKIPPED.labels("no_campaign").inc()
            logger.warning("site %s, campaign %s: a message is not sent (no_campaign)", entry.site, decided.campaign)
            return None
        return at + rule.campaign.message.wait
