"""What a profile may bring that some clause cares for, numbered: the kernel's view of tokens.

An entry is a value that segments name ("85123A was viewed") or a pattern that they try. A value that is counted has
cuts, and so several buckets, each with its own tokens; all other entries have one bucket.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from dangol.segments.compiler import Program, Token
from dangol.segments.row import Extract, Row

Form = Callable[[str], str]


@dataclass(slots=True)
class Entry:
    """`tokens` are those of each bucket, from the lowest number up."""

    cuts: list[float] = field(default_factory=list)
    tokens: list[list[int]] = field(default_factory=lambda: [[]])


@dataclass(slots=True)
class Vocabulary:
    """The entries of one fact: of a text (with its key), or of all conditions that read the same set or counts."""

    extract: Extract
    form: Form
    exact: dict[str, int] = field(default_factory=dict)
    patterns: list[tuple[str, str, int]] = field(default_factory=list)
    text: bool = False
    key: str | None = None
    counted: bool = False


def vocabularies(program: Program) -> tuple[list[Vocabulary], list[Entry]]:
    """All facts that bring entries, and all entries by their number. Entry 0 stands for what nobody cares for."""
    entries = [Entry()]
    found: dict[tuple[object, ...], Vocabulary] = {}
    for token, number in program.tokens.items():
        vocabulary = found.setdefault(_fact(token), _vocabulary(token.row, token.key))
        _enter(vocabulary, token, number, entries, program)
    return list(found.values()), entries


def _fact(token: Token) -> tuple[object, ...]:
    row = token.row
    return (row, token.key) if row.kind in ("text", "keyed text") else (row.extract, row.form)


def _vocabulary(row: Row, key: str) -> Vocabulary:
    text = row.kind in ("text", "keyed text")
    return Vocabulary(row.extract, row.form, text=text, key=key if text and row.keyed else None)


def _enter(vocabulary: Vocabulary, token: Token, number: int, entries: list[Entry], program: Program) -> None:
    if token.operator not in ("is", "at"):
        vocabulary.patterns.append((token.operator, str(token.operand), len(entries)))
        entries.append(Entry(tokens=[[number]]))
        return
    value = token.key if token.operator == "at" else str(token.operand)
    if value not in vocabulary.exact:
        vocabulary.exact[value] = len(entries)
        scale = program.keyed.get((token.row.extract, value))
        cuts = scale.cuts if scale else []
        entries.append(Entry(cuts, [[] for _ in range(len(cuts) + 1)]))
    vocabulary.counted |= token.operator == "at"
    for bucket, tokens in enumerate(entries[vocabulary.exact[value]].tokens, 1):
        if token.operator == "is" or int(token.operand) >> bucket & 1:
            tokens.append(number)
