"""Asking for what was taken out of a basket: the questions, and how well they were answered. Pure.

Orders before a moment are learned from, those from then on are asked about: nothing of an order is known before it was
placed. Of each later order's products that were known by then one is hidden, and the others are the question. Products
that appear only later can't be asked for by anybody; they are counted.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from random import Random
from typing import NamedTuple

from loadtests.bench.retail import Order

MOST_RANK = 100
"""Behind this place an answer counts as no answer at all."""

SHOWN = 10


class Question(NamedTuple):
    """The product that was hidden, and the others of its order, shuffled: their order in an invoice tells nothing."""

    hidden: str
    seeds: tuple[str, ...]


class Window(NamedTuple):
    """What is learned from, and what is asked. `unknown` of `products` in later orders were not known before; `left`
    orders have fewer than two that were."""

    before: list[Order]
    questions: list[Question]
    products: int
    unknown: int
    left: int


class Quality(NamedTuple):
    """The share of questions whose hidden product is among the first SHOWN; the mean of 1 / its rank, 0 from MOST_RANK
    on; and the share of known products that are among the first SHOWN of any answer."""

    hits: float
    reciprocal: float
    coverage: float


def moment(day: str) -> int:
    """A day's beginning in unix seconds."""
    return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp())


def window(orders: Sequence[Order], start: int, end: int, seed: int) -> Window:
    """Questions about the orders from `start` to before `end`, to whoever knows what was before."""
    before = [order for order in orders if order.at < start]
    later = [order for order in orders if start <= order.at < end and len(order.products) > 1]
    known = known_products(before)
    baskets = [[product for product in order.products if product in known] for order in later]
    random, products = Random(seed), sum(len(order.products) for order in later)
    questions = [question(basket, random) for basket in baskets if len(basket) > 1]
    return Window(before, questions, products, products - sum(map(len, baskets)), len(baskets) - len(questions))


def known_products(orders: Iterable[Order]) -> set[str]:
    """All products of orders."""
    return {product for order in orders for product in order.products}


def question(basket: Sequence[str], random: Random) -> Question:
    """One product hidden at random, the others in any order."""
    hidden, *seeds = random.sample(basket, len(basket))
    return Question(hidden, tuple(seeds))


def shorter(questions: Iterable[Question], most: int) -> list[Question]:
    """The same questions with at most so many seeds, as in a shop whose shoppers are no wholesalers."""
    return [each._replace(seeds=each.seeds[:most]) for each in questions]


def quality(questions: Sequence[Question], answers: Iterable[Sequence[str]], known: int) -> Quality:
    """What came of it. Answers are products, the best first; raises ValueError where one repeats a product or names a
    seed."""
    hits, reciprocal, shown = 0, 0.0, set[str]()
    for each, answer in zip(questions, answers, strict=True):
        first = list(answer[:MOST_RANK])
        if len({*first}) < len(first) or not {*first}.isdisjoint(each.seeds):
            raise ValueError(f"an answer repeats a product or names one that was asked about: {first[:SHOWN]}")
        shown.update(first[:SHOWN])
        rank = first.index(each.hidden) + 1 if each.hidden in first else 0
        hits += 0 < rank <= SHOWN
        reciprocal += 1 / rank if rank else 0.0
    return Quality(hits / len(questions), reciprocal / len(questions), len(shown) / known)
