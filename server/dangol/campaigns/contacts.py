"""What passes between campaigns and a shopper: promised and confirmed views, reactions, "see later", messages.

A view is first promised (a lease on the profile) and counts when the browser says that it was really seen. Limits
count both, so two tabs can't both take the last allowed view; a promise that nobody confirms lapses. A view that
comes after that, from a tab that stood in the background or a widget far down the page, still counts: it was seen. All
functions change the profile that they are given.
"""

from collections.abc import Iterable
from math import ceil

from dangol.campaigns.calendar import day_number
from dangol.campaigns.decision import Decision
from dangol.definitions.model import Later, Site
from dangol.profile import days, picks
from dangol.profile.model import CONTACTS, LEASES, NEVER, TALLIES, Contact, Lease, Profile
from dangol.protocol.event import Event

GRACE = 30
"""Seconds for which a promised view may be confirmed: the page opens the widget within 20 of them or asks again."""

REMEMBERED = 3600
"""Seconds for which a lapsed promise is kept, to know a late view or a late "never again" for ours."""

PUT_OFF: dict[Later, int] = {"1h": 3600, "1d": 86400, "7d": 7 * 86400, "30d": 30 * 86400, "never": NEVER}


def live_leases(profile: Profile, now: float) -> list[Lease]:
    """The promises that may still be confirmed."""
    return [lease for lease in profile.leases if lease.until > now]


def promise(profile: Profile, decision: Decision, now: float, sources: tuple[str, ...] = ()) -> bool:
    """Reserve the view that a page was told to show, of products of the recommenders `sources`. False for one that was
    promised before, which goes on."""
    others = [lease for lease in profile.leases if lease.exposure != decision.key]
    is_new = len(others) == len(profile.leases)
    profile.leases = others
    lease = Lease(decision.campaign.id, decision.key, ceil(now + GRACE), decision.counts, sources)
    profile.leases.insert(0, lease)
    _forget_leases(profile, now)
    return is_new


def note_message(profile: Profile, decision: Decision, now: float, site: Site) -> None:
    """Count a message that is about to be handed to the outbox."""
    contact = contact_of(profile, decision.campaign.id, now)
    for each in (contact, *_tallies(profile, decision.counts, now)):
        each.messages += 1
        _count_one(each, profile, now, site)


def note_holdout(profile: Profile, decision: Decision, now: float) -> None:
    """Remember for this visit that the log knows of the campaign that the shopper did not get."""
    contact = contact_of(profile, decision.campaign.id, now)
    contact.visit_started, contact.session = profile.visit.started, 0


def react(profile: Profile, event: Event, now: float, site: Site) -> bool:
    """Take over a widget event, whose `key` is the exposure and whose props name the `campaign` and, for
    widget_later, the `choice`. False when it was ignored: the exposure was never promised to this shopper or was
    confirmed before, or the choice is none. Any known choice counts, whatever the campaign offers: the page may be
    older than the definitions, and nobody but the shopper is kept from anything by it. `now` is the server's clock,
    unix seconds."""
    campaign = event.props.get("campaign")
    if not isinstance(campaign, str):
        return False
    if event.name == "widget_view":
        return _confirm(profile, campaign, event, now, site)
    if not is_known(profile, campaign, event.key):
        return False
    if event.name == "widget_later":
        return _put_off(profile, campaign, event.props.get("choice"), now)
    contact = contact_of(profile, campaign, now)
    if event.name == "widget_click":
        contact.clicks += 1
        contact.clicked_at = max(contact.clicked_at, event.at // 1000)
        picks.click(profile, campaign, event)
    elif event.name == "widget_close":
        contact.closes += 1
    return event.name in ("widget_click", "widget_close", "widget_submit")


def _confirm(profile: Profile, campaign: str, event: Event, now: float, site: Site) -> bool:
    for place, lease in enumerate(profile.leases):
        if lease.exposure == event.key and lease.campaign == campaign:
            del profile.leases[place]
            for contact in (contact_of(profile, campaign, now), *_tallies(profile, lease.counts, now)):
                contact.views += 1
                contact.seen_at = max(contact.seen_at, event.at // 1000)
                _count_one(contact, profile, now, site)
            return True
    return False


def _put_off(profile: Profile, campaign: str, choice: object, now: float) -> bool:
    if choice == "session":
        contact_of(profile, campaign, now).later_visit = profile.visit.started
        return True
    for known, seconds in PUT_OFF.items():
        if choice == known:
            until = NEVER if seconds == NEVER else ceil(now) + seconds
            contact = contact_of(profile, campaign, now)
            contact.later_until = max(contact.later_until, until)
            return True
    return False


def is_known(profile: Profile, campaign: str, exposure: str) -> bool:
    """Whether this shopper was ever promised the campaign."""
    promised = any(lease.exposure == exposure and lease.campaign == campaign for lease in profile.leases)
    return promised or campaign in profile.contacts


def _count_one(contact: Contact, profile: Profile, now: float, site: Site) -> None:
    visit, today = profile.visit.started, day_number(now, site.timezone)
    contact.session = contact.session + 1 if contact.visit_started == visit else 1
    contact.day = contact.day + 1 if contact.day_number == today else 1
    contact.visit_started, contact.day_number = visit, today
    contact.days = days.put(contact.days, today, contact.day)


def contact_of(profile: Profile, campaign: str, now: float) -> Contact:
    """The campaign's contact, made where there is none. The one used least recently gives way where there are many."""
    return _touched(profile.contacts, campaign, CONTACTS, now)


def _tallies(profile: Profile, names: Iterable[str], now: float) -> list[Contact]:
    return [_touched(profile.tallies, name, TALLIES, now) for name in names]


def _touched(contacts: dict[str, Contact], name: str, most: int, now: float) -> Contact:
    contact = contacts.get(name)
    if contact is None:
        while len(contacts) >= most:
            del contacts[_least_missed(contacts)]
        contact = contacts[name] = Contact()
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
