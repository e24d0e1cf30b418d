"""Which campaigns reach a shopper now, and why not the others. Pure, and the same code for showing and explaining."""

from collections.abc import Collection, Iterator, Sequence
from collections.abc import Set as AbstractSet

from dangol.campaigns.arms import HOLDOUT, digest, is_held_out, variant_of
from dangol.campaigns.calendar import day_number
from dangol.campaigns.contacts import GRACE
from dangol.campaigns.decision import Decision, Reason, Refusal, Verdict
from dangol.campaigns.limits import NO_CONTACT
from dangol.campaigns.look import Look
from dangol.campaigns.plan import Plan, Rule
from dangol.campaigns.refusals import capped, crowded, outside, put_off, too_soon
from dangol.campaigns.sentences import sentence
from dangol.plugin import Request
from dangol.profile.consents import holding
from dangol.profile.glance import Glance
from dangol.profile.model import Contact, Profile
from dangol.protocol.event import Event

__all__ = ["Decision", "Plan", "Reason", "Verdict", "arm_of", "decide", "sentence"]

NO = Verdict.NO
PATIENCE = 600
"""Seconds that a page waits at most for what stands in a campaign's way to pass."""


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
        if (look.taken or look.rests) and not losers and look.is_hopeless(rule):
            continue  # nobody asks why
        if rule.campaign.message is not None:
            decisions.extend(_judge_message(rule, look))
        elif widgets:
            decisions.append(_judge_widget(rule, look))
    return decisions


def _judge_widget(rule: Rule, look: Look) -> Decision:
    campaign = rule.campaign
    contact = look.profile.contacts.get(campaign.id, NO_CONTACT)
    refusal = outside(rule, look)
    if refusal is None and campaign.id in look.silent:
        refusal = Refusal(Reason.NOTHING)
    if refusal is not None:
        return _refused(rule, look, refusal)
    if campaign.id in look.open:
        return Decision(campaign, Verdict.UPDATE, Reason.UPDATED, arm=arm_of(rule, look.profile))
    is_time = not rule.waits or campaign.id in look.due
    refusal = put_off(contact, look)
    if refusal is None and is_time and (key := look.owed(campaign.id)):
        look.occupy(rule)
        return _shown(rule, look, key, arm_of(rule, look.profile))
    refusal = refusal or capped(rule, look, contact)
    if not is_time:
        return _at_its_moment(rule, look, refusal or too_soon(rule, look))
    refusal = refusal or crowded(rule, look) or too_soon(rule, look)
    if refusal is not None:
        return _refused(rule, look, refusal)
    arm = arm_of(rule, look.profile)
    if arm == HOLDOUT:
        return _held_out(rule, look, contact)
    key = _exposure(rule, look)
    look.promise(rule, look.request.now + GRACE)
    return _shown(rule, look, key, arm)


def _shown(rule: Rule, look: Look, key: str, arm: str) -> Decision:
    segments = _reported(rule, look)
    return Decision(rule.campaign, Verdict.SHOW, Reason.SHOWN, key=key, arm=arm, counts=rule.counts, segments=segments)


def _judge_message(rule: Rule, look: Look) -> Iterator[Decision]:
    campaign = rule.campaign
    contact = look.profile.contacts.get(campaign.id, NO_CONTACT)
    refusal = outside(rule, look)
    if refusal is None and look.profile.member is None:
        refusal = Refusal(Reason.NO_MEMBER)
    if refusal is None and rule.consent and not _has_agreed(look.profile, rule.consent):
        refusal = Refusal(Reason.NO_CONSENT)  # before it counts: who agrees later shall still get it
    keys = [] if refusal else _causes(rule, look, contact)
    if not keys:
        yield _refused(rule, look, refusal or Refusal(Reason.ALREADY_SENT))
    for sent, key in enumerate(keys):
        decision = _message(rule, look, contact, sent, key)
        yield decision
        if decision.verdict is not Verdict.MESSAGE:
            return


def _has_agreed(profile: Profile, channel: str) -> bool:
    given = profile.subscriptions.get(channel)
    return given is not None and holding(given)


def _message(rule: Rule, look: Look, contact: Contact, sent: int, key: str) -> Decision:
    refusal = capped(rule, look, contact, sent)
    if refusal is not None:
        return _refused(rule, look, refusal)
    arm = arm_of(rule, look.profile)
    if arm == HOLDOUT:
        return _held_out(rule, look, contact)
    for tally in rule.counts:
        look.sent[tally] = look.sent.get(tally, 0) + 1
    segments = _reported(rule, look)
    return Decision(
        rule.campaign, Verdict.MESSAGE, Reason.SENT, key=key, arm=arm, counts=rule.counts, segments=segments
    )


def _causes(rule: Rule, look: Look, contact: Contact) -> list[str]:
    """The keys of the messages to send: one per event, or at most one per day or ever."""
    campaign = rule.campaign
    once = campaign.message.once if campaign.message else "ever"
    if once == "event":
        return [f"{campaign.id}:{event.id}" for event in look.events if event.name in rule.on]
    if once == "ever":
        return [] if contact.messages else [campaign.id]
    today = day_number(look.request.now, look.plan.site.timezone)
    sent_today = contact.day > 0 and contact.day_number == today
    return [] if sent_today else [f"{campaign.id}:{today}"]


def _refused(rule: Rule, look: Look, refusal: Refusal) -> Decision:
    """No, or not yet where that is soon enough for a page to wait for. For each place a page waits for one campaign:
    only that one could be shown then. For one that is only looked at since somebody asks why, it never waits."""
    reason, detail, limit, until = refusal
    if not until:
        return Decision(rule.campaign, NO, reason, detail=detail, limit=limit)
    left = until - look.request.now
    if rule.places and 0 < left <= PATIENCE and look.awaited.isdisjoint(rule.places) and not look.is_hopeless(rule):
        look.awaited.update(rule.places)
        look.rests = look.rests or reason is Reason.GAP
        return Decision(rule.campaign, Verdict.WAIT, reason, detail=detail, limit=limit, delay=left)
    return Decision(rule.campaign, NO, reason, detail=detail, limit=limit)


def _at_its_moment(rule: Rule, look: Look, refusal: Refusal | None) -> Decision:
    """The campaign's moment is still to come. What stands in the way now may have passed by then."""
    left = refusal.until - look.request.now if refusal else 0
    if refusal is not None and not 0 < left <= PATIENCE:
        return _refused(rule, look, refusal)
    return Decision(rule.campaign, Verdict.WAIT, Reason.WAITING, delay=max(rule.campaign.delay, left))


def arm_of(rule: Rule, profile: Profile | Glance) -> str:
    """The arm that the shopper has entered, as long as the campaign has it: what is shown is what is counted, after a
    login into another seed and a change of shares as well. Else the one that is drawn."""
    campaign, seed = rule.campaign, profile.seed
    entered = profile.contacts.get(campaign.id, NO_CONTACT).arm
    if entered in rule.arms:
        return entered
    if is_held_out(campaign.id, rule.held_out, seed):
        return HOLDOUT
    return variant_of(campaign.id, campaign.variants, seed)


def _held_out(rule: Rule, look: Look, contact: Contact) -> Decision:
    noted = contact is not NO_CONTACT and contact.visit_started == look.profile.visit.started
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
