"""The shop's own traits as rows of the catalogue: `trait.<id>`, and for a time the days since and until it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from math import nan
from typing import Any

import msgspec

from dangol.definitions.model import Text, Trait
from dangol.plugin import Profile
from dangol.profile.traits import held
from dangol.segments import text
from dangol.segments.conditions.moving import Apart
from dangol.segments.conditions.row import Extract, Kind, Row

KINDS: Mapping[str, Kind] = {
    "number": "number",
    "text": "text",
    "boolean": "boolean",
    "time": "time",
    "list": "set",
}
UNKNOWN: Mapping[str, Any] = {"number": nan, "text": "", "boolean": nan, "time": nan, "list": ()}
EXAMPLES: Mapping[str, Any] = {
    "number": {"gte": 1000},
    "text": {"is": "M"},
    "boolean": True,
    "time": {"since": "2026-01-01"},
    "list": {"has_any": ["tea"]},
}


def trait_rows(traits: Sequence[Trait]) -> Iterator[Row]:
    """The rows of a site's traits; of two with one id the first's. An equal trait has the same rows each time, so that
    a segment on it stays the same while other definitions change."""
    seen = set()
    for trait in traits:
        if trait.id not in seen:
            yield from _rows(msgspec.json.encode(trait))
        seen.add(trait.id)


@lru_cache(2048)
def _rows(encoded: bytes) -> tuple[Row, ...]:
    trait = msgspec.json.decode(encoded, type=Trait)
    ko, en = _labels(trait.name, trait.id)
    example = {"is": trait.choices[0]} if trait.choices else EXAMPLES[trait.type]
    row = Row(
        f"trait.{trait.id}", ko, en, "trait", KINDS[trait.type], _extract(trait), example,
        unit=trait.unit, form=text.folded, choices=tuple(trait.choices),
    )  # fmt: skip
    if trait.type != "time":
        return (row,)
    moment = _moment(trait)
    since, until = Apart(moment), Apart(moment, ahead=True)
    return (
        row,
        Row(f"{row.id}.days_since", f"{ko} 후 경과일", f"days since {en}", "trait", "number", since, {"lte": 30},
            unit="days"),
        Row(f"{row.id}.days_until", f"{ko}까지 남은 일수", f"days until {en}", "trait", "number", until, {"lte": 7},
            unit="days"),
    )  # fmt: skip


def _labels(name: Text, id: str) -> tuple[str, str]:
    """Korean and English; a trait named in one language is called so in both."""
    names = name if isinstance(name, dict) else {"ko": name, "en": name}
    ko, en = names.get("ko", "").strip(), names.get("en", "").strip()
    return ko or en or id, en or ko or id


def _extract(trait: Trait) -> Extract:
    if trait.type == "time":
        moment = _moment(trait)
        return lambda profile, request, clock: moment(profile) or nan
    unknown = UNKNOWN[trait.type]

    def extract(profile: Profile, request: object, clock: object) -> Any:
        value = held(profile, trait)
        return unknown if value is None else value

    return extract


def _moment(trait: Trait) -> Callable[[Profile], int]:
    """Unix seconds; 0 for never."""

    def moment(profile: Profile) -> int:
        value = held(profile, trait)
        return value if isinstance(value, int) else 0

    return moment
