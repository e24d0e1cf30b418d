"""Which orders count as conversions of which campaigns. All functions change what they are given.

An order counts for every campaign that the shopper saw or clicked at most a week before it. Only the last view and the
last click of a campaign are known, so an order that is told after a later view and a later click counts for none.
"""

from dangol.profile.marks import SIZE, mark, marks, place
from dangol.profile.model import RECENT_ORDERS, Contact, Profile

WINDOW = 7 * 86_400
"""Seconds after a view or click in which an order is put down to it."""


def convert(profile: Profile, number: str, at: int) -> None:
    """Count the order `number`, placed at unix seconds `at`."""
    one = mark(number)
    for contact in profile.contacts.values():
        if any(touched and 0 <= at - touched <= WINDOW for touched in (contact.seen_at, contact.clicked_at)):
            contact.conversions += 1
            contact.converted = (one + contact.converted)[: RECENT_ORDERS * SIZE]


def take_back(profile: Profile, number: str) -> None:
    """The order `number` was cancelled, or is another's. Exact for every order that the profile still knows."""
    one = mark(number)
    for contact in profile.contacts.values():
        if (at := place(contact.converted, one)) >= 0:
            contact.conversions -= 1
            contact.converted = contact.converted[:at] + contact.converted[at + SIZE :]


def join(contact: Contact, ours: Contact, theirs: Contact) -> None:
    """What two contacts of one person with a campaign make together; an order that both count is one."""
    mine = marks(ours.converted)
    more = [one for one in marks(theirs.converted) if one not in mine]
    common = len(marks(theirs.converted)) - len(more)
    contact.conversions = ours.conversions + theirs.conversions - common
    contact.converted = b"".join(mine + more)


def keep_known(profile: Profile) -> None:
    """Forget the marks of orders that the profile knows no more: nobody can take those back."""
    known = {mark(order.number) for order in profile.recent_orders}
    for contact in profile.contacts.values():
        if len(contact.converted) > SIZE * RECENT_ORDERS:
            contact.converted = b"".join(one for one in marks(contact.converted) if one in known)
