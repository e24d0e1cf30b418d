"""A request out of a preview: judged on a copy of what is known of the browser, and written nowhere."""

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import replace

from dangol import submissions
from dangol.campaigns.decide import decide
from dangol.campaigns.decision import Decision, Reason, Verdict
from dangol.campaigns.screen import live
from dangol.engine import Context, Outcome, identify, request_of
from dangol.house import House
from dangol.plugin import Request
from dangol.preview.compiled import Preview
from dangol.preview.telling import Looked, told, variants
from dangol.profile.merge import merge
from dangol.profile.model import Contact, Profile
from dangol.profile.reduce import reduce
from dangol.protocol import tokens
from dangol.protocol.envelope import Envelope
from dangol.protocol.event import Event
from dangol.runtime import SiteRuntime
from dangol.stage import Sent, Shown
from dangol.store.profiles import NOBODY, encode
from dangol.web.said import Said, Visitor, read
from dangol.web.visit import Answered, answer_of, serve

OVER: dict[str, Any] = {"state": "over"}
OPENING = "page_view"

_copy = msgspec.msgpack.Decoder(Profile).decode


async def look(house: House, runtime: SiteRuntime, sent: Envelope, visitor: Visitor, now: float) -> Answered:
    """The answer with its `why`; the visitor token stays. Whose preview is over gets the answer that anybody would.
    Raises `Invalid`, `Unavailable`."""
    preview = None if sent.forget else await house.previews.open(runtime, sent.preview, now)
    if preview is None:
        answer, token = await serve(house, runtime, sent, visitor, now)
        answer.why = OVER
        return answer, token
    said = read(preview.honest, sent, visitor, now)
    profile = await _known(house, preview, said)
    identify(profile, said.context)
    form = _submitted(house, preview, profile, said)
    events = [*said.events, form.event] if form and form.event else said.events
    taken = live(reduce(profile, events, preview.honest.site, now, profile.seed, preview.honest.watching), now)
    request = request_of(live(events, now), said.context)
    honest, matched = _judged(preview, profile, request, taken, said.context)
    decisions, rendered = await _performed(house, preview, profile, request, taken, said.context)
    if form:
        rendered = await house.engine.stage.answered(preview.shown, profile, request, form.sent, rendered)
    shown = [each for each in rendered if _is_true(each.decision, honest, preview)]
    looked = Looked(
        decisions=honest,
        shown={each.decision.campaign.id for each in shown},
        silent={each.campaign.id for each in decisions if each.reason is Reason.NOTHING},
        matched=matched,
        profile=profile,
        request=request,
        events=events,
        dropped=said.dropped,
    )
    waiting = [each for each in decisions if each.verdict is Verdict.WAIT and _is_true(each, honest, preview)]
    answer = answer_of(house, preview.honest, Outcome("", shown=shown, waiting=waiting, page=request))
    answer.dropped, answer.why = said.dropped.total(), _why(preview, looked)
    return answer, None


async def _known(house: House, preview: Preview, said: Said) -> Profile:
    """A copy of what is known of who looks, as their login would find it. Who has not logged in is not the member that
    their visitor's history has gone to."""
    runtime, identity = preview.honest, said.context.identity
    stored = await house.profiles.read_now(runtime.site.id, said.profile_id) if said.profile_id else NOBODY
    profile = stored.profile()
    if profile.alias:
        profile = Profile()
    if identity is not None:
        visitor, visitor_id = profile, said.profile_id or ""
        profile = await house.engine.look(runtime, tokens.member_profile(runtime.keys, identity.sub))
        if visitor.first_seen and visitor_id.startswith("v"):
            merge(profile, visitor, visitor_id, runtime.watching)
    # Who is not known yet shall be one shopper on all pages of the preview.
    text = f"{preview.until} {preview.trial.campaign.id}"
    profile.seed = profile.seed or int.from_bytes(blake2b(text.encode(), digest_size=7).digest(), "big") + 1
    return profile


class _Form(NamedTuple):
    """A form that was sent; the event of one that nothing was wrong with."""

    sent: Sent
    event: Event | None


def _submitted(house: House, preview: Preview, profile: Profile, said: Said) -> _Form | None:
    """What the form that the page has sent would do, done to the copy."""
    context, form = said.context, said.context.submit
    if form is None or form.campaign not in context.open or context.anonymous:
        return None
    # Nobody has noted that the widget was shown, nor in which variant.
    is_previewed = form.campaign == preview.trial.campaign.id
    contact = Contact(arm=preview.variant) if is_previewed else profile.contacts.get(form.campaign, Contact())
    shown_to = Profile(seed=profile.seed, contacts={form.campaign: contact})
    sent = house.engine.stage.submitted(preview.shown, shown_to, form.campaign, form.exposure, form.fields)
    if sent is None or sent.made.problems:
        return _Form(sent, None) if sent else None
    campaign, now = sent.decision.campaign.id, context.now
    submissions.keep(profile, sent.made, preview.honest.site, campaign, context.language, now)
    return _Form(sent, submissions.event_of(campaign, sent.decision.key, context.page, now))


def _judged(
    preview: Preview, profile: Profile, request: Request, taken: Sequence[Event], context: Context
) -> tuple[list[Decision], frozenset[str]]:
    """How all campaigns would be judged without the preview, if the page were opened as things are now, and the
    segments that hold. The previewed one is taken as if it were not on the page yet."""
    previewed, runtime = {preview.trial.campaign.id}, preview.honest
    opened = replace(request, event_names=request.event_names | {OPENING})
    matched = frozenset(runtime.index.match(profile, opened))
    is_open, due = context.open - previewed, context.due - previewed
    decisions = decide(runtime.plan, profile, opened, matched, events=taken, is_open=is_open, due=due, everything=True)
    return decisions, matched


async def _performed(
    house: House, preview: Preview, profile: Profile, request: Request, taken: Sequence[Event], context: Context
) -> tuple[list[Decision], list[Shown]]:
    """What the page gets: the previewed campaign when the page is opened, when one of its events happens and whenever
    the page asks for it, and beside it what else would be shown."""
    campaign = preview.trial.campaign
    free = _copy(encode(profile))
    free.contacts.pop(campaign.id, None)
    free.tallies, free.leases = {}, []
    wanted = campaign.id in context.due
    is_open = context.open & {campaign.id} if wanted else context.open
    opening = not request.event_names.isdisjoint({OPENING, *campaign.on})
    due = context.due | {campaign.id} if wanted or opening or campaign.id in context.open else context.due
    return await house.engine.stage.perform(preview.shown, free, request, taken, is_open, True, due)


def _is_true(decision: Decision, honest: Sequence[Decision], preview: Preview) -> bool:
    """Whether it is the previewed campaign, or one that the page would get anyhow."""
    id = decision.campaign.id
    kept = (Verdict.SHOW, Verdict.UPDATE, Verdict.WAIT)
    return id == preview.trial.campaign.id or any(each.campaign.id == id and each.verdict in kept for each in honest)


def _why(preview: Preview, looked: Looked) -> dict[str, Any]:
    trial, site = preview.trial, preview.honest.site
    return {
        "state": "on",
        "until": preview.until,
        "language": trial.language,
        "variant": preview.variant,
        "variants": variants(trial.campaign, trial.language, site.language),
        **told(looked, trial.campaign, preview.honest.definitions, preview.honest.scope, trial.language),
    }
