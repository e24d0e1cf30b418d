"""What a load of past orders has done, in words."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from dangol.store.generations import Loaded

REASONS: Final = {
    "cancelled": "cancelled or sent back",
    "unknown_products": "of products that the catalogue does not have",
    "free": "at a price of zero",
    "several_customers": "of orders under whose number several customers bought",
    "beyond": "beyond the first 500 products of an order",
    "live": "of orders that dangol counted when they were placed",
}
"""Why lines are left out."""


def loaded_lines(told: Loaded) -> Iterator[str]:
    """What a load has done, or a dry run would have."""
    yield f"{told.rows:,} rows, {told.refused:,} refused"
    if told.orders:
        yield f"{told.orders:,} orders with {told.lines:,} lines learned from"
    for reason, count in told.left.items():
        yield f"{count:,} lines left out, {REASONS.get(reason, reason)}"
    if told.generation:
        yield f"in force as {told.generation}: {told.counts:,} rows of counts, {told.bytes / 1e6:,.1f} MB"


def history_lines(told: Loaded | None, zone: str) -> Iterator[str]:
    """What is in force; times are those of the shop's clocks."""
    if told is None:
        yield "no past orders are loaded"
        return

    def local(at: int) -> datetime:
        return datetime.fromtimestamp(at, ZoneInfo(zone))

    yield f"{told.generation}, loaded {local(told.made):%Y-%m-%d %H:%M}"
    yield f"orders placed {local(told.first):%Y-%m-%d} to {local(told.last):%Y-%m-%d}"
    yield from loaded_lines(told)
