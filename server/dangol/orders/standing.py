"""What stands of the lines of order files: which products an order really had, and who bought what once more. Pure."""

from collections import Counter
from typing import Final, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dangol.orders.columns import NO_PRODUCT, UNKNOWN, Lines, Texts

MOST_PRODUCTS: Final = 500
"""Products of one order that are learned from, as of one that the shop's server tells."""

Reason = Literal["cancelled", "unknown_products", "free", "several_customers", "beyond", "live"]
"""Why lines are left out: cancelled or sent back, of products that the catalogue does not have, at a price of zero, of
orders under whose number several customers bought, of orders with more than `MOST_PRODUCTS`, and of orders that were
counted when they were placed."""


def standing(lines: Lines, left: Counter[Reason]) -> Lines:
    """One line for each product that an order had and kept, its pieces added up; `lines` have all of each order. An
    order was placed when its earliest line was. What falls away is counted, in lines, in `left`."""
    rows = np.lexsort((lines.product, lines.order[1]))
    sorted_lines = pick(lines, rows)
    orders, products = sorted_lines.order[1], sorted_lines.product
    first = np.flatnonzero(_changes(orders, products))
    sizes = np.diff(np.append(first, len(rows)))
    each = pick(sorted_lines, first)
    per_order = _Orders(sorted_lines)
    pieces = np.add.reduceat(sorted_lines.quantity, first) if len(first) else first
    kept = np.ones(len(first), bool)
    for reason, falls in _falls(sorted_lines, first, each, pieces, per_order):
        left[reason] += int(sizes[kept & falls].sum())
        kept &= ~falls
    at, day, customer = per_order.at[each.order[1]], per_order.day[each.order[1]], per_order.customer[each.order[1]]
    placed = each._replace(at=at, day=day, quantity=pieces, customer=(each.customer[0], customer))
    return pick(placed, np.flatnonzero(kept))


class _Orders:
    """What holds of whole orders, by their codes; `lines` are sorted by order."""

    def __init__(self, lines: Lines) -> None:
        count, orders, customers = len(lines.order[0]), lines.order[1], lines.customer[1]
        starts = np.flatnonzero(_changes(orders))
        there = orders[starts]

        def over(reduce: np.ufunc, values: NDArray[np.int64]) -> NDArray[np.int64]:
            found = np.zeros(count, np.int64)
            found[there] = reduce.reduceat(values, starts) if len(starts) else 0
            return found

        named = np.where(customers < 0, len(lines.customer[0]), customers)
        self.at = over(np.minimum, lines.at)
        self.day = over(np.minimum, lines.day)
        self.customer = over(np.maximum, customers)
        self.several = (self.customer >= 0) & (over(np.minimum, named) != self.customer)
        self.cancelled = over(np.maximum, lines.cancelled & (lines.product == NO_PRODUCT)).astype(bool)


def _falls(
    lines: Lines, first: NDArray[np.int64], each: Lines, pieces: NDArray[np.int64], orders: _Orders
) -> list[tuple[Reason, NDArray[np.bool_]]]:
    """Which products of orders fall away, and why; each for the first reason that fits."""
    taken_back = np.logical_or.reduceat(lines.cancelled, first) if len(first) else first.astype(bool)
    cancelled = orders.cancelled[each.order[1]] | taken_back | (pieces <= 0)
    return [
        ("cancelled", cancelled),
        ("several_customers", orders.several[each.order[1]]),
        ("free", each.price == 0),
        ("unknown_products", each.product == UNKNOWN),
        ("beyond", _rank(each.order[1]) >= MOST_PRODUCTS),
    ]


def _rank(sorted_codes: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many of the same stand in front of each."""
    starts = np.flatnonzero(_changes(sorted_codes))
    places = np.arange(len(sorted_codes))
    return places - np.repeat(starts, np.diff(np.append(starts, len(places))))


def _changes(*columns: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Where a row differs from the one before it; so does the first."""
    changed = np.logical_or.reduce([np.diff(column) != 0 for column in columns])
    return np.concatenate((np.ones(min(1, len(columns[0])), bool), changed))


class Repeated(NamedTuple):
    """Lines, order by order in time; `again` tells what the customer had bought on that day before, and `starts` where
    each order begins, and behind the last one where it ends."""

    lines: Lines
    again: NDArray[np.bool_]
    starts: NDArray[np.int64]


def repeated(lines: Lines) -> Repeated:
    """`lines` are what `standing` leaves, and have all of each customer. A guest buys nothing again."""
    orders, customers = lines.order[1], lines.customer[1]
    who = np.where(customers < 0, len(lines.customer[0]) + orders, customers)
    by_day = np.lexsort((orders, lines.at, lines.product, lines.day, who))
    again = np.empty(len(orders), bool)
    again[by_day] = ~_changes(who[by_day], lines.day[by_day], lines.product[by_day])
    rows = np.lexsort((orders, lines.at))
    starts = np.append(np.flatnonzero(_changes(orders[rows])), len(rows))
    return Repeated(pick(lines, rows), again[rows], starts)


def pick(lines: Lines, rows: NDArray[np.int64]) -> Lines:
    """Those lines, in that order."""
    texts: list[Texts] = [(found, codes[rows]) for found, codes in (lines.order, lines.customer)]
    return Lines._make([*texts, *(column[rows] for column in lines[2:])])
