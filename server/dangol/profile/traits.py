"""Custom traits: what is taken for one, and what a profile holds of it. Pure.

A time is written in ISO 8601; without a zone it is the shop's own, and a date alone is the start of that day. It is
kept as unix seconds in an int, and a number is kept as a float: so the one is never taken for the other when a trait
gets another type. The very start of 1970 is what databases write for never, and counts as such.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from math import isfinite

from dangol.definitions.model import Site, Trait
from dangol.errors import DangolError
from dangol.profile.model import TRAITS, Profile
from dangol.protocol.event import Value
from dangol.protocol.text import clean
from dangol.segments.calendar import calendar

LARGEST = 10**15
LONGEST = 200
LIST = 50
LONGEST_IN_LIST = 100
EARLIEST, LATEST = -2_209_075_200, 253_402_300_799
"""Unix seconds: 1900 begins, a day ahead for the sake of zones, and 9999 ends."""

EXPECTED = {
    "number": f"a number from -{LARGEST} to {LARGEST}",
    "text": f"a text of 1 to {LONGEST} characters that can be seen",
    "boolean": "true or false",
    "time": "a date or time such as 2026-11-30 or 2026-11-30 18:00, in the years 1900 to 9999",
    "list": f"a list of at most {LIST} texts of 1 to {LONGEST_IN_LIST} characters that can be seen",
}


class Unfit(DangolError):
    """A value that a trait does not take; the text is what it does take."""


def taken(trait: Trait, told: object, zone: str) -> Value:
    """What is kept of a value as JSON has it. `zone` is the shop's, an IANA name. Raises `Unfit`."""
    value = _taken(trait.type, told, zone)
    if value is None:
        raise Unfit(EXPECTED[trait.type])
    if trait.choices and value not in trait.choices:
        raise Unfit(f"one of {', '.join(trait.choices)}")
    return value


def _taken(type: str, told: object, zone: str) -> Value | None:
    if isinstance(told, bool):
        return told if type == "boolean" else None
    if isinstance(told, (int, float)):
        return told + 0.0 if type == "number" and -LARGEST <= told <= LARGEST else None
    if isinstance(told, list):
        return _texts(told) if type == "list" else None
    if not isinstance(told, str):
        return None
    if type == "time":
        return moment(told, zone)
    return _text(told, LONGEST) if type == "text" else None


def moment(written: str, zone: str) -> int | None:
    """The unix seconds of a date or time in ISO 8601; None for what is none."""
    try:
        time = datetime.fromisoformat(written)
        at = int(time.timestamp() if time.tzinfo else calendar(zone).moment(time))
    except (ValueError, OverflowError):
        return None
    return at if EARLIEST <= at <= LATEST else None


def _text(told: object, longest: int) -> str | None:
    if not isinstance(told, str) or len(told) > longest:
        return None
    return clean(told, longest).strip() or None


def _texts(told: list[object]) -> list[str] | None:
    texts = [_text(each, LONGEST_IN_LIST) for each in told]
    if len(texts) > LIST:
        return None
    seen = [text for text in dict.fromkeys(texts) if text is not None]
    return seen if None not in texts else None


def told_by_page(site: Site, told: Mapping[str, object]) -> dict[str, Value]:
    """What is taken of traits that a page tells: the public ones that fit. Anybody can make a page say anything."""
    public = {trait.id: trait for trait in site.traits if trait.public}
    kept = {}
    for id in (id for id in told if id in public):
        with suppress(Unfit):
            kept[id] = taken(public[id], told[id], site.timezone)
    return kept


def changed(before: Mapping[str, Value], told: Mapping[str, Value | None]) -> dict[str, Value]:
    """`before` with what is `told` anew, None to forget. Those told longest ago fall away beyond `TRAITS`; what is told
    again changes nothing."""
    told = {id: value for id, value in told.items() if not _same(before.get(id), value)}
    kept = {id: value for id, value in before.items() if id not in told}
    kept |= {id: value for id, value in told.items() if value is not None}
    return kept if len(kept) <= TRAITS else dict(list(kept.items())[-TRAITS:])


def _same(one: Value | None, other: Value | None) -> bool:
    return type(one) is type(other) and one == other


def held(profile: Profile, trait: Trait) -> Value | None:
    """What the profile knows: what the shop told of the member, else what a page told of a public trait. A value
    from before the trait had its type is not known."""
    if profile.member is not None:
        value = profile.member.traits.get(trait.id)
        if value is not None and _is(value, trait.type):
            return value
    if trait.public:
        value = profile.traits.get(trait.id)
        if value is not None and _is(value, trait.type):
            return value
    return None


def _is(value: Value, type: str) -> bool:
    if isinstance(value, bool):
        return type == "boolean"
    if isinstance(value, float):
        return type == "number" and isfinite(value)
    if isinstance(value, int):
        return type == "time" and EARLIEST <= value <= LATEST
    return type == ("text" if isinstance(value, str) else "list")
