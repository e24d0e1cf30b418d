"""What dangol's own `bought_together` answers, by the plugin's code on counts that are kept as the store keeps them:
orders come in one by one in the order of time, rows are cut as they grow."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from dangol.plugin import Entry, Event, Item, Product, Query, Ranked, Recommender
from dangol.recommend.shelf import Shelf
from dangol.testing.counts import MemoryCounts
from dangol_plugins.bought_together import BoughtTogether
from loadtests.bench.baskets import MOST_RANK, Question, known_products
from loadtests.bench.retail import Order

DAY = 86_400


class StillCounts(MemoryCounts):
    """Counts to which nothing is added once they are read: totals are added up once."""

    def __init__(self, shelf: Shelf, *recommenders: Recommender, now: float) -> None:
        super().__init__(shelf, *recommenders, now=now)
        self._known: dict[tuple[str, str], NDArray[np.float32]] = {}

    async def totals(self, name: str, of: str = "") -> NDArray[np.float32]:
        """A total for each place of the shelf."""
        if (name, of) not in self._known:
            self._known[name, of] = await super().totals(name, of)
        return self._known[name, of]


class Bought:
    """The recommender, and what it has counted as of the unix time `now`."""

    def __init__(self, plugin: BoughtTogether, orders: Sequence[Order], now: float) -> None:
        self.now = now
        self.plugin = plugin
        self.shelf = Shelf.of([Product(name, name, 1) for name in sorted(known_products(orders))], now)
        self.counts = StillCounts(self.shelf, plugin, now=now)
        self.counts.learn(*entries(orders))

    def answers(self, questions: Sequence[Question]) -> Iterator[list[str]]:
        """The best for each question, whose seeds lie in a cart."""
        return iter(asyncio.run(self._answers(questions)))

    async def _answers(self, questions: Sequence[Question]) -> list[list[str]]:
        return [self._best(await self._asked(self._query(each)), each) for each in questions]

    async def _asked(self, query: Query) -> Ranked:
        """The second answer: what the first one lets the plugin fit beside it is there by then."""
        await self.plugin.recommend(query, self.counts)
        await self.plugin.settle()
        return await self.plugin.recommend(query, self.counts)

    def _query(self, question: Question) -> Query:
        return Query(question.seeds, MOST_RANK, self.now, self.shelf, cart=question.seeds)

    def _best(self, found: Ranked, question: Question) -> list[str]:
        """What of an answer is offered: the plugin looks at its first hundred seeds, dangol leaves all of them out."""
        order = np.argsort(-found.scores, kind="stable")[: MOST_RANK + len(question.seeds)]
        names = (self.shelf.ids[place] for place in found.places[order].tolist())
        return [name for name in names if name not in question.seeds][:MOST_RANK]


def entries(orders: Iterable[Order]) -> Iterator[Entry]:
    """Orders as the log has them. What a customer orders again on one day counts once; of who gave no name, each order
    is somebody else's."""
    for _, day in groupby(orders, key=lambda order: order.at // DAY):
        bought: dict[str, set[str]] = {}
        for order in day:
            before = bought.setdefault(order.customer or order.number, set())
            again = tuple(product for product in order.products if product in before)
            before.update(order.products)
            items = [Item(product) for product in order.products]
            event = Event(order.number, "purchase", order.at * 1000, items=items, key=order.number, again=again)
            yield Entry("shop", order.customer or order.number, order.customer, order.at * 1000, [event])
