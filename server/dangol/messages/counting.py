"""What a message leaves on its recipient's profile: where limits count it, once by its key. Pure; profiles are changed
in place."""

from collections.abc import Collection

from dangol.campaigns.arms import HOLDOUT
from dangol.campaigns.decision import Decision, Reason, Verdict
from dangol.campaigns.ledger import note_sent
from dangol.campaigns.limits import BUDGET, tallies_of
from dangol.campaigns.plan import Rule
from dangol.definitions.model import Campaign, Site
from dangol.profile.marks import mark, place
from dangol.profile.model import EVENT_ID_BYTES, EVENT_IDS, Profile
from dangol.protocol.event import Credit

API = "api:"
"""Where messages count that belong to no campaign and no sending."""


def counts_of(campaign: Campaign | None) -> tuple[str, ...]:
    """The tallies that an advertisement counts in besides its campaign's own contact; None for one of no campaign."""
    return (BUDGET,) if campaign is None else tallies_of(campaign, campaign.interrupts is not False)


def note(
    profile: Profile,
    rule: Rule | None,
    campaign: str,
    key: str,
    now: float,
    site: Site,
    ad: bool,
    arm: str,
    segments: Collection[str],
) -> list[Credit]:
    """Count the message of the push request `key`, and return what its campaign's comparison counts of it. `rule` is
    the campaign's; without one `campaign` is the id of a manual send, or empty. `segments` are those that the shopper
    is in."""
    profile.event_ids = (mark(_note(key)) + profile.event_ids)[: EVENT_IDS * EVENT_ID_BYTES]
    decision = Decision(
        rule.campaign if rule else Campaign(campaign or API),
        Verdict.HOLDOUT if arm == HOLDOUT else Verdict.MESSAGE,
        Reason.SENT,
        key,
        arm=arm if rule else "",
        counts=counts_of(rule.campaign if rule else None) if ad else (),
        segments=tuple(one for one in rule.campaign.report_by if one in segments) if rule else (),
    )
    return note_sent(profile, decision, now, site)


def is_noted(profile: Profile, key: str) -> bool:
    """Whether the profile has counted the push request of that key, as far back as it remembers events."""
    return bool(key) and place(profile.event_ids, mark(_note(key))) >= 0


def is_somebody(profile: Profile) -> bool:
    """False for a profile that is gone: it is not made anew to count something."""
    return bool(profile.first_seen or profile.member or profile.subscriptions)


def _note(key: str) -> str:
    return f"push-{key}"
