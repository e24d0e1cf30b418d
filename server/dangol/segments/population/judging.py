"""From a test to what it asks of what is kept: times since become ranges of moments, texts and patterns flags."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from math import ceil, floor, inf
from typing import Any, NamedTuple

import numpy as np

from dangol.plugin import Profile, Request
from dangol.segments.calendar import DAY, LATEST, Calendar, Clock
from dangol.segments.conditions.moving import HOUR, Apart, Lasting, Recent, Since, SinceEach, Told, Until
from dangol.segments.language.nodes import Test
from dangol.segments.population import views
from dangol.segments.population.holders import NO_PAGE, Holder
from dangol.segments.population.lexicon import Flags, Lexicon
from dangol.segments.population.literals import (
    Counting,
    Every,
    Expression,
    Fixed,
    Holding,
    InRange,
    Inverse,
    IsText,
    Keyed,
    Least,
    Ranges,
    Some,
    lies,
    ranges_of,
)
from dangol.segments.text import PATTERNS
from dangol.segments.twin import fact, test_holds

NOBODY = Profile()
FIRST_DAY = datetime(1970, 1, 1)  # local


class Moment(NamedTuple):
    """When it is asked, and the texts that are known by then."""

    clock: Clock
    calendar: Calendar
    lexicons: Callable[[Holder], Lexicon]


def judge(test: Test, moment: Moment) -> Expression:
    """What a test asks of what is kept."""
    if test.row.source == "request":
        page = Request(now=moment.clock.now)
        return Fixed(test_holds(test, fact(test.row, test.key, NOBODY, page, moment.clock)))
    found = _judge(test.row.extract, test, moment)
    return Inverse(found) if test.negated else found


def _judge(extract: Any, test: Test, moment: Moment) -> Expression:
    if isinstance(extract, Until):
        return _until(extract, test, moment)
    holder, clock = views.holder(extract, test.row), moment.clock
    match extract:
        case Since(unit="days"):
            return InRange(holder, _back(_whole(ranges_of(test)), clock.today))
        case Since():
            scale = HOUR if extract.unit == "hours" else 1
            return InRange(holder, _back(_whole(ranges_of(test), scale), clock.now))
        case Apart():
            return InRange(holder, _apart(_whole(ranges_of(test)), clock.today, extract.ahead))
        case SinceEach():
            return _keyed(holder, test, moment, _back(_whole(ranges_of(test)), clock.today))
        case Lasting():
            return _lasting(extract, holder, test, moment)
        case Recent():
            return _recent(extract, holder, test, moment)
        case Told():
            return _told(extract, holder, test, moment)
    return _plain(holder, test, moment)


def _plain(holder: Holder, test: Test, moment: Moment) -> Expression:
    if holder.kind == "number":
        return InRange(holder, ranges_of(test))
    if test.row.keyed:
        return _keyed(holder, test, moment, ranges_of(test))
    if holder.kind == "text":
        flags = _flags(test, moment.lexicons(holder)).copy()
        flags[0] = False
        return IsText(holder, flags)
    return _set(test, moment.lexicons(holder), lambda flags: Holding(holder, flags))


def _set(test: Test, lexicon: Lexicon, holding: Callable[[Flags], Expression]) -> Expression:
    if test.operator == "has_all":
        return Every(tuple(holding(lexicon.equal(test.row.form, [value])) for value in test.operand))
    found = holding(_flags(test, lexicon))
    return Inverse(found) if test.operator == "has_none" else found


def _flags(test: Test, lexicon: Lexicon) -> Flags:
    """The texts that the operator says yes to, or names."""
    if test.operator in PATTERNS:
        return lexicon.fitting(test.row.form, test.operator, test.operand)
    return lexicon.equal(test.row.form, [test.operand] if test.operator == "is" else test.operand)


def _keyed(holder: Holder, test: Test, moment: Moment, ranges: Ranges, there: Ranges | None = None) -> Keyed:
    flags = moment.lexicons(holder).equal(test.row.form, [test.key])
    return Keyed(holder, flags, ranges, lies(test.row.absent, ranges_of(test)), there)


def _until(extract: Until, test: Test, moment: Moment) -> Expression:
    ended = InRange(views.ends(extract), ((-inf, moment.clock.now),))
    after = replace(test.row, extract=lambda profile, request, clock: extract.after)
    then = Fixed(test_holds(replace(test, negated=False), fact(after, test.key, NOBODY, NO_PAGE, moment.clock)))
    return Some((Every((ended, then)), Every((Inverse(ended), _judge(extract.fact, test, moment)))))


def _told(extract: Told, holder: Holder, test: Test, moment: Moment) -> Expression:
    told = moment.lexicons(holder).told(extract.tell, moment.clock)
    if test.row.kind in ("number", "boolean", "time"):
        numbers = np.array(list(told.values), np.float64)
        says = np.zeros(len(numbers), np.bool_)
        for low, high in ranges_of(test):
            says |= (numbers >= low) & (numbers <= high)
    else:
        row = replace(test.row, extract=lambda value, request, clock: value)
        asked = replace(test, negated=False)
        facts = (fact(row, test.key, value, NO_PAGE, moment.clock) for value in told.values)
        says = np.array([test_holds(asked, known) for known in facts], np.bool_)
    return IsText(holder, says[told.places])


def _recent(extract: Recent, holder: Holder, test: Test, moment: Moment) -> Expression:
    flags = moment.lexicons(holder).equal(str, [extract.stream.key])
    now, ranges = moment.clock.now, ranges_of(test)
    within = ((-inf if extract.far is None else now - extract.far + 1, now - extract.near),)
    if extract.some:
        ranges = tuple(some for truth, some in ((0, (0, 0)), (1, (1, inf))) if lies(truth, ranges))
    return Counting(holder, flags, within, ranges, views.VISIT if extract.far is None else None)


def _lasting(extract: Lasting, holder: Holder, test: Test, moment: Moment) -> Expression:
    ending: Ranges = ((moment.clock.now + 1, inf),)
    lasting: Ranges = ((0, 0), *ending)
    if extract.give == "elements":
        return _set(test, moment.lexicons(holder), lambda flags: Holding(holder, flags, lasting))
    if extract.give == "count":
        return Counting(holder, None, lasting, ranges_of(test))
    ends = tuple(_last_days(_whole(ranges_of(test)), moment))
    return _keyed(holder, test, moment, ends, ending) if extract.give == "left" else Least(holder, ending, ends)


def _last_days(ranges: Ranges, moment: Moment) -> Iterator[tuple[float, float]]:
    """When something ends of which so many days are left, the one on which it ends not counted unless it ends later
    than that day begins."""
    for low, high in ranges:
        first = _begin(moment.clock.today + low, moment.calendar) + 1 if low > 0 else -inf
        yield first, min(LATEST, _begin(moment.clock.today + high + 1, moment.calendar))


def _begin(day: float, calendar: Calendar) -> float:
    """The first second of a local day."""
    if day >= LATEST // DAY:
        return inf
    return int(calendar.moment(FIRST_DAY + timedelta(days=int(day))))


def _whole(ranges: Ranges, scale: int = 1) -> Ranges:
    """The whole numbers, 0 and up, whose `scale`-th part lies in the ranges."""
    found = []
    for low, high in ranges:
        least = 0 if low <= 0 else floor(low * scale) - 1
        while least / scale < low:
            least += 1
        most = inf if high == inf else ceil(high * scale) + 1
        while most / scale > high:
            most -= 1
        if least <= most:
            found.append((least, most))
    return tuple(found)


def _back(ranges: Ranges, now: int) -> Ranges:
    """What lies so far back from now; what is still to come counts as now."""
    return tuple((now - high, now - low if low > 0 else inf) for low, high in ranges)


def _apart(ranges: Ranges, today: int, ahead: bool) -> Ranges:
    return tuple((today + low, today + high) if ahead else (today - high, today - low) for low, high in ranges)
