"""Remembering behaviour: CPU of an event and bytes of a profile by watched conditions; filling from the log.

    python -m loadtests.bench.behaviour

An event is taken in by `reduce` while nothing, 10 and 100 conditions are watched: once spread over the events of a
shop, as conditions are, once all on one event. The log is filled with product views, for which a new condition asks.
"""

import asyncio
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec.msgpack import Decoder

from dangol.definitions.model import Definitions, Segment, Site
from dangol.host.registry import Registry
from dangol.profile.model import Profile
from dangol.profile.reduce import reduce
from dangol.profile.watch import NOTHING, Watching
from dangol.protocol.event import Entry, Event, Item
from dangol.runtime import SiteRuntime
from dangol.segments.conditions.catalogue import CATALOGUE
from dangol.segments.language import behaviour
from dangol.segments.language.scope import Scope
from dangol.store import keys
from dangol.store.embedded import EmbeddedStore
from dangol.store.link import Link
from dangol.store.profiles import NOBODY, Profiles, encode
from dangol.worker.backfill import IDLE, Backfill
from dangol.worker.leases import Place

SITE = Site(id="bench", key="public-key", name="Bench", origins=["https://shop.example"])
NOW = 1_782_874_800
ROUNDS, EVENTS = 7, 3_000
SHOPPERS, VIEWS = 2_000, 20

WHERES: Mapping[str, Any] = {
    "page_view": lambda number: {"page": {"starts": f"/event/{number}"}},
    "search": lambda number: {"key": {"contains": f"word {number}"}},
    "view_item": lambda number: {"category": {"is": f"category {number}"}, "price": {"gte": 1_000}},
    "add_to_cart": lambda number: {"item": {"is": f"p{number}"}},
    "purchase": lambda number: {"value": {"gte": 1_000 * number}},
}


def watching(number: int, names: tuple[str, ...]) -> Watching:
    """So many conditions, in turn on events of these names."""
    asked = [(names[each % len(names)], each) for each in range(number)]
    trees = [{"event": name, "gte": 3, "within": "7d", "where": WHERES[name](each)} for name, each in asked]
    segments = [Segment(f"s{each}", {"did": tree}) for each, tree in enumerate(trees)]
    return behaviour.watching(Scope(CATALOGUE, SITE, segments), 1)


def view(name: str, number: int = 0, at: int = NOW) -> Event:
    """An event on a product's page."""
    item = Item("p3", "Mug", 9_000, 1, "category 3")
    return Event(f"{name}-{number}", name, at * 1000, "/product/p3", [item] if name == "view_item" else [])


def microseconds(watched: Watching, name: str) -> float:
    """CPU of `reduce` for one event of a regular shopper, the least of several rounds."""
    regular = Profile()
    reduce(regular, [view(name, number, NOW - number) for number in range(50)], SITE, NOW, 1)
    document, decode, event = encode(regular), Decoder(Profile).decode, [view(name, 99)]
    spent = []
    for _ in range(ROUNDS):
        profiles = [decode(document) for _ in range(EVENTS)]
        started = time.process_time()
        for profile in profiles:
            reduce(profile, event, SITE, NOW, 1, watched)
        spent.append((time.process_time() - started) / EVENTS * 1e6)
    return min(spent)


def size(tree: dict[str, Any], names: list[str]) -> int:
    """Bytes that a condition adds to a profile on which these events happened."""
    watched = behaviour.watching(Scope(CATALOGUE, SITE, [Segment("s", tree)]), 1)
    profile, plain = Profile(), Profile()
    for number, name in enumerate(names):
        watched.take(profile, view(name, number, NOW + number))
    watched.tidy(profile)
    return len(encode(profile)) - len(encode(plain))


async def filling() -> tuple[int, float]:
    """How many entries were looked through, and the CPU that it took, both passes together."""
    with tempfile.TemporaryDirectory() as folder:
        store = EmbeddedStore(Path(folder))
        store.start()
        link = Link(store.url)
        try:
            profiles = Profiles(link, 86_400)
            await asyncio.gather(*(_walk(profiles, f"v{number:015}") for number in range(SHOPPERS)))
            tree = {"did": {"event": "view_item", "gte": 3, "within": "7d"}}
            definitions = Definitions(SITE, [Segment("s", tree)])
            runtime = SiteRuntime.build(definitions, 1, b"m" * 32, Registry.of([]), CATALOGUE)
            job = Backfill(link, Profiles(link, 86_400), lambda: {"bench": runtime}, settling=0)
            started = time.process_time()
            for number in range(keys.PARTITIONS):
                lane = job.lane(Place("backfill", number), "token")
                while await lane.step() != IDLE:
                    pass
            return SHOPPERS * VIEWS, time.process_time() - started
        finally:
            link.close()
            store.stop()


async def _walk(profiles: Profiles, profile_id: str) -> None:
    stored, profile = NOBODY, Profile()
    for number in range(VIEWS):
        events = [view("page_view", number), view("view_item", number)]
        reduce(profile, events, SITE, NOW, 1)
        entry = Entry("bench", profile_id, "", NOW * 1000, events)
        _, stored = await profiles.write("bench", profile_id, stored, profile, entry)


def main() -> None:
    """Measure and print."""
    for title, names in (("spread over the events", tuple(WHERES)), ("all on product views", ("view_item",))):
        for number in (0, 10, 100):
            watched = watching(number, names) if number else NOTHING
            page, product = microseconds(watched, "page_view"), microseconds(watched, "view_item")
            print(f"{number:4} watched, {title}: page view {page:.1f} µs, product view {product:.1f} µs")
    did = {"did": {"event": "view_item", "gte": 3, "within": "7d"}}
    left = {
        "did_but_not": {
            "first": {"event": "view_item"}, "then": {"event": "purchase"}, "within": "1h", "last": "7d"
        }
    }  # fmt: skip
    print(f"bytes on a profile: {size(did, ['view_item'])} for a first event, {size(did, ['view_item'] * 9)} at most")
    print(f"of a pair: {size(left, ['view_item'])} for a first event, {size(left, ['view_item'] * 99)} at most")
    entries, spent = asyncio.run(filling())
    print(
        f"filling from the log: {spent / entries * 1e6:.0f} µs of CPU an entry, {entries / spent:,.0f} entries a second"
    )


if __name__ == "__main__":
    main()
