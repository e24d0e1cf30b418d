"""Matching one shopper against all segments: dangol's index, rule engines of others and plain Python closures.

    python -m loadtests.bench.segments

All answer the same question about the same shopper and must agree. The others get the shopper's facts as a dict that
lies ready; dangol starts from the decoded profile. CPU time, median of several rounds.
"""

import gc
import random
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from dangol.definitions.model import Segment, Site
from dangol.plugin import Request
from dangol.profile.model import Environment, Line, Member, Profile, Seen, Visit
from dangol.segments.conditions.catalogue import CATALOGUE
from dangol.segments.language.scope import Scope
from dangol.segments.matching.index import Index
from loadtests.bench import rivals
from loadtests.bench.rivals import Leaf

ROUNDS = 7
NOW = 1_773_113_400
DAY = 86_400
SITE = Site(id="shop", key="public-key", name="Shop", origins=["https://shop.example"])
PRODUCTS = [f"{number:05}A" for number in range(400)]
CATEGORIES = [f"category {number}" for number in range(40)]
NUMBERS = {
    "visits": 30, "page_views": 200, "visit_page_views": 20, "cart_count": 10, "cart_total": 90_000, "orders": 10,
    "spent": 500_000, "average_order": 60_000, "days_since_last_order": 90, "days_since_first_visit": 400,
    "days_since_joined": 300, "visit_seconds": 1_800,
}  # fmt: skip
TEXTS = {
    "device": ["pc", "mobile", "app"],
    "os": ["windows", "macos", "android", "ios"],
    "language": ["ko", "en", "ja"],
    "utm_source": ["google", "naver", "kakao", "newsletter", "instagram"],
    "grade": ["silver", "gold", "vip"],
}
SETS = {"viewed_products": PRODUCTS, "cart_items": PRODUCTS, "bought_items": PRODUCTS, "viewed_categories": CATEGORIES}
FACTS = [*NUMBERS, *TEXTS, *SETS, "views_of"]
SIZES = (1_000, 10_000, 100_000)
RIVALS = (
    ("plain Python closures", rivals.closures, 20),
    ("growthbook", rivals.growthbook, 5),
    ("flagsmith-flag-engine", rivals.flagsmith, 2),
    ("json-logic-qubit", rivals.json_logic, 2),
    ("zen-engine, decision table", rivals.zen_table, 10),
    ("zen-engine, one expression of all", rivals.zen_expression, 20),
)
"""With how often a round asks each."""


def condition(name: str, chance: random.Random) -> Leaf:
    """One condition: its name, an operator, an operand and perhaps a key."""
    if name in NUMBERS:
        limit = chance.randrange(1, 40) * NUMBERS[name] // 40
        return name, "gte" if chance.random() < 0.7 else "lt", limit, ""
    if name in TEXTS:
        return name, "in", chance.sample(TEXTS[name], 2), ""
    if name in SETS:
        return name, "has_any" if chance.random() < 0.6 else "has_none", chance.sample(SETS[name], 5), ""
    return name, "gte", chance.randrange(1, 4), chance.choice(PRODUCTS)


def draw(count: int, facts: Sequence[str], chance: random.Random) -> list[list[Leaf]]:
    """Segments of four conditions on different facts."""
    return [[condition(name, chance) for name in chance.sample(facts, 4)] for _ in range(count)]


def written(segments: Sequence[Sequence[Leaf]]) -> list[Segment]:
    """The same as definitions have them."""
    return [
        Segment(str(number), {"all": [{name: {operator: operand} | ({"key": key} if key else {})}
                                      for name, operator, operand, key in leaves]})
        for number, leaves in enumerate(segments)
    ]  # fmt: skip


def shopper(chance: random.Random) -> tuple[Profile, dict[str, Any]]:
    """A profile with full rings, and the same facts as a dict."""
    profile = Profile(
        first_seen=NOW - 200 * DAY, last_seen=NOW, visits=20, page_views=150,
        visit=Visit(NOW - 600, 12, "/", "www.google.com", "google", "cpc", "spring", ["/", "/cart"], ["mug"]),
        environment=Environment("mobile", "android", "chrome", "ko"),
        viewed=[Seen(each, NOW, chance.randrange(1, 5)) for each in chance.sample(PRODUCTS, 50)],
        categories=[Seen(each, NOW, 2) for each in chance.sample(CATEGORIES, 15)],
        cart=[Line(each, 9_000, 2, NOW - DAY) for each in chance.sample(PRODUCTS, 4)], cart_at=NOW - DAY,
        orders=5, spent=250_000, last_order_at=NOW - 20 * DAY,
        bought=[Seen(each, NOW - 20 * DAY, 1) for each in chance.sample(PRODUCTS, 15)],
        member=Member("m", grade="gold", joined_at=NOW - 150 * DAY),
    )  # fmt: skip
    facts = {
        "visits": 20, "page_views": 150, "visit_page_views": 12, "cart_count": 8, "cart_total": 72_000, "orders": 5,
        "spent": 250_000, "average_order": 50_000, "days_since_last_order": 20, "days_since_first_visit": 200,
        "days_since_joined": 150, "visit_seconds": 600, "device": "mobile", "os": "android", "language": "ko",
        "utm_source": "google", "grade": "gold",
        "viewed_products": [seen.id for seen in profile.viewed],
        "cart_items": [line.id for line in profile.cart],
        "bought_items": [seen.id for seen in profile.bought],
        "viewed_categories": [seen.id for seen in profile.categories],
        "views_of": {seen.id: seen.times for seen in profile.viewed},
    }  # fmt: skip
    return profile, facts


def seconds(*works: tuple[Callable[[], object], int]) -> list[float]:
    """CPU seconds of one call of each, given with how often a round repeats it: the median of rounds taken in turn, so
    that what else the machine does meets all alike."""
    rounds: list[list[float]] = [[] for _ in works]
    for _ in range(ROUNDS):
        for (work, repeats), measured in zip(works, rounds, strict=True):
            started = time.process_time()
            for _ in range(repeats):
                work()
            measured.append((time.process_time() - started) / repeats)
    return [statistics.median(measured) for measured in rounds]


def build(segments: Sequence[Segment]) -> Index:
    index = Index.build(Scope(CATALOGUE, SITE, segments))
    index.warm()
    return index


def compare(title: str, facts_asked: Sequence[str], chance: random.Random) -> None:
    """Print how all do on 1,000 segments that ask for these facts."""
    (profile, facts), request = shopper(chance), Request(now=NOW)
    segments = draw(1_000, facts_asked, chance)
    index, flat = build(written(segments)), rivals.flattened(facts)
    matches: dict[str, Callable[[], Sequence[object]]] = {"dangol": lambda: index.match(profile, request)}
    for name, make, _ in RIVALS:
        matches[name] = partial(make(segments), flat if make is rivals.flagsmith else facts)
    answers = {name: list(map(str, match())) for name, match in matches.items()}
    for name, answer in answers.items():
        if answer != answers["dangol"]:
            raise SystemExit(f"{name} and dangol don't agree on who matches")
    ours, *theirs = seconds((matches["dangol"], 2_000), *((matches[name], repeats) for name, _, repeats in RIVALS))
    print(f"1,000 segments of 4 conditions, {title}; {len(answers['dangol'])} matched, all agree")
    print(f"  {'dangol':34} {ours * 1e6:8.1f} µs")
    for (name, _, _), each in zip(RIVALS, theirs, strict=True):
        print(f"  {name:34} {each * 1e6:8.1f} µs   {each / ours:6.0f} × dangol")


def grow(chance: random.Random) -> None:
    """Print what more segments cost a match."""
    (profile, _), request = shopper(chance), Request(now=NOW)
    indexes = [build(written(draw(count, FACTS, chance))) for count in SIZES]
    few, *more = seconds(*((lambda index=index: index.match(profile, request), 1_000) for index in indexes))
    for count, index, each, bar in zip(SIZES[1:], indexes[1:], more, ("bar 4, aim 2.5", "bar 20, aim 12"), strict=True):
        print(f"{count:,} segments: {each * 1e6:.1f} µs, {each / few:.1f} × 1,000 segments ({bar}),", end=" ")
        print(f"{len(index.match(profile, request))} matched, tables of {index.size / 1e6:.1f} MB")


def settle() -> None:
    """Look no more for garbage in what is there, as a server does once it has loaded its definitions."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 100)


def edit(chance: random.Random) -> None:
    """Print what it takes to compile, and to change one segment of many."""
    thousand = written(draw(1_000, FACTS, chance))
    [compiled] = seconds((lambda: Index.build(Scope(CATALOGUE, SITE, thousand)), 1))
    print(f"compile of 1,000 segments: {compiled * 1e3:.0f} ms (bar 300, aim 100)")
    for count, bar in zip(SIZES[1:], (" (bar 50, aim 10)", ""), strict=True):
        segments, others = written(draw(count, FACTS, chance)), iter(written(draw(100, FACTS, chance)))
        index = Index.build(Scope(CATALOGUE, SITE, segments))
        settle()

        def change(segments: list[Segment] = segments, others: Iterator[Segment] = others) -> None:
            nonlocal index
            number = chance.randrange(len(segments))
            segments[number] = Segment(segments[number].id, next(others).include)
            index = index.changed(Scope(CATALOGUE, SITE, segments))

        [changed] = seconds((change, 1))
        print(f"change of one of {count:,}: {changed * 1e3:.1f} ms{bar}")


def main() -> None:
    chance = random.Random(7)
    compare("products, carts and categories among them, 50 viewed products", FACTS, chance)
    compare("numbers and texts only", [*NUMBERS, *TEXTS], chance)
    print("bars: the best library 200 (aim 500), closures 40 (aim 100)")
    grow(chance)
    edit(chance)


if __name__ == "__main__":
    main()
