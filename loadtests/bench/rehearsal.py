"""Entries of the log that a dry run replays in a second: 1,000 segments of 4 conditions and 200 campaigns.

    python -m loadtests.bench.rehearsal

Shoppers walk through the shop for two days and leave their entries in a store of their own; then the definitions are
rehearsed on them, alone and compared with those in force. CPU time of the process, the reading of the log included.
"""

import asyncio
import random
import tempfile
import time
from pathlib import Path

from dangol.definitions.model import Definitions
from dangol.host.guard import Guard
from dangol.host.registry import Registry
from dangol.profile.model import Environment, Profile
from dangol.profile.reduce import reduce
from dangol.protocol.event import Entry, Event, Item
from dangol.rehearsal.run import rehearse
from dangol.rehearsal.span import Span
from dangol.runtime import SiteRuntime
from dangol.segments.conditions.catalogue import CATALOGUE
from dangol.store.embedded import EmbeddedStore
from dangol.store.link import Link
from dangol.store.profiles import NOBODY, Profiles
from loadtests.bench.definitions import CATEGORIES, PRODUCTS, make

SHOPPERS = 1_000
ENTRIES = 20
NOW = 1_782_874_800
DAY = 86_400
NAMES = ("page_view", "page_view", "view_item", "view_item", "add_to_cart", "search")
SOURCES = ("", "?utm_source=naver", "?utm_source=google", "?utm_source=kakao")


def entry(profile: str, number: int, at: float, chance: random.Random) -> Entry:
    """What a shopper did in one request: a page view and mostly something on it."""
    page = chance.choice(["/", "/product/p1", "/category/2", "/cart"]) + chance.choice(SOURCES)
    item = Item(chance.choice(PRODUCTS), "", 9_000, 1, chance.choice(CATEGORIES))
    name = chance.choice(NAMES)
    view = Event(f"{profile}-{number}", "page_view", int(at * 1000), page)
    deed = Event(f"{profile}-{number}b", name, int(at * 1000), page, [item], key="mug" if name == "search" else "")
    return Entry("bench", profile, "", int(at * 1000), [view] if name == "page_view" else [view, deed])


async def walk(link: Link, definitions: Definitions, chance: random.Random) -> None:
    """Fill the store."""
    profiles = Profiles(link, 400 * DAY)

    async def one(number: int) -> None:
        profile_id, stored = f"v{number:015}", NOBODY
        profile = Profile(environment=Environment(chance.choice(["pc", "mobile"]), "android", "chrome", "ko"))
        for number, at in enumerate(sorted(NOW - chance.random() * 2 * DAY for _ in range(ENTRIES))):
            done = entry(profile_id, number, at, chance)
            reduce(profile, done.events, definitions.site, at, seed=chance.getrandbits(60) + 1)
            _, stored = await profiles.write("bench", profile_id, stored, profile, done)

    for start in range(0, SHOPPERS, 100):
        await asyncio.gather(*(one(number) for number in range(start, start + 100)))


async def measure(link: Link) -> None:
    """Print the figures."""
    chance, registry = random.Random(7), Registry.load()
    catalogue = CATALOGUE.with_plugins(registry.conditions(), Guard().run)
    candidate, current = (
        SiteRuntime.build(make(segments, campaigns), 0, b"s" * 32, registry, catalogue)
        for segments, campaigns in ((1_000, 200), (900, 180))
    )
    await walk(link, current.definitions, chance)
    for title, compare in (("alone", False), ("compared with 900 segments and 180 campaigns", True)):
        started = time.process_time()
        answer = await rehearse(link, candidate, current, Span(NOW - 2 * DAY, NOW), compare=compare)
        seconds = time.process_time() - started
        shown = sum(each.shown for each in answer.candidate.campaigns)
        entered = sum(each.times for each in answer.candidate.segments)
        print(
            f"{answer.entries:,} entries, {title}: {seconds:.1f} s, {answer.entries / seconds:,.0f} a second; ", end=""
        )
        print(f"{entered:,} enterings, {shown:,} views shown")


def main() -> None:
    """Measure on an embedded store."""

    async def run(url: str) -> None:
        link = Link(url)
        await measure(link)
        link.close()

    with tempfile.TemporaryDirectory() as folder:
        store = EmbeddedStore(Path(folder))
        store.start()
        try:
            asyncio.run(run(store.url))
        finally:
            store.stop()


if __name__ == "__main__":
    main()
