"""Which orders are put down to which campaigns. All functions change what they are given.

There are two counts. *Converted after it* is what conditions ask: the shopper saw or clicked the campaign at most a
week before the order. Only the last view and the last click of a campaign are known, so an order that is told after a
later view and a later click counts for none. *The comparison* asks what came of the shopper's entry, whatever was seen
afterwards: it counts an order of the time between the entry and the end of the campaign's window, by the order's own
time. Both times stand on the contact, so whether an order is in there can be told again when it is cancelled.
"""

from collections.abc import Iterable, Mapping

from dangol.profile.marks import SIZE, mark, marks, place
from dangol.profile.model import RECENT_ORDERS, TAKEN_BACK, Contact, Order, Profile

WINDOW = 7 * 86_400
"""Seconds after a view or click in which an order comes after it."""


def convert(profile: Profile, order: Order) -> None:
    """Count an order that is new."""
    one = mark(order.number)
    for contact in profile.contacts.values():
        if any(touched and 0 <= order.at - touched <= WINDOW for touched in (contact.seen_at, contact.clicked_at)):
            contact.conversions += 1
            contact.converted = (one + contact.converted)[: RECENT_ORDERS * SIZE]
        if is_due(contact, order.at):
            contact.orders += 1
            contact.revenue += order.value


def is_due(contact: Contact, at: int) -> bool:
    """Whether an order of the unix second `at` is put down to the shopper's entry."""
    return contact.entered_at < at <= contact.until


def take_back(profile: Profile, number: str) -> None:
    """The order `number` comes after no campaign: it was cancelled, or is another's. Exact for every order that the
    profile still knows."""
    one = mark(number)
    for contact in profile.contacts.values():
        if (at := place(contact.converted, one)) >= 0:
            contact.conversions -= 1
            contact.converted = contact.converted[:at] + contact.converted[at + SIZE :]


def take_out(profile: Profile, order: Order) -> None:
    """The same for the comparison, of an order as it was counted."""
    for contact in profile.contacts.values():
        if is_due(contact, order.at):
            contact.orders -= 1
            contact.revenue -= order.value


def join(contact: Contact, ours: Contact, theirs: Contact) -> None:
    """What two contacts of one person with a campaign make together; an order that both count is one. The earlier
    entry is the person's."""
    mine = marks(ours.converted)
    more = [one for one in marks(theirs.converted) if one not in mine]
    common = len(marks(theirs.converted)) - len(more)
    contact.conversions = ours.conversions + theirs.conversions - common
    contact.converted = b"".join(mine + more)
    first = theirs if is_earlier(theirs, ours) else ours
    contact.arm, contact.draw, contact.segments = first.arm, first.draw, first.segments
    contact.entered_at, contact.until = first.entered_at, first.until
    contact.orders, contact.revenue = first.orders, first.revenue


def is_earlier(one: Contact | None, other: Contact | None) -> bool:
    """Whether the entry of `one` is the person's, where `other` is the same person's with the same campaign."""
    if one is None or not one.arm:
        return False
    return other is None or not other.arm or one.entered_at < other.entered_at


def take_over(contact: Contact, own: Mapping[str, Order], others: Iterable[Order], joined: Mapping[str, Order]) -> None:
    """Put down to an entry what orders became of when two profiles were `joined`: `own` are those of the profile
    that the entry was in, and counted by it, `others` those of the other one."""
    for number in {order.number for order in others}:
        for order, sign in ((own.get(number), -1), (joined[number], 1)):
            if order is not None and order.value != TAKEN_BACK and is_due(contact, order.at):
                contact.orders += sign
                contact.revenue += sign * order.value


def keep_known(profile: Profile) -> None:
    """Forget the marks of orders that the profile knows no more: nobody can take those back."""
    known = {mark(order.number) for order in profile.recent_orders}
    for contact in profile.contacts.values():
        if len(contact.converted) > SIZE * RECENT_ORDERS:
            contact.converted = b"".join(one for one in marks(contact.converted) if one in known)
