"""Facts that are a field of the profile."""

from math import nan
from operator import attrgetter
from typing import Any

from dangol.plugin import Profile, Request
from dangol.segments.calendar import Clock
from dangol.segments.conditions.moving import Since
from dangol.segments.conditions.row import Extract
from dangol.segments.matching.plain import Field, Ring


def field(name: str) -> Field:
    """A field of the profile, as it is."""
    return Field(name)


def time(name: str) -> Extract:
    """A time that a field of the profile holds; 0, which is never, is not known."""
    get = attrgetter(name)
    return lambda profile, request, clock: float(get(profile)) or nan


def days(name: str) -> Since:
    """Calendar days since the time that a field of the profile holds."""
    return Since(attrgetter(name))


def hours(name: str) -> Since:
    """Hours since the time that a field of the profile holds."""
    return Since(attrgetter(name), "hours")


def ids(name: str) -> Extract:
    """The ids of a ring of the profile."""
    get = attrgetter(name)
    return lambda profile, request, clock: [each.id for each in get(profile)]


def counted(name: str) -> Ring:
    """By id, how often something of a ring of the profile was met."""
    return Ring(attrgetter(name))


def length(name: str) -> Extract:
    """The length of a ring of the profile."""
    get = attrgetter(name)
    return lambda profile, request, clock: len(get(profile))


def now(name: str) -> Extract:
    """A field of the open page, as it is; None is not known."""
    get = attrgetter(name)

    def fact(profile: Profile, request: Request, clock: Clock) -> Any:
        found = get(request)
        return nan if found is None else found

    return fact
