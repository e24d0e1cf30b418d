"""Limits of templates' fields as data, and the one way in which they are checked. Pure.

A table names fields by their path, rows of lists as ``[]``: ``buttons[].name``. What the tables hold, and where each
figure is from, stands in the modules of the kinds of templates.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from msgspec import Struct

from dangol.errors import Problem
from dangol.messages.places import said

NUMBER = re.compile(r"\[\d+\]")
VARIABLE = re.compile(r"#\{([^{}]{1,100})\}")
"""A variable as KakaoTalk and the Korean providers write it: ``#{order number}``."""


class Limit(NamedTuple):
    """`most` of its unit, and at least `least` of them. `breaks` are the most line breaks (None: nobody says), and with
    `variables` it may hold ``#{...}``."""

    most: int
    unit: Literal["characters", "rows", "bytes", "variables"] = "characters"
    least: int = 0
    breaks: int | None = None
    variables: bool = True


Table = Mapping[str, Limit]


def problems(template: Struct, table: Table) -> Iterator[Problem]:
    """What of a template, in one language, is beyond the limits of the table."""
    variables: set[str] = set()
    for path, _, text in said(template):
        variables.update(VARIABLE.findall(text) if "#{" in text else ())
        if limit := table.get(path) or table.get(NUMBER.sub("[]", path)):
            yield from text_problems(path, text, limit)
    if (limit := table.get("variables")) and len(variables) > limit.most:
        yield too_many("text", len(variables), "variables", limit.most)
    for path, limit in table.items():
        if limit.unit == "rows" and "." not in path and (rows := getattr(template, path)):
            yield from row_problems(path, len(rows), limit)


def text_problems(where: str, text: str, limit: Limit) -> Iterator[Problem]:
    """A text that is too long, has too many lines, or variables where there are none."""
    if len(text) > limit.most:
        yield too_many(where, len(text), "characters", limit.most)
    breaks = text.count("\n")
    if limit.breaks is not None and breaks > limit.breaks:
        yield too_many(where, breaks, "line breaks", limit.breaks)
    if not limit.variables and (found := VARIABLE.search(text)):
        yield Problem(where, found[0], "a text without variables, which KakaoTalk does not fill in here")


def row_problems(where: str, count: int, limit: Limit) -> Iterator[Problem]:
    """Too many rows, or too few."""
    if count > limit.most:
        yield too_many(where, count, "rows", limit.most)
    elif count < limit.least:
        yield Problem(where, f"{count} rows", f"at least {limit.least} rows")


def too_many(where: str, count: int, unit: str, most: int, more: str = "") -> Problem:
    """Told by the count, not by the text: a filled text holds what is personal."""
    return Problem(where, f"{count:,} {unit}", f"at most {most:,} {unit}{more}")


def names(template: Struct) -> dict[str, str]:
    """The ``#{...}`` variables of a template, each with the path of the first place that names it."""
    found: dict[str, str] = {}
    for path, _, text in said(template):
        for name in VARIABLE.findall(text) if "#{" in text else ():
            found.setdefault(name, path)
    return found


def without(template: Struct, allowed: set[str], fields: tuple[str, ...], why: str) -> Iterator[Problem]:
    """Those of the fields that are given and not allowed."""
    for name in fields:
        if (value := getattr(template, name)) and name not in allowed:
            yield Problem(name, value if isinstance(value, str) else name, f"left out: {why}")


def needed(template: Struct, required: tuple[str, ...], why: str) -> Iterator[Problem]:
    """Those of the fields that must be given and are not."""
    for name in required:
        if not getattr(template, name):
            yield Problem(name, getattr(template, name), f"given: {why}")
