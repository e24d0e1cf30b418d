"""Closing the gap to free delivery: whether a strip's first product does, with little to spare, on real carts.

    python -m loadtests.bench gap --data FOLDER_WITH_online_retail_ii.parquet

Carts are one to five products, one of each, of orders from September 2011 on; recommenders have learned from the orders
before. Prices are the medians that products were sold at before. A goal is that of shops: the next of 10, 20, 25, 30,
40, 50, 75, 100, 150, 200 pounds above the cart, which lacks a tenth to a half of it. Asked are `bought_together` and
then `popular`, by the code that strips run, the reading of the catalogue aside.

A strip closes the gap where its first product brings the cart to the goal with at most 30 % of the gap to spare. Its
share is of the strips for which the hundred best by the recommenders, chosen by a slow twin, hold such a product. The
baselines are the same hundred in another order: as they go with the cart alone, and by price alone.
"""

import asyncio
import statistics
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import numpy as np

from dangol.host.registry import Registry
from dangol.plugin import Product, Query, Recommender
from dangol.recommend.answers import Answer, answer_of
from dangol.recommend.chain import FALLBACK, Chain
from dangol.recommend.gap import CONSIDERED, LITTLE
from dangol.recommend.shelf import Shelf
from dangol.recommend.wish import Wish
from dangol.testing.counts import MemoryCounts
from loadtests.bench.baskets import known_products, moment
from loadtests.bench.bought import entries
from loadtests.bench.retail import FILE, Order, read

START, END = moment("2011-09-09"), moment("2011-12-10")
SEED, CARTS, MOST = 20111209, 5_000, 5
GOALS = (1_000, 2_000, 2_500, 3_000, 4_000, 5_000, 7_500, 10_000, 15_000, 20_000)
LACKS = (0.1, 0.5)
BAR, AIM = 0.90, 0.98


class Question(NamedTuple):
    """A cart, what it is short of its goal (pence), and what else the order held."""

    cart: tuple[str, ...]
    gap: int
    others: frozenset[str]


class First(NamedTuple):
    """The first product of a strip: its place among the hundred, the share of the gap that it leaves over, and whether
    the order held it."""

    place: int
    over: float
    bought: bool


Strip = dict[str, First]
"""By the rules that are compared."""


def questions(orders: Sequence[Order], prices: dict[str, int]) -> Iterator[Question]:
    """Carts of those orders that hold products known before, short of a goal."""
    random = Random(SEED)
    for order in random.sample(orders, len(orders)):
        known = [product for product in order.products if product in prices]
        cart = tuple(random.sample(known, min(len(known), random.randint(1, MOST))))
        total = sum(prices[product] for product in cart)
        goal = next((goal for goal in GOALS if goal > total), 0)
        if cart and LACKS[0] <= (goal - total) / (goal or 1) <= LACKS[1]:
            yield Question(cart, goal - total, frozenset(known) - {*cart})


def medians(folder: Path, products: set[str]) -> dict[str, int]:
    """What each product was sold at before START, in pence."""
    from pyarrow import compute, parquet

    table = parquet.read_table(folder / FILE, columns=["stock_code", "unit_price", "quantity", "invoice_ts"])
    codes = compute.utf8_upper(compute.utf8_trim_whitespace(table["stock_code"])).to_pylist()
    seconds = compute.cast(compute.cast(table["invoice_ts"], "timestamp[s]"), "int64").to_pylist()
    paid: dict[str, list[float]] = {}
    rows = zip(codes, table["unit_price"].to_pylist(), table["quantity"].to_pylist(), seconds, strict=True)
    for code, price, quantity, at in rows:
        if code in products and price > 0 and quantity > 0 and at < START:
            paid.setdefault(code, []).append(price)
    return {code: max(round(100 * statistics.median(each)), 1) for code, each in paid.items()}


class Shop:
    """The two recommenders with what they have learned, over the products' prices."""

    def __init__(self, plugins: Sequence[Recommender], orders: Sequence[Order], prices: dict[str, int]) -> None:
        self.shelf = Shelf.of([Product(name, name, price) for name, price in sorted(prices.items())], START)
        self.counts = {plugin.name: self._learned(plugin, orders) for plugin in plugins}
        self.plugins = {plugin.name: plugin for plugin in plugins}

    def _learned(self, plugin: Recommender, orders: Sequence[Order]) -> MemoryCounts:
        counts = MemoryCounts(self.shelf, plugin, now=START)
        counts.learn(*entries(orders))
        return counts

    async def strip(self, asked: Question) -> Strip | None:
        """None where none of the hundred closes the gap with little to spare."""
        answers = {name: await self._answer(name, asked) for name in self.plugins}

        async def ask(name: str) -> Answer:
            return answers[name]

        wish = Wish(recommenders=("bought_together",), count=4, now=START, cart=asked.cart, gap=asked.gap)
        [first, *_] = await Chain(ask, self.shelf, wish, 30).best(4)
        hundred = list(best(answers.values(), self.shelf, asked))
        prices = [int(self.shelf.prices[place]) for place in hundred]
        if not any(0 <= (price - asked.gap) / asked.gap <= LITTLE for price in prices):
            return None
        rules = {
            "dangol": hundred.index(first[0]),
            "as it goes with the cart": 0,
            "the nearest price": min(range(len(prices)), key=lambda at: abs(prices[at] - asked.gap)),
            "the cheapest that closes": min(
                (at for at in range(len(prices)) if prices[at] >= asked.gap), key=lambda at: prices[at]
            ),
        }
        return {
            rule: First(at, (prices[at] - asked.gap) / asked.gap, self.shelf.ids[hundred[at]] in asked.others)
            for rule, at in rules.items()
        }

    async def _answer(self, name: str, asked: Question) -> Answer:
        query = Query(asked.cart, CONSIDERED, START, self.shelf, cart=asked.cart)
        plugin = self.plugins[name]
        return answer_of(plugin, await plugin.recommend(query, self.counts[name]), self.shelf)


def best(answers: Any, shelf: Shelf, asked: Question) -> Iterator[int]:
    """The places of the hundred best, one answer after the other."""
    given = set(shelf.places(asked.cart).tolist())
    before = len(given)
    for answer in answers:
        for candidate in np.argsort(-answer.scores, kind="stable").tolist():
            place = int(answer.places[candidate])
            if place not in given and len(given) - before < CONSIDERED:
                given.add(place)
                yield place


def tell(strips: Sequence[Strip | None], asked: Sequence[Question]) -> None:
    """Print the shares, and what they cost in going with the cart."""
    able = [strip for strip in strips if strip]
    gaps = sorted(question.gap for question in asked)
    print(f"{len(asked):,} carts, short of their goals by {gaps[len(gaps) // 2] / 100:.2f} pounds in the median;")
    print(f"for {len(able):,} one of the hundred best closes that with at most {LITTLE:.0%} to spare.\n")
    print(f"{'first is':26} {'closes so':>9} {'overshoot':>9} {'place':>6}  the order held it")
    for rule in able[0]:
        firsts = [strip[rule] for strip in able]
        share = sum(0 <= first.over <= LITTLE for first in firsts) / len(firsts)
        over, place = (statistics.median(getattr(first, name) for first in firsts) for name in ("over", "place"))
        held = sum(first.bought for first in firsts) / len(firsts)
        print(f"{rule:26} {share:9.2%} {over:+9.1%} {place + 1:6.0f} {held:18.2%}")
    print(f"\nbar {BAR:.0%}, aim {AIM:.0%}; medians of overshoot, and of the place among the hundred")


def main(folder: Path | None = None) -> None:
    """Ask on the file in the folder."""
    if folder is None or not (folder / FILE).is_file():
        print(f"left out: there is no {FILE} in {folder or 'any folder that was named'}; name one with --data FOLDER")
        return
    orders = read(folder).orders
    before = [order for order in orders if order.at < START]
    prices = medians(folder, known_products(before))
    later = [order for order in orders if START <= order.at < END]
    asked = [question for question, _ in zip(questions(later, prices), range(CARTS), strict=False)]
    registry = Registry.load()
    shop = Shop([registry.recommender(name) for name in ("bought_together", FALLBACK)], before, prices)

    async def strips() -> list[Strip | None]:
        return [await shop.strip(question) for question in asked]

    tell(asyncio.run(strips()), asked)


if __name__ == "__main__":
    main()
