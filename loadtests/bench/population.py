"""Exact sizes over a million profiles: bytes, milliseconds for one definition, 1,000 segments against polars.

    python -m loadtests.bench.population

The crowd stands in 16 partitions, as in one worker. All counting is done by one thread; polars gets two, and the facts
as a frame of columns that lies ready. CPU time, and for polars half of its two threads' CPU time, which is the least
that it can take; both must agree. A sample of the profiles is counted by brute force as well.
"""

import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from os import environ
from pathlib import Path
from typing import Any, NamedTuple

from dangol.definitions import repository
from dangol.definitions.model import Definitions, Segment, Site
from dangol.engine import Context
from dangol.errors import Unavailable
from dangol.house import House
from dangol.plugin import Request
from dangol.profile.model import Profile
from dangol.protocol.event import Event
from dangol.segments.calendar import Clock
from dangol.segments.conditions.catalogue import CATALOGUE
from dangol.segments.language.reader import parse_segment, parse_segments
from dangol.segments.language.scope import Scope
from dangol.segments.population.counting import Seen, Sizes, count
from dangol.segments.population.judging import Moment
from dangol.segments.population.population import Known, Population
from dangol.segments.population.program import Program
from dangol.segments.population.question import Question
from dangol.segments.population.schema import Schema
from dangol.segments.twin import holds
from dangol.settings import Settings
from dangol.store.asking import Asked
from dangol.store.embedded import EmbeddedStore
from dangol.store.profiles import Stored, encode
from dangol.worker.process import worker_for
from loadtests.bench.crowd import CAMPAIGNS, Crowd, products

environ.setdefault("POLARS_MAX_THREADS", "2")  # before it is imported
import polars as pl

THREADS = 2
PROFILES = 1_000_000
DRAWN = 200_000
"""Different shoppers; the million is made of them, under ids of their own."""

PARTITIONS = 16
BATCH = 256
CHECKED = 2_000
EVENTS = 200
NOW = 1_773_113_400
DAY = 86_400
SITE = Site(id="shop", key="public-key", name="Shop", origins=["https://shop.example"])
SCOPE = Scope(CATALOGUE, SITE)
BYTES_BAR, BYTES_AIM = 200, 100
FASTER_BAR, FASTER_AIM = 3, 8

NUMBERS = {
    "visits": 6, "page_views": 30, "visit_page_views": 12, "cart_total": 5_000, "orders": 10, "spent": 90_000,
    "average_order": 40_000, "average_page_views": 10, "days_since_first_visit": 365, "days_since_last_order": 300,
    "days_since_joined": 900, "viewed_count": 5, "age": 70, "rfm_monetary": 5,
}  # fmt: skip
TEXTS = {
    "device": ["pc", "mobile", "app"],
    "os": ["windows", "macos", "android", "ios", "linux"],
    "language": ["ko-kr", "ko", "en-us", "en-gb", "ja"],
    "utm_source": ["google", "instagram", "newsletter", "affiliate"],
    "grade": ["silver", "gold", "vip"],
    "rfm_grade": ["champions", "loyal", "asleep"],
}
SETS = {
    "viewed_products": [product.id for product in products()],
    "bought_items": [product.id for product in products()],
    "saw_campaigns": CAMPAIGNS,
}
ONE = {
    "simple": {"all": [{"visits": {"gte": 2}}, {"device": {"is": "mobile"}}, {"days_since_seen": {"lte": 30}}]},
    "with sets": {
        "all": [
            {"viewed_products": {"has_any": SETS["viewed_products"][:5]}},
            {"bought_items": {"has_none": SETS["bought_items"][5:9]}},
            {"views_of": {"key": SETS["viewed_products"][0], "gte": 1}},
        ]
    },
    "nested": {
        "any": [
            {"all": [{"spent": {"gte": 20_000}}, {"not": {"grade": {"in": ["silver"]}}}, {"age": {"lt": 40}}]},
            {"all": [{"pages": {"contains": "y/3"}}, {"not": {"any": [{"orders": {"gte": 1}}, {"returning": True}]}}]},
            {"not": {"any": [{"birthday_today": False}, {"coupons": {"has_any": ["SPRING"]}}]}},
        ]
    },
}  # fmt: skip


class Condition(NamedTuple):
    """One condition as each of the two takes it."""

    leaf: dict[str, Any]
    polars: pl.Expr


def condition(name: str, chance: random.Random) -> Condition:
    if name in NUMBERS:
        limit = max(1, chance.randrange(1, 40) * NUMBERS[name] // 40)
        if chance.random() < 0.7:
            return Condition({name: {"gte": limit}}, pl.col(name) >= limit)
        return Condition({name: {"lt": limit}}, pl.col(name) < limit)
    if name in TEXTS:
        values = chance.sample(TEXTS[name], 2)
        return Condition({name: {"in": values}}, pl.col(name).is_in(values))
    values = chance.sample(SETS[name], 5)
    return Condition({name: {"has_any": values}}, pl.col(name).list.eval(pl.element().is_in(values)).list.any())


def draw(size: int, facts: Sequence[str], chance: random.Random) -> list[list[Condition]]:
    """Segments of four conditions on different facts."""
    return [[condition(name, chance) for name in chance.sample(facts, 4)] for _ in range(size)]


def cpu(work: Callable[[], Any], rounds: int = 5) -> float:
    """CPU seconds of one call, the least of some; a first one that does not count loads what numba has compiled."""
    work()
    return min(_timed(work) for _ in range(rounds))


def _timed(work: Callable[[], Any]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def fill(documents: Sequence[bytes], schema: Schema) -> list[Population]:
    """The crowd in its partitions, decoded and put as a worker does."""
    populations = [Population(schema) for _ in range(PARTITIONS)]
    for start in range(0, PROFILES, BATCH):
        batch = {
            f"v{number:015}": Known(Stored(b"", documents[number % DRAWN]).profile(), NOW + 400 * DAY)
            for number in range(start, min(PROFILES, start + BATCH))
        }
        populations[start // BATCH % PARTITIONS].put(batch)
    return populations


def ask(populations: Sequence[Population], program: Program, sampled: bool = True) -> tuple[list[Sizes], list[Seen]]:
    """What a worker does for a question."""
    schema, clock = populations[0].schema, Clock(NOW, SCOPE.calendar)
    moment = Moment(clock, SCOPE.calendar, schema.lexicon)
    return count(populations, Question(program, moment), NOW, sampled)


def frame(documents: Sequence[bytes]) -> pl.DataFrame:
    """The facts that the segments ask for, as polars likes them best."""
    clock, request = Clock(NOW, SCOPE.calendar), Request(now=NOW)
    shoppers = [Stored(b"", document).profile() for document in documents]
    columns: dict[str, pl.Series] = {}
    for name in [*NUMBERS, *TEXTS, *SETS]:
        row = CATALOGUE.get(name)
        assert row is not None
        facts = [row.extract(shopper, request, clock) for shopper in shoppers]
        if name in NUMBERS:
            columns[name] = pl.Series(
                name, [None if fact != fact else fact for fact in facts], strict=False
            ).shrink_dtype()
        elif name in TEXTS:
            columns[name] = pl.Series(name, [row.form(fact) if fact else None for fact in facts], pl.Categorical())
        else:
            columns[name] = pl.Series(name, [list(fact) for fact in facts], pl.List(pl.Categorical()))
    return pl.concat([pl.DataFrame(columns)] * (PROFILES // len(documents)), rechunk=True)


def against_polars(
    title: str, facts: Sequence[str], size: int, populations: list[Population], table: pl.DataFrame
) -> None:
    """Print how both count the same segments."""
    segments = draw(size, facts, random.Random(5))
    written = [Segment(f"s{n}", {"all": [each.leaf for each in some]}) for n, some in enumerate(segments)]
    program = Program(parse_segments(Scope(CATALOGUE, SITE, written)))
    exprs = [pl.all_horizontal([each.polars for each in some]).sum().alias(f"s{n}") for n, some in enumerate(segments)]
    lazy = table.lazy().select(exprs)
    ours = [sizes.all for sizes in ask(populations, program, False)[0]]
    theirs = list(lazy.collect().row(0))
    assert ours == theirs, "the two disagree"
    took = cpu(lambda: ask(populations, program, False))
    polars = cpu(lambda: lazy.collect(), 3) / THREADS
    print(f"{title:28} {took * 1e3:8.0f} ms; polars on {THREADS} threads {polars * 1e3:8.0f} ms", end="")
    print(
        f": {polars / took:.1f} x faster (bar {FASTER_BAR}, aim {FASTER_AIM}); {sum(ours) / len(ours):,.0f} a segment"
    )


def brute_force(documents: Sequence[bytes], schema: Schema) -> None:
    """Count some of the crowd profile by profile, and compare."""
    shoppers: dict[str, Profile] = {
        f"v{number:015}": Stored(b"", document).profile() for number, document in enumerate(documents[:CHECKED])
    }
    population = Population(schema)
    population.put({id: Known(each, NOW + DAY) for id, each in shoppers.items()})
    for title, tree in ONE.items():
        segment = Segment("s", tree)
        [sizes], _ = ask([population], Program([parse_segment(segment, SCOPE)]))
        held = sum(holds(segment, each, Request(now=NOW), SCOPE) for each in shoppers.values())
        assert sizes.all == held, title
    print(f"brute force over {CHECKED:,} profiles agrees")


async def fresh(url: str, folder: str) -> list[float]:
    """Seconds from an event's acknowledgement to an answer that counts it, over a real store, for some events."""
    house = House(Settings(secret="s" * 32, data_dir=folder), url)
    await repository.save(house.link, Definitions(SITE))
    await house.adopt(await repository.read_all(house.link))
    worker = worker_for(house)
    running = asyncio.create_task(worker.run())
    [runtime], took = house.by_id.values(), []
    for number in range(1, EVENTS + 1):
        now = house.now()
        event = Event(f"event-{number}", "page_view", int(now * 1000))
        await house.engine.take(runtime, "v" + "0" * 15, [event], Context(now=now))
        taken, found = time.perf_counter(), 0
        while not found:
            try:
                asked = Asked({"page_views": {"eq": number}})
                parts = await house.asker.ask(SITE.id, runtime.version, house.now(), [asked], seconds=5)
            except Unavailable:  # the worker begins
                taken = time.perf_counter()
            else:
                found = sum(part.sizes[0] for part in parts)
                assert found == 1, "an event that was acknowledged is not counted"
        took.append(time.perf_counter() - taken)
    await worker.stop()
    await running
    await house.close()
    return took


def freshness() -> None:
    """Print how soon an event is counted."""
    with tempfile.TemporaryDirectory() as folder:
        store = EmbeddedStore(Path(folder))
        store.start()
        try:
            took = asyncio.run(fresh(store.url, folder))
        finally:
            store.stop()
    print(f"an acknowledged event is counted by the next answer, after {statistics.median(took) * 1e3:.0f} ms (median)")


def main() -> None:
    """Print the figures."""
    freshness()
    documents = [encode(profile) for profile in Crowd(NOW).draw(DRAWN)]
    schema = Schema(CATALOGUE, SITE.timezone)
    brute_force(documents, schema)
    started = time.process_time()
    populations = fill(documents, schema)
    took = time.process_time() - started
    held = sum(population.bytes for population in populations) / PROFILES
    texts = sum(len(lexicon.texts) for lexicon in schema.lexicons.values())
    print(f"{PROFILES:,} profiles: {took / PROFILES * 1e6:.0f} us each to take over, ", end="")
    print(f"{held:.0f} bytes each (bar {BYTES_BAR}, aim {BYTES_AIM}), and {texts:,} texts")
    for title, tree in ONE.items():
        program = Program([parse_segment(Segment("s", tree), SCOPE)])
        [sizes], _ = ask(populations, program)
        print(f"one definition, {title:12} {cpu(lambda: ask(populations, program)) * 1e3:8.1f} ms; {sizes}")  # noqa: B023
    table = frame(documents)
    against_polars("1,000 segments, scalars", [*NUMBERS, *TEXTS], 1_000, populations, table)
    against_polars("100 segments, a third sets", [*NUMBERS, *TEXTS, *SETS], 100, populations, table)


if __name__ == "__main__":
    main()
