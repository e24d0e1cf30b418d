"""How often a shopper may be reached: caps, and what counts towards them. Pure.

Every cap counts in a `Contact`: the campaign's own, or one of `Profile.tallies`, which count over all campaigns that
interrupt (``""``), over a group (``group:<id>``), and over interruptions and messages together (``budget``).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dangol.campaigns.calendar import day_number
from dangol.campaigns.decision import Reason, Refusal
from dangol.definitions.model import Campaign, Cap, Group, Manners, Site
from dangol.profile import days
from dangol.profile.model import Contact, Profile

ALL = ""
BUDGET = "budget"
NO_CONTACT = Contact()

OWN = {"session": Reason.CAP_SESSION, "day": Reason.CAP_DAY, "lifetime": Reason.CAP_LIFETIME}


@dataclass(frozen=True, slots=True)
class Limit:
    """A cap; `tally` is what it counts in, None for the campaign's own contact, and `reached` what to say then."""

    cap: Cap
    tally: str | None
    reached: Refusal


def tally_of(group: str) -> str:
    """The tally of a group."""
    return f"group:{group}"


def tallies_of(campaign: Campaign, interrupts: bool) -> tuple[str, ...]:
    """What a view or message of the campaign counts in besides its own contact."""
    group = (tally_of(campaign.group),) if campaign.group else ()
    if not interrupts:
        return group
    return (*group, BUDGET) if campaign.widget is None else (*group, ALL, BUDGET)


def limits_of(
    campaign: Campaign, counts: Iterable[str], groups: Mapping[str, Group], manners: Manners
) -> tuple[Limit, ...]:
    """All caps that hold for a campaign that counts in these tallies, its own first."""
    limits = [_limit(cap, None, OWN.get(cap.per, Reason.CAP_DAYS), str(cap.times)) for cap in campaign.caps]
    for tally in counts:
        if tally == ALL:
            limits += [_limit(cap, ALL, Reason.CAP_ALL, "") for cap in manners.caps]
        elif tally == BUDGET:
            limits += [_limit(cap, BUDGET, Reason.CAP_BUDGET, "") for cap in manners.budget]
        elif group := groups.get(campaign.group):
            limits += [_limit(cap, tally, Reason.CAP_GROUP, group.id) for cap in group.caps]
    return tuple(limits)


def _limit(cap: Cap, tally: str | None, reason: Reason, name: str) -> Limit:
    return Limit(cap, tally, Refusal(reason, name, cap))


def count(contact: Contact, cap: Cap, profile: Profile, now: float, site: Site) -> int:
    """How many confirmed views and sent messages of a contact a cap has to count now."""
    if cap.per == "lifetime":
        return contact.views + contact.messages
    if cap.per == "session":
        return contact.session if contact.visit_started == profile.visit.started else 0
    if not contact.days and not contact.day:
        return 0  # to find out which day it is costs more than all the rest
    today = day_number(now, site.timezone)
    if cap.per == "day":
        return contact.day if contact.day_number == today else 0
    return days.total(contact.days, today - int(cap.per[:-1]))
