"""Why a shopper is in a segment or not: its tree, what held, the shopper's own values, in words."""

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from dangol.definitions.model import LANGUAGES, Language, Segment
from dangol.plugin import Profile, Request
from dangol.segments.calendar import Clock
from dangol.segments.language.nodes import All, Leaf, Named, Node, Not, below
from dangol.segments.language.reader import parse_segment
from dangol.segments.language.scope import Scope
from dangol.segments.twin import fact, leaf_holds
from dangol.segments.words import sentences
from dangol.segments.words.sentences import MARKS, Said

SHOWN = 20
"""Elements of a set that an explanation lists."""


class Explained(Struct, frozen=True, omit_defaults=True):
    """One node of a tree and whether it holds. `kind` is all, any, not, segment or leaf. A segment has its id; a leaf
    has the condition's id, what was asked of it and the shopper's own value (None: not known). `sentence` is the node
    in words, by language: of a leaf what was asked and what the value is."""

    kind: str
    held: bool
    segment: str = ""
    condition: str = ""
    asked: dict[str, Any] = {}
    value: Any = None
    sentence: dict[str, str] = {}
    parts: "list[Explained]" = []


def explain(segment: Segment, profile: Profile, request: Request, scope: Scope) -> Explained:
    """The segment, whose part is its tree; encode it with `msgspec.json`. Raises Invalid for a segment that is not well
    written."""
    named = Named((parse_segment(segment, scope),), segment.id)
    return _explain(named, profile, request, Clock(request.now, scope.calendar), scope)


def told(explained: Explained) -> dict[str, str]:
    """An explanation as text, a line for each node, indented by its depth, by language."""
    return {language: "\n".join(_lines(explained, language)) for language in LANGUAGES}


def _lines(explained: Explained, language: Language, indent: str = "") -> Iterator[str]:
    colon = ":" if explained.parts else ""
    yield f"{indent}{MARKS[language][explained.held]} {explained.sentence[language]}{colon}"
    for part in explained.parts:
        yield from _lines(part, language, f"{indent}  ")


def _explain(node: Node, profile: Profile, request: Request, clock: Clock, scope: Scope) -> Explained:
    if isinstance(node, Leaf):
        return _explain_leaf(node, profile, request, clock, scope)
    parts = [_explain(part, profile, request, clock, scope) for part in below(node)]
    said: Said = sentences.heading(node, scope)
    held = [part.held for part in parts]
    if isinstance(node, Not):
        return Explained("not", not held[0], sentence=said, parts=parts)
    if isinstance(node, Named):
        return Explained("segment", all(held), node.segment, sentence=said, parts=parts)
    if isinstance(node, All):
        return Explained("all", all(held), sentence=said, parts=parts)
    return Explained("any", any(held), sentence=said, parts=parts)


def _explain_leaf(leaf: Leaf, profile: Profile, request: Request, clock: Clock, scope: Scope) -> Explained:
    # Where a page's query is asked for, the shopper's own value has its query too.
    row = next((test.row for test in leaf.tests if test.row is not leaf.row), leaf.row)
    known = fact(row, leaf.key, profile, request, clock)
    value = sorted(known)[:SHOWN] if isinstance(known, frozenset) else known
    return Explained(
        "leaf",
        leaf_holds(leaf, profile, request, clock),
        condition=leaf.row.id,
        asked=dict(leaf.asked),
        value=value,
        sentence=sentences.with_value(leaf, value, scope),
    )
