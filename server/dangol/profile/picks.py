"""Recommended products that a shopper has clicked, and the orders that these come to be in.

What a strip offers is written ``recommender:product``, as its links say in ``data-for``. Only what this shopper was
really offered may be clicked, each product once for each time that it was offered. An order within a week after the
click counts what it holds of the product, once, by the money of its own lines; of two clicks on one product in the same
campaign the later one counts. Taken back exactly for every pick that the profile still knows. All functions change the
profile that they are given, and never a pick or a strip.
"""

import re
from collections.abc import Collection, Iterable, Sequence

from msgspec.structs import replace

from dangol.profile.marks import SIZE, mark, marks, place
from dangol.profile.model import PICKS, Order, Pick, Profile, Strip
from dangol.protocol.event import Event, Item
from dangol.render.money import MOST

WINDOW = 7 * 86_400
"""Seconds after a click in which an order of the product comes from it."""

SHOWN = 36
"""Products that may be clicked: three full strips, since pages stay open and tabs stand beside each other."""

OFFER = re.compile(r"((?:[a-z0-9][a-z0-9_-]{0,39})?):(.{1,100})")
FILLING = "catalogue"
"""Stands for a recommender where none has named a product, and the strip was filled with whatever fits."""

EMPTY = Strip()


def sources(offered: Iterable[str]) -> tuple[str, ...]:
    """The recommenders of what is offered, each once."""
    found = filter(None, map(OFFER.fullmatch, offered))
    return tuple(dict.fromkeys(each[1] or FILLING for each in found))


def show(profile: Profile, campaign: str, offered: Iterable[str]) -> None:
    """Remember what a shopper who takes part in the campaign is offered now."""
    contact = profile.contacts.get(campaign)
    if contact is None or not contact.arm:
        return
    strip = contact.strip or EMPTY
    new = [mark(each) for each in offered if OFFER.fullmatch(each)]
    known = [one for one in marks(strip.shown) if one not in new]
    contact.strip = replace(strip, shown=b"".join([*new, *known])[: SHOWN * SIZE])


def click(profile: Profile, campaign: str, event: Event) -> None:
    """Take in a click on the campaign's widget, which names an ``item`` where it was a product."""
    contact, item = profile.contacts.get(campaign), str(event.props.get("item", ""))
    found = OFFER.fullmatch(item)
    if contact is None or contact.strip is None or found is None:
        return
    shown = contact.strip.shown
    at = place(shown, mark(item))
    if at < 0:
        return
    source, product = found.groups()
    contact.strip = replace(contact.strip, shown=shown[:at] + shown[at + SIZE :], clicks=contact.strip.clicks + 1)
    pick = Pick(product, campaign, source or FILLING, event.at // 1000, contact.arm, contact.draw, contact.entered_at)
    others = (each for each in profile.picks if each.order or (each.campaign, each.product) != (campaign, product))
    profile.picks = [pick, *others][:PICKS]


def convert(profile: Profile, order: Order, items: Iterable[Item]) -> None:
    """Count an order that is new."""
    lines: dict[str, tuple[int, int]] = {}
    for item in items:
        quantity, money = lines.get(item.id, (0, 0))
        lines[item.id] = (quantity + item.quantity, min(money + (item.price or 0) * item.quantity, MOST))
    products, recommenders, bought = set[tuple[str, str]](), set[tuple[str, str]](), list[Pick]()
    for at, pick in enumerate(profile.picks):
        one, contact = (pick.campaign, pick.product), profile.contacts.get(pick.campaign)
        is_due = not pick.order and pick.product in lines and 0 <= order.at - pick.at <= WINDOW
        if not is_due or one in products or contact is None or contact.strip is None:
            continue
        quantity, money = lines[pick.product]
        orders = int((pick.campaign, pick.source) not in recommenders)
        products.add(one)
        recommenders.add((pick.campaign, pick.source))
        profile.picks[at] = replace(pick, order=order.number, quantity=quantity, revenue=money, orders=orders)
        bought.append(profile.picks[at])
    _add(profile, bought, 1)


def take_back(profile: Profile, number: str) -> None:
    """The order `number` came from no click: it was cancelled, or is another's. Another may still come from them."""
    _clear(profile, [pick for pick in profile.picks if pick.order == number])


def _clear(profile: Profile, gone: Collection[Pick]) -> None:
    _add(profile, gone, -1)
    profile.picks = [
        replace(pick, order="", quantity=0, revenue=0, orders=0) if pick in gone else pick for pick in profile.picks
    ]


def _add(profile: Profile, picks: Collection[Pick], sign: int) -> None:
    """Count them, or take them back, in what the shopper had of their campaigns' products; an order counts once."""
    for campaign in {pick.campaign for pick in picks}:
        contact, its = profile.contacts.get(campaign), [pick for pick in picks if pick.campaign == campaign]
        if contact is not None and contact.strip is not None:
            orders = contact.strip.orders + sign * len({pick.order for pick in its})
            revenue = contact.strip.revenue + sign * sum(pick.revenue for pick in its)
            contact.strip = replace(contact.strip, orders=orders, revenue=revenue)


def forget(profile: Profile, campaign: str) -> None:
    """The shopper enters the campaign, for the first time or anew: what was clicked before is another entry's."""
    profile.picks = [pick for pick in profile.picks if pick.campaign != campaign]


def together(ours: Strip | None, theirs: Strip | None) -> Strip | None:
    """What one person had of a campaign's products as two."""
    if ours is None or theirs is None:
        return ours or theirs
    mine = marks(ours.shown)
    shown = b"".join([*mine, *(one for one in marks(theirs.shown) if one not in mine)])[: SHOWN * SIZE]
    return Strip(shown, ours.clicks + theirs.clicks, ours.orders + theirs.orders, ours.revenue + theirs.revenue)


def join(member: Profile, theirs: Sequence[Pick]) -> None:
    """Take over another profile's picks, once the contacts are joined. An order that both count in a campaign stays
    the member's, and one that the member knows to be cancelled counts no more."""
    known = {(pick.campaign, pick.order) for pick in member.picks if pick.order}
    twice = [pick for pick in theirs if (pick.campaign, pick.order) in known]
    member.picks = sorted([*member.picks, *theirs], key=lambda pick: -pick.at)
    _clear(member, twice)
    member.picks = member.picks[:PICKS]
