"""What of a profile's lists can't come from events whose outcome is known: so it was there before them. Pure.

In all functions `kept` is what the profile has now, `made` what the events alone make, and `earlier` the last moment
that is known of before them, in unix seconds, where nothing tells better.
"""

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from dangol.profile import days
from dangol.profile.model import Contact, Line, Order, Seen, Visit

COUNTS = ("views", "clicks", "closes", "messages")
PUT_OFF = ("later_until", "later_visit")


def surplus(kept: int, made: int) -> int:
    """What of a total was there before."""
    return max(0, kept - made)


def sooner(kept: int, made: int, otherwise: int = 0) -> int:
    """What a latest moment was before, if it can be told: where the events explain it, it was any up to theirs."""
    return min(otherwise, made) if kept == made else kept


def met(kept: Sequence[Seen], made: Sequence[Seen], earlier: int) -> list[Seen]:
    """What was met before, in its order. What was met again has its earlier times left."""
    again = {seen.id: seen for seen in made}
    rest = []
    for seen in kept:
        other = again.get(seen.id)
        if other is None:
            rest.append(seen)
        elif seen.times > other.times:
            rest.append(replace(seen, at=sooner(seen.at, other.at, earlier), times=seen.times - other.times))
    return rest


def carted(kept: Sequence[Line], made: Sequence[Line], earlier: int) -> list[Line]:
    """The lines of the cart. Of one that was added to, what it held before; one with a time that the events don't
    explain, since a view of the whole cart has set its quantity, held anything, so as much as now."""
    again = {line.id: line for line in made}
    rest = []
    for line in kept:
        other = again.get(line.id)
        if other is None or line.at < other.at:
            rest.append(line)
        elif line.quantity > other.quantity:
            at = sooner(line.at, other.at, earlier)
            rest.append(replace(line, at=at, quantity=line.quantity - other.quantity))
        elif line.at > other.at:
            rest.append(line)
    return rest


def ordered(kept: Sequence[Order], made: Sequence[Order]) -> list[Order]:
    """The orders; one that was cancelled since counts as never made."""
    again = {order.number for order in made}
    return [order for order in kept if order.number not in again]


def visited(kept: Visit, made: Visit) -> Visit:
    """A visit that the events went on with."""
    again = dict(zip(made.pages, made.page_times, strict=False))
    times = [*kept.page_times, *[1] * (len(kept.pages) - len(kept.page_times))]  # documents of old have none
    pages = [(page, n - again.get(page, 0)) for page, n in zip(kept.pages, times, strict=False)]
    return replace(
        kept,
        page_views=surplus(kept.page_views, made.page_views),
        pages=[page for page, n in pages if n > 0],
        page_times=[n for _, n in pages if n > 0],
        searches=[words for words in kept.searches if words not in made.searches],
    )


def touched(kept: Mapping[str, Contact], made: Mapping[str, Contact], earlier: int) -> dict[str, Contact]:
    """The campaigns' contacts."""
    rest = {campaign: _contact(contact, made.get(campaign), earlier) for campaign, contact in kept.items()}
    return {campaign: contact for campaign, contact in rest.items() if contact is not None}


def _contact(kept: Contact, made: Contact | None, earlier: int) -> Contact | None:
    if made is None:
        return kept
    rest = replace(kept)
    for name in COUNTS:
        setattr(rest, name, surplus(getattr(kept, name), getattr(made, name)))
    for name in PUT_OFF:
        setattr(rest, name, sooner(getattr(kept, name), getattr(made, name)))
    rest.last_at = sooner(kept.last_at, made.last_at, earlier)
    rest.seen_at = sooner(kept.seen_at, made.seen_at, earlier if rest.views else 0)
    rest.clicked_at = sooner(kept.clicked_at, made.clicked_at, earlier if rest.clicks else 0)
    rest.session = surplus(kept.session, made.session) if kept.visit_started == made.visit_started else kept.session
    rest.day = surplus(kept.day, made.day) if kept.day_number == made.day_number else kept.day
    rest.visit_started = kept.visit_started if rest.session else 0
    rest.day_number = kept.day_number if rest.day else 0
    rest.days = days.less(kept.days, made.days)
    if not rest.day and (left := days.counts(rest.days)):  # the day may go on before the events of it come to another
        rest.day_number, rest.day = max(left.items())
    if made.arm and kept.entered_at >= made.entered_at:
        rest.arm, rest.entered_at, rest.until = "", 0, 0
    is_new = not rest.arm and not any(getattr(rest, name) for name in COUNTS + PUT_OFF)
    return None if is_new else rest
