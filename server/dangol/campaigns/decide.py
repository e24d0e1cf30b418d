"""Which campaigns reach a shopper now, and why not the others. Pure, and the same code for showing and explaining."""

from collections.abc import Collection, Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from dangol.campaigns.arms import HOLDOUT, digest, is_held_out, variant_of
from dangol.campaigns.calendar import day_number, local_time
from dangol.campaigns.contacts import GRACE
from dangol.campaigns.decision import Decision, Reason, Verdict
from dangol.campaigns.limits import ALL, NO_CONTACT, count
from dangol.campaigns.look import Look
from dangol.campaigns.plan import Plan, Rule
from dangol.campaigns.sentences import sentence
from dangol.definitions.model import Cap
from dangol.plugin import Request
from dangol.profile.model import LEASES, NEVER, Contact, Profile
from dangol.protocol.event import Event

__all__ = ["Decision", "Plan", "Reason", "Verdict", "decide", "sentence"]

PATIENCE = 600
"""Seconds that a page waits at most for what stands in a campaign's way to pass."""


class Refusal(NamedTuple):
    """Why not. What stands in the way passes at `until`, unix seconds; 0 where that is not to be waited for."""

    reason: Reason
    detail: str = ""
    limit: Cap | None = None
    until: float = 0


def decide(
    plan: Plan,
    profile: Profile,
    request: Request,
    matched: AbstractSet[str],
    *,
    events: Sequence[Event] = (),
    is_open: Collection[str] = (),
    due: Collection[str] = (),
    repeated: bool = False,
    silent: Collection[str] = (),
    widgets: bool = True,
    everything: bool = False,
    losers: bool = False,
) -> list[Decision]:
    """Judge the campaigns that `request.event_names`, those that are `due` and the `matched` segments bring up, or with
    `everything` all.

    `events` are those of the request, for messages that are sent once per event; `is_open` are the campaigns that
    the page shows already, `due` those whose moment it says has come, `silent` those whose widget has nothing to show
    now. What was promised to a request that is `repeated`, since its answer was lost, is its own. Without `widgets` no
    page waits for an answer and only messages are judged. One decision per campaign looked at, by descending priority;
    a message that is sent once per event may have several. Without `everything`, a campaign whose place is taken is
    looked at only with `losers`, and times in `detail` are left out. Changes nothing: see `contacts` for what to note.
    """
    look = Look(
        plan=plan,
        profile=profile,
        request=request,
        matched=matched,
        events=events,
        open=is_open,
        due=due,
        repeated=repeated,
        silent=silent,
        explained=everything,
        allowed=plan.pages.allowed(request.url or request.path, request.kind),
    )
    look.begin()
    decisions: list[Decision] = []
    losers = losers or everything
    for rule in plan.rules if everything else plan.candidates(request.event_names, matched, due):
        if look.taken and not losers and look.is_crowded(rule) and not rule.waits and rule.campaign.id not in is_open:
            continue  # it can't win, and nobody asks why
        if rule.campaign.message is not None:
            decisions.extend(_judge_message(rule, look))
        elif widgets:
            decisions.append(_judge_widget(rule, look))
    return decisions


def _judge_widget(rule: Rule, look: Look) -> Decision:
    campaign = rule.campaign
    contact = look.profile.contacts.get(campaign.id)
    refusal = _outside(rule, look)
    if refusal is None and campaign.id in look.silent:
        refusal = Refusal(Reason.NOTHING)
    if refusal is None and campaign.id in look.open:
        return Decision(campaign, Verdict.UPDATE, Reason.UPDATED, arm=_arm(rule, look))
    if refusal is None and contact is not None:
        refusal = _put_off(contact, look)
    is_time = not rule.waits or campaign.id in look.due
    if refusal is None and is_time and (key := look.owed(campaign.id)):
        look.occupy(rule)
        return Decision(campaign, Verdict.SHOW, Reason.SHOWN, key=key, arm=_arm(rule, look), counts=rule.counts)
    refusal = refusal or _capped(rule, look, contact or NO_CONTACT)
    if not is_time:
        return _at_its_moment(rule, look, refusal or _too_soon(rule, look))
    refusal = refusal or _crowded(rule, look) or _too_soon(rule, look)
    if refusal is not None:
        return _refused(rule, look, refusal)
    arm = _arm(rule, look)
    if arm == HOLDOUT:
        return _held_out(rule, look, contact)
    key = _exposure(rule, look)
    look.promise(rule, look.request.now + GRACE)
    return Decision(
        campaign,
        Verdict.SHOW,
        Reason.SHOWN,
        key=key,
        arm=arm,
        counts=rule.counts,
        segments=_reported(rule, look),
    )


def _judge_message(rule: Rule, look: Look) -> Iterator[Decision]:
    campaign = rule.campaign
    contact = look.profile.contacts.get(campaign.id)
    refusal = _outside(rule, look)
    if refusal is None and look.profile.member is None:
        refusal = Refusal(Reason.NO_MEMBER)
    keys = [] if refusal else _causes(rule, look, contact)
    if not keys:
        yield _refused(rule, look, refusal or Refusal(Reason.ALREADY_SENT))
    for sent, key in enumerate(keys):
        decision = _message(rule, look, contact, sent, key)
        yield decision
        if decision.verdict is not Verdict.MESSAGE:
            return


def _message(rule: Rule, look: Look, contact: Contact | None, sent: int, key: str) -> Decision:
    refusal = _capped(rule, look, contact or NO_CONTACT, sent)
    if refusal is not None:
        return _refused(rule, look, refusal)
    arm = _arm(rule, look)
    if arm == HOLDOUT:
        return _held_out(rule, look, contact)
    for tally in rule.counts:
        look.sent[tally] = look.sent.get(tally, 0) + 1
    segments = _reported(rule, look)
    return Decision(
        rule.campaign, Verdict.MESSAGE, Reason.SENT, key=key, arm=arm, counts=rule.counts, segments=segments
    )


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


def _refused(rule: Rule, look: Look, refusal: Refusal) -> Decision:
    """No, or not yet where that is soon enough for a page to wait for."""
    left = refusal.until - look.request.now
    verdict, delay = (Verdict.WAIT, left) if rule.places and 0 < left <= PATIENCE else (Verdict.NO, 0)
    return Decision(rule.campaign, verdict, refusal.reason, detail=refusal.detail, delay=delay, limit=refusal.limit)


def _at_its_moment(rule: Rule, look: Look, refusal: Refusal | None) -> Decision:
    """The campaign's moment is still to come. What stands in the way now may have passed by then."""
    left = refusal.until - look.request.now if refusal else 0
    if refusal is not None and not 0 < left <= PATIENCE:
        return _refused(rule, look, refusal)
    return Decision(rule.campaign, Verdict.WAIT, Reason.WAITING, delay=max(rule.campaign.delay, left))


def _outside(rule: Rule, look: Look) -> Refusal | None:
    """What the campaign itself asks for and this page view is not."""
    campaign, request = rule.campaign, look.request
    if not campaign.active:
        return Refusal(Reason.INACTIVE)
    if campaign.widget is not None and not rule.places:
        return Refusal(Reason.NO_PLUGIN, campaign.widget.use)
    if request.now < rule.starts:
        return Refusal(Reason.NOT_STARTED, _when(rule.starts, look))
    if request.now >= rule.ends:
        return Refusal(Reason.ENDED, _when(rule.ends, look))
    if rule.on.isdisjoint(request.event_names) and campaign.id not in look.due:
        return Refusal(Reason.EVENT, ", ".join(campaign.on))
    if not look.allowed[rule.page]:
        kinds = campaign.pages.kinds
        is_kind = not kinds or request.kind in kinds
        return Refusal(Reason.PAGE, request.path) if is_kind else Refusal(Reason.KIND, request.kind)
    if not rule.audience <= look.matched:
        return Refusal(Reason.AUDIENCE, next(one for one in campaign.audience if one not in look.matched))
    return None


def _when(timestamp: float, look: Look) -> str:
    """Nobody reads it on a page view, and it costs more than the decision."""
    return local_time(timestamp, look.plan.site.timezone) if look.explained else ""


def _put_off(contact: Contact, look: Look) -> Refusal | None:
    if contact.later_until >= NEVER:
        return Refusal(Reason.LATER_NEVER)
    if contact.later_until > look.request.now:
        return Refusal(Reason.LATER, _when(contact.later_until, look))
    if contact.later_visit and contact.later_visit == look.profile.visit.started:
        return Refusal(Reason.LATER_SESSION)
    return None


def _capped(rule: Rule, look: Look, contact: Contact, sent: int = 0) -> Refusal | None:
    """The first limit that is reached; `sent` are messages of this campaign in this very decision."""
    passing = None
    for limit in rule.limits:
        tally = limit.tally
        if tally is None:
            counted, more, promised = contact, sent, look.promised.get(rule.campaign.id)
        else:
            counted = look.profile.tallies.get(tally, NO_CONTACT)
            more, promised = look.sent.get(tally, 0), look.counted.get(tally)
        used = more + count(counted, limit.cap, look.profile, look.request.now, look.plan.site)
        if used >= limit.cap.times:
            return Refusal(limit.reason, limit.name, limit.cap)
        if promised and used + len(promised) >= limit.cap.times:
            until = max(promised)
            passing = Refusal(Reason.PROMISED_ELSEWHERE, _when(until, look), limit.cap, until)
    return passing


def _too_soon(rule: Rule, look: Look) -> Refusal | None:
    """Two campaigns that interrupt keep their distance; one that is promised elsewhere may be seen any moment."""
    gap = look.plan.manners.gap
    if not gap or ALL not in rule.counts:
        return None
    seen = look.profile.tallies.get(ALL, NO_CONTACT).seen_at
    free = max(seen + 1 + gap if seen else 0, *look.counted.get(ALL, ()), 0)  # times of views are cut to seconds
    return Refusal(Reason.GAP, str(gap), until=free) if free > look.request.now else None


def _crowded(rule: Rule, look: Look) -> Refusal | None:
    for place in rule.places:
        if place in look.taken:
            return Refusal(Reason.SLOT_TAKEN, look.taken[place])
    if look.live >= LEASES:
        return Refusal(Reason.TOO_MANY_PROMISED, str(look.live))
    return None


def _arm(rule: Rule, look: Look) -> str:
    campaign, seed = rule.campaign, look.profile.seed
    if is_held_out(campaign.id, rule.held_out, seed):
        return HOLDOUT
    return variant_of(campaign.id, campaign.variants, seed)


def _held_out(rule: Rule, look: Look, contact: Contact | None) -> Decision:
    noted = contact is not None and contact.visit_started == look.profile.visit.started
    verdict = Verdict.NO if noted else Verdict.HOLDOUT
    key = "" if noted else _exposure(rule, look)
    share, segments = f"{rule.campaign.holdout:g}", _reported(rule, look)
    return Decision(rule.campaign, verdict, Reason.HOLDOUT, key, share, HOLDOUT, segments=segments)


def _reported(rule: Rule, look: Look) -> tuple[str, ...]:
    return tuple(one for one in rule.campaign.report_by if one in look.matched)


def _exposure(rule: Rule, look: Look) -> str:
    """Random to everyone else, the same for the same decision, and another one for another tab in the same moment."""
    campaign = rule.campaign.id
    views = look.profile.contacts.get(campaign, NO_CONTACT).views
    text = f"{campaign} {int(look.request.now * 1000)} {views} {len(look.promised.get(campaign, ()))}"
    return digest(text, look.profile.seed, b"exposure", 6).hex()
