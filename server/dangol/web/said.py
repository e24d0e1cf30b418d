"""What a browser said in a request, and who it is: read, and nothing done yet. Pure."""

from collections import Counter
from functools import lru_cache, partial

import msgspec

from dangol.engine import Context
from dangol.errors import Invalid
from dangol.profile.model import Environment
from dangol.profile.traits import told_by_page
from dangol.protocol import about, device, envelope, tokens
from dangol.protocol.about import NOTHING
from dangol.protocol.device import DeviceTold
from dangol.protocol.envelope import Envelope
from dangol.protocol.event import Event
from dangol.protocol.tokens import Identity, Keys, Refused
from dangol.runtime import SiteRuntime


class Visitor(msgspec.Struct, frozen=True):
    """Where a request came from and what the browser says of itself in headers: `agent` is its User-Agent."""

    address: str
    agent: str
    cookie: str
    environment: Environment


class Said(msgspec.Struct, frozen=True):
    """The events in normal form, what was dropped for which reason, and all else that the request tells. `token` is the
    visitor token to go by, with its profile's id; empty and None where it brought none of ours."""

    events: list[Event]
    dropped: Counter[str]
    context: Context
    token: str
    profile_id: str | None


def read(runtime: SiteRuntime, sent: Envelope, visitor: Visitor, now: float) -> Said:
    """Make sense of a request. Raises `Invalid`."""
    page = envelope.path_of(sent.page)
    take = partial(told_by_page, runtime.site)
    events, dropped = envelope.events(sent, page, runtime.site.currency, int(now * 1000), take)
    if sent.anonymous and (personal := [each for each in events if each.name == "traits"]):
        dropped["anonymous"] += len(personal)
        events = [each for each in events if each not in personal]
    token, profile_id = _known(runtime.keys, sent, visitor.cookie)
    if profile_id is None and (visitor.cookie or sent.visitor) and not (sent.logout or sent.anonymous):
        dropped["visitor"] += 1
    identity = None
    if sent.member and not sent.anonymous:
        try:
            identity = _identity(runtime.keys, sent.member, now)
        except Refused:
            dropped["member"] += 1
    known_of_page = NOTHING
    if sent.now:
        try:
            known_of_page = about.read(sent.now)
        except Invalid:
            dropped["now"] += 1
    context = Context(
        now=now,
        page=page,
        about=known_of_page,
        language=sent.lang[:2].lower(),
        open=frozenset(sent.open),
        due=frozenset(sent.due),
        submit=sent.submit,
        identity=identity,
        environment=visitor.environment,
        follows=identity is not None,
        anonymous=sent.anonymous,
        devices=_devices(sent, events),
    )
    return Said(events, dropped, context, token, profile_id)


def _devices(sent: Envelope, events: list[Event]) -> tuple[DeviceTold, ...]:
    """What the page told of its notifications, in the order of its events."""
    told = {raw.id: raw for raw in sent.events if raw.name in device.EVENTS}
    if not told:
        return ()
    mine = [event for event in events if event.id in told]
    return tuple(device.page_told(each.id, each.name, each.at / 1000, told[each.id].data) for each in mine)


def _known(keys: Keys, sent: Envelope, cookie: str) -> tuple[str, str | None]:
    """The token to go by and its profile id; the cookie before what the page kept. Forged ones count as none, and who
    has logged out, or is anonymous, is nobody that was here before."""
    if not (sent.logout or sent.anonymous):
        for token in (cookie, sent.visitor):
            if token and (profile_id := verified(keys.visitor, token)):
                return token, profile_id
    return "", None


@lru_cache(65_536)
def verified(secret: bytes, token: str) -> str | None:
    """The profile id of a visitor token, None for a forged one. It comes with every page view."""
    return tokens.verify(secret, token)


def _identity(keys: Keys, token: str, now: float) -> Identity:
    identity = _read_member(keys, token)
    tokens.check_life(identity, now)
    return identity


@lru_cache(8192)
def _read_member(keys: Keys, token: str) -> Identity:
    """A page sends the same token many times; its life is checked each time anew."""
    return tokens.read_member(keys, token)
