"""Which profile a request is of, and forgetting one."""

from dangol.house import House
from dangol.protocol import tokens
from dangol.protocol.envelope import Envelope
from dangol.runtime import SiteRuntime
from dangol.segments.calendar import Clock, calendar
from dangol.store.profiles import FORGOTTEN
from dangol.web.said import Said, Visitor, verified


async def whose(house: House, runtime: SiteRuntime, said: Said, visitor: Visitor) -> tuple[str, bool]:
    """The profile's id, and whether it may be there already. A visitor who logs in brings the history along. Raises
    `Unavailable`."""
    events, context, known = said.events, said.context, said.profile_id
    if context.anonymous:
        return await _pseudonym(house, runtime, visitor, context.now), True
    if context.identity is not None:
        member = tokens.member_profile(runtime.keys, context.identity.sub)
        if known is not None and known.startswith("v"):
            await house.engine.join(runtime, known, member)
        return member, True
    if known is None:
        first = f"{events[0].id} {visitor.address}" if events else ""
        return tokens.new_visitor(runtime.keys, first), False
    has_order = any(event.name == "purchase" for event in events)
    if has_order and await house.engine.home(runtime, known) not in (known, FORGOTTEN):
        return tokens.new_visitor(runtime.keys), False
    return known, True


async def _pseudonym(house: House, runtime: SiteRuntime, visitor: Visitor, now: float) -> str:
    site = runtime.site
    salt = await house.salts.of(site.id, Clock(now, calendar(site.timezone)).today)
    return tokens.pseudonym(salt, f"{visitor.address} {visitor.agent}")


async def forget(house: House, runtime: SiteRuntime, sent: Envelope, visitor: Visitor) -> None:
    """Delete the profiles of the tokens that the browser has. A member's stays: the shop knows that one by its own
    login, and whoever holds the browser may not delete it. Raises `Unavailable`."""
    for token in {visitor.cookie, sent.visitor}:
        known = verified(runtime.keys.visitor, token)
        if known is not None and known.startswith("v"):
            await house.engine.forget(runtime.site.id, known)
