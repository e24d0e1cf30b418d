"""Campaigns' messages: what the log says was decided becomes rows of the outbox."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence

from dangol.campaigns.arms import OWN, with_variants
from dangol.definitions.model import Campaign
from dangol.errors import Unavailable
from dangol.plugin import PushRequest
from dangol.profile.model import Member, Profile
from dangol.protocol.event import Decided, Entry
from dangol.store import outbox
from dangol.store.link import Link
from dangol.worker.follow import Logged
from dangol.worker.metrics import PUSHES, SKIPPED

Campaigns = Callable[[str, str], Campaign | None]
"""(site, campaign) to the campaign, None where it is not defined any more."""

Profiles = Callable[[str, str], Awaitable[Profile | None]]
"""(site, profile id) to the profile as it stands, None where it is gone."""

SETTLING = 10.0
"""Seconds that an unknown campaign is waited for: the server that decided may have heard of a change before us."""

logger = logging.getLogger(__name__)


def recipient(member: Member) -> dict[str, str]:
    """How the member can be reached, without what is not known."""
    known = {"member": member.id, "phone": member.phone, "email": member.email}
    return {name: value for name, value in known.items() if value}


def push_request(entry: Entry, decided: Decided, member: Member) -> PushRequest:
    """The request that a decision asks for. The same decision gives the same key for ever."""
    cause = f"{decided.campaign}:{decided.key}"
    variables = {"name": member.name} if member.name else {}
    key = outbox.key_of(entry.site, cause, member.id)
    return PushRequest(key, entry.site, cause, member.id, recipient(member), variables)


class Triggers:
    """The handler of the job."""

    def __init__(self, link: Link, campaigns: Campaigns, profiles: Profiles) -> None:
        self.link = link
        self.campaigns = campaigns
        self.profiles = profiles

    async def __call__(self, number: int, batch: Sequence[Logged]) -> None:
        """Enqueue every message of the batch. Enqueuing is idempotent by key, so a repeated batch adds nothing."""
        await asyncio.gather(
            *(
                self._enqueue(logged.entry, decided)
                for logged in batch
                for decided in logged.entry.decided
                if decided.kind == "message"
            )
        )

    async def _enqueue(self, entry: Entry, decided: Decided) -> None:
        campaign = self.campaigns(entry.site, decided.campaign)
        if campaign is None and time.time() - entry.at / 1000 < SETTLING:
            raise Unavailable(f"site {entry.site}: campaign {decided.campaign} is not known here yet")
        if campaign is None or campaign.message is None:
            return self._skip("no_campaign", entry, decided)
        profile = await self.profiles(entry.site, entry.profile)
        if profile is None or profile.member is None:
            return self._skip("no_member", entry, decided)
        request = push_request(entry, decided, profile.member)
        forms = dict(with_variants(campaign, campaign.message.params))
        params = forms.get(decided.arm, forms[OWN])
        made = await outbox.enqueue(self.link, request, campaign.message.use, params, now=entry.at / 1000)
        if made.new:
            PUSHES.labels("queued").inc()

    def _skip(self, reason: str, entry: Entry, decided: Decided) -> None:
        SKIPPED.labels(reason).inc()
        logger.warning("site %s, campaign %s: a message is not sent (%s)", entry.site, decided.campaign, reason)
