"""What one entry of the log, or one past order, teaches a recommender: checked counts. Pure."""

from collections.abc import Iterable, Sequence
from itertools import islice

from dangol.errors import Invalid, Problem
from dangol.plugin import Count, Entry, Recommender, Total

LONGEST_NAME = 200
LARGEST = 1e20
"""Sums stay far from what float32 can't tell from infinity."""

MOST = 5_000
"""Members in all the counts of one entry."""

AHEAD = 60.0
"""Seconds by which a count may be later than its entry; a browser's clock may be ten ahead."""

FAR = float(1 << 32)


def learned(plugin: Recommender, entry: Entry) -> list[Count | Total]:
    """What the recommender makes of an entry. Raises `Invalid` naming the first counts that can't be added, and
    whatever the plugin raises."""
    return checked(plugin, plugin.learn(entry), entry.at / 1000)


def checked(plugin: Recommender, counts: Iterable[Count | Total], now: float = FAR) -> list[Count | Total]:
    """The counts of an entry of the unix time `now`. Raises `Invalid`."""
    given = list(islice(counts, MOST + 1))
    problems = [
        Problem(f"counts[{number}]", each, expected)
        for number, each in enumerate(given)
        if (expected := _wrong(plugin, each, min(now + AHEAD, FAR - 1)))
    ]
    if not problems and sum(len(each.members) for each in given) + len(given) > 2 * MOST:
        problems = [Problem("counts", len(given), f"at most {MOST} members in all")]
    if problems:
        raise Invalid(problems[:10])
    return given


def _wrong(plugin: Recommender, each: object, latest: float) -> str:
    """What was expected instead; "" where all is well."""
    if isinstance(each, Count):
        name, where = each.key, "key"
    elif isinstance(each, Total) and each.name in plugin.totals:
        name, where = each.name, "name"
    else:
        return "a Count, or a Total under one of the names in `totals`"
    if not _is_name(name):
        return f"a `{where}` of 1 to {LONGEST_NAME} characters"
    if isinstance(each.members, str) or not isinstance(each.members, Sequence) or not all(map(_is_name, each.members)):
        return f"`members`: a list of names of 1 to {LONGEST_NAME} characters"
    if not isinstance(each.by, int | float) or not 0 < abs(each.by) <= LARGEST:
        return f"`by`: a number that is not 0, between {-LARGEST:g} and {LARGEST:g}"
    if not isinstance(each.at, int | float) or not 0 <= each.at <= latest:
        return "`at`: unix seconds, not later than the entry"
    return ""


def _is_name(name: object) -> bool:
    return isinstance(name, str) and 0 < len(name) <= LONGEST_NAME and (name.isascii() or _can_be_written(name))


def _can_be_written(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        return False
    return True
