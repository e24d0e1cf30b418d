"""What the query of a request says. All of it raises `Invalid` for what it can't mean."""

from collections.abc import Sequence
from datetime import date

from starlette.requests import Request

from dangol.errors import Invalid, Problem


def only(request: Request, *known: str) -> None:
    """Refuse parameters that nobody reads."""
    query = request.query_params
    if unknown := [Problem(name, query[name], f"one of {', '.join(known)}") for name in query if name not in known]:
        raise Invalid(unknown)


def one_of(request: Request, name: str, choices: Sequence[str]) -> str:
    """One of the choices; the first where nothing is said."""
    given = request.query_params.get(name, choices[0])
    if given not in choices:
        raise Invalid([Problem(name, given, f"one of {', '.join(filter(None, choices))}")])
    return given


def number(request: Request, name: str, ordinary: int, most: int) -> int:
    """A number from 1 to `most`; the ordinary one where nothing is said."""
    given = request.query_params.get(name, f"{ordinary}")
    if not (given.isascii() and given.isdecimal() and len(given) < 10 and 1 <= int(given) <= most):
        raise Invalid([Problem(name, given, f"a number from 1 to {most}")])
    return int(given)


def day(request: Request, name: str) -> date | None:
    """A calendar day; None where nothing is said."""
    given = request.query_params.get(name)
    try:
        return date.fromisoformat(given) if given else None
    except ValueError:
        raise Invalid([Problem(name, given, "a day such as 2026-11-22")]) from None
