"""Approved templates: what Kakao compares a message with, word for word. Pure."""

import re
from collections.abc import Mapping
from typing import Annotated

from msgspec import Meta, Struct, field

from dangol.fakes.arrival import Button

VARIABLE = re.compile(r"#\{([^{}]{1,60})\}")
MOST = 10_000


class Registered(Struct, frozen=True, forbid_unknown_fields=True):
    """A template as a provider keeps it, its variables written `#{name}`. One that is not `approved` can't be used."""

    code: Annotated[str, Meta(min_length=1, max_length=60)]
    text: Annotated[str, Meta(max_length=2000)] = ""
    title: str = ""
    subtitle: str = ""
    header: str = ""
    extra: str = ""
    buttons: list[Button] = field(default_factory=list)
    approved: bool = True


class Learned(Struct, frozen=True):
    """A template that nobody registered, known by its first message: later ones must have the same variables."""

    variables: frozenset[str]


class Templates:
    """Those of one account. With `learn` an unknown one is learned, else refused."""

    def __init__(self, learn: bool = True) -> None:
        self.learn = learn
        self.known: dict[str, Registered | Learned] = {}

    def register(self, template: Registered) -> None:
        """Keep it, in the place of one with the same code."""
        if template.code not in self.known and len(self.known) >= MOST:
            self.known.pop(next(iter(self.known)))
        self.known[template.code] = template

    def found(self, code: str, variables: Mapping[str, str]) -> Registered | None:
        """The registered template; None for one that is learned. Raises KeyError for an unknown or unapproved one and
        ValueError where the variables are not those of the template."""
        template = self.known.get(code)
        if template is None:
            if not self.learn:
                raise KeyError(code)
            if len(self.known) < MOST:
                self.known[code] = Learned(frozenset(variables))
            return None
        if isinstance(template, Learned):
            if template.variables != frozenset(variables):
                raise ValueError(code)
            return None
        if not template.approved:
            raise KeyError(code)
        return template


def fill(text: str, variables: Mapping[str, str]) -> str:
    """The text with its variables. Raises ValueError where one has no value."""

    def value(found: re.Match[str]) -> str:
        if found[1] not in variables:
            raise ValueError(found[1])
        return variables[found[1]]

    return VARIABLE.sub(value, text)


def matches(pattern: str, text: str) -> bool:
    """Whether a finished text is the template's, whatever its variables became."""
    pieces = VARIABLE.split(pattern)[::2]
    return re.fullmatch("(?s:.*?)".join(map(re.escape, pieces)), text) is not None
