"""Behaviour in a marketer's words, Korean and English."""

from collections.abc import Mapping
from typing import Any

from dangol.segments.language.nodes import Leaf
from dangol.segments.language.patterns import field_of
from dangol.segments.language.scope import Scope
from dangol.segments.words.events import EVENTS
from dangol.segments.words.sentences import Said, sentence

SPANS = ((86_400, "일", "day"), (3_600, "시간", "hour"), (60, "분", "minute"))


def span(seconds: int, language: str) -> str:
    """``3일``, ``3 days``: in the largest unit that divides it."""
    unit, ko, en = next(each for each in SPANS if seconds % each[0] == 0)
    count = seconds // unit
    return f"{count}{ko}" if language == "ko" else f"{count} {en}{'s' if count > 1 else ''}"


def recently(far: int | None, language: str) -> str:
    """The window that ends now; None is this visit."""
    if far is None:
        return "이번 방문에서" if language == "ko" else "in this visit"
    return f"최근 {span(far, 'ko')} 동안" if language == "ko" else f"in the last {span(far, 'en')}"


def did(written: Mapping[str, Any], scope: Scope) -> Said:
    """What was done, with what is asked of it in brackets, by language; `base` is English's base form. `written` is a
    checked event with its `where`."""
    event, where = written["event"], written.get("where", {})
    asked = [sentence(Leaf(field_of(event, name, body, "").row, (), "", body), scope) for name, body in where.items()]
    ko, past, base = EVENTS.get(event, (event, f"did “{event}”", f"do “{event}”"))
    brackets = {each: f" ({', '.join(one[each] for one in asked)})" if asked else "" for each in ("ko", "en")}
    return {
        "ko": f"‘{ko}’{brackets['ko'].lstrip()}",
        "en": f"{past}{brackets['en']}",
        "base": f"{base}{brackets['en']}",
    }


def followed(first: Said, then: Said, within: int, far: int | None) -> Said:
    """The one, then the other."""
    ko = f"{recently(far, 'ko')} {first['ko']} 후 {span(within, 'ko')} 안에 {then['ko']}"
    en = f"{first['en']}, then {then['en']} within {span(within, 'en')}, {recently(far, 'en')}"
    return {"ko": ko, "en": en}


def unfollowed(first: Said, then: Said, within: int, far: int | None) -> Said:
    """The one, but not the other."""
    ko = f"{recently(far, 'ko')} {first['ko']} 후 {span(within, 'ko')} 안에 {then['ko']} 안 함"
    en = f"{first['en']}, but did not {then['base']} within {span(within, 'en')}, {recently(far, 'en')}"
    return {"ko": ko, "en": en}
