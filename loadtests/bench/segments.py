"""Matching one shopper against all segments: dangol's index, growthbook's evaluator and plain Python closures.

    python -m loadtests.bench.segments

All three answer the same question about the same shopper and must agree. The others get the shopper's facts as a dict
that lies ready; dangol starts from the decoded profile. CPU time, median of several rounds.
"""

import random
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from growthbook.core import evalCondition

from dangol.definitions.model import Segment, Site
from dangol.plugin import Request
from dangol.profile.model import Environment, Line, Member, Profile, Seen, Visit
from dangol.segments.catalogue import CATALOGUE
from dangol.segments.index import Index
from dangol.segments.scope import Scope

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


class Condition(NamedTuple):
    """One condition as each of the three takes it."""

    leaf: dict[str, Any]
    growthbook: dict[str, Any]
    closure: Callable[[dict[str, Any]], bool]


def number_condition(name: str, chance: random.Random) -> Condition:
    limit = chance.randrange(1, 40) * NUMBERS[name] // 40
    if chance.random() < 0.7:
        return Condition({name: {"gte": limit}}, {name: {"$gte": limit}}, lambda facts: bool(facts[name] >= limit))
    return Condition({name: {"lt": limit}}, {name: {"$lt": limit}}, lambda facts: bool(facts[name] < limit))


def text_condition(name: str, chance: random.Random) -> Condition:
    values = chance.sample(TEXTS[name], 2)
    return Condition({name: {"in": values}}, {name: {"$in": values}}, lambda facts: facts[name] in values)


def set_condition(name: str, chance: random.Random) -> Condition:
    values = chance.sample(SETS[name], 5)
    wanted = frozenset(values)
    if chance.random() < 0.6:
        return Condition(
            {name: {"has_any": values}}, {name: {"$in": values}}, lambda facts: not wanted.isdisjoint(facts[name])
        )
    return Condition(
        {name: {"has_none": values}}, {name: {"$nin": values}}, lambda facts: wanted.isdisjoint(facts[name])
    )


def views_condition(chance: random.Random) -> Condition:
    product, times = chance.choice(PRODUCTS), chance.randrange(1, 4)
    return Condition(
        {"views_of": {"key": product, "gte": times}},
        {f"views_of.{product}": {"$gte": times}},
        lambda facts: facts["views_of"].get(product, 0) >= times,
    )


def condition(name: str, chance: random.Random) -> Condition:
    if name in NUMBERS:
        return number_condition(name, chance)
    if name in TEXTS:
        return text_condition(name, chance)
    return set_condition(name, chance) if name in SETS else views_condition(chance)


def draw(count: int, facts: Sequence[str], chance: random.Random) -> list[list[Condition]]:
    """Segments of four conditions on different facts."""
    return [[condition(name, chance) for name in chance.sample(facts, 4)] for _ in range(count)]


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


def build(segments: Sequence[Sequence[Condition]]) -> Index:
    written = [
        Segment(str(number), {"all": [each.leaf for each in conditions]}) for number, conditions in enumerate(segments)
    ]
    index = Index.build(Scope(CATALOGUE, SITE, written))
    index.warm()
    return index


def compare(title: str, facts_asked: Sequence[str], chance: random.Random) -> None:
    """Print how the three do on 1,000 segments that ask for these facts."""
    (profile, facts), request = shopper(chance), Request(now=NOW)
    segments = draw(1_000, facts_asked, chance)
    index = build(segments)
    trees = [{name: test for each in conditions for name, test in each.growthbook.items()} for conditions in segments]
    closures = [[each.closure for each in conditions] for conditions in segments]

    def by_growthbook() -> list[str]:
        return [str(number) for number, tree in enumerate(trees) if evalCondition(facts, tree)]

    def by_closures() -> list[str]:
        return [str(number) for number, tests in enumerate(closures) if all(test(facts) for test in tests)]

    matched = index.match(profile, request)
    if not matched == by_growthbook() == by_closures():
        raise SystemExit("the three don't agree on who matches")
    ours, plain, theirs = seconds(
        (lambda: index.match(profile, request), 2_000), (by_closures, 30), (by_growthbook, 10)
    )
    print(f"1,000 segments of 4 conditions, {title}; {len(matched)} matched")
    print(f"  dangol      {ours * 1e6:8.1f} µs")
    print(f"  closures    {plain * 1e6:8.1f} µs   {plain / ours:5.0f} × dangol")
    print(f"  growthbook  {theirs * 1e6:8.1f} µs   {theirs / ours:5.0f} × dangol   (bar 200, aim 500)")


def grow(chance: random.Random) -> None:
    """Print what ten times the segments cost."""
    (profile, _), request = shopper(chance), Request(now=NOW)
    started = time.process_time()
    small, large = (build(draw(count, FACTS, chance)) for count in (1_000, 10_000))
    compiled = time.process_time() - started
    once, tenfold = seconds(
        (lambda: small.match(profile, request), 2_000), (lambda: large.match(profile, request), 2_000)
    )
    print(f"10,000 segments: {tenfold * 1e6:.1f} µs, {tenfold / once:.1f} × 1,000 segments,", end=" ")
    print(f"{len(large.match(profile, request))} matched; both compiled in {compiled:.2f} s")


def main() -> None:
    chance = random.Random(7)
    compare("products, carts and categories among them, 50 viewed products", FACTS, chance)
    compare("numbers and texts only", [*NUMBERS, *TEXTS], chance)
    grow(chance)


if __name__ == "__main__":
    main()
