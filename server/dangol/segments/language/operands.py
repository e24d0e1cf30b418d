"""The right side of a leaf, checked and brought to the form in which it is compared."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from math import inf, nextafter
from typing import Any, TypeGuard

from dangol.errors import Invalid, Problem
from dangol.segments import text
from dangol.segments.conditions.row import PATTERNS, SPANS, Row
from dangol.segments.language.nodes import Test
from dangol.segments.language.scope import Scope

MAX_VALUES = 200
MAX_LENGTH = 200
MAX_NUMBER = 2**53 - 1  # beyond it neighbouring integers look alike as doubles
LISTS = ("in", "has_any", "has_all", "has_none")
YEARS = range(1900, 2200)
LOCAL_TIME = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})( [0-9]{2}:[0-9]{2})?")
LITERAL_QUESTION_MARK = re.compile(r"\\\?|\[\?\]")


class _Refused(Exception):
    """An operand is not what the argument tells."""


Read = Callable[[Row, str, Any, Scope], list[Test]]


def read(row: Row, body: Mapping[Any, Any], where: str, scope: Scope, key: str = "") -> tuple[Test, ...]:
    """What operators and operands ask of a row's fact. Raises Invalid with every problem, also where no number could
    fulfil them all."""
    found: list[Test] = []
    problems = []
    for operator, written in body.items():
        if operator not in row.operators:
            problems.append(Problem(where, operator, f"one of {', '.join(row.operators)}"))
            continue
        try:
            found += _reader(row, operator)(row, operator, written, scope)
        except _Refused as refused:
            problems.append(Problem(f"{where}.{operator}", written, refused.args[0]))
    if not problems and not _possible(found):
        problems.append(Problem(where, dict(body), "a range that some value lies in"))
    if problems:
        raise Invalid(problems)
    return tuple(replace(test, key=key) for test in found) if key else tuple(found)


def _possible(tests: Sequence[Test]) -> bool:
    """Whether some number fulfils all tests that compare with one."""
    lowest, highest = SPANS.get(tests[0].row.unit, (-inf, inf)) if tests else (-inf, inf)
    for test in tests:
        if test.operator in ("gte", "eq", "gt"):
            lowest = max(lowest, nextafter(test.operand, inf) if test.operator == "gt" else test.operand)
        if test.operator in ("lte", "eq", "lt"):
            highest = min(highest, nextafter(test.operand, -inf) if test.operator == "lt" else test.operand)
    others = [test.operand for test in tests if test.operator == "ne"]
    return lowest < highest or (lowest == highest and lowest not in others)


def key(row: Row, written: object, scope: Scope) -> str | None:
    """The key of a keyed row in its form, or None."""
    if not is_text(written):
        return None
    if row.form in (text.path, text.page):
        written = _local(written, scope)
        return row.form(written) if written.startswith("/") else None
    return row.form(written)


def is_text(value: object) -> TypeGuard[str]:
    """Whether a value is a text of a length that conditions take."""
    return isinstance(value, str) and 0 < len(value) <= MAX_LENGTH


def _reader(row: Row, operator: str) -> Read:
    if row.kind in ("number", "keyed number"):
        return _number
    if row.kind in ("boolean", "time"):
        return _boolean if row.kind == "boolean" else _time
    if operator == "matches":
        return _matches
    if row.form is text.path:
        return _page_part if operator in PATTERNS else _page
    return _part if operator in PATTERNS else _whole


def _number(row: Row, operator: str, value: Any, scope: Scope) -> list[Test]:
    known = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not known or not -MAX_NUMBER <= value <= MAX_NUMBER:  # which refuses NaN too
        raise _Refused(f"a number from -{MAX_NUMBER} to {MAX_NUMBER}")
    return [Test(row, operator, float(value) + 0.0)]  # -0.0 becomes 0.0


def _boolean(row: Row, operator: str, value: Any, scope: Scope) -> list[Test]:
    if not isinstance(value, bool):
        raise _Refused("true or false")
    return [Test(row, operator, value)]


def _time(row: Row, operator: str, value: Any, scope: Scope) -> list[Test]:
    written = LOCAL_TIME.fullmatch(value) if isinstance(value, str) else None
    if written is None or (written[2] and operator == "on"):
        day = "a day such as 2026-01-31"
        raise _Refused(day if operator == "on" else f"{day}, or a time such as 2026-01-31 18:00")
    try:
        local = datetime.fromisoformat(written[0])
    except ValueError as error:
        raise _Refused(f"a day and time that exist ({error})") from None
    if local.year not in YEARS:
        raise _Refused(f"in the years {YEARS[0]} to {YEARS[-1]}")
    moment = scope.calendar.moment(local)
    if operator == "on":
        return [Test(row, "gte", moment), Test(row, "lt", scope.calendar.moment(local + timedelta(days=1)))]
    return [Test(row, "gte" if operator == "since" else "lt", moment)]


def _whole(row: Row, operator: str, value: Any, scope: Scope) -> list[Test]:
    """Whole texts; one that the condition can never have is refused, since it is a slip."""
    kinds = f"of {', '.join(row.choices)}" if row.choices else f"of 1 to {MAX_LENGTH} characters"
    found = [row.form(each) for each in _texts(operator, value, kinds, lambda each: _chosen(row, each))]
    return [Test(row, operator, tuple(dict.fromkeys(found)) if operator in LISTS else found[0])]


def _chosen(row: Row, value: object) -> bool:
    return is_text(value) and (not row.choices or value in row.choices)


def _texts(operator: str, value: Any, kinds: str, fits: Callable[[Any], bool]) -> list[str]:
    if operator not in LISTS:
        if not fits(value):
            raise _Refused(f"a text {kinds}")
        return [value]
    if not isinstance(value, list) or not 0 < len(value) <= MAX_VALUES or not all(map(fits, value)):
        raise _Refused(f"a list of 1 to {MAX_VALUES} texts {kinds}")
    return value


def _part(row: Row, operator: str, value: Any, scope: Scope) -> list[Test]:
    [found] = _texts(operator, value, f"of 1 to {MAX_LENGTH} characters", is_text)
    return [Test(row, operator, row.form(found))]


def _matches(row: Row, operator: str, value: Any, scope: Scope) -> list[Test]:
    [found] = _texts(operator, value, f"of 1 to {MAX_LENGTH} characters", is_text)
    # Folded texts are searched without regard to case, since the pattern itself can't be folded: \S is not \s.
    pattern = f"(?i){text.exact(found)}" if row.form is text.folded else text.exact(found)
    try:
        text.regex(pattern)
    except ValueError as error:
        raise _Refused(f"a regular expression in RE2's syntax: {error}") from None
    queried = row.form is text.path and LITERAL_QUESTION_MARK.search(found)
    return [Test(with_query(row) if queried else row, operator, pattern)]


def _page(row: Row, operator: str, value: Any, scope: Scope) -> list[Test]:
    """Pages as they are; those that name a query are looked for among the shopper's whole addresses."""
    kinds = f"of 1 to {MAX_LENGTH} characters that starts with /, or is an address of {_origins(scope)}"
    written = _texts(operator, value, kinds, lambda each: is_text(each) and _local(each, scope).startswith("/"))
    found = [_local(each, scope) for each in written]
    pages = list(dict.fromkeys(map(text.page, found)))
    if not any("?" in page for page in pages):
        plain = tuple(dict.fromkeys(map(text.path, found)))
        return [Test(row, operator, plain if operator in LISTS else plain[0])]
    whole = with_query(row)
    if operator == "has_all":
        return [Test(whole, "page", page) for page in pages]
    return [Test(whole, "page", "\n".join(pages), negated=operator == "has_none")]


def _page_part(row: Row, operator: str, value: Any, scope: Scope) -> list[Test]:
    kinds = f"of 1 to {MAX_LENGTH} characters, without another shop's address than {_origins(scope)}"
    [found] = _texts(operator, value, kinds, lambda each: is_text(each) and bool(_local(each, scope)))
    part = text.decoded(_local(found, scope))
    if operator in ("glob", "ends") and "?" not in part:
        part = part.rstrip("/") or part  # a page's path is compared without the slash at its end
    return [Test(with_query(row) if "?" in part else row, operator, part)]


def _local(address: str, scope: Scope) -> str:
    """A page's address without the shop's scheme and host; empty for a page of somebody else's."""
    if not address.startswith(("http://", "https://")):
        return address
    hosts = [origin.partition("://")[2].casefold() for origin in scope.site.origins]
    host, slash, rest = re.split(r"([/?#]|\Z)", address.partition("://")[2], maxsplit=1)
    return (f"{slash}{rest}" if slash == "/" else f"/{slash}{rest}") if host.casefold() in hosts else ""


def _origins(scope: Scope) -> str:
    return " or ".join(scope.site.origins) or "this shop"


@lru_cache(512)
def with_query(row: Row) -> Row:
    """The condition on pages as one on their whole addresses; the same for every call with the same row."""
    return replace(row, form=text.page)
