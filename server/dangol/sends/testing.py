"""Test sends: a message to a few people who shall look at it, such as the marketer's own phone."""

import secrets
from collections.abc import Iterator
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from dangol.definitions.model import MessageUse
from dangol.definitions.shapes import nearest
from dangol.errors import Invalid, Problem
from dangol.host.registry import Registry
from dangol.messages.kinds import kind_of
from dangol.messages.notices import PHONE_KINDS, address
from dangol.messages.push import Push
from dangol.messages.resolving import Routes
from dangol.profile.subscriptions import normal
from dangol.protocol import tokens
from dangol.runtime import SiteRuntime
from dangol.sends.making import message_problems
from dangol.store import outbox
from dangol.store.link import Link

MOST_TESTED = 5
EXPECTED = {
    **dict.fromkeys(PHONE_KINDS, "a mobile number such as 010-1234-5678 or +447911123456"),
    "email": "an e-mail address",
    "push": "left out: a push goes to a member's devices, so tell the member's id",
}


class Tested(Struct, frozen=True, forbid_unknown_fields=True):
    """A test of a campaign's message or of another one, to addresses and members, five at most."""

    campaign: str = ""
    message: MessageUse | None = None
    to: list[Annotated[str, Meta(max_length=254)]] = field(default_factory=list)
    members: list[Annotated[str, Meta(min_length=1, max_length=100)]] = field(default_factory=list)
    language: Literal["", "ko", "en"] = ""


async def test(
    link: Link, runtime: SiteRuntime, registry: Registry, asked: Tested, now: float, keep: float
) -> list[outbox.Enqueued]:
    """Queue one push request for each address and member. They need no consent and count nowhere; nights and labels
    hold. Raises `Invalid`."""
    definitions, site = runtime.definitions, runtime.site
    problems, use = [], asked.message
    rule = runtime.plan.by_id.get(asked.campaign)
    if (asked.message is None) == (not asked.campaign):
        problems.append(Problem("message", "", "either a message or the id of a campaign"))
    elif asked.campaign and (rule is None or rule.campaign.message is None):
        known = [each.id for each in definitions.campaigns if each.message]
        problems.append(
            Problem("campaign", asked.campaign, f"a campaign with a message{nearest(asked.campaign, known)}")
        )
    elif use is not None:
        problems += message_problems(use, definitions, registry, "message", True)
    if not 0 < len(asked.to) + len(asked.members) <= MOST_TESTED:
        problems.append(Problem("to", len(asked.to) + len(asked.members), f"1 to {MOST_TESTED} addresses and members"))
    if problems:
        raise Invalid(problems)
    use = use or (rule.campaign.message if rule else None)
    assert use is not None
    kind = kind_of(Routes(definitions).of(use).template)
    addresses = list(_addresses(asked.to, kind))
    cause = f"test:{secrets.token_hex(8)}"

    def push(profile: str, member: str, to: str) -> Push:
        key = outbox.key_of(site.id, cause, outbox.recipient_of(profile, member, to))
        return Push(
            key, site.id, cause, "test", asked.campaign, profile, member, to, language=asked.language, use=asked.message
        )

    members = [push(tokens.member_profile(runtime.keys, member), member, "") for member in asked.members]
    pushes = {each.key: each for each in [*members, *(push("", "", to) for to in addresses)]}
    return await outbox.enqueue(link, list(pushes.values()), now, now, zone=site.timezone, keep=keep)


def _addresses(written: list[str], kind: str) -> Iterator[str]:
    """In their one form. Raises `Invalid` for what the message can't go to."""
    for place, each in enumerate(written):
        to = address(kind, normal("sms", each) or "", normal("email", each) or "")
        if not to:
            expected = EXPECTED.get(kind, "a mobile number or an e-mail address")
            raise Invalid([Problem(f"to[{place}]", "…", expected)])
        yield to
