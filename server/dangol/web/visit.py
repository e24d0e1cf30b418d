"""From an accepted envelope to its answer: who it is, what is taken in, what is shown."""

from collections.abc import Awaitable
from functools import lru_cache, partial
from typing import Any

import msgspec

from dangol.engine import Context, Outcome
from dangol.house import House
from dangol.profile.model import Environment
from dangol.profile.traits import told_by_page
from dangol.protocol import envelope, tokens
from dangol.protocol.envelope import Envelope
from dangol.protocol.event import Event
from dangol.protocol.tokens import Identity, Keys, Refused
from dangol.purchases import take_reported
from dangol.runtime import SiteRuntime
from dangol.stage import Shown
from dangol.web.tally import TALLY


class Visitor(msgspec.Struct, frozen=True):
    """Where a request came from and what the browser says of itself in headers."""

    address: str
    cookie: str
    environment: Environment


class Answer(msgspec.Struct, omit_defaults=True):
    """What the snippet gets back; `visitor` only when the token is another than it sent."""

    visitor: str = ""
    dropped: int = 0
    show: list[dict[str, Any]] = msgspec.field(default_factory=list)


async def serve(house: House, runtime: SiteRuntime, sent: Envelope, visitor: Visitor, now: float) -> tuple[Answer, str]:
    """The answer, and the visitor token that the browser shall have from now on. Raises `Invalid`, `Unavailable`."""
    page = envelope.path_of(sent.page)
    take = partial(told_by_page, runtime.site)
    events, dropped = envelope.events(sent, page, runtime.site.currency, int(now * 1000), take)
    given, profile_id = _known(runtime.keys, sent, visitor.cookie)
    if profile_id is None and (visitor.cookie or sent.visitor) and not sent.logout:
        dropped["visitor"] += 1
    identity = None
    if sent.member:
        try:
            identity = _identity(runtime.keys, sent.member, now)
        except Refused:
            dropped["member"] += 1
    context = Context(
        now=now,
        page=page,
        language=sent.lang[:2].lower(),
        open=frozenset(sent.open),
        identity=identity,
        environment=visitor.environment,
    )
    target = profile_id or tokens.new_visitor(runtime.keys, f"{events[0].id} {visitor.address}" if events else "")
    if identity is not None:
        member_id = tokens.member_profile(runtime.keys, identity.sub)
        if profile_id is not None and target.startswith("v"):
            await house.engine.join(runtime, target, member_id)
        target, known = member_id, True
    else:
        known = profile_id is not None
    outcome = await _take(house, runtime, target, events, context, known) if known or events else Outcome(target)
    TALLY.took(runtime.site.id, len(outcome.taken), dropped)
    token = given if outcome.profile_id == profile_id else tokens.sign(runtime.keys, outcome.profile_id)
    shown = [_show(each, house) for each in outcome.shown]
    return Answer("" if token == given else token, sum(dropped.values()), shown), token


def _take(
    house: House, runtime: SiteRuntime, target: str, events: list[Event], context: Context, known: bool
) -> Awaitable[Outcome]:
    if any(event.name == "purchase" for event in events):
        return take_reported(house.engine, house.link, runtime, target, events, context, known)
    return house.engine.take(runtime, target, events, context, known)


def _known(keys: Keys, sent: Envelope, cookie: str) -> tuple[str, str | None]:
    """The token to go by and its profile id; the cookie before what the page kept. Forged ones count as none."""
    if not sent.logout:
        for token in (cookie, sent.visitor):
            if token and (profile_id := _verified(keys.visitor, token)):
                return token, profile_id
    return "", None


@lru_cache(65_536)
def _verified(secret: bytes, token: str) -> str | None:
    """A shopper's token comes with every page view."""
    return tokens.verify(secret, token)


def _identity(keys: Keys, token: str, now: float) -> Identity:
    identity = _read_member(keys, token)
    tokens.check_life(identity, now)
    return identity


@lru_cache(8192)
def _read_member(keys: Keys, token: str) -> Identity:
    """A page sends the same token many times; its life is checked each time anew."""
    return tokens.read_member(keys, token)


def _show(shown: Shown, house: House) -> dict[str, Any]:
    campaign, use = shown.decision.campaign, shown.decision.campaign.widget
    assert use is not None
    fields: dict[str, Any] = {
        "campaign": campaign.id,
        "exposure": shown.decision.key,
        "widget": shown.widget.name,
        "slot": shown.widget.slot,
        "label": shown.label,
        "lang": shown.language,
        "style": house.engine.stage.renderer.style_path(shown.widget.name),
        "tree": msgspec.Raw(shown.tree),
    }
    if use.at:
        fields["at"] = use.at
    if campaign.delay:
        fields["delay"] = campaign.delay
    if campaign.later:
        fields["later"] = campaign.later
    return fields
