"""The columns of a file of recipients: what its header says, and whom and what the cells under it tell. Pure.

A recipient is a member's id, a phone number or an e-mail address; every other column is a ``#{...}`` variable of the
template. Whatever a cell holds is data, also what a table program would take for a formula.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from dangol.definitions.shapes import nearest
from dangol.errors import Invalid, Problem
from dangol.members.columns import Refusal
from dangol.messages.notices import LONGEST, LONGEST_VALUE, PHONE_KINDS, address, clean_lines
from dangol.profile.subscriptions import normal

MOST = 1_000_000
"""Rows of a file; one more refuses all of it."""

MOST_COLUMNS = 50
LONGEST_NAME = 100
FIELDS = ("member", "phone", "email", "name", "language")
ALIASES = {
    "회원": "member",
    "회원id": "member",
    "회원아이디": "member",
    "휴대폰": "phone",
    "휴대폰번호": "phone",
    "전화번호": "phone",
    "이메일": "email",
    "언어": "language",
}
"""What Korean files call them."""


class Addressed(NamedTuple):
    """A row: a member's id or "", an address or "", the language or "", and the values of `Columns.variables`."""

    member: str
    to: str
    language: str
    values: list[str]


class Columns:
    """What the header of a file says. `wanted` are the variables that the template asks for, None where the message has
    no template and every column is a variable; `kind` is the message's. `variables` are those that rows have values
    of."""

    def __init__(self, header: Sequence[str], wanted: Collection[str] | None, kind: str) -> None:
        """Raises `Invalid` for columns that are unknown, stand there twice or are missing."""
        names = [name.strip() for name in header]
        while names and not names[-1]:
            names.pop()  # a table program that once had something there
        self._kind = kind
        self._header = names
        self._places: dict[str, int] = {}
        self._wanted = wanted
        self.variables: list[str] = []
        problems = [problem for number, name in enumerate(names, 1) for problem in self._add(name, number)]
        if len(names) > MOST_COLUMNS:
            problems.append(Problem("line 1", f"{len(names)} columns", f"at most {MOST_COLUMNS} columns"))
        if not problems:
            problems += self._missing(names)
        if problems:
            raise Invalid(problems)
        self._of_variables = [self._places[name] for name in self.variables]

    def _add(self, name: str, number: int) -> Iterator[Problem]:
        where, bare = f"line 1, column {number}", name.removeprefix("#{").removesuffix("}")
        folded = bare.casefold().replace(" ", "")
        known = self._wanted or ()
        meant = bare if bare in known else ALIASES.get(folded, folded if folded in FIELDS else bare)
        is_variable = meant in known or (self._wanted is None and meant not in FIELDS[:3] and meant != "language")
        if not name or len(name) > LONGEST_NAME or not name.isprintable():
            yield Problem(where, name, f"a name of 1 to {LONGEST_NAME} visible characters")
        elif not is_variable and meant not in FIELDS:
            known_names = [*FIELDS, *known]
            expected = (
                f"one of {', '.join(FIELDS)}, or a variable of the template ({', '.join(known) or 'it has none'})"
            )
            yield Problem(where, name, expected + nearest(bare, known_names))
        elif meant in self._places:
            yield Problem(where, name, "a column that stands there only once")
        self._places[meant] = number - 1
        if is_variable:
            self.variables.append(meant)

    def _missing(self, names: Sequence[str]) -> Iterator[Problem]:
        needed = self._needed()
        if not any(name in self._places for name in needed):
            yield Problem("line 1", ",".join(names), f"a header with a column {' or '.join(needed)}")
        for name in self._wanted or ():
            if name not in self._places:
                yield Problem(
                    "line 1", ",".join(names), f"a header with a column {name}, as the template has #{{{name}}}"
                )

    def _needed(self) -> tuple[str, ...]:
        """The columns of which a row needs one."""
        if self._kind in PHONE_KINDS:
            return ("phone", "member")
        return {"email": ("email", "member"), "push": ("member",)}.get(self._kind, ("phone", "email", "member"))

    def row(self, line: int, cells: Sequence[str]) -> Addressed | list[Refusal]:
        """What the cells of a line tell, or everything that is wrong with them."""
        size = len(self._header)
        if len(cells) < size or any(cells[size:]):
            return [Refusal(line, "", f"{len(cells)} cells", f"{size} cells, as the header has")]
        found = {name: cells[place].strip() for name in FIELDS if (place := self._places.get(name)) is not None}
        refusals = [Refusal(line, self._header[self._places[name]], found[name], why) for name, why in _wrong(found)]
        member, language = found.get("member", ""), found.get("language", "").casefold()
        phone, email = normal("sms", found.get("phone", "")) or "", normal("email", found.get("email", "")) or ""
        to = address(self._kind, phone, email)
        if not (refusals or to or member):
            refusals.append(Refusal(line, "", "", f"a row with a {' or '.join(self._needed())}"))
        values = [clean_lines(cells[place]) for place in self._of_variables]
        for name, value in zip(self.variables, values, strict=True):
            place = self._places[name]
            if len(cells[place]) > LONGEST_VALUE:
                refusals.append(Refusal(line, self._header[place], cells[place], f"{LONGEST_VALUE} characters"))
            elif self._wanted is not None and not value.strip():
                refusals.append(Refusal(line, self._header[place], cells[place], f"a value of #{{{name}}}"))
        return refusals or Addressed(member, to, language, values)


def _wrong(found: dict[str, str]) -> Iterator[tuple[str, str]]:
    """The fields that hold what they can't, with what was expected."""
    if (phone := found.get("phone")) and not normal("sms", phone):
        yield "phone", "a mobile number such as 010-1234-5678 or +447911123456"
    if (email := found.get("email")) and not normal("email", email):
        yield "email", "an e-mail address"
    if (member := found.get("member")) and (len(member) > LONGEST or not member.isprintable()):
        yield "member", f"an id of at most {LONGEST} visible characters"
    if found.get("language", "").casefold() not in ("", "ko", "en"):
        yield "language", "ko, en or nothing"


class Once:
    """Knows who has had a row already: nobody gets the same message twice."""

    def __init__(self) -> None:
        self._known: set[int] = set()

    def is_new(self, row: Addressed) -> bool:
        """Whether neither the member nor the address stood in an earlier row. What is kept are hashes of 64 bits: of a
        million rows the odds that two different ones seem alike are one to 30 million."""
        names = {hash((kind, name)) for kind, name in (("member", row.member), ("to", row.to)) if name}
        if not names.isdisjoint(self._known):
            return False
        self._known |= names
        return True
