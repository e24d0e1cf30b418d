"""Which campaigns reach a shopper now, and why not the others. Pure, and the same code for showing and explaining."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from hashlib import blake2s

from dangol.campaigns.contacts import count, live_leases
from dangol.campaigns.decision import Decision, Reason, Verdict, sentence
from dangol.campaigns.plan import Plan, Rule, day_number, local_time
from dangol.definitions.model import Campaign
from dangol.plugin import Request
from dangol.profile.model import LEASES, NEVER, Contact, Profile
from dangol.protocol.event import Event

__all__ = ["Decision", "Plan", "Reason", "Verdict", "decide", "sentence"]

NO_CONTACT = Contact()
NO_LEASES: tuple[int, ...] = ()
CAP_REASONS = {"session": Reason.CAP_SESSION, "day": Reason.CAP_DAY, "lifetime": Reason.CAP_LIFETIME}

Refusal = tuple[Reason, str]


@dataclass(slots=True)
class Look:
    """All that one decision looks at. `taken` tells which campaign holds which slot of the page; `promised` counts
    the views that wait to be confirmed, those of this decision included; `leases` are their ends by campaign."""

    plan: Plan
    profile: Profile
    request: Request
    matched: AbstractSet[str]
    events: Sequence[Event]
    open: Collection[str]
    allowed: bytes
    leases: Mapping[str, Sequence[int]]
    taken: dict[str, str]
    promised: int
    silent: Collection[str]
    explained: bool


def decide(
    plan: Plan,
    profile: Profile,
    request: Request,
    matched: AbstractSet[str],
    *,
    events: Sequence[Event] = (),
    is_open: Collection[str] = (),
    silent: Collection[str] = (),
    widgets: bool = True,
    everything: bool = False,
    losers: bool = False,
) -> list[Decision]:
    """Judge the campaigns that `request.event_names` and the `matched` segments bring up, or with `everything` all.

    `events` are those of the request, for messages that are sent once per event; `is_open` are the campaigns that
    the page shows already, `silent` those whose widget has nothing to show now; without `widgets` no page waits for
    an answer and only messages are judged. One decision per campaign looked at, by descending priority; a message
    that is sent once per event may have several. Without `everything`, a campaign whose slot is taken is looked at only
    with `losers`, and times in `detail` are left out. Changes nothing: see `contacts` for what to note.
    """
    leases = live_leases(profile, request.now) if profile.leases else []
    ends: dict[str, list[int]] = {}
    for lease in leases:
        ends.setdefault(lease.campaign, []).append(lease.until)
    look = Look(
        plan=plan,
        profile=profile,
        request=request,
        matched=matched,
        events=events,
        open=is_open,
        allowed=plan.pages.allowed(request.path),
        leases=ends,
        taken=_slots_of(plan, is_open) if is_open else {},
        promised=len(leases),
        silent=silent,
        explained=everything,
    )
    decisions: list[Decision] = []
    losers = losers or everything
    for rule in plan.rules if everything else plan.candidates(request.event_names, matched):
        if rule.slot in look.taken and not losers and rule.campaign.id not in is_open:
            continue  # it can't win, and nobody asks why
        if rule.campaign.message is not None:
            decisions.extend(_judge_message(rule, look))
        elif widgets:
            decisions.append(_judge_widget(rule, look))
    return decisions


def _slots_of(plan: Plan, campaigns: Collection[str]) -> dict[str, str]:
    rules = [plan.by_id[campaign] for campaign in campaigns if campaign in plan.by_id]
    return {rule.slot: rule.campaign.id for rule in rules if rule.slot}


def _judge_widget(rule: Rule, look: Look) -> Decision:
    campaign = rule.campaign
    contact = look.profile.contacts.get(campaign.id)
    refusal = _outside(rule, look)
    if refusal is None and campaign.id in look.silent:
        refusal = Reason.NOTHING, ""
    if refusal is None and campaign.id in look.open:
        return Decision(campaign, Verdict.UPDATE, Reason.UPDATED)
    if refusal is None and contact is not None:
        refusal = _put_off(contact, look)
    refusal = refusal or _capped(rule, look, contact or NO_CONTACT) or _crowded(rule, look)
    if refusal is not None:
        return _refused(campaign, refusal)
    if _is_held_out(rule, look.profile.seed):
        return _held_out(rule, look, contact)
    look.taken[rule.slot] = campaign.id
    look.promised += 1
    return Decision(campaign, Verdict.SHOW, Reason.SHOWN, key=_exposure(rule, look))


def _judge_message(rule: Rule, look: Look) -> Iterator[Decision]:
    campaign = rule.campaign
    contact = look.profile.contacts.get(campaign.id)
    refusal = _outside(rule, look)
    if refusal is None and look.profile.member is None:
        refusal = Reason.NO_MEMBER, ""
    keys = [] if refusal else _causes(rule, look, contact)
    if not keys:
        yield _refused(campaign, refusal or (Reason.ALREADY_SENT, ""))
    for sent, key in enumerate(keys):
        decision = _message(rule, look, contact, sent, key)
        yield decision
        if decision.verdict is not Verdict.MESSAGE:
            return


def _message(rule: Rule, look: Look, contact: Contact | None, sent: int, key: str) -> Decision:
    refusal = _capped(rule, look, contact or NO_CONTACT, sent)
    if refusal is not None:
        return _refused(rule.campaign, refusal)
    if _is_held_out(rule, look.profile.seed):
        return _held_out(rule, look, contact)
    return Decision(rule.campaign, Verdict.MESSAGE, Reason.SENT, key=key)


def _causes(rule: Rule, look: Look, contact: Contact | None) -> list[str]:
    """The keys of the messages to send: one per event, or at most one per day or ever."""
    campaign = rule.campaign
    once = campaign.message.once if campaign.message else "ever"
    if once == "event":
        return [f"{campaign.id}:{event.id}" for event in look.events if event.name in rule.on]
    if once == "ever":
        return [] if contact and contact.messages else [campaign.id]
    today = day_number(look.request.now, look.plan.site.timezone)
    sent_today = contact is not None and contact.day > 0 and contact.day_number == today
    return [] if sent_today else [f"{campaign.id}:{today}"]


def _refused(campaign: Campaign, refusal: Refusal) -> Decision:
    return Decision(campaign, Verdict.NO, refusal[0], detail=refusal[1])


def _outside(rule: Rule, look: Look) -> Refusal | None:
    """What the campaign itself asks for and this page view is not."""
    campaign, request = rule.campaign, look.request
    if not campaign.active:
        return Reason.INACTIVE, ""
    if campaign.widget is not None and not rule.slot:
        return Reason.NO_PLUGIN, campaign.widget.use
    if request.now < rule.starts:
        return Reason.NOT_STARTED, _when(rule.starts, look)
    if request.now >= rule.ends:
        return Reason.ENDED, _when(rule.ends, look)
    if rule.on.isdisjoint(request.event_names):
        return Reason.EVENT, ", ".join(campaign.on)
    if not look.allowed[rule.page]:
        return Reason.PAGE, request.path
    if not rule.audience <= look.matched:
        return Reason.AUDIENCE, next(one for one in campaign.audience if one not in look.matched)
    return None


def _when(timestamp: float, look: Look) -> str:
    """Nobody reads it on a page view, and it costs more than the decision."""
    return local_time(timestamp, look.plan.site.timezone) if look.explained else ""


def _put_off(contact: Contact, look: Look) -> Refusal | None:
    if contact.later_until >= NEVER:
        return Reason.LATER_NEVER, ""
    if contact.later_until > look.request.now:
        return Reason.LATER, _when(contact.later_until, look)
    if contact.later_visit and contact.later_visit == look.profile.visit.started:
        return Reason.LATER_SESSION, ""
    return None


def _capped(rule: Rule, look: Look, contact: Contact, sent: int = 0) -> Refusal | None:
    """The first limit that is reached; `sent` are messages of this very decision."""
    promised = look.leases.get(rule.campaign.id, NO_LEASES)
    for cap in rule.campaign.caps:
        used = sent + count(contact, cap, look.profile, look.request.now, look.plan.site)
        if used >= cap.times:
            return CAP_REASONS[cap.per], str(cap.times)
        if used + len(promised) >= cap.times:
            return Reason.PROMISED_ELSEWHERE, _when(max(promised), look)
    return None


def _crowded(rule: Rule, look: Look) -> Refusal | None:
    if rule.slot in look.taken:
        return Reason.SLOT_TAKEN, look.taken[rule.slot]
    if look.promised >= LEASES:
        return Reason.TOO_MANY_PROMISED, str(look.promised)
    return None


def _is_held_out(rule: Rule, seed: int) -> bool:
    if not rule.held_out:
        return False
    return int.from_bytes(_digest(rule.campaign.id, seed, b"holdout", 4), "big") < rule.held_out


def _held_out(rule: Rule, look: Look, contact: Contact | None) -> Decision:
    noted = contact is not None and contact.visit_started == look.profile.visit.started
    verdict = Verdict.NO if noted else Verdict.HOLDOUT
    key = "" if noted else _exposure(rule, look)
    return Decision(rule.campaign, verdict, Reason.HOLDOUT, key, f"{rule.campaign.holdout:g}")


def _exposure(rule: Rule, look: Look) -> str:
    """Random to everyone else, and the same when a lost race repeats the decision."""
    text = f"{rule.campaign.id} {int(look.request.now * 1000)}"
    return _digest(text, look.profile.seed, b"exposure", 6).hex()


def _digest(text: str, seed: int, purpose: bytes, size: int) -> bytes:
    key = (seed & 0xFFFF_FFFF_FFFF_FFFF).to_bytes(8, "big")
    return blake2s(text.encode(), digest_size=size, key=key, person=purpose).digest()
