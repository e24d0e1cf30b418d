"""What dangol raises.

DangolError
├── Invalid       input that was refused: where, the value, what was expected
├── Unavailable   the store can't be reached or is too slow; try again
└── PluginFailure one plugin failed; the rest goes on
"""

from collections.abc import Sequence
from reprlib import Repr
from typing import Any, NamedTuple

SHOWN = 80


class _Brief(Repr):
    """Writes any value, however deep, large or long."""

    def __init__(self) -> None:
        super().__init__()
        self.maxlevel, self.maxdict, self.maxlist = 4, 8, 8
        self.maxstring = self.maxother = self.maxlong = 2 * SHOWN

    def repr_int(self, x: int, level: int) -> str:
        # Python refuses to write out integers of thousands of digits.
        return repr(x) if x.bit_length() <= 1024 else f"an integer of {x.bit_length()} bits"


_brief = _Brief()


class Problem(NamedTuple):
    """One thing that is wrong with an input: `where` is a path such as ``campaigns[2].delay``. The value is ``...``
    where there is none to show, as of a file that ends too early."""

    where: str
    value: Any
    expected: str

    def __str__(self) -> str:
        where = self.where or "(whole document)"
        if self.value is ...:
            return f"{where}: expected {self.expected}"
        text = _brief.repr(self.value)
        shown = text if len(text) <= SHOWN else text[:SHOWN] + "…"
        return f"{where}: {shown} is not {self.expected}"


class DangolError(Exception):
    """The base of all that dangol raises on purpose."""


class Invalid(DangolError):
    """Input that was refused. Nothing was changed."""

    def __init__(self, problems: Sequence[Problem], source: str = "") -> None:
        self.problems = list(problems)
        self.source = source
        prefix = f"{source}: " if source else ""
        super().__init__("\n".join(f"{prefix}{problem}" for problem in self.problems))


class Unavailable(DangolError):
    """The store can't be reached, or did not answer in time."""


class PluginFailure(DangolError):
    """A plugin call that gave no result; `kind` tells how: missing, import, api, params, raised, slow, result, off."""

    def __init__(self, plugin: str, kind: str, detail: str) -> None:
        self.plugin = plugin
        self.kind = kind
        self.detail = detail
        super().__init__(f"plugin {plugin!r} ({kind}): {detail}")
