"""What one entry of the log, or one past order, teaches a recommender: checked counts. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice

from msgspec.structs import replace

from dangol.errors import Invalid, Problem
from dangol.plugin import Count, Entry, Event, Recommender, Total
from dangol.recommend.shelf import Shelf

LONGEST_NAME = 200
LARGEST = 1e20
"""Sums stay far from what float32 can't tell from infinity."""

MOST = 5_000
"""Counts of one entry, and members in all of them."""

AHEAD = 60.0
"""Seconds by which a count may be later than its entry; a browser's clock may be ten ahead."""

FAR = float(1 << 32)


def products(entry: Entry) -> Iterator[str]:
    """The ids of all products that an entry tells of, some more than once."""
    for event in entry.events:
        for item in event.items:
            yield item.id
        yield from event.before


def filed(shelf: Shelf, ids: Iterable[str]) -> dict[str, str]:
    """Those of the products that the catalogue has, and the main category that it gives them ("": none)."""
    wanted, names = list(dict.fromkeys(ids)), shelf.category_names
    places = shelf.places(wanted)
    codes = shelf.categories[places, 0].tolist() if shelf.size else []
    rows = zip(wanted, places.tolist(), codes, strict=False)
    return {id: names[code] if code >= 0 else "" for id, place, code in rows if place >= 0}


def of_catalogue(entry: Entry, known: Mapping[str, str]) -> Entry:
    """The entry with products of the catalogue alone, in the categories that it gives them: those `known`, as `filed`
    tells them."""
    events = [_known(event, known) if event.items else event for event in entry.events]
    return replace(entry, events=events)


def _known(event: Event, known: Mapping[str, str]) -> Event:
    items = [
        item if item.category == known[item.id] else replace(item, category=known[item.id])
        for item in event.items
        if item.id in known
    ]
    return replace(event, items=items, before=tuple(id for id in event.before if id in known))


def uncategorized(entry: Entry) -> Iterator[str]:
    """The ids of products of which an entry tells no category."""
    return (item.id for event in entry.events for item in event.items if not item.category)


def categorized(entry: Entry, known: Mapping[str, str]) -> Entry:
    """The entry with the categories of those `known` where it tells none itself, as a cancellation seldom does."""
    if not any(known.get(id) for id in uncategorized(entry)):
        return entry
    return replace(entry, events=[_categorized(event, known) for event in entry.events])


def _categorized(event: Event, known: Mapping[str, str]) -> Event:
    items = [item if item.category else replace(item, category=known.get(item.id, "")) for item in event.items]
    return replace(event, items=items)


def learned(plugin: Recommender, entry: Entry) -> list[Count | Total]:
    """What the recommender makes of an entry. Raises `Invalid` naming the first counts that can't be added, and
    whatever the plugin raises."""
    return checked(plugin, plugin.learn(entry), entry.at / 1000)


def checked(plugin: Recommender, counts: Iterable[Count | Total], now: float = FAR) -> list[Count | Total]:
    """The counts of an entry of the unix time `now`. Raises `Invalid`."""
    given, names = list(islice(counts, MOST + 1)), set[str]()
    problems = [
        Problem(f"counts[{number}]", each, expected)
        for number, each in enumerate(given)
        if (expected := _wrong(plugin, each, min(now + AHEAD, FAR - 1), names))
    ]
    if not problems and (len(given) > MOST or sum([len(each.members) for each in given]) > MOST):
        problems = [Problem("counts", len(given), f"at most {MOST} counts and members in all of one entry")]
    if problems:
        raise Invalid(problems[:10])
    return given


def _wrong(plugin: Recommender, each: object, latest: float, names: set[str]) -> str:
    """What was expected instead; "" where all is well. `names` are those that were found to be ones."""
    if isinstance(each, Count):
        name, where = each.key, "key"
    elif isinstance(each, Total) and each.name in plugin.totals:
        name, where = each.name, "name"
    else:
        return "a Count, or a Total under one of the names in `totals`"
    if not _is_name(name):
        return f"a `{where}` of 1 to {LONGEST_NAME} characters"
    if isinstance(each.members, str) or not isinstance(each.members, Sequence) or not _are_names(each.members, names):
        return f"`members`: a list of names of 1 to {LONGEST_NAME} characters"
    if not isinstance(each.by, int | float) or not 0 < abs(each.by) <= LARGEST:
        return f"`by`: a number that is not 0, between {-LARGEST:g} and {LARGEST:g}"
    if not isinstance(each.at, int | float) or not 0 <= each.at <= latest:
        return "`at`: unix seconds, not later than the entry"
    return ""


def _are_names(members: Sequence[object], names: set[str]) -> bool:
    """An entry names the same products again and again, so each is looked at once."""
    try:
        if not names.issuperset(members):
            names.update(member for member in members if isinstance(member, str) and _is_name(member))
            return names.issuperset(members)
    except TypeError:  # what has no hash is no name
        return False
    return True


@lru_cache(8192)
def _is_name(name: object) -> bool:
    return isinstance(name, str) and 0 < len(name) <= LONGEST_NAME and (name.isascii() or _can_be_written(name))


def _can_be_written(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        return False
    return True
