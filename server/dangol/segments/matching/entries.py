"""What a profile may bring that some alternative cares for, numbered: the kernel's view of tokens.

An entry is a value that segments name ("85123A was viewed") or a pattern that they try. A value that is counted has
cuts, and so several buckets, each with its own postings; all other entries have one bucket.
"""

from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass, field, replace
from math import inf, nan
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dangol.segments.conditions.row import Extract
from dangol.segments.matching.alternatives import Token
from dangol.segments.matching.ranges import Ranges

Ints = npt.NDArray[np.int64]
Form = Callable[[str], str]
Fact = tuple[object, ...]
NO_BITS: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """The entries of one fact: of a text, or of all conditions that read the same set or counts.
    `patterns` are operator, operand and entry."""

    extract: Extract
    form: Form
    text: bool = False
    exact: Mapping[str, int] = field(default_factory=dict)
    patterns: tuple[tuple[str, str, int], ...] = ()
    counted: bool = False


class Entry(NamedTuple):
    """The tokens that the entry may be, and what is posted for each bucket, from the lowest number up; where there are
    cuts there is one more for a number that is not known."""

    tokens: tuple[Token, ...] = ()
    cuts: tuple[float, ...] = ()
    postings: tuple[Ints, ...] = (np.zeros(0, np.int64),)


@dataclass(frozen=True, eq=False)
class Entries:
    """All facts that bring entries, and all entries by their number; entry 0 stands for what nobody cares for. `bits`
    are what each token posts. Numbers are never given anew, so that what is remembered of a fact stays right."""

    vocabularies: Mapping[Fact, Vocabulary] = field(default_factory=dict)
    entries: tuple[Entry, ...] = (Entry(),)
    numbers: Mapping[Token, int] = field(default_factory=dict)
    bits: Mapping[Token, frozenset[int]] = field(default_factory=dict)

    def changed(self, left: Iterable[Token], gone: Set[int], added: Iterable[tuple[Token, int]]) -> "Entries":
        """Without the bits that are `gone` from the tokens `left`, and with those `added`."""
        more: dict[Token, list[int]] = {}
        for token, bit in added:
            more.setdefault(token, []).append(bit)
        book = _Book(dict(self.vocabularies), list(self.entries), dict(self.numbers))
        for token in more:
            if token not in book.numbers:
                book.enter(token)
        bits, touched = dict(self.bits), dict.fromkeys(left)
        bits.update({token: bits[token] - gone for token in touched})
        bits.update({token: bits.get(token, NO_BITS).union(new) for token, new in more.items()})
        for number in {book.numbers[token] for token in (*touched, *more)}:
            book.entries[number] = _posted(book.entries[number].tokens, bits)
        return Entries(book.vocabularies, tuple(book.entries), book.numbers, bits)


@dataclass(slots=True)
class _Book:
    """Entries while they change. What is new in a vocabulary is gathered first, so that it is copied once."""

    vocabularies: dict[Fact, Vocabulary]
    entries: list[Entry]
    numbers: dict[Token, int]
    opened: set[Fact] = field(default_factory=set)

    def enter(self, token: Token) -> None:
        fact = _fact(token)
        vocabulary = self.vocabularies.get(fact)
        if fact not in self.opened:
            vocabulary = replace(vocabulary, exact=dict(vocabulary.exact)) if vocabulary else _vocabulary(token)
            self.vocabularies[fact] = vocabulary
            self.opened.add(fact)
        assert vocabulary is not None
        number = len(self.entries)
        if token.operator in ("is", "at"):
            value = token.key if token.operator == "at" else str(token.operand)
            assert isinstance(vocabulary.exact, dict)
            number = vocabulary.exact.setdefault(value, number)
            if token.operator == "at" and not vocabulary.counted:
                self.vocabularies[fact] = replace(vocabulary, counted=True)
        else:
            patterns = (*vocabulary.patterns, (token.operator, str(token.operand), number))
            self.vocabularies[fact] = replace(vocabulary, patterns=patterns)
        if number == len(self.entries):
            self.entries.append(Entry())
        self.entries[number] = Entry((*self.entries[number].tokens, token))
        self.numbers[token] = number


def _fact(token: Token) -> Fact:
    row = token.row
    return (row,) if row.kind == "text" else (row.extract, row.form)


def _vocabulary(token: Token) -> Vocabulary:
    row = token.row
    return Vocabulary(row.extract, row.form, row.kind == "text")


def _posted(tokens: tuple[Token, ...], bits: Mapping[Token, frozenset[int]]) -> Entry:
    live = [token for token in tokens if bits[token]]
    cuts = sorted({cut for token in live if isinstance(token.operand, Ranges) for cut in token.operand.cuts})
    values = [-inf, *cuts, nan] if cuts else [-inf]
    return Entry(tokens, tuple(cuts), tuple(_posting(live, value, bits) for value in values))


def _posting(tokens: Iterable[Token], value: float, bits: Mapping[Token, frozenset[int]]) -> Ints:
    posted = NO_BITS.union(
        *(bits[token] for token in tokens if not isinstance(token.operand, Ranges) or token.operand.holds(value))
    )
    return np.array(sorted(posted), np.int64)
