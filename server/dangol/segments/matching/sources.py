"""From a profile to what the kernel takes: a float for each dense fact, and the entries that the profile brings.

Only facts that some segment names are read. What a text means to the segments is remembered, so a text that was met
before costs one look-up."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any, Generic, NamedTuple, TypeVar

from dangol.plugin import Profile, Request
from dangol.segments.calendar import Clock
from dangol.segments.conditions.row import Extract, Row
from dangol.segments.matching.dense import Dense
from dangol.segments.matching.entries import Fact, Vocabulary
from dangol.segments.matching.plain import Field, Ring
from dangol.segments.text import PATTERNS

T = TypeVar("T")


class Brought(NamedTuple):
    """Entries that a profile brings: some as they are, some `counted`, each of those with its number."""

    plain: list[int]
    counted: list[int]
    numbers: list[float]


Collect = Callable[[Profile, Request, Clock, Brought], None]

Numbers = Callable[[Sequence[Any]], list[int]]

REMEMBERED = 8192
LONGEST_REMEMBERED = 300


class Memo(Generic[T]):
    """What `compute` makes of a text. Bounded, since texts come from browsers: a full memo starts anew.

    Who reads on every match looks into `known` first and calls the memo for a text that is not there: that saves half
    of the time, which for a shopper's rings is a fifth of a match.
    """

    def __init__(self, compute: Callable[[str], T]) -> None:
        self.known: dict[str, T] = {}
        self._compute = compute

    def __call__(self, raw: str) -> T:
        """The same, whether it is known or not."""
        if raw in self.known:
            return self.known[raw]
        found = self._compute(raw)
        if len(raw) <= LONGEST_REMEMBERED:
            if len(self.known) >= REMEMBERED:
                self.known.clear()
            self.known[raw] = found
        return found


def _known(memo: Memo[T], texts: Collection[str]) -> list[T]:
    known = memo.known
    try:
        return [known[each] for each in texts]
    except KeyError:
        return [memo(each) for each in texts]


class Sources(NamedTuple):
    """The functions that read each fact, with what they were made of: equal indexes share them, and so what they
    remember of texts."""

    dense: Mapping[Row, tuple[Mapping[str, int], Extract]]
    entries: Mapping[Fact, tuple[Vocabulary, list[Collect]]]

    def fields(self) -> Callable[[Profile], Iterable[float]]:
        """Reads the dense facts that are fields of the profile, which come first, at once."""
        fields = [row.extract for row in self.dense if row.kind != "text" and isinstance(row.extract, Field)]
        if len(fields) < 2:
            return lambda profile: [field.get(profile) for field in fields]
        return attrgetter(*(field.name for field in fields))

    def readers(self) -> list[Extract]:
        """For each other dense fact the function that gives its float."""
        return [read for row, (_, read) in self.dense.items() if not is_field(row)]

    def collectors(self) -> list[Collect]:
        """The functions that add what a profile brings."""
        return [collect for _, collects in self.entries.values() for collect in collects]

    def changed(self, facts: Iterable[Dense], vocabularies: Mapping[Fact, Vocabulary]) -> "Sources":
        """Those of other facts, in their order."""
        dense, entries = {}, {}
        for fact in facts:
            known = self.dense.get(fact.row)
            dense[fact.row] = known if known and known[0] is fact.codes else (fact.codes, _reader(fact))
        for name, vocabulary in vocabularies.items():
            met = self.entries.get(name)
            entries[name] = met if met and met[0] is vocabulary else (vocabulary, _collectors(vocabulary))
        return Sources(dense, entries)


def is_field(row: Row) -> bool:
    """Whether a fact is a number that stands in the profile as it is."""
    return row.kind != "text" and isinstance(row.extract, Field)


def _reader(fact: Dense) -> Extract:
    return _coded(fact) if fact.row.kind == "text" else fact.row.extract


def _coded(fact: Dense) -> Extract:
    codes, form, extract = fact.codes, fact.row.form, fact.row.extract
    # What is not known is empty, and no form makes it known: that of an empty page would be the home page.
    code = Memo(lambda raw: codes.get(form(raw), 0) if raw else 0)
    known = code.known

    def read(profile: Profile, request: Request, clock: Clock) -> int:
        raw = extract(profile, request, clock)
        try:
            return known[raw]
        except KeyError:
            return code(raw)

    return read


def _collectors(vocabulary: Vocabulary) -> list[Collect]:
    if vocabulary.text:
        return [_text(vocabulary)]
    collects = []
    if vocabulary.exact:
        collects.append(_counts(vocabulary) if vocabulary.counted else _values(vocabulary))
    if vocabulary.patterns:
        collects.append(_patterns(vocabulary))
    return collects


def _text(vocabulary: Vocabulary) -> Collect:
    meaning, extract = _meaning(vocabulary), vocabulary.extract
    known = meaning.known

    def collect(profile: Profile, request: Request, clock: Clock, brought: Brought) -> None:
        raw = extract(profile, request, clock)
        try:
            brought.plain.extend(known[raw])
        except KeyError:
            brought.plain.extend(meaning(raw))

    return collect


def _values(vocabulary: Vocabulary) -> Collect:
    number, extract = _number(vocabulary), vocabulary.extract
    if isinstance(extract, Ring):
        numbers, read = _numbers(number), extract.read
        return lambda profile, request, clock, brought: brought.plain.extend(numbers(read(profile)))

    def collect(profile: Profile, request: Request, clock: Clock, brought: Brought) -> None:
        brought.plain.extend(_known(number, extract(profile, request, clock)))

    return collect


def _counts(vocabulary: Vocabulary) -> Collect:
    number, extract = _number(vocabulary), vocabulary.extract
    if isinstance(extract, Ring):
        return _counted_ring(_numbers(number), extract.read)

    def collect(profile: Profile, request: Request, clock: Clock, brought: Brought) -> None:
        facts = extract(profile, request, clock)
        brought.counted.extend(_known(number, facts))
        brought.numbers.extend(facts.values())

    return collect


def _counted_ring(numbers: Numbers, read: Callable[[Profile], Sequence[Any]]) -> Collect:
    def collect(profile: Profile, request: Request, clock: Clock, brought: Brought) -> None:
        ring = read(profile)
        brought.counted.extend(numbers(ring))
        brought.numbers.extend([each.times for each in ring])

    return collect


def _patterns(vocabulary: Vocabulary) -> Collect:
    meaning, extract = _meaning(vocabulary), vocabulary.extract

    def collect(profile: Profile, request: Request, clock: Clock, brought: Brought) -> None:
        for each in _known(meaning, extract(profile, request, clock)):
            if each:
                brought.plain.extend(each)

    return collect


def _number(vocabulary: Vocabulary) -> Memo[int]:
    """The entry of a value; 0 for one that no segment names."""
    exact, form = vocabulary.exact, vocabulary.form
    return Memo(lambda raw: exact.get(form(raw), 0))


def _numbers(number: Memo[int]) -> Numbers:
    """The entries of a ring's ids."""
    known = number.known

    def numbers(ring: Sequence[Any]) -> list[int]:
        try:
            return [known[each.id] for each in ring]
        except KeyError:
            return [number(each.id) for each in ring]

    return numbers


def _meaning(vocabulary: Vocabulary) -> Memo[tuple[int, ...]]:
    """The entries of the patterns that fit a text, and for a text by itself that of its value."""
    form, exact = vocabulary.form, vocabulary.exact if vocabulary.text else {}
    patterns = [(PATTERNS[operator], operand, entry) for operator, operand, entry in vocabulary.patterns]

    def meaning(raw: str) -> tuple[int, ...]:
        if not raw:
            return ()
        text = form(raw)
        fitting = [entry for fits, operand, entry in patterns if fits(operand, text)]
        return (exact[text], *fitting) if text in exact else tuple(fitting)

    return Memo(meaning)
