"""Raising notices: what happened in the shop becomes push requests of the campaigns that tell of it."""

from collections.abc import Sequence

from dangol.definitions.model import Campaign
from dangol.messages.notices import Raised, wanted
from dangol.messages.push import Push
from dangol.protocol import tokens
from dangol.runtime import SiteRuntime
from dangol.store import outbox
from dangol.store.link import Link


async def notify(
    link: Link, runtime: SiteRuntime, notices: Sequence[Raised], now: float, keep: float = outbox.KEEP
) -> list[outbox.Enqueued]:
    """One push request for each notice and active campaign that tells of it, made once by the notice's id. No holdout:
    a customer is not kept from what has to be known."""
    found = [
        (_push(runtime, raised, campaign, to), raised.at)
        for raised in notices
        for campaign, to in wanted(raised, runtime.definitions, now)
    ]
    pushes, dues = [push for push, _ in found], [max(at, now) for _, at in found]
    return await outbox.enqueue(link, pushes, dues, now, zone=runtime.site.timezone, keep=keep)


def _push(runtime: SiteRuntime, raised: Raised, campaign: Campaign, to: str) -> Push:
    site, cause = runtime.site, f"{campaign.id}:{raised.id}"
    profile = tokens.member_profile(runtime.keys, raised.member) if raised.member else ""
    return Push(
        key=outbox.key_of(site.id, cause, outbox.recipient_of(profile, raised.member, to)),
        site=site.id,
        cause=cause,
        origin="notice",
        campaign=campaign.id,
        profile=profile,
        member=raised.member,
        to=to,
        variables=dict(raised.variables),
        language=raised.language,
    )
