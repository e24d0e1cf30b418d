"""What dangol's own `bought_together` answers, by the plugin's code on counts that are kept as the store keeps them:
orders come in one by one in the order of time, rows are cut as they grow."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

import numpy as np

from dangol.plugin import Entry, Event, Item, Product, Query, Ranked, Recommender, Scored
from dangol.recommend.shelf import Shelf
from dangol.testing.counts import MemoryCounts
from loadtests.bench.baskets import MOST_RANK, Question, known_products
from loadtests.bench.retail import Order

DAY = 86_400


class Bought:
    """The recommender, and what it has counted as of the unix time `now`."""

    def __init__(self, plugin: Recommender, orders: Sequence[Order], now: float) -> None:
        self.now = now
        self.plugin = plugin
        self.shelf = Shelf.of([Product(name, name, 1) for name in sorted(known_products(orders))], now)
        self.counts = MemoryCounts(self.shelf, plugin, now=now)
        self.counts.learn(*entries(orders))

    def answers(self, questions: Sequence[Question]) -> Iterator[list[str]]:
        """The best for each question, whose seeds lie in a cart."""
        return iter(asyncio.run(self._answers(questions)))

    async def _answers(self, questions: Sequence[Question]) -> list[list[str]]:
        return [self._best(await self.plugin.recommend(self._query(each), self.counts), each) for each in questions]

    def _query(self, question: Question) -> Query:
        return Query(question.seeds, MOST_RANK, self.now, self.shelf, cart=question.seeds)

    def _best(self, found: Ranked | Sequence[Scored], question: Question) -> list[str]:
        """What of an answer is offered: a recommender may look at few seeds only, dangol leaves all of the cart out."""
        if not isinstance(found, Ranked):
            raise TypeError(f"{self.plugin.name} answers with {type(found).__name__}, expected Ranked")
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
