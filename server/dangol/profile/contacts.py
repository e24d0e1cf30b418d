"""What passed between campaigns and two shoppers who turn out to be one person. Pure; limits hold for the person."""

from collections.abc import Mapping
from typing import NamedTuple

from msgspec.structs import replace

from dangol.profile import conversions, days, picks
from dangol.profile.model import NEVER, Contact

Contacts = Mapping[str, Contact]


class Visits(NamedTuple):
    """The visit that goes on after a login, and those that were going on until then: one on each device, which count as
    one from now on. All by their starts."""

    goes_on: int
    were: frozenset[int]


def joined(ours: Contacts, theirs: Contacts, visits: Visits, most: int) -> dict[str, Contact]:
    """Both histories together: at most so many contacts, those used last and before them those that must never be
    forgotten."""
    contacts = {name: _carried(contact, visits) for name, contact in ours.items()}
    for name, contact in theirs.items():
        known, contact = contacts.get(name), _carried(contact, visits)
        contacts[name] = _joined(known, contact, visits.goes_on) if known else contact
    if len(contacts) > most:
        newest = sorted(contacts.items(), key=lambda one: (one[1].later_until < NEVER, -one[1].last_at))
        contacts = dict(newest[:most])
    return contacts


def _carried(contact: Contact, visits: Visits) -> Contact:
    """A copy in which what was going on still is."""
    return replace(
        contact,
        visit_started=visits.goes_on if contact.visit_started in visits.were else contact.visit_started,
        later_visit=visits.goes_on if contact.later_visit in visits.were else contact.later_visit,
    )


def _joined(ours: Contact, theirs: Contact, visit: int) -> Contact:
    def older(contact: Contact) -> tuple[bool, int]:
        return contact.visit_started == visit, contact.last_at

    before, latest = sorted((ours, theirs), key=older)
    yesterday, today = sorted((ours, theirs), key=lambda contact: contact.day_number)
    contact = Contact(
        views=ours.views + theirs.views,
        clicks=ours.clicks + theirs.clicks,
        closes=ours.closes + theirs.closes,
        last_at=max(ours.last_at, theirs.last_at),
        session=latest.session + (before.session if before.visit_started == latest.visit_started else 0),
        visit_started=latest.visit_started,
        day=today.day + (yesterday.day if yesterday.day_number == today.day_number else 0),
        day_number=today.day_number,
        later_until=max(ours.later_until, theirs.later_until),
        later_visit=visit if visit in (ours.later_visit, theirs.later_visit) else latest.later_visit,
        messages=ours.messages + theirs.messages,
        seen_at=max(ours.seen_at, theirs.seen_at),
        clicked_at=max(ours.clicked_at, theirs.clicked_at),
        days=days.join(ours.days, theirs.days),
        strip=picks.together(ours.strip, theirs.strip),
    )
    conversions.join(contact, ours, theirs)
    return contact
