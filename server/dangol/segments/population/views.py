"""How conditions see what is kept: what each kind of fact needs of a profile."""

from collections.abc import Iterator
from operator import attrgetter
from typing import Any

from dangol.segments.conditions.moving import Apart, Lasting, Recent, Since, SinceEach, Told, Until
from dangol.segments.conditions.row import Row
from dangol.segments.conditions.visit import started
from dangol.segments.population.holders import Holder


def holders(row: Row) -> Iterator[Holder]:
    """What is kept for a condition; nothing for one on the page."""
    if row.source == "profile":
        yield from _holders(row.extract, row)


STREAMS = Holder("bag", "streams", attrgetter("behaviours"), counted=True)
"""What shoppers did and when, as far as some definition asks for it."""

VISIT = Holder("number", "moment", started)


def _holders(extract: Any, row: Row) -> Iterator[Holder]:
    if isinstance(extract, Until):
        yield ends(extract)
        yield from _holders(extract.fact, row)
    else:
        yield holder(extract, row)


def ends(extract: Until) -> Holder:
    """When a fact ends."""
    return Holder("number", "moment", extract.end)


def holder(extract: Any, row: Row) -> Holder:
    """What is kept for one kind of fact."""
    match extract:
        case Since():
            return Holder("number", "day" if extract.unit == "days" else "moment", extract.read)
        case Apart():
            return Holder("number", "date", extract.read)
        case SinceEach():
            return Holder("bag", "days", extract.read, counted=True)
        case Lasting():
            return Holder("bag", "moment", extract.read, counted=True)
        case Recent():
            return STREAMS
        case Told():
            return Holder("text", "moment", extract.read)
    if row.kind in ("set", "keyed number"):
        return Holder("bag", "fact", extract, counted=row.keyed)
    return Holder("text" if row.kind == "text" else "number", "fact", extract)
