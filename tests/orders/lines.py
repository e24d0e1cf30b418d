"""Lines of order files for tests, written shortly."""

from typing import NamedTuple

import numpy as np

from dangol.orders.columns import EMPTY, Lines, Texts


class Line(NamedTuple):
    """A line; the product is a place, and the day follows from the time."""

    order: str
    product: int
    customer: str = ""
    at: int = 100
    quantity: int = 1
    price: int = EMPTY
    cancelled: bool = False


def lines_of(*lines: Line) -> Lines:
    """As the columns of a file would give them; a day has 1,000 seconds."""
    columns = list(zip(*lines, strict=True)) or [()] * len(Line._fields)
    order, product, customer, at, quantity, price, cancelled = columns
    numbers = [np.array(each, np.int64) for each in (at, [each // 1000 for each in at], product, quantity, price)]
    return Lines._make([_texts(order), _texts(customer), *numbers, np.array(cancelled, bool)])


def _texts(cells: tuple[str, ...]) -> Texts:
    found = sorted(set(cells) - {""})
    return found, np.array([found.index(cell) if cell else -1 for cell in cells], np.int64)


def told(lines: Lines) -> list[Line]:
    """The lines again."""
    orders, customers = ([found[code] if code >= 0 else "" for code in codes] for found, codes in lines[:2])
    numbers = (each.tolist() for each in (lines.product, lines.at, lines.quantity, lines.price, lines.cancelled))
    product, at, quantity, price, cancelled = numbers
    return list(map(Line._make, zip(orders, product, customers, at, quantity, price, cancelled, strict=True)))
