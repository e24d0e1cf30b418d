"""The push requests of those who were drawn."""

from collections.abc import Sequence
from typing import NamedTuple

from dangol.campaigns.decide import arm_of
from dangol.campaigns.plan import Rule
from dangol.definitions.model import MessageUse
from dangol.messages.push import Push
from dangol.profile.glance import Glance
from dangol.protocol import tokens
from dangol.runtime import SiteRuntime
from dangol.store import outbox
from dangol.store.draws import Draw
from dangol.store.sends import Recipient, Send


class Target(NamedTuple):
    """What is drawn for: the audience, and either a campaign's rule or a manual send."""

    audience: Sequence[str]
    rule: Rule | None
    send: Send | None


def has_got(profile: Glance, rule: Rule | None) -> bool:
    """Whether a message that is sent once was sent to this shopper."""
    use: MessageUse | None = rule.campaign.message if rule else None
    if rule is None or use is None or use.once != "ever":
        return False
    contact = profile.contacts.get(rule.campaign.id)
    return contact is not None and contact.messages > 0


def of_member(id: str, profile: Glance, cause: str, draw: Draw, target: Target) -> Push:
    """The request of a member who matches, in the arm that the shopper is in or is drawn into."""
    return Push(
        key=outbox.key_of(draw.site, cause, id),
        site=draw.site,
        cause=cause,
        origin="schedule" if target.rule else "manual",
        campaign=draw.campaign,
        profile=id,
        member=profile.member.id if profile.member else "",
        arm=arm_of(target.rule, profile) if target.rule else "",
        slot=draw.slot,
    )


def cause_of(draw: Draw, target: Target, zone: str) -> str:
    """What is sent once: a slot's message, a day's or the campaign's, as its `once` says; a manual send as a whole."""
    use = target.rule.campaign.message if target.rule else None
    if use is None:
        return draw.campaign
    once = {"ever": "ever", "day": outbox.day_of(draw.slot, zone), "event": str(draw.slot)}[use.once]
    return f"{draw.campaign}:{once}"


def of_row(row: Recipient, send: Send, runtime: SiteRuntime) -> Push:
    """The request of a row of a file."""
    profile = tokens.member_profile(runtime.keys, row.member) if row.member else ""
    return Push(
        key=outbox.key_of(send.site, send.campaign, outbox.recipient_of(profile, row.member, row.to)),
        site=send.site,
        cause=send.campaign,
        origin="manual",
        campaign=send.campaign,
        profile=profile,
        member=row.member,
        to=row.to,
        variables=dict(zip(send.columns, row.values, strict=True)),
        language=row.language,
    )
