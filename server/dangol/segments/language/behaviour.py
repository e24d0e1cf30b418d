"""Conditions on behaviour in time: what a shopper did how often, and what followed it or did not.

    {"did": {"event": "view_item", "gte": 3, "within": "7d", "where": {...}}}
        The number of such events in the window; at least one where no number is asked for.
    {"did_then": {"first": {"event": "view_item"}, "then": {"event": "purchase"}, "within": "3d", "last": "30d"}}
        Some `then` in the window `last` came at most `within` after some `first`.
    {"did_but_not": {"first": {"event": "add_to_cart"}, "then": {"event": "purchase"}, "within": "1h", "last": "7d"}}
        Some `first` is at least `within` ago and in the window `last`, and no `then` came within `within` after it.

Windows are "30m", "24h", "7d" (up to 400 days) or "visit", the visit that goes on. All is judged in whole seconds: a
window of d seconds holds what is at t with now - d < t <= now; a `then` at b follows a `first` at a if
a < b <= a + within; "at least `within` ago" is a <= now - within.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from math import ceil
from typing import Any, NamedTuple

from dangol.errors import Invalid, Problem
from dangol.profile.packed import EVENT_BYTES
from dangol.profile.watch import Counted, Followed, Stream, Unfollowed, Watching
from dangol.segments.conditions.moving import Recent
from dangol.segments.conditions.row import BEHAVIOUR, NUMBER, Row
from dangol.segments.language import operands, patterns
from dangol.segments.language.nodes import Leaf, Node, Test, leaves_of
from dangol.segments.language.patterns import Deed, pattern
from dangol.segments.language.scope import Scope, written_in
from dangol.segments.words import phrases

SECONDS = {"m": 60, "h": 3_600, "d": 86_400}
SPAN = re.compile(r"([1-9][0-9]{0,5})([mhd])")
LONGEST = 400 * 86_400
VISIT = "visit"
MOST_TIMES = 1_000
MAX_BYTES = 1 << 20
"""That a site's conditions may keep on one profile."""

LIMITS = (4, 16, 64, 256, 1_024)
"""How many events a stream keeps: the least of these that tells the number asked for from more. Few different ones, so
that another number seldom means another stream, which would have to be filled anew."""

EXAMPLES: Mapping[str, Any] = {
    "did": {"event": "view_item", "gte": 3, "within": "7d", "where": {"category": {"is": "mug"}}},
    "did_then": {"first": {"event": "view_item"}, "then": {"event": "purchase"}, "within": "3d", "last": "30d"},
    "did_but_not": {"first": {"event": "add_to_cart"}, "then": {"event": "purchase"}, "within": "1h", "last": "7d"},
}


class Pair(NamedTuple):
    """Two deeds, in seconds how far apart at most, and how far back; None is this visit."""

    first: Deed
    then: Deed
    within: int
    far: int | None


def leaf(name: str, body: object, where: str, scope: Scope) -> Leaf:
    """The checked form of a leaf called did, did_then or did_but_not. Raises Invalid with every problem."""
    if not isinstance(body, Mapping):
        raise Invalid([Problem(where, body, f"what was done, such as {EXAMPLES[name]}")])
    return _counted(body, where, scope) if name == "did" else _pair(name, body, where, scope)


def streams(nodes: Iterable[Node]) -> list[Stream]:
    """Every stream that checked trees ask for, and what those need."""
    asked = [each.row.extract.stream for each in leaves_of(nodes) if isinstance(each.row.extract, Recent)]
    return list(Watching.of(asked, 0).streams.values())


def most_bytes(nodes: Iterable[Node]) -> int:
    """What all streams that trees ask for may take on one profile."""
    return sum(EVENT_BYTES * stream.bound.limit for stream in streams(nodes))


def watching(scope: Scope, version: int) -> Watching:
    """What the scope's segments, of this version of the definitions, ask to remember of events. Raises Invalid."""
    nodes = [
        leaf(name, body, segment.id, scope)
        for segment in scope.segments
        for name, body in written_in(segment)
        if name in BEHAVIOUR
    ]
    return Watching.of(streams(nodes), version)


def _counted(body: Mapping[Any, Any], where: str, scope: Scope) -> Leaf:
    problems: list[Problem] = []
    far = _window(body, "within", where, problems)
    asked = {key: value for key, value in body.items() if key not in ("event", "where", "within")} or {"gte": 1}
    deed = _deed({key: body[key] for key in ("event", "where") if key in body}, where, scope, problems)
    tests = _tests(asked, where, scope, problems)
    if problems or deed is None:
        raise Invalid(problems)
    limit = next(each for each in LIMITS if each > max(ceil(test.operand) for test in tests))
    said = phrases.did(body, scope)
    row = _counted_row(deed, far, limit, said["ko"], said["en"])
    return Leaf(row, tuple(replace(test, row=row) for test in tests), "", {**body, **asked})


def _tests(asked: Mapping[Any, Any], where: str, scope: Scope, problems: list[Problem]) -> tuple[Test, ...]:
    try:
        tests = operands.read(ANY_NUMBER, asked, where, scope)
    except Invalid as invalid:
        problems += invalid.problems
        return ()
    for test in tests:
        if not 0 <= test.operand <= MOST_TIMES:
            problems.append(Problem(f"{where}.{test.operator}", test.operand, f"from 0 to {MOST_TIMES:,} times"))
    return tests


def _pair(name: str, body: Mapping[Any, Any], where: str, scope: Scope) -> Leaf:
    problems: list[Problem] = []
    if unknown := body.keys() - {"first", "then", "within", "last"}:
        problems.append(Problem(where, sorted(map(str, unknown)), "nothing but first, then, within and last"))
    first = _deed(body.get("first"), f"{where}.first", scope, problems)
    then = _deed(body.get("then"), f"{where}.then", scope, problems)
    within, far = _span(body, "within", where, problems), _window(body, "last", where, problems)
    if name == "did_but_not" and not problems and far is not None and far <= within:
        problems.append(Problem(f"{where}.last", body["last"], f"longer than within, {body['within']}"))
    if problems or first is None or then is None:
        raise Invalid(problems)
    say = phrases.followed if name == "did_then" else phrases.unfollowed
    said = say(phrases.did(body["first"], scope), phrases.did(body["then"], scope), within, far)
    row = _pair_row(name, Pair(first, then, within, far), said["ko"], said["en"])
    return Leaf(row, (Test(row, "is", True),), "", dict(body))


def _deed(body: object, where: str, scope: Scope, problems: list[Problem]) -> Deed | None:
    try:
        return patterns.read(body, where, scope)
    except Invalid as invalid:
        problems += invalid.problems
        return None


def _window(body: Mapping[Any, Any], name: str, where: str, problems: list[Problem]) -> int | None:
    return None if body.get(name) == VISIT else _span(body, name, where, problems, f"{VISIT!r} or ")


def _span(body: Mapping[Any, Any], name: str, where: str, problems: list[Problem], other: str = "") -> int:
    written = body.get(name)
    found = SPAN.fullmatch(written) if isinstance(written, str) else None
    seconds = int(found[1]) * SECONDS[found[2]] if found else 0
    if not 0 < seconds <= LONGEST:
        problems.append(Problem(f"{where}.{name}", written, f"{other}a time such as 30m, 24h or 7d, at most 400d"))
    return seconds


# Equal conditions are one row each time, so that a segment stays the same while other definitions change.
@lru_cache(4096)
def _counted_row(deed: Deed, far: int | None, limit: int, ko: str, en: str) -> Row:
    recent = Recent(Counted(pattern(deed), limit), far)
    ko_says, en_says = f"{phrases.recently(far, 'ko')} {{label}} {{}}", f"{{label}} {{}} {phrases.recently(far, 'en')}"
    return Row(
        "did", ko, en, "behaviour", "number", recent, EXAMPLES["did"],
        unit="times", ko_says=ko_says, en_says=en_says,
    )  # fmt: skip


@lru_cache(4096)
def _pair_row(name: str, pair: Pair, ko: str, en: str) -> Row:
    first, then, within, far = pattern(pair.first), pattern(pair.then), pair.within, pair.far
    if name == "did_then":
        recent = Recent(Followed(first, then, within), far, some=True)
    else:
        recent = Recent(Unfollowed(first, then, within), far, within, some=True)
    return Row(
        name, ko, en, "behaviour", "boolean", recent, EXAMPLES[name],
        ko_says="{label}|{label}에 해당하지 않음", en_says="{label}|not: {label}",
    )  # fmt: skip


ANY_NUMBER = Row("did", "횟수", "times", "behaviour", "number", lambda *_: 0, {"gte": 3}, unit="times")


def schema() -> dict[str, Any]:
    """The parts of a JSON Schema (2020-12) that describe these conditions' right sides, by name; `deed` and
    `where` are what the others refer to under ``#/$defs/``."""
    number = {"type": "number", "minimum": 0, "maximum": MOST_TIMES}
    span = {"type": "string", "pattern": "^[1-9][0-9]{0,5}[mhd]$"}
    window = {"anyOf": [{"const": VISIT}, span]}
    event = {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,39}$"}
    where = {"$ref": "#/$defs/where"}
    deed = {"$ref": "#/$defs/deed"}
    pair = _object({"first": deed, "then": deed, "within": span, "last": window})
    did = {"event": event, "where": where, "within": window, **dict.fromkeys(NUMBER, number)}
    return {
        "did": {**_object(did), "required": ["event", "within"]},
        "did_then": pair,
        "did_but_not": pair,
        "deed": {**_object({"event": event, "where": where}), "required": ["event"]},
        "where": patterns.schema(),
    }


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}
