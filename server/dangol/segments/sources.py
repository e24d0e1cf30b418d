"""From a profile to what the kernel takes: a float for each trait, and the entries that the profile brings.

Only facts that some segment names are read. What a text means to the segments is remembered, so a text that was met
before costs one look-up."""

from collections.abc import Callable, Sequence
from typing import Generic, NamedTuple, TypeVar

from dangol.plugin import Profile, Request
from dangol.segments.calendar import Clock
from dangol.segments.compiler import Program
from dangol.segments.entries import Vocabulary
from dangol.segments.row import Extract, Row
from dangol.segments.scale import Codes
from dangol.segments.text import PATTERNS

T = TypeVar("T")


class Brought(NamedTuple):
    """Entries that a profile brings: some as they are, some `counted`, each of those with its number."""

    plain: list[int]
    counted: list[int]
    numbers: list[float]


Collect = Callable[[Profile, Request, Clock, Brought], None]

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


def collectors(vocabularies: Sequence[Vocabulary]) -> list[Collect]:
    """The functions that add what a profile brings."""
    collects = []
    for each in vocabularies:
        if each.text:
            collects.append(_text(each))
            continue
        if each.exact:
            collects.append(_counts(each) if each.counted else _values(each))
        if each.patterns:
            collects.append(_patterns(each))
    return collects


def _text(vocabulary: Vocabulary) -> Collect:
    meaning, extract, key = _meaning(vocabulary), vocabulary.extract, vocabulary.key

    def collect(profile: Profile, request: Request, clock: Clock, brought: Brought) -> None:
        fact = extract(profile, request, clock)
        brought.plain.extend(meaning(fact if key is None else fact.get(key, "")))

    return collect


def _values(vocabulary: Vocabulary) -> Collect:
    number, extract = _number(vocabulary), vocabulary.extract

    def collect(profile: Profile, request: Request, clock: Clock, brought: Brought) -> None:
        brought.plain.extend(map(number, extract(profile, request, clock)))

    return collect


def _counts(vocabulary: Vocabulary) -> Collect:
    number, extract = _number(vocabulary), vocabulary.extract

    def collect(profile: Profile, request: Request, clock: Clock, brought: Brought) -> None:
        facts = extract(profile, request, clock)
        brought.counted.extend(map(number, facts))
        brought.numbers.extend(facts.values())

    return collect


def _patterns(vocabulary: Vocabulary) -> Collect:
    meaning, extract = _meaning(vocabulary), vocabulary.extract

    def collect(profile: Profile, request: Request, clock: Clock, brought: Brought) -> None:
        for each in filter(None, map(meaning, extract(profile, request, clock))):
            brought.plain.extend(each)

    return collect


def _number(vocabulary: Vocabulary) -> Callable[[str], int]:
    """The entry of a value; 0 for one that no segment names."""
    exact, form = vocabulary.exact, vocabulary.form
    return Memo(lambda raw: exact.get(form(raw), 0)).__getitem__


def _meaning(vocabulary: Vocabulary) -> Callable[[str], tuple[int, ...]]:
    """The entries of the patterns that fit a text, and for a text by itself that of its value."""
    form, exact = vocabulary.form, vocabulary.exact if vocabulary.text else {}
    patterns = [(PATTERNS[operator], operand, entry) for operator, operand, entry in vocabulary.patterns]

    def meaning(raw: str) -> tuple[int, ...]:
        if not raw:
            return ()
        text = form(raw)
        fitting = [entry for fits, operand, entry in patterns if fits(operand, text)]
        return (exact[text], *fitting) if text in exact else tuple(fitting)

    return Memo(meaning).__getitem__
