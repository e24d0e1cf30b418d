"""From a profile to what the kernel takes: a float for each trait, and the tokens that the profile has.

Only facts that some segment names are read, each once. What a text means to the segments is remembered, so a text
that was met before costs one look-up."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from dangol.plugin import Profile, Request
from dangol.segments.calendar import Clock
from dangol.segments.compiler import Program, Token
from dangol.segments.row import Extract, Row
from dangol.segments.scale import Codes
from dangol.segments.text import PATTERNS

T = TypeVar("T")
Collect = Callable[[Profile, Request, Clock, set[int]], None]
Form = Callable[[str], str]
Tokens = tuple[int, ...]

REMEMBERED = 8192
LONGEST_REMEMBERED = 300


class Memo(dict[str, T], Generic[T]):
    """What `compute` makes of a text. Bounded, since texts come from browsers: a full memo starts anew."""

    def __init__(self, compute: Callable[[str], T]) -> None:
        super().__init__()
        self._compute = compute

    def __missing__(self, raw: str) -> T:
        found = self._compute(raw)
        if len(raw) <= LONGEST_REMEMBERED:
            if len(self) >= REMEMBERED:
                self.clear()
            self[raw] = found
        return found


def readers(program: Program) -> list[Extract]:
    """For each trait the function that gives its float."""
    return [_coded(row, buckets) if isinstance(buckets, Codes) else row.extract for row, buckets in program.traits]


def _coded(row: Row, buckets: Codes) -> Extract:
    code = Memo(lambda raw: buckets.codes.get(row.form(raw), 0.0)).__getitem__
    extract = row.extract
    return lambda profile, request, clock: code(extract(profile, request, clock))


def collectors(program: Program) -> list[Collect]:
    """The functions that add the profile's tokens to a set. Conditions that read the same fact share one."""
    texts: dict[tuple[Row, str], list[Token]] = {}
    shared: dict[tuple[Extract, Form], list[Token]] = {}
    for token in program.tokens:
        if token.row.kind in ("text", "keyed text"):
            texts.setdefault((token.row, token.key), []).append(token)
        else:
            shared.setdefault((token.row.extract, token.row.form), []).append(token)
    collects = [_text(row, key, tokens, program) for (row, key), tokens in texts.items()]
    for (extract, form), tokens in shared.items():
        keyed = any(token.operator == "at" for token in tokens)
        collects.append((_keyed if keyed else _set)(extract, form, tokens, program))
    return collects


def _text(row: Row, key: str, tokens: Sequence[Token], program: Program) -> Collect:
    tokens_of = Memo(_meaning(row.form, tokens, program)).__getitem__
    extract = row.extract

    def collect(profile: Profile, request: Request, clock: Clock, found: set[int]) -> None:
        fact = extract(profile, request, clock)
        found.update(tokens_of(fact.get(key, "") if row.keyed else fact))

    return collect


def _set(extract: Extract, form: Form, tokens: Sequence[Token], program: Program) -> Collect:
    tokens_of = Memo(_meaning(form, tokens, program)).__getitem__

    def collect(profile: Profile, request: Request, clock: Clock, found: set[int]) -> None:
        for each in filter(None, map(tokens_of, extract(profile, request, clock))):
            found.update(each)

    return collect


def _keyed(extract: Extract, form: Form, tokens: Sequence[Token], program: Program) -> Collect:
    """Keyed numbers, and sets that are read from the same mapping's keys."""
    tokens_of = _meaning(form, [token for token in tokens if token.operator != "at"], program)
    counters = _counters([token for token in tokens if token.operator == "at"], program)

    def meaning(raw: str) -> tuple[Tokens, Counter | None] | None:
        both = tokens_of(raw), counters.get(form(raw))
        return both if any(both) else None

    meaning_of = Memo(meaning).__getitem__

    def collect(profile: Profile, request: Request, clock: Clock, found: set[int]) -> None:
        facts = extract(profile, request, clock)
        meanings = list(map(meaning_of, facts))
        if not any(meanings):
            return
        numbers = {}  # by counter, as two keys may be the same once they are in the condition's form
        for each, number in zip(meanings, facts.values(), strict=True):
            if each is not None:
                found.update(each[0])
                numbers[each[1]] = number
        for counter, number in numbers.items():
            if counter is not None:
                found.update(counter.tokens[bisect_right(counter.cuts, number)])

    return collect


@dataclass(frozen=True, slots=True, eq=False)
class Counter:
    """One key of a keyed number: the tokens of each of its buckets, from the lowest."""

    cuts: list[float]
    tokens: list[Tokens]


def _counters(tokens: Sequence[Token], program: Program) -> dict[str, Counter]:
    by_key: dict[str, list[Token]] = {}
    for token in tokens:
        by_key.setdefault(token.key, []).append(token)
    return {key: _counter(those, program) for key, those in by_key.items()}


def _counter(tokens: Sequence[Token], program: Program) -> Counter:
    scale = program.keyed[tokens[0].row.extract, tokens[0].key]
    numbered = [(int(token.operand), program.tokens[token]) for token in tokens]
    known = range(1, scale.size)
    return Counter(scale.cuts, [tuple(n for buckets, n in numbered if buckets >> bucket & 1) for bucket in known])


def _meaning(form: Form, tokens: Sequence[Token], program: Program) -> Callable[[str], Tokens]:
    """Which of the tokens a text has."""
    exact: dict[str, list[int]] = {}
    patterns: list[tuple[Callable[[str, str], bool], str, int]] = []
    for token in tokens:
        operand, number = str(token.operand), program.tokens[token]
        if token.operator == "is":
            exact.setdefault(operand, []).append(number)
        else:
            patterns.append((PATTERNS[token.operator], operand, number))

    def meaning(raw: str) -> Tokens:
        if not raw:
            return ()
        text = form(raw)
        found = [number for holds, operand, number in patterns if holds(operand, text)]
        return (*exact.get(text, ()), *found)

    return meaning
