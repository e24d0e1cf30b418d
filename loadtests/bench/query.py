"""CPU of this process for one question to the recommendations: a cart of 5, filters, 10 products with their reasons.

    python -m loadtests.bench.query

A shop of BENCH_PRODUCTS products (50,000), of which those that are asked about are in orders of their kind; the store
is another process. Warm means that the rows were read within the last second, cold that each one is asked for. What
the warm time goes into is measured piece by piece, each with its own data at hand: what the whole takes beyond their
sum is waiting for memory, of which a busy machine has more.

The baseline does the same as sorted sets have it: ZREVRANGE of the five rows, added up in Python, one HMGET of the
best, and the same filters. That is simpler than what the recommender makes of its rows, which allows for common
neighbours.
"""

import asyncio
import os
import random
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import uvloop

from dangol.definitions.model import Site
from dangol.host.guard import Guard
from dangol.host.registry import Registry
from dangol.plugin import Entry, Event, Filters, Item, Product, Profile, Query
from dangol.profile.model import Seen
from dangol.recommend.answers import Answer, answer_of
from dangol.recommend.chain import Chain
from dangol.recommend.choosing import fits
from dangol.recommend.confirming import confirmed, named
from dangol.recommend.counted import Counted
from dangol.recommend.learning import learned
from dangol.recommend.offering import SPARE, Offering
from dangol.recommend.reasons import said
from dangol.recommend.shelves import Shelves
from dangol.recommend.warming import warm
from dangol.recommend.wish import Wish
from dangol.store import catalogue
from dangol.store.counters import Counters, Learned
from dangol.store.embedded import EmbeddedStore
from dangol.store.link import Link
from dangol_plugins.bought_together import BoughtTogether

PRODUCTS = int(os.environ.get("BENCH_PRODUCTS", "50000"))
SOLD = min(PRODUCTS, 5_000)
"""Products that are in orders, in kinds of which an order has several."""

KIND, ORDERS, LINES = 100, 20_000, 8
CART, COUNT = 5, 10
ROUNDS, QUERIES, CARTS = 9, 1_000, 20
BAR, AIM = 200, 60
SITE = Site("shop", "public-key", "Shop", ["https://shop.example"])
FILTERS = Filters(2_000, 80_000, categories=("category 0", "category 1", "category 2"))

Ask = Callable[[Sequence[str]], Awaitable[Any]]


def products() -> list[Product]:
    """Four categories, and among every six products three that differ in colour alone."""
    chance = random.Random(1)
    return [
        Product(
            f"p{n}",
            f"Linen shirt no. {n}",
            chance.randint(1_000, 90_000),
            f"/product/{n}",
            f"/i/{n}.jpg",
            f"category {n % 4}",
            f"brand {n % 300}",
            group=f"group {n // 3}" if n % 2 else "",
        )
        for n in range(PRODUCTS)
    ]


def orders(now: float) -> list[Entry]:
    """Each of several products of one kind."""
    chance = random.Random(2)
    entries = []
    for number in range(ORDERS):
        kind = chance.randrange(SOLD // KIND) * KIND
        items = [Item(f"p{kind + n}") for n in chance.sample(range(KIND), LINES)]
        event = Event(f"e{number}", "purchase", int(now * 1000), items=items, key=f"o{number}")
        entries.append(Entry("shop", f"v{number}", "", int(now * 1000), [event]))
    return entries


async def settle(link: Link, registry: Registry, now: float) -> None:
    """The catalogue, and what recommenders learn of the orders; the same pairs as sorted sets."""
    await catalogue.put(link, "shop", products())
    told = orders(now)
    for name in ("bought_together", "popular"):
        plugin = registry.recommender(name)
        batch = [Learned(f"{n}-0", "shop", learned(plugin, entry)) for n, entry in enumerate(told, 1)]
        for start in range(0, len(batch), 500):
            await Counters(link, plugin).add(0, batch[start : start + 500])
    rows: defaultdict[str, defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))
    for entry in told:
        ids = [item.id for item in entry.events[0].items]
        for first in ids:
            for other in ids:
                if first != other:
                    rows[first][other] += 1 / len(ids)
    for first, row in rows.items():
        pairs = [part for other, score in row.items() for part in (score, other)]
        await link.call("ZADD", f"{{bench}}{first}", *pairs)


def carts() -> list[list[str]]:
    """Each of one kind."""
    chance = random.Random(3)
    kinds = [chance.randrange(SOLD // KIND) * KIND for _ in range(CARTS)]
    return [[f"p{kind + n}" for n in chance.sample(range(KIND), CART)] for kind in kinds]


def strangers() -> list[list[str]]:
    """One cart of each kind."""
    return [[f"p{kind + n}" for n in range(50, 50 + CART)] for kind in range(0, SOLD, KIND)]


class Shop:
    """What is asked, and the pieces of it."""

    def __init__(self, link: Link, registry: Registry, now: float) -> None:
        self.link, self.registry, self.now = link, registry, now
        self.guard, self.shelves = Guard(), Shelves(link)
        self.offering = Offering(link, registry, self.guard, self.shelves)
        self.profile = Profile(bought=[Seen(f"p{n}", int(now) - n * 86_400) for n in range(20)])

    def wish(self, cart: Sequence[str], gap: int | None = None) -> Wish:
        """A cart of a shopper who has bought twenty products before."""
        return Wish(
            recommenders=("bought_together",),
            count=COUNT,
            now=self.now,
            cart=cart,
            profile=self.profile,
            filters=FILTERS,
            gap=gap,
        )

    async def settle(self) -> None:
        """Wait for what the recommender makes beside the questions, such as fits that hold for ten minutes."""
        plugin = self.registry.recommender("bought_together")
        assert isinstance(plugin, BoughtTogether)
        await plugin.together.settle()

    async def offer(self, cart: Sequence[str]) -> Any:
        """All of it, reasons included."""
        return [said(each, "ko", "ko") for each in await self.offering.offer(SITE, self.wish(cart))]

    async def close(self, cart: Sequence[str]) -> Any:
        """The same for a cart that is short of a goal: a hundred are looked at, so the popular one is asked as well."""
        return [said(each, "ko", "ko") for each in await self.offering.offer(SITE, self.wish(cart, 12_000))]

    async def by_sorted_sets(self, cart: Sequence[str]) -> list[Product]:
        """What the same takes with rows in sorted sets."""
        replies = await asyncio.gather(
            *(self.link.call("ZREVRANGE", f"{{bench}}{id}", 0, 63, "WITHSCORES") for id in cart)
        )
        scores: defaultdict[str, float] = defaultdict(float)
        for reply in replies:
            for id, score in zip(reply[::2], reply[1::2], strict=True):
                scores[id.decode()] += float(score)
        held = {*cart, *(seen.id for seen in self.profile.bought)}
        best = [id for id in sorted(scores, key=lambda id: -scores[id]) if id not in held][:40]
        found = (await catalogue.get(self.link, "shop", best)).values()
        chosen: dict[str, Product] = {}
        for product in found:
            if fits(product, FILTERS, self.now):
                chosen.setdefault(product.group or product.id, product)
        return list(chosen.values())[:COUNT]


async def cost(ask: Ask, among: Sequence[Sequence[str]], callers: int = 1) -> float:
    """CPU microseconds for one of QUERIES questions."""
    turns = [among[number % len(among)] for number in range(QUERIES)]

    async def caller(number: int) -> None:
        for cart in turns[number::callers]:
            await ask(cart)

    started = time.process_time()
    await asyncio.gather(*map(caller, range(callers)))
    return (time.process_time() - started) / QUERIES * 1e6


async def pieces(shop: Shop) -> dict[str, Ask]:
    """What a question consists of, in its order; each does its part alone, with the others' results at hand."""
    shelf = shop.shelves.of("shop")
    plugin = shop.registry.recommender("bought_together")
    counts = Counted(shop.link, shop.shelves, "shop", shop.registry).counts_of(plugin.name, shelf)
    wish = shop.wish(carts()[0])
    query = Query(wish.seeds(), 100, wish.now, shelf, wish.profile, wish.cart, wish.filters)
    answer = answer_of(plugin, await plugin.recommend(query, counts), shelf)

    async def answered(name: str) -> Answer:
        return answer

    picks = await Chain(answered, shelf, wish, 30).best(COUNT + SPARE)
    ids = named(picks, shelf)
    known = await catalogue.get(shop.link, "shop", ids)

    async def rank(cart: Sequence[str]) -> object:
        return answer_of(plugin, await plugin.recommend(replace(query, seeds=cart, cart=cart), counts), shelf)

    async def guarded(cart: Sequence[str]) -> object:
        return await shop.guard.call(plugin, "recommend", lambda: answered(""), budget=1, expect=Answer)

    async def choose(cart: Sequence[str]) -> object:
        return await Chain(answered, shelf, shop.wish(cart), 30).best(COUNT + SPARE)

    async def read(cart: Sequence[str]) -> object:
        return await catalogue.get(shop.link, "shop", ids)

    async def confirm(cart: Sequence[str]) -> object:
        found = islice(confirmed(picks, shelf, known, wish, []), COUNT)
        return [said(each, "ko", "ko") for each in found]

    async def rows(cart: Sequence[str]) -> object:
        return await counts.rows(cart)

    return {
        "the recommender: rows, totals, kernel": rank,
        "  of which reading rows": rows,
        "the guard around it": guarded,
        "choosing, with what filters mean": choose,
        "the catalogue: one HMGET and decoding": read,
        "confirming, prices, reasons": confirm,
    }


async def compare(shop: Shop) -> None:
    """Measure in turn, and print medians."""
    among = carts()
    asked: dict[str, tuple[Ask, int]] = {
        "one question, warm": (shop.offer, 1),
        "the same, 16 at a time": (shop.offer, 16),
        "one that closes a gap": (shop.close, 1),
        "sorted sets": (shop.by_sorted_sets, 1),
        "sorted sets, 16 at a time": (shop.by_sorted_sets, 16),
        **{name: (piece, 1) for name, piece in (await pieces(shop)).items()},
    }
    costs: dict[str, list[float]] = {name: [] for name in asked}
    for number in range(ROUNDS + 1):
        for name in list(asked)[:: 1 if number % 2 else -1]:
            ask, callers = asked[name]
            costs[name].append(await cost(ask, among, callers))
    told = {name: (statistics.median(each[1:]), min(each[1:])) for name, each in costs.items()}
    own, best = told["one question, warm"]
    for name, (median, least) in told.items():
        ratio = f"  {median / own:5.2f} x dangol" if name.startswith("sorted sets") else ""
        print(f"{name:40} {median:7.1f} us CPU, best round {least:7.1f}{ratio}")
    print(f"warm, median {own:.1f} and best {best:.1f} us: bar {BAR}, aim {AIM}")
    cold = []
    for cart in strangers():
        shop.offering = Offering(shop.link, shop.registry, shop.guard, shop.shelves)
        started = time.process_time()
        await shop.offer(cart)
        cold.append((time.process_time() - started) * 1e6)
    print(f"cold, every row and total read anew, median of {len(cold)}: {statistics.median(cold):.0f} us CPU")


async def measure(url: str) -> None:
    """Fill the store, then ask."""
    link, registry, now = Link(url), Registry.load(), time.time()
    await settle(link, registry, now)
    shop = Shop(link, registry, now)
    warm(registry, shop.guard)
    await shop.shelves.caught_up("shop")
    for cart in [*carts(), *strangers()]:
        offered = await shop.offering.offer(SITE, shop.wish(cart))
        if len(offered) != COUNT or {each.recommender for each in offered} != {"bought_together"}:
            raise SystemExit(f"query: expected {COUNT} products of bought_together for {cart}, got {offered}")
    await shop.settle()
    await compare(shop)
    link.close()


def main() -> None:
    """Print the costs of a question and of its parts."""
    with tempfile.TemporaryDirectory() as folder:
        store = EmbeddedStore(Path(folder))
        store.start()
        try:
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(measure(store.url))
        finally:
            store.stop()


if __name__ == "__main__":
    main()
