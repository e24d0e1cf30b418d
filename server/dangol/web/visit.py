"""From an accepted envelope to its answer: who it is, what is taken in, what is shown."""

from collections.abc import Awaitable
from math import ceil
from typing import Any

import msgspec

from dangol.campaigns.decision import Decision
from dangol.campaigns.screen import about_of
from dangol.engine import Context, Outcome
from dangol.house import House
from dangol.protocol import tokens
from dangol.protocol.about import NOTHING, About
from dangol.protocol.envelope import MOST_DUE, Envelope
from dangol.protocol.event import Event
from dangol.purchases import take_reported
from dangol.render.theme import tokens as tokens_of
from dangol.runtime import SiteRuntime
from dangol.stage import Shown
from dangol.store.profiles import FORGOTTEN
from dangol.web.said import Visitor, read
from dangol.web.tally import TALLY
from dangol.web.whose import forget, whose


class Wait(msgspec.Struct, omit_defaults=True):
    """A campaign whose moment the page waits for: not before `delay` seconds, and then when `scroll` percent of the
    page were scrolled, after `idle` seconds without input, or on the way out."""

    campaign: str
    delay: float = 0
    scroll: int | None = None
    idle: float | None = None
    exit: bool = False


class Answer(msgspec.Struct, omit_defaults=True):
    """What the snippet gets back; `visitor` only when the token is another than it sent. `now` is what the page is
    about, for its later requests to say again, `theme` the site's where it differs from the widgets' base sheet; `why`
    tells who looks at a preview what is decided and on what grounds.
    """

    visitor: str = ""
    dropped: int = 0
    show: list[dict[str, Any]] = msgspec.field(default_factory=list)
    wait: list[Wait] = msgspec.field(default_factory=list)
    now: About = NOTHING
    why: dict[str, Any] | None = None
    theme: dict[str, str] = msgspec.field(default_factory=dict)


Answered = tuple[Answer, str | None]
"""An answer, and the visitor token to set as cookie, "" to let it end; None where the cookie stays as it is."""


async def serve(house: House, runtime: SiteRuntime, sent: Envelope, visitor: Visitor, now: float) -> Answered:
    """Answer a request. The time that a browser keeps the cookie begins anew with each visit. Raises `Invalid`,
    `Unavailable`."""
    if sent.forget:
        await forget(house, runtime, sent, visitor)
        return Answer(), "" if visitor.cookie else None
    said = read(runtime, sent, visitor, now)
    events, dropped, context = said.events, said.dropped, said.context
    target, known = await whose(house, runtime, said, visitor)
    outcome = await _take(house, runtime, target, events, context, known) if known or events else Outcome(target)
    if outcome.profile_id == FORGOTTEN:
        return Answer(), "" if visitor.cookie else None
    is_former = not context.follows and outcome.page is None and outcome.profile_id != target
    if is_former and events:
        # Only who logs in becomes the member: an older copy of the token may be in anybody's hands by now.
        target = tokens.new_visitor(runtime.keys)
        outcome = await _take(house, runtime, target, events, context, known=False)
    TALLY.took(runtime.site.id, len(outcome.taken), dropped)
    token = said.token if outcome.profile_id == said.profile_id else tokens.sign(runtime.keys, outcome.profile_id)
    answer = answer_of(house, runtime, outcome)
    answer.dropped = dropped.total()
    if context.anonymous or (is_former and not events):
        return answer, None  # the token is neither told nor changed: a login in another tab has set a newer one
    answer.visitor = "" if token in (said.token, visitor.cookie) else token
    return answer, None if token == visitor.cookie and not outcome.begins else token


def _take(
    house: House, runtime: SiteRuntime, target: str, events: list[Event], context: Context, known: bool
) -> Awaitable[Outcome]:
    if any(event.name == "purchase" for event in events):
        context = msgspec.structs.replace(context, follows=True)  # `whose` has looked; an order has one owner
        return take_reported(house.engine, house.link, runtime, target, events, context, known)
    return house.engine.take(runtime, target, events, context, known)


def answer_of(house: House, runtime: SiteRuntime, outcome: Outcome) -> Answer:
    """What the page is told of the outcome."""
    answer = Answer()
    if outcome.page is not None:
        answer.show = [_show(each) for each in outcome.shown]
        answer.theme = tokens_of(runtime.site.theme) if answer.show else {}
        answer.wait = [_wait(each) for each in outcome.waiting[:MOST_DUE]]
        if answer.show or answer.wait or runtime.plan.looks_back:
            answer.now = about_of(outcome.page) or NOTHING
    return answer


def _show(shown: Shown) -> dict[str, Any]:
    campaign, use = shown.decision.campaign, shown.decision.campaign.widget
    assert use is not None
    fields: dict[str, Any] = {
        "campaign": campaign.id,
        "exposure": shown.decision.key,
        "widget": shown.widget.name,
        "slot": "inline" if use.at else shown.widget.slot,
        "label": shown.label,
        "lang": shown.language,
        "style": shown.style,
        "tree": msgspec.Raw(shown.tree),
    }
    fields |= {name: value for name in ("at", "position", "effect") if (value := getattr(use, name))}
    if campaign.later:
        fields["later"] = campaign.later
    return fields


def _wait(decision: Decision) -> Wait:
    campaign, delay = decision.campaign, ceil(decision.delay * 10) / 10
    return Wait(campaign.id, delay or 0, campaign.scroll, campaign.idle, campaign.exit)
