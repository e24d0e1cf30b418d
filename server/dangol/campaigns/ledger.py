"""Decisions put down: on the profile, where limits count them, and for the log, which tells what came of them.

A shopper enters a campaign with the first decision to show it, to send it or, for the comparison, not to. From then on
orders, views and the like are put down to the arm of that moment, whatever the shopper saw: what is compared are the
shoppers that were meant to get something, not those that happened to look (intention to treat). Every change is told as
a `Credit` in the very write that makes it, so the sums of all credits are what stands on the profiles.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2s
from typing import Any, NamedTuple

from msgspec.structs import replace

from dangol.campaigns import strips
from dangol.campaigns.arms import HOLDOUT, ON
from dangol.campaigns.contacts import contact_of, note_holdout, note_message, promise
from dangol.campaigns.credit import credit_of
from dangol.campaigns.decision import Decision, Verdict
from dangol.definitions.model import Campaign, Site
from dangol.profile import picks
from dangol.profile.conversions import is_earlier
from dangol.profile.model import Contact, Pick, Profile
from dangol.protocol.event import REACTION_EVENTS, Credit, Decided, Event

DAY = 86_400
ORDERS = frozenset({"purchase", "refund"})
"""Events that may change what stands in every comparison."""

FIGURES = {
    "widget_view": "views",
    "widget_click": "clicks",
    "widget_close": "closes",
    "widget_later": "laters",
    "widget_submit": "submits",
}

NOTHING = Contact()
NO_OFFERS: Mapping[str, Sequence[str]] = {}


class Noted(NamedTuple):
    """What the log keeps of decisions, and the entries that they are."""

    decided: list[Decided]
    credits: list[Credit]


class Stake(NamedTuple):
    """What a shopper has of campaigns: the contacts of those entered, what promised views show by exposure, and the
    picks."""

    contacts: dict[str, Contact]
    sources: dict[str, tuple[str, ...]]
    picks: list[Pick]


def note(
    profile: Profile,
    decisions: Sequence[Decision],
    now: float,
    site: Site,
    offered: Mapping[str, Sequence[str]] = NO_OFFERS,
) -> Noted:
    """Write on the profile what was decided at `now`, unix seconds, and return what the log keeps of it. `offered` are
    the products that the widgets shown recommend, by campaign."""
    noted = Noted([], [])
    for decision in decisions:
        if decision.verdict is Verdict.SHOW:
            if not promise(profile, decision, now, picks.sources(offered.get(decision.campaign.id, ()))):
                continue
        elif decision.verdict is Verdict.MESSAGE:
            note_message(profile, decision, now, site)
        elif decision.verdict is Verdict.HOLDOUT:
            note_holdout(profile, decision, now)
        else:
            continue
        noted.decided.append(Decided(decision.campaign.id, decision.verdict.value, decision.key, decision.arm))
        contact = contact_of(profile, decision.campaign.id, now)
        if decision.arm and not contact.arm and not profile.anonymous:  # nobody knows who comes back to order
            noted.credits.append(_enter(profile, contact, decision, now, site))
    for campaign, products in offered.items():
        picks.show(profile, campaign, products)
    return noted


def note_sent(profile: Profile, decision: Decision, now: float, site: Site) -> list[Credit]:
    """Write on the profile a message that is sent for another cause than a request's decision, or that somebody of the
    comparison does not get (verdict holdout), and return what the comparison counts of it. A decision without an arm
    takes nobody into one."""
    if decision.verdict is Verdict.HOLDOUT:
        note_holdout(profile, decision, now)
    else:
        note_message(profile, decision, now, site)
    contact = contact_of(profile, decision.campaign.id, now)
    if not decision.arm or contact.arm or profile.anonymous:
        return []
    return [_enter(profile, contact, decision, now, site)]


def _enter(profile: Profile, contact: Contact, decision: Decision, now: float, site: Site) -> Credit:
    """The shopper takes part from `now` on. No order that is known already is later, so whether an order was counted
    can be told from its time."""
    campaign, drawn, at = decision.campaign, shares(decision.campaign), max(int(now), profile.last_order_at)
    contact.arm, contact.draw, contact.segments = decision.arm, draw_of(drawn), decision.segments
    contact.entered_at, contact.until = at, at + campaign.window * DAY
    contact.orders = contact.revenue = 0
    contact.strip = None
    picks.forget(profile, campaign.id)
    return credit_of(campaign.id, contact, site, entered=1, seen=int(contact.views > 0), shares=drawn)


def shares(campaign: Campaign) -> dict[str, float]:
    """The share of shoppers that each arm is meant to get; they add up to 1."""
    held = campaign.holdout / 100
    weights = {variant.id: variant.weight for variant in campaign.variants} or {ON: 1}
    given = {arm: (1 - held) * weight / sum(weights.values()) for arm, weight in weights.items()}
    return {arm: share for arm, share in {HOLDOUT: held, **given}.items() if share}


def draw_of(drawn: Mapping[str, float]) -> str:
    """The name of a draw: equal shares have equal ones, and only who was drawn by equal shares is compared."""
    return _named(tuple(drawn.items()))


@lru_cache(1024)
def _named(drawn: tuple[tuple[str, float], ...]) -> str:
    text = " ".join(f"{arm}={share:.9f}" for arm, share in sorted(drawn))
    return blake2s(text.encode(), digest_size=4).hexdigest()


def taking_part(profile: Profile) -> Stake:
    """What the shopper has of the campaigns entered as it is now, to tell later what has changed."""
    return _stake(profile, profile.contacts)


def at_stake(profile: Profile, events: Iterable[Event]) -> Stake | None:
    """What the events may change of it; None where that is nothing."""
    names = set()
    for event in events:
        if event.name in ORDERS:
            return taking_part(profile)
        if event.name in REACTION_EVENTS:
            names.add(event.props.get("campaign"))
    return _stake(profile, names) if names else None


def _stake(profile: Profile, names: Collection[Any]) -> Stake:
    contacts = {name: replace(one) for name, one in profile.contacts.items() if name in names and one.arm}
    sources = {lease.exposure: lease.sources for lease in profile.leases if lease.sources}
    return Stake(contacts, sources, list(profile.picks))


def changes(before: Stake, profile: Profile, taken: Collection[Event], site: Site) -> list[Credit]:
    """What the events that were `taken` in changed since it was as `before`, entries aside."""
    counts: dict[str, Counter[str]] = {}
    for event in taken:
        if event.name in FIGURES:
            counts.setdefault(str(event.props.get("campaign", "")), Counter())[FIGURES[event.name]] += 1
    found = []
    for name, was in before.contacts.items():
        contact = profile.contacts.get(name)
        if contact is None or contact.entered_at != was.entered_at:
            continue  # it gave way to others
        if (moved := _moved(was, contact)) or name in counts:
            found.append(credit_of(name, contact, site, **moved, **counts.get(name, Counter())))
        found += strips.moved(name, contact, was.strip, contact.strip, site)
    found += strips.viewed(taken, before.sources, before.contacts, site)
    found += strips.picked(before.picks, profile.picks, site)
    return found


def joined(before: Stake, visitor: Profile, member: Profile, site: Site) -> list[Credit]:
    """What changes when a `visitor` turns out to be a member, who took part as `before` and has taken the visitor's
    history over.

    Of two entries the earlier one is the person's, whatever their arms are, and the other one is taken out again with
    all that it had. Both would count a person twice. Leaving out whoever got two arms would take most of a small
    holdout's customers, since it is customers who log in.
    """
    found = []
    for name, contact in member.contacts.items():
        ours, theirs = before.contacts.get(name), visitor.contacts.get(name)
        first, second = (theirs, ours) if is_earlier(theirs, ours) else (ours, theirs)
        if first is None or not contact.arm:
            continue
        if changed := _moved(first, contact):
            found.append(credit_of(name, contact, site, **changed))
        found += strips.moved(name, contact, first.strip, contact.strip, site)
        if second is not None and second.arm:
            found.append(credit_of(name, second, site, entered=-1, **_moved(second, NOTHING)))
            found += strips.moved(name, second, second.strip, None, site)
    found += strips.picked([*before.picks, *visitor.picks], member.picks, site)
    return found


def _moved(was: Contact, now: Contact) -> dict[str, int]:
    """The change of one shopper's figures; empty for none."""
    seen, orders, revenue = (now.views > 0) - (was.views > 0), now.orders - was.orders, now.revenue - was.revenue
    if not (seen or orders or revenue):
        return {}
    before = {"orders_before": was.orders, "revenue_before": was.revenue}
    return {"seen": seen, "orders": orders, "revenue": revenue, **before}
