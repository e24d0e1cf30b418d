"""Whether a message may leave now: the one place that decides, at the moment of sending. Pure.

Advertisements need a consent of their channel for the very address, rest at night, and count towards limits; what
merely informs passes all three. The law is in `nights`; what is refused is never sent, what is held is judged anew.
"""

from collections.abc import Mapping
from datetime import datetime
from math import inf
from typing import NamedTuple
from zoneinfo import ZoneInfo

from msgspec import Struct

from dangol.campaigns.calendar import day_number, local_time, moment
from dangol.campaigns.decision import Reason as CapReason
from dangol.campaigns.decision import Refusal
from dangol.campaigns.limits import BUDGET, NO_CONTACT, Limit, count, limits_of
from dangol.definitions.model import Campaign, Cap, ContactPolicy, Definitions, Group, Manners, Site
from dangol.messages import nights
from dangol.messages.counting import counts_of, is_noted
from dangol.messages.kinds import is_ad, kind_of
from dangol.messages.push import Origin
from dangol.messages.reasons import Reason
from dangol.profile.consents import own_address
from dangol.profile.model import Device, Profile, Subscription
from dangol.profile.subscriptions import normal

DAY = 86_400
NO_GROUPS: Mapping[str, Group] = {}
DEVICE_KINDS = ("fcm", "apns", "webpush")
CHANNELS: Mapping[str, str] = {"text": "sms", "alimtalk": "kakao", "brand": "kakao", "push": "push", "email": "email"}
"""The channel whose consent an advertisement of each kind needs."""


class Case(Struct, frozen=True, kw_only=True):
    """All that a judgement looks at.

    `kind` is the template's (custom where there is none), `ad` whether it says that it is an advertisement; for custom
    ones `consent_channel` tells whose consent that needs. `profile` is the recipient's as it stands now, None where
    there is none; `to` the address that the cause brought along. `counted` tells that this very message is in the
    profile's counts already, since `counted_at`; a message whose `key` the profile knows is, too. `refused_at` is when
    the address was told to have refused advertisements of this channel (0: never). `campaign` is None for sendings
    that belong to none. `device_kind` are the devices that the channel notifies. `now` is unix seconds."""

    kind: str
    ad: bool
    site: Site
    contact: ContactPolicy
    now: float
    consent_channel: str = ""
    profile: Profile | None = None
    to: str = ""
    origin: Origin = "trigger"
    counted: bool = False
    counted_at: float = 0
    key: str = ""
    refused_at: int = 0
    manners: Manners = Manners()
    groups: Mapping[str, Group] = NO_GROUPS
    campaign: Campaign | None = None
    once: str = "event"
    test: bool = False
    device_kind: str = ""

    @property
    def is_ad(self) -> bool:
        """Whether it is one: Kakao's notices never are, its brand messages always."""
        return self.kind == "brand" or (self.ad and self.kind != "alimtalk")

    @property
    def channel(self) -> str:
        """Whose consent it needs; what can't be told is taken for a text."""
        return CHANNELS.get(self.kind) or self.consent_channel or ("sms" if self.ad else "")

    @property
    def is_counted(self) -> bool:
        """Whether the profile has counted it already."""
        return self.counted or (self.profile is not None and is_noted(self.profile, self.key))


class Go(NamedTuple):
    """It may leave, to this address or these devices and no other."""

    to: str
    devices: tuple[Device, ...] = ()


class Hold(NamedTuple):
    """Not before `until`, unix seconds; then it is judged again."""

    until: float
    reason: Reason


class Refuse(NamedTuple):
    """Never."""

    reason: Reason


Verdict = Go | Hold | Refuse


def consents_of(definitions: Definitions) -> dict[str, str]:
    """By campaign the channel whose consent its message needs before the first one; others are left out."""
    asks, found = nights.law_of(definitions.contact).asks, dict[str, str]()
    templates = {template.id: template for template in definitions.templates}
    for campaign in definitions.campaigns:
        if (use := campaign.message) is None:
            continue
        template = templates.get(use.template)
        kind, ad = kind_of(template), use.ad if template is None else is_ad(template)
        case = Case(
            kind=kind, ad=ad, site=definitions.site, contact=definitions.contact, now=0, consent_channel=use.consent
        )
        if case.is_ad and case.channel in asks:
            found[campaign.id] = case.channel
    return found


def judge(case: Case) -> Verdict:
    """What may become of a message now."""
    refusal = _over(case) or _consent_refusal(case)
    if refusal is not None:
        return Refuse(refusal)
    to, devices = _addressed(case)
    if not (to or devices) and case.channel:
        return Refuse(Reason("no_device" if case.channel == "push" else "no_address"))
    refusal = _repeated(case) or _capped(case)
    if refusal is not None:
        return Refuse(refusal)
    return _at_night(case) or Go(to, devices)


def _over(case: Case) -> Reason | None:
    """A campaign may be switched off or end while its messages wait."""
    campaign = case.campaign
    if campaign is None or case.test:
        return None
    if not campaign.active:
        return Reason("inactive")
    ends = moment(campaign.ends, case.site.timezone, inf)
    return Reason("ended", local_time(ends, case.site.timezone)) if case.now >= ends else None


def _subscription(case: Case) -> Subscription | None:
    return case.profile.subscriptions.get(case.channel) if case.profile else None


def _consent_refusal(case: Case) -> Reason | None:
    """An advertisement needs a consent that holds, and none is overruled by what was refused later. Where the law lets
    advertisements go until they are refused, only the latter counts."""
    if not case.is_ad or case.test:
        return None
    if not CHANNELS.get(case.kind) and not case.consent_channel:
        return Reason("no_consent")
    given = _subscription(case)
    agreed_at = given.agreed_at if given else 0
    withdrawn_at = max(case.refused_at, given.withdrawn_at if given else 0)
    if withdrawn_at and withdrawn_at >= agreed_at:
        return Reason("withdrawn", _day(withdrawn_at, case.site))
    if given is None or not agreed_at:
        asks = case.channel in nights.law_of(case.contact).asks
        return Reason("no_consent") if asks else None
    agreed = given.address or own_address(case.profile, case.channel)
    if case.to and agreed and normal(case.channel, case.to) != agreed:
        return Reason("other_address")
    confirmed = max(agreed_at, given.reconfirmed_at)
    good_for = nights.good_for(case.contact)
    return Reason("consent_old", str(good_for)) if case.now >= confirmed + good_for * DAY else None


def _addressed(case: Case) -> tuple[str, tuple[Device, ...]]:
    """Where it goes: to the address of the cause; else an advertisement to that of the consent, and what informs to the
    member's own. A consent to notifications holds for all devices that let us notify, unless it names one's token."""
    profile, given = case.profile, _subscription(case)
    agreed = given.address if given and not given.withdrawn_at else ""
    if case.device_kind or case.channel == "push":
        kept = profile.devices if profile else []
        mine = [device for device in kept if device.kind == case.device_kind]
        named = agreed if case.is_ad and not case.test and agreed not in DEVICE_KINDS else ""
        return "", tuple(device for device in mine if not named or device.token == named)
    if case.to or not case.channel:
        return normal(case.channel, case.to) or "" if case.channel else case.to, ()
    known = own_address(profile, case.channel)
    return (agreed or known) if case.is_ad else (known or agreed), ()


def _repeated(case: Case) -> Reason | None:
    """What a shopper gets once in a lifetime, or once on a calendar day of the shop. A notice tells of something else
    each time."""
    if case.campaign is None or case.profile is None or case.is_counted or case.test or case.origin == "notice":
        return None
    contact = case.profile.contacts.get(case.campaign.id, NO_CONTACT)
    if not contact.messages or case.once == "event":
        return None
    today = day_number(case.now, case.site.timezone)
    return Reason("already") if case.once == "ever" or (contact.day and contact.day_number == today) else None


def _capped(case: Case) -> Reason | None:
    """The first limit that is reached, over widgets and messages together. What the profile has counted of this very
    message does not stand in its way."""
    if not case.is_ad or case.test or case.profile is None:
        return None
    for limit in limits_for(case.campaign, case.groups, case.manners):
        cap, profile = limit.cap, case.profile
        name = case.campaign.id if limit.tally is None and case.campaign else ""
        contact = profile.contacts.get(name) if limit.tally is None else profile.tallies.get(limit.tally)
        used = count(contact or NO_CONTACT, cap, profile, case.now, case.site) - _own(case, cap)
        if used >= cap.times:
            code = {CapReason.CAP_GROUP: "cap_group", CapReason.CAP_BUDGET: "cap_budget"}
            return Reason(code.get(limit.reached.reason, "cap"), f"{cap.times} {cap.per}")
    return None


def limits_for(campaign: Campaign | None, groups: Mapping[str, Group], manners: Manners) -> tuple[Limit, ...]:
    """All caps of an advertisement: its campaign's, its group's, and the budget that messages share with widgets."""
    if campaign is None:
        return tuple(Limit(cap, BUDGET, Refusal(CapReason.CAP_BUDGET, limit=cap)) for cap in manners.budget)
    return limits_of(campaign, counts_of(campaign), groups, manners)


def _own(case: Case, cap: Cap) -> int:
    """How often this very message is in what the cap counts: once, if it was counted within the cap's time."""
    if not case.is_counted:
        return 0
    at, zone = case.counted_at or case.now, case.site.timezone
    if cap.per == "lifetime":
        return 1
    if cap.per == "session":
        return int(case.profile is not None and at >= case.profile.visit.started)
    days = 1 if cap.per == "day" else int(cap.per[:-1])
    return int(day_number(at, zone) > day_number(case.now, zone) - days)


def _at_night(case: Case) -> Hold | None:
    if not case.is_ad:
        return None
    given = _subscription(case)
    agreed = given is not None and given.night and not given.withdrawn_at and given.agreed_at > case.refused_at
    until = nights.until(case.kind, case.channel, case.contact, case.site, agreed, case.now)
    return None if until is None else Hold(until, Reason("quiet", local_time(until, case.site.timezone)))


def _day(at: int, site: Site) -> str:
    return f"{datetime.fromtimestamp(at, ZoneInfo(site.timezone)):%Y-%m-%d}"
