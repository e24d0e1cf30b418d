"""Consents to messages, act by act: what was agreed to, withdrawn, confirmed and told, and what is still to be told.
Pure; profiles are changed in place.

An advertisement needs a consent of its channel, and one between 21:00 and 08:00 another (Korea's Network Act, article
50); what was agreed to is kept with it, since the sender has to prove it. The sender tells the person the result within
14 days (art. 50 (7)), and confirms a consent every two years (art. 50 (8) and its Enforcement Decree, art. 62-3).
"""

from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

from msgspec.structs import replace

from dangol.profile.model import CONSENT_CHANGES, ConsentChange, Profile, Subscription
from dangol.profile.subscriptions import normal
from dangol.protocol.event import Event
from dangol.protocol.text import clean

What = Literal["agreed", "night_agreed", "night_withdrawn", "withdrawn", "reconfirmed", "notified"]
CHANGES: frozenset[str] = frozenset({"agreed", "night_agreed", "night_withdrawn", "withdrawn"})
"""Acts whose result the person is told."""

LONGEST_WORDING = 500
LONGEST_SOURCE = 100
DAY = 86_400
TELL_WITHIN = 14 * DAY
IMPORT = "import"
"""The source of acts that come with members' files."""

EVENT = "consent"
"""The name under which the log tells that a consent has changed, of its `channel` and `act`, without an address."""


class Act(NamedTuple):
    """Something that a person did with a consent, or that was done with it, at the unix second `at`. `address` is in
    its normal form, and empty where none was told."""

    channel: str
    what: str
    at: int
    address: str = ""
    wording: str = ""
    source: str = ""


class Told(NamedTuple):
    """An act of a member, or where that is empty of whoever has the act's address."""

    member: str
    act: Act


def at_home(profile: Profile, act: Act) -> Act:
    """An agreement that names no address is one for the member's own."""
    return act._replace(address=own_address(profile, act.channel)) if act.what == "agreed" and not act.address else act


def own_address(profile: Profile | None, channel: str) -> str:
    """Where a member is reached by the channel, as far as the shop has told; "" where it has not."""
    member = profile.member if profile else None
    if member is None or channel == "push":
        return ""
    return normal(channel, member.email if channel == "email" else member.phone) or ""


def record(profile: Profile, act: Act) -> bool:
    """Note an act; False where it is known already, or means nothing for this profile. One that comes late, when
    something newer is known, enters the history alone. A withdrawal in the same second as an agreement goes before."""
    after = recorded(profile.subscriptions.get(act.channel), act)
    if after is None:
        return False
    profile.subscriptions[act.channel] = after
    return True


def recorded(known: Subscription | None, act: Act) -> Subscription | None:
    """The consent as it is after the act; None where that changes nothing."""
    made = ConsentChange(act.what, act.at, clean(act.source, LONGEST_SOURCE))
    if known is None:
        if act.what == "agreed":
            return Subscription(act.address, act.at, _words(act), False, made.source, history=[made])
        refuses = act.what == "withdrawn"
        return Subscription(act.address, 0, withdrawn_at=act.at, history=[made]) if refuses else None
    is_known = any(each.what == made.what and each.at == made.at for each in known.history)
    if is_known or (act.what != "agreed" and act.address and known.address and act.address != known.address):
        return None
    changed = _changed(known, act)
    if changed and act.what == "withdrawn" and known.withdrawn_at:
        return changed  # who has refused refuses once more: nothing to be told of
    latest = {"agreed": max(known.agreed_at, known.withdrawn_at), "withdrawn": known.agreed_at - 1}
    late = act.at <= latest.get(act.what, 0)
    return replace(changed or known, history=_history([made, *known.history])) if changed or late else None


def _changed(known: Subscription, act: Act) -> Subscription | None:
    """The consent with the act's own effect; None where it has none."""
    holds, at = holding(known), act.at
    match act.what:
        case "agreed" if at > known.withdrawn_at and at >= known.agreed_at:
            night = holds and known.night and act.address == known.address
            reconfirmed = known.reconfirmed_at if holds and act.address == known.address else 0
            return replace(
                known,
                address=act.address,
                agreed_at=at,
                wording=_words(act),
                night=night,
                source=clean(act.source, LONGEST_SOURCE),
                withdrawn_at=0,
                reconfirmed_at=reconfirmed,
            )
        case "withdrawn" if at >= known.agreed_at and at > known.withdrawn_at:
            return replace(known, withdrawn_at=at, night=False)
        case "night_agreed" if holds and not known.night and at > _latest(known, "night_withdrawn"):
            return replace(known, night=True)
        case "night_withdrawn" if holds and known.night and at >= _latest(known, "night_agreed"):
            return replace(known, night=False)
        case "reconfirmed" if holds and at > max(known.agreed_at, known.reconfirmed_at):
            return replace(known, reconfirmed_at=at)
        case "notified" if at > known.notified_at:
            return replace(known, notified_at=at)
    return None


def subscribe(
    profile: Profile, channel: str, address: str, now: float, wording: str, night: bool, source: str
) -> list[Act]:
    """Note a consent given now by the form of the campaign `source`, and return what is new; `address` is in its normal
    form. A consent for the nights that was given before for the same address holds on. A form that is sent twice within
    a day agrees once."""
    known, acts = profile.subscriptions.get(channel), [Act(channel, "agreed", int(now), address, wording, source)]
    if known and holding(known) and now < known.agreed_at + DAY:
        same = (known.address, known.wording, known.source) == (address, _words(acts[0]), source)
        acts = [] if same else acts
    if night:
        acts.append(Act(channel, "night_agreed", int(now), address, "", source))
    return [act for act in acts if record(profile, act)]


def holding(subscription: Subscription) -> bool:
    """Whether the consent was given and not withdrawn."""
    return bool(subscription.agreed_at) and not subscription.withdrawn_at


def subscribed(profile: Profile) -> Iterable[str]:
    """The channels whose consent holds."""
    return [channel for channel, each in profile.subscriptions.items() if holding(each)]


def changed_at(subscription: Subscription) -> int:
    """When something was last agreed to or withdrawn."""
    told = (each.at for each in subscription.history if each.what in CHANGES)
    return max(subscription.agreed_at, subscription.withdrawn_at, *told)


def untold_since(subscription: Subscription) -> int:
    """Since when the person is to be told of a change; 0 where that is done. What was imported was told by whoever
    asked for it then."""
    own = [each.at for each in subscription.history if each.what in CHANGES and each.source != IMPORT]
    at = max(own, default=0) if subscription.history else changed_at(subscription)
    return at if at > subscription.notified_at else 0


def confirmed_at(subscription: Subscription) -> int:
    """When a consent that holds was last given or confirmed; 0 for one that does not hold."""
    return max(subscription.agreed_at, subscription.reconfirmed_at) if holding(subscription) else 0


def joined(ours: Mapping[str, Subscription], theirs: Mapping[str, Subscription]) -> dict[str, Subscription]:
    """Both's consents, and withdrawals: of each channel what was said last, with all that is known of what was said
    before. Of what was said in the same second the withdrawal holds."""
    both = {channel: _both(ours[channel], theirs[channel]) for channel in ours.keys() & theirs.keys()}
    return {**ours, **theirs, **both}


def _both(ours: Subscription, theirs: Subscription) -> Subscription:
    latest = max(ours, theirs, key=lambda each: (max(each.agreed_at, each.withdrawn_at), each.withdrawn_at))
    notified = max(ours.notified_at, theirs.notified_at)
    return replace(latest, notified_at=notified, history=_history([*ours.history, *theirs.history]))


def joined_event(at: float) -> Event:
    """What the log is told of a visitor with consents who turned out to be a member."""
    return Event(f"{EVENT}-joined-{int(at)}", EVENT, int(at * 1000), props={"act": "joined"})


def event_of(act: Act) -> Event:
    """What the log is told of an act: nothing that tells who it is."""
    id = f"{EVENT}-{act.channel}-{act.what}-{act.at}"
    return Event(id, EVENT, act.at * 1000, key=act.channel, props={"channel": act.channel, "act": act.what})


def _history(changes: Iterable[ConsentChange]) -> list[ConsentChange]:
    """The newest first, each once; of one second those that were known first stand last."""
    once = {(each.what, each.at): each for each in changes}
    return sorted(once.values(), key=lambda each: -each.at)[:CONSENT_CHANGES]


def _latest(known: Subscription, what: str) -> int:
    return max((each.at for each in known.history if each.what == what), default=0)


def _words(act: Act) -> str:
    return clean(act.wording, LONGEST_WORDING)
