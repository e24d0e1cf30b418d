"""What passes between campaigns and a shopper: promised and confirmed views, reactions, "see later", messages.

A view is first promised (a lease on the profile) and counts when the browser says that it was really seen. Limits
count both, so two tabs can't both take the last allowed view; a promise that nobody confirms lapses. A view that
comes after that, from a tab that stood in the background or a widget far down the page, still counts: it was seen. All
functions change the profile that they are given.
"""

from math import ceil

from dangol.campaigns.decision import Decision
from dangol.campaigns.plan import day_number
from dangol.definitions.model import Cap, Later, Site
from dangol.profile.model import CONTACTS, LEASES, NEVER, Contact, Lease, Profile
from dangol.protocol.event import Event

GRACE = 30
"""Seconds after its delay for which a promised view may be confirmed."""

REMEMBERED = 3600
"""Seconds for which a lapsed promise is kept, to know a late view or a late "never again" for ours."""

PUT_OFF: dict[Later, int] = {"1h": 3600, "1d": 86400, "7d": 7 * 86400, "30d": 30 * 86400, "never": NEVER}


def live_leases(profile: Profile, now: float) -> list[Lease]:
    """The promises that may still be confirmed."""
    return [lease for lease in profile.leases if lease.until > now]


def count(contact: Contact, cap: Cap, profile: Profile, now: float, site: Site) -> int:
    """How many confirmed views or sent messages a cap has to count now."""
    if cap.per == "lifetime":
        return contact.views + contact.messages
    if cap.per == "session":
        return contact.session if contact.visit_started == profile.visit.started else 0
    return contact.day if contact.day and contact.day_number == day_number(now, site.timezone) else 0


def promise(profile: Profile, decision: Decision, now: float) -> None:
    """Reserve the view that a page was told to show."""
    until = ceil(now + decision.campaign.delay + GRACE)
    profile.leases.insert(0, Lease(decision.campaign.id, decision.key, until))
    _forget_leases(profile, now)


def note_message(profile: Profile, decision: Decision, now: float, site: Site) -> None:
    """Count a message that is about to be handed to the outbox."""
    contact = _contact(profile, decision.campaign.id, now)
    contact.messages += 1
    _count_one(contact, profile, now, site)


def note_holdout(profile: Profile, decision: Decision, now: float) -> None:
    """Remember for this visit that the log knows of the campaign that the shopper did not get."""
    contact = _contact(profile, decision.campaign.id, now)
    contact.visit_started, contact.session = profile.visit.started, 0


def react(profile: Profile, event: Event, now: float, site: Site) -> bool:
    """Take over a widget event, whose `key` is the exposure and whose props name the `campaign` and, for
    widget_later, the `choice`. False when it was ignored: the exposure was never promised to this shopper or was
    confirmed before, or the choice is none. `now` is the server's clock, unix seconds."""
    campaign = event.props.get("campaign")
    if not isinstance(campaign, str):
        return False
    if event.name == "widget_view":
        return _confirm(profile, campaign, event, now, site)
    if not _is_known(profile, campaign, event.key):
        return False
    if event.name == "widget_later":
        return _put_off(profile, campaign, event.props.get("choice"), now)
    contact = _contact(profile, campaign, now)
    if event.name == "widget_click":
        contact.clicks += 1
        contact.clicked_at = max(contact.clicked_at, event.at // 1000)
    elif event.name == "widget_close":
        contact.closes += 1
    return event.name in ("widget_click", "widget_close")


def _confirm(profile: Profile, campaign: str, event: Event, now: float, site: Site) -> bool:
    for place, lease in enumerate(profile.leases):
        if lease.exposure == event.key and lease.campaign == campaign:
            del profile.leases[place]
            contact = _contact(profile, campaign, now)
            contact.views += 1
            contact.seen_at = max(contact.seen_at, event.at // 1000)
            _count_one(contact, profile, now, site)
            return True
    return False


def _put_off(profile: Profile, campaign: str, choice: object, now: float) -> bool:
    if choice == "session":
        _contact(profile, campaign, now).later_visit = profile.visit.started
        return True
    for known, seconds in PUT_OFF.items():
        if choice == known:
            until = NEVER if seconds == NEVER else ceil(now) + seconds
            contact = _contact(profile, campaign, now)
            contact.later_until = max(contact.later_until, until)
            return True
    return False


def _is_known(profile: Profile, campaign: str, exposure: str) -> bool:
    promised = any(lease.exposure == exposure and lease.campaign == campaign for lease in profile.leases)
    return promised or campaign in profile.contacts


def _count_one(contact: Contact, profile: Profile, now: float, site: Site) -> None:
    visit, today = profile.visit.started, day_number(now, site.timezone)
    contact.session = contact.session + 1 if contact.visit_started == visit else 1
    contact.day = contact.day + 1 if contact.day_number == today else 1
    contact.visit_started, contact.day_number = visit, today


def _contact(profile: Profile, campaign: str, now: float) -> Contact:
    contact = profile.contacts.get(campaign)
    if contact is None:
        while len(profile.contacts) >= CONTACTS:
            del profile.contacts[_least_missed(profile.contacts)]
        contact = profile.contacts[campaign] = Contact()
    contact.last_at = int(now)
    return contact


def _least_missed(contacts: dict[str, Contact]) -> str:
    """The contact used least recently; a "never again" is kept as long as there is another to drop."""
    return min(contacts, key=lambda campaign: (contacts[campaign].later_until >= NEVER, contacts[campaign].last_at))


def _forget_leases(profile: Profile, now: float) -> None:
    kept = [lease for lease in profile.leases if lease.until > now - REMEMBERED]
    if len(kept) > LEASES:
        kept.sort(key=lambda lease: lease.until <= now)  # stable: live ones first, then the newest
    profile.leases = kept[:LEASES]
