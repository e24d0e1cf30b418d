"""The columns of a member file: what its header says, and what the cells under it tell of a member. Pure.

An empty cell leaves the member as it is. A list's texts stand in one cell with `;` between them.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import msgspec

from dangol.definitions.model import Site, Trait
from dangol.definitions.shapes import nearest, shape_problems
from dangol.errors import Invalid, Problem
from dangol.members.row import MemberRow, checked
from dangol.members.table import header_problem
from dangol.profile.subscriptions import CHANNELS
from dangol.profile.traits import moment

FIELDS = ("id", "name", "grade", "sex", "birthday", "joined_at", "phone", "email", "revenue")
TRAIT = "trait."
CONSENTS = {
    f"{channel}_{column}": f"consents.{channel}.{part}"
    for channel in CHANNELS
    for column, part in (("agreed", "agreed"), ("agreed_at", "at"), ("night", "night"))
}
"""Columns of consents, such as ``sms_agreed``, and what they tell."""

NEEDED = "a value: every member needs one"
NUMBER = re.compile(r"[-+]?([0-9]+|[0-9]{1,3}(,[0-9]{3})+)(\.[0-9]+)?")
WORDS = {
    **dict.fromkeys(("true", "t", "yes", "y", "1", "o", "예", "네", "동의"), True),
    **dict.fromkeys(("false", "f", "no", "n", "0", "x", "아니오", "아니요", "거부"), False),
}
"""What people write for yes and no."""


class Refusal(NamedTuple):
    """Why a row is not taken: the line it starts on, the column by its header, what stands there, what should."""

    line: int
    column: str
    value: str
    expected: str


class Column(NamedTuple):
    """A column by its `header`, and the `path` of what it tells in a member's row: a field, ``traits.<id>`` or
    ``consents.<channel>.<part>``. `read` gives a cell the form that JSON would have, or leaves it as it is where it
    can't."""

    header: str
    path: str
    read: Callable[[str], object]


class Columns:
    """What the header of a file says."""

    def __init__(self, header: Sequence[str], site: Site) -> None:
        """Raises `Invalid` for columns that are unknown, stand there twice, or without an id."""
        self._traits = {trait.id: trait for trait in site.traits}
        self._site = site
        names = [name.strip() for name in header]
        while names and not names[-1]:
            names.pop()  # a table program that once had something there
        self._columns: list[Column] = []
        self._places: dict[str, int] = {}  # where a problem of a member's row is
        problems = [problem for number, name in enumerate(names, 1) for problem in self._add(name, number)]
        if "id" not in self._places:
            problems.append(header_problem("line 1", names, ["id"], names))
        if problems:
            raise Invalid(problems)

    def _add(self, name: str, number: int) -> Iterator[Problem]:
        path = _meant(name, self._traits)
        if not path:
            yield Problem(f"line 1, column {number}", name, self._known(name))
        elif path in self._places:
            yield Problem(f"line 1, column {number}", name, "a column that stands there only once")
        self._places[path] = len(self._columns)
        self._columns.append(Column(name, path, _reader(path, self._traits, self._site.timezone)))

    def _known(self, name: str) -> str:
        """What there is: in full only where there is no hint, and only once."""
        hint = nearest(name, [*FIELDS, *CONSENTS, *self._traits, *(TRAIT + id for id in self._traits)])
        if hint or "" in self._places:
            return f"a column of members or a trait that site.traits declares{hint}"
        consents = "sms_agreed, sms_agreed_at, sms_night (kakao, push and email alike)"
        return f"one of {', '.join((*FIELDS, consents, *self._traits))}"

    def row(self, line: int, cells: Sequence[str]) -> MemberRow | list[Refusal]:
        """What the cells of a line tell, or everything that is wrong with them."""
        if len(cells) != len(self._columns) and (len(cells) < len(self._columns) or any(cells[len(self._columns) :])):
            return [Refusal(line, "", f"{len(cells)} cells", f"{len(self._columns)} cells, as the header has")]
        told = self._told(cells)
        try:
            row = checked(msgspec.convert(told, MemberRow), "", self._traits, self._site)
        except msgspec.ValidationError:
            return self._refusals(line, shape_problems(told, MemberRow, ""), cells)
        except Invalid as invalid:
            return self._refusals(line, invalid.problems, cells)
        if not row.id.isprintable():
            return self._refusals(line, [Problem("id", row.id, "an id of visible characters")], cells)
        return row

    def _told(self, cells: Sequence[str]) -> dict[str, Any]:
        """The row as JSON would have it."""
        told: dict[str, Any] = {}
        for column, cell in zip(self._columns, cells, strict=False):
            if cell := cell.strip():
                *parts, name = column.path.split(".")
                place = told
                for part in parts:
                    place = place.setdefault(part, {})
                place[name] = column.read(cell)
        return told

    def _refusals(self, line: int, problems: Sequence[Problem], cells: Sequence[str]) -> list[Refusal]:
        at = [self._places[where] for where, _, _ in problems]
        return [
            Refusal(line, self._columns[place].header, cells[place], expected if cells[place].strip() else NEEDED)
            for place, (_, _, expected) in zip(at, problems, strict=True)
        ]


def _meant(name: str, traits: Mapping[str, Trait]) -> str:
    """The path of what a header names, "" for none; a trait that is called like a field goes by `trait.<id>`."""
    folded = name.casefold()
    if folded in FIELDS:
        return folded
    if folded in CONSENTS:
        return CONSENTS[folded]
    id = folded.removeprefix(TRAIT)
    return f"traits.{id}" if id in traits else ""


def _reader(path: str, traits: Mapping[str, Trait], zone: str) -> Callable[[str], object]:
    if path == "joined_at" or (path.startswith("consents.") and path.endswith(".at")):
        return lambda cell: _time(cell, zone)
    if path == "revenue":
        return _amount
    if path.startswith("consents."):
        return _boolean
    trait = traits.get(path.removeprefix("traits.")) if path.startswith("traits.") else None
    return READERS.get(trait.type, str) if trait else str


def _time(cell: str, zone: str) -> object:
    at = moment(cell, zone)
    return cell if at is None else datetime.fromtimestamp(at, UTC)


def _amount(cell: str) -> object:
    """Stays text: a price is no float."""
    return cell.replace(",", "") if NUMBER.fullmatch(cell) else cell


def _number(cell: str) -> object:
    return float(cell.replace(",", "")) if NUMBER.fullmatch(cell) else cell


def _boolean(cell: str) -> object:
    return WORDS.get(cell.casefold(), cell)


def _list(cell: str) -> object:
    return [text for part in cell.split(";") if (text := part.strip())]


READERS: Mapping[str, Callable[[str], object]] = {"number": _number, "boolean": _boolean, "list": _list}
