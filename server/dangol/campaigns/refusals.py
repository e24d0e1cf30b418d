"""What stands in a campaign's way. Pure; nothing is taken or promised here."""

from dangol.campaigns.calendar import local_time
from dangol.campaigns.decision import Reason, Refusal
from dangol.campaigns.limits import ALL, NO_CONTACT, count
from dangol.campaigns.look import Look
from dangol.campaigns.plan import Rule
from dangol.profile.model import LEASES, NEVER, Contact


def outside(rule: Rule, look: Look) -> Refusal | None:
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
    if campaign.schedule is not None:
        return Refusal(Reason.SCHEDULE)
    if campaign.notice:
        return Refusal(Reason.NOTICE, campaign.notice)
    if rule.on.isdisjoint(request.event_names) and not (rule.places and campaign.id in look.due):
        return Refusal(Reason.EVENT, ", ".join(campaign.on))
    if not look.allowed[rule.page]:
        kinds = campaign.pages.kinds
        is_kind = not kinds or request.kind in kinds
        return Refusal(Reason.PAGE, request.path) if is_kind else Refusal(Reason.KIND, request.kind)
    if not rule.audience <= look.matched:
        return Refusal(Reason.AUDIENCE, next(one for one in campaign.audience if one not in look.matched))
    return None


def put_off(contact: Contact, look: Look) -> Refusal | None:
    """What the shopper has asked for."""
    if contact.later_until >= NEVER:
        return Refusal(Reason.LATER_NEVER)
    if contact.later_until > look.request.now:
        return Refusal(Reason.LATER, _when(contact.later_until, look))
    if contact.later_visit and contact.later_visit == look.profile.visit.started:
        return Refusal(Reason.LATER_SESSION)
    return None


def capped(rule: Rule, look: Look, contact: Contact, sent: int = 0) -> Refusal | None:
    """The first limit that is reached; `sent` are messages of this campaign in this very decision."""
    passing = None
    for limit in rule.limits:
        cap, tally = limit.cap, limit.tally
        if tally is None:
            counted, used = contact, sent
        else:
            counted, used = look.profile.tallies.get(tally, NO_CONTACT), look.sent.get(tally, 0)
        used += count(counted, cap, look.profile, look.request.now, look.plan.site)
        if used >= cap.times:
            return limit.reached
        promised = look.promised.get(rule.campaign.id) if tally is None else look.counted.get(tally)
        if promised and used + len(promised) >= cap.times:
            until = max(promised)
            passing = Refusal(Reason.PROMISED_ELSEWHERE, _when(until, look), cap, until)
    return passing


def too_soon(rule: Rule, look: Look) -> Refusal | None:
    """Two campaigns that interrupt keep their distance; one that is promised elsewhere may be seen any moment."""
    gap = look.plan.manners.gap
    if not gap or ALL not in rule.counts:
        return None
    seen = look.profile.tallies.get(ALL, NO_CONTACT).seen_at
    free = max(seen + 1 + gap if seen else 0, *look.counted.get(ALL, ()), 0)  # times of views are cut to seconds
    return Refusal(Reason.GAP, str(gap), until=free) if free > look.request.now else None


def crowded(rule: Rule, look: Look) -> Refusal | None:
    """What has a place that the campaign needs, or that nothing more can be promised."""
    for place in rule.places:
        if place in look.taken:
            return Refusal(Reason.SLOT_TAKEN, look.taken[place])
    if look.live >= LEASES:
        return Refusal(Reason.TOO_MANY_PROMISED, str(look.live))
    return None


def _when(timestamp: float, look: Look) -> str:
    """Nobody reads it on a page view, and it costs more than the decision."""
    return local_time(timestamp, look.plan.site.timezone) if look.explained else ""
